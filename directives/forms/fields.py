"""Fields that the forms of directives share: days as the office writes them, and lists to tick."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from communes.models import Commune
from ntm_portal.core import clock
from ntm_portal.core.days import DayInput

_NO_DAY = "Ngày phải có thật, viết như 31/12/2020."


def check_year(day: date) -> None:
    if day.year not in clock.YEARS:
        raise ValidationError(clock.YEARS_WORDS)


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    """A day written with its day first."""
    return forms.DateField(
        label=label,
        widget=DayInput,
        validators=[check_year],
        error_messages={"invalid": _NO_DAY, "required": "Hãy ghi ngày."},
        **kwargs,
    )


def lines(label: str, rows: int, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea({"rows": rows}), **kwargs)


class TickField(forms.ModelMultipleChoiceField):
    """Records to tick in a list that can be searched; `label_of` says what stands beside a box."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: QuerySet, *, label_of=str, gone: str, **kwargs: Any) -> None:
        errors = {"invalid_choice": gone, "invalid_pk_value": gone, "required": kwargs.pop("missing", "Hãy chọn.")}
        super().__init__(queryset, error_messages=errors, **kwargs)
        self._label_of = label_of

    def label_from_instance(self, obj: Model) -> str:
        return self._label_of(obj)


def commune_label(commune: Commune) -> str:
    """Name and district: many communes share a bare name."""
    return f"{commune.name} ({commune.district.get_kind_display().lower()} {commune.district.name})"


def rural_communes(on: date) -> QuerySet[Commune]:
    """Communes in force, as they stand in a list to choose from."""
    rural = Commune.objects.in_force(on).filter(kind=Commune.Kind.XA).select_related("district")
    return rural.order_by("district__sort_key", "sort_key")
