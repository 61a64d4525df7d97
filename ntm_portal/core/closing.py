"""Closing dated records in bulk: a page asks from which day, every record is checked, and all are closed or none."""

from datetime import date, timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from ntm_portal.core import clock
from ntm_portal.core.audit.wording import name_of
from ntm_portal.core.days import DayInput
from ntm_portal.core.models import DatedModel

_ONE_DAY = timedelta(days=1)


class ClosingForm(forms.Form):
    """The first day on which the records no longer hold, as decisions say it: "kể từ ngày"."""

    since = forms.DateField(
        label="Đóng từ ngày",
        help_text="Như 01/07/2020. Ngày cuối cùng còn hiệu lực sẽ là hôm trước ngày này.",
        error_messages={"invalid": "Phải là ngày, như 01/07/2020."},
        widget=DayInput,
    )

    def clean_since(self) -> date:
        since = self.cleaned_data["since"]
        if since.year not in clock.YEARS:
            raise ValidationError(clock.YEARS_WORDS)
        return since


def _fault(record: models.Model, last_day: date, *, is_editable: bool) -> str:
    """Why the record cannot be closed with that last day; empty when it can, and then it is so in memory."""
    if not is_editable:
        return "ngoài phạm vi của bạn."
    if record.valid_to is not None and record.valid_to < last_day:
        return f"đã đóng, ngày cuối cùng còn hiệu lực là {record.valid_to:%d/%m/%Y}."
    record.valid_to = last_day
    try:
        record.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def close(records: models.QuerySet, since: date, scope) -> tuple[int, list[str]]:
    """Close every record from that day on, or none: (how many changed, what is wrong with which)."""
    last_day, faults, changed = since - _ONE_DAY, [], []
    with transaction.atomic():
        editable = set(records.editable_by(scope).values_list("pk", flat=True))
        for record in records.select_for_update(of=("self",)):
            before = record.valid_to
            if said := _fault(record, last_day, is_editable=record.pk in editable):
                faults.append(f"{capfirst(name_of(record))}: {said}")
            elif before != last_day:
                changed.append(record)
        if faults:
            return 0, faults
        for record in changed:
            record.save(update_fields=["valid_to"])
    return len(changed), []


class ClosingAct:
    """Part of an admin page: offers to close the chosen rows where records hold from a day to a day."""

    def get_actions(self, request: HttpRequest) -> dict:
        found = super().get_actions(request)
        if not issubclass(self.model, DatedModel):
            found.pop("close_rows", None)
        return found

    @admin.action(description="Đóng các dòng đã chọn từ ngày…", permissions=["change"])
    def close_rows(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        """Ask for the day first; faults are told on the same page, with nothing closed."""
        form, faults = ClosingForm(request.POST if "apply" in request.POST else None), []
        if form.is_valid():
            since = form.cleaned_data["since"]
            closed, faults = close(queryset, since, request.user.scope)
            if not faults:
                said = f"Đã đóng {closed} dòng từ ngày {since:%d/%m/%Y}."
                return self.message_user(request, said, messages.SUCCESS)
        plural = capfirst(str(self.opts.verbose_name_plural))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "plural": plural,
            "title": f"Đóng các dòng đã chọn: {plural}",
            "form": form,
            "faults": faults,
            "records": queryset,
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "is_across": request.POST.get("select_across") == "1",
        }
        return TemplateResponse(request, "admin/close_rows.html", context)
