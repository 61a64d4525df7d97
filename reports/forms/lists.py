"""How the list of reports is asked for, in the address."""

from typing import Any

from django import forms
from django.http import QueryDict

from ntm_portal.accounts.scope import Scope
from ntm_portal.core.errors import BadQueryError
from reports.models import Obligation, Report, ReportingPeriod
from reports.models.report import ReportQuerySet
from reports.queries.mine import departments_with_reports


class ReportListForm(forms.Form):
    """Body, period, kind, state and page; a choice that is not there is said and not ignored."""

    don_vi = forms.ChoiceField(label="Đơn vị", required=False)
    ky = forms.ChoiceField(label="Kỳ", required=False)
    loai = forms.ChoiceField(label="Loại", required=False, choices=[("", "Tất cả"), *Obligation.Kind.choices])
    trang_thai = forms.ChoiceField(label="Trạng thái", required=False, choices=[("", "Tất cả"), *Report.State.choices])
    trang = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, scope: Scope) -> None:
        super().__init__(data, auto_id="bc-%s", label_suffix="")
        periods = ReportingPeriod.objects.opened().order_by("-data_until", "kind")
        self.periods = {period.slug: period for period in periods}
        self.fields["don_vi"].choices = [("", "Tất cả"), *departments_with_reports(scope)]
        self.fields["ky"].choices = [("", "Tất cả"), *((slug, str(p)) for slug, p in self.periods.items())]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = "Không có lựa chọn “%(value)s”."

    def read(self) -> dict[str, Any]:
        """Cleaned values. Raises BadQueryError naming what cannot be read."""
        if not self.is_valid():
            errors = {name: [str(word) for word in words] for name, words in self.errors.items()}
            raise BadQueryError("Địa chỉ này có tham số không đọc được.", errors)
        return self.cleaned_data

    def picked(self, reports: ReportQuerySet) -> ReportQuerySet:
        """Reports that fit everything that is asked."""
        given = self.read()
        if given["don_vi"]:
            reports = reports.filter(obligation__department__code=given["don_vi"])
        if given["ky"]:
            reports = reports.filter(obligation__period=self.periods[given["ky"]])
        if given["loai"]:
            reports = reports.filter(obligation__kind=given["loai"])
        if given["trang_thai"]:
            reports = reports.filter(state=given["trang_thai"])
        return reports
