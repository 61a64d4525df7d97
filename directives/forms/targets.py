"""The form of a target: a sentence with blanks for each kind, and what is impossible refused at its blank."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count

from communes.models import Commune, District, Village
from criteria.models import CriteriaSet, Tier
from directives.forms.fields import day_field, lines, rural_communes
from directives.models import Directive, Target
from directives.parameters import VILLAGE_TIERS, in_words, parse_parameters
from ntm_portal.core import clock, text

Kind = Target.Kind
_VILLAGE = [choice for choice in Tier.choices if choice[0] in VILLAGE_TIERS]
_COMMUNE = [choice for choice in Tier.choices if choice[0] not in VILLAGE_TIERS]
BLANKS: Mapping[str, Mapping[str, str]] = {
    Kind.DISTRICT_RECOGNISED: {"count": "district_count", "tier": "district_tier"},
    Kind.NO_COMMUNE_BELOW: {"criteria": "below_criteria"},
    Kind.NEW_RECOGNITIONS: {"count": "new_count", "tier": "new_tier", "year": "new_year"},
    Kind.VILLAGE_SHARE: {
        "percent": "share_percent",
        "tier": "share_tier",
        "villages_total": "share_total",
        "scheme": "share_scheme",
    },
    Kind.COMMUNE_REACHES: {"commune": "reach_commune", "criteria": "reach_criteria"},
}
"""Blanks of each kind by the parameter they fill in."""
_SENTENCES: Mapping[str, str] = {
    Kind.DISTRICT_RECOGNISED: "Mỗi huyện, thành phố có ít nhất {count} xã được công nhận {tier}",
    Kind.NO_COMMUNE_BELOW: "Không còn xã dưới {criteria} tiêu chí",
    Kind.NEW_RECOGNITIONS: "Có thêm {count} đơn vị được công nhận {tier} trong năm {year}",
    Kind.VILLAGE_SHARE: "{percent} % thôn thuộc Đề án {scheme} (có {villages_total} thôn) được công nhận {tier}",
    Kind.COMMUNE_REACHES: "Xã {commune} đạt ít nhất {criteria} tiêu chí",
}


def _blank(label: str, low: int, high: int) -> forms.IntegerField:
    said = f"{label} phải là số nguyên từ {low} đến {high}."
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=low,
        max_value=high,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), said),
        widget=forms.NumberInput({"min": low, "max": high, "class": "blank"}),
    )


def _tier(choices: list, label: str = "Bậc") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, error_messages={"invalid_choice": "Không có bậc “%(value)s”."}
    )


class _CommuneField(forms.ModelChoiceField):
    """One rural commune, listed by district."""

    def __init__(self, **kwargs: Any) -> None:
        gone = {"invalid_choice": "Không có xã này, hoặc xã không còn trong danh mục."}
        super().__init__(Commune.objects.none(), to_field_name="code", error_messages=gone, **kwargs)

    def offer(self, communes: list[Commune]) -> None:
        by_district = groupby(communes, key=lambda commune: commune.district)
        held = [(district.full_name, [(c.code, c.name) for c in own]) for district, own in by_district]
        self.widget.choices = [("", "chọn xã"), *held]


class TargetForm(forms.Form):
    """A target in the words of the office. `target` is what it means, once the form is valid."""

    kind = forms.ChoiceField(
        label="Kiểu mục tiêu",
        choices=Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn một câu.", "invalid_choice": "Không có kiểu mục tiêu này."},
    )
    district_count = _blank("Số xã của mỗi huyện", 1, 1000)
    district_tier = _tier(_COMMUNE)
    below_criteria = _blank("Số tiêu chí", 1, 100)
    new_count = _blank("Số đơn vị", 1, 1000)
    new_tier = _tier(Tier.choices)
    new_year = _blank("Năm", 2010, 2100)
    share_percent = _blank("Tỷ lệ phần trăm", 1, 100)
    share_tier = _tier(_VILLAGE)
    share_total = _blank("Số thôn của Đề án", 1, 5000)
    share_scheme = forms.CharField(label="Tên Đề án", max_length=120, required=False)
    reach_commune = _CommuneField(label="Xã", required=False)
    reach_criteria = _blank("Số tiêu chí", 1, 100)
    due_on = day_field("Chậm nhất ngày")
    title = forms.CharField(
        label="Tên gọn", max_length=200, required=False, help_text="Để trống: cổng đặt theo câu đã chọn."
    )
    quote = lines("Câu trích", 3, 5_000, error_messages={"required": "Hãy chép câu của văn bản đặt ra mục tiêu."})
    is_focus = forms.BooleanField(label="Mục tiêu trọng tâm", required=False)
    criteria_set = forms.ModelChoiceField(
        CriteriaSet.objects.filter(subject=CriteriaSet.Subject.COMMUNE, tier=Tier.STANDARD),
        label="Bộ tiêu chí",
        empty_label=None,
        error_messages={"required": "Hãy chọn bộ tiêu chí.", "invalid_choice": "Không có bộ tiêu chí này."},
    )

    def __init__(self, target: Target, *args: Any, **kwargs: Any) -> None:
        self.target = target
        super().__init__(*args, **kwargs)
        field = self.fields["reach_commune"]
        field.queryset = rural_communes(clock.today())
        field.offer(list(field.queryset))

    @property
    def sentences(self) -> list[dict[str, Any]]:
        """Each kind as its radio button, and its sentence in pieces: words and bound blanks."""
        return [
            {"radio": radio, "pieces": self._pieces(radio.data["value"]), "errors": self._faults(radio.data["value"])}
            for radio in self["kind"]
        ]

    def _pieces(self, kind: str) -> list[tuple[str, forms.BoundField | None]]:
        pieces = []
        for part in _SENTENCES[kind].split("{"):
            name, closed, words = part.partition("}")
            if closed:
                pieces.append(("", self[BLANKS[kind][name]]))
            pieces.append(((words if closed else name).strip(), None))
        return pieces

    def _faults(self, kind: str) -> list[str]:
        return [error for name in BLANKS[kind].values() for error in self[name].errors]

    def clean_quote(self) -> str:
        return text.clean(self.cleaned_data["quote"])

    def clean(self) -> dict:
        data = super().clean()
        kind = data.get("kind")
        for other in BLANKS.keys() - {kind}:
            for name in BLANKS[other].values():
                self._errors.pop(name, None)
        if kind:
            self._check_blanks(kind, data)
        self._check_days(kind, data)
        if not self.errors:
            self._mean(kind, data)
        return data

    def _check_blanks(self, kind: str, data: dict) -> None:
        for name in BLANKS[kind].values():
            if data.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, f"{self.fields[name].label}: hãy điền vào chỗ trống.")
        for name, most, said in self._limits(kind, data):
            value = data.get(name)
            if value is not None and value > most:
                self.add_error(name, f"{self.fields[name].label} nhiều nhất là {most}: {said}.")

    def _limits(self, kind: str, data: dict) -> list[tuple[str, int, str]]:
        """(blank, most, why): what there is, so that nothing is asked that cannot be."""
        today = clock.today()
        if kind == Kind.DISTRICT_RECOGNISED:
            smallest = min(_communes_by_district(today).values(), default=0)
            return [("district_count", smallest, "huyện ít xã nhất có chừng đó xã")]
        if kind == Kind.NEW_RECOGNITIONS:
            if data.get("new_tier") in VILLAGE_TIERS:
                return [("new_count", Village.objects.in_force(today).count(), "danh mục có chừng đó thôn")]
            return [("new_count", rural_communes(today).count(), "tỉnh có chừng đó xã")]
        if kind in {Kind.NO_COMMUNE_BELOW, Kind.COMMUNE_REACHES} and data.get("criteria_set"):
            name = "below_criteria" if kind == Kind.NO_COMMUNE_BELOW else "reach_criteria"
            return [(name, data["criteria_set"].criteria.count(), "bộ tiêu chí có chừng đó tiêu chí")]
        return []

    def _check_days(self, kind: str | None, data: dict) -> None:
        issued_on = self.target.directive.issued_on
        if data.get("due_on") and data["due_on"] < issued_on:
            self.add_error("due_on", f"Hạn không thể trước ngày ban hành văn bản ({issued_on:%d/%m/%Y}).")
        year = data.get("new_year")
        if kind == Kind.NEW_RECOGNITIONS and year and year < issued_on.year:
            self.add_error("new_year", f"Năm không thể trước năm ban hành văn bản ({issued_on.year}).")

    def _mean(self, kind: str, data: dict) -> None:
        """Fill in the target; nothing of it is saved here."""
        commune = data.get("reach_commune")
        values = {parameter: data[name] for parameter, name in BLANKS[kind].items()}
        if "commune" in values:
            values["commune"] = commune.code
        target = self.target
        target.kind, target.parameters = kind, values
        for name in ("due_on", "quote", "is_focus", "criteria_set"):
            setattr(target, name, data[name])
        words = in_words(parse_parameters(kind, values), commune=commune.name if commune else "")
        target.title = text.clean(data["title"]) or words
        try:
            target.clean()
        except ValidationError as error:
            self.add_error(None, error.messages)


def _communes_by_district(today) -> dict[int, int]:
    """Rural communes of each district in force, districts without any too."""
    counted = dict(rural_communes(today).order_by().values_list("district").annotate(Count("pk")))
    return {pk: counted.get(pk, 0) for pk in District.objects.in_force(today).values_list("pk", flat=True)}


def initial_of(target: Target) -> dict[str, Any]:
    """What the form holds of a target that there is."""
    blanks = BLANKS[target.kind]
    held = {blanks[name]: value for name, value in target.parameters.items()}
    shared = ("kind", "due_on", "title", "quote", "is_focus", "criteria_set")
    return held | {name: getattr(target, name) for name in shared}


def defaults_for(directive: Directive, set_pk: int | None) -> dict[str, Any]:
    """What stands in the blanks of a new target: what the office asks most."""
    return {
        "district_count": 1,
        "district_tier": Tier.STANDARD,
        "below_criteria": 10,
        "new_tier": Tier.STANDARD,
        "new_year": directive.issued_on.year,
        "share_percent": 50,
        "share_tier": Tier.NTM_VILLAGE,
        "share_total": Village.objects.in_force(clock.today()).filter(commune__in_village_scheme=True).count() or None,
        "share_scheme": "QĐ 1385/QĐ-TTg",
        "reach_criteria": 10,
        "due_on": directive.issued_on.replace(month=12, day=31),
        "criteria_set": set_pk,
    }
