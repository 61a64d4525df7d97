"""What may be asked of periods, obligations and reports."""

from rest_framework import serializers

from ntm_portal.api import remembered
from ntm_portal.api.filing import shapes
from ntm_portal.api.parameters import ListQuery, Query, choices_of, same_words
from reports.models import Obligation, Report, ReportingPeriod
from reports.standing import State


class PlainQuery(Query):
    """An address that takes nothing but a format."""


class PeriodListQuery(ListQuery):
    """Filters of `reporting-periods/`."""

    row = shapes.PeriodSerializer

    kind = serializers.ChoiceField(**choices_of("Loại kỳ", ReportingPeriod.Kind.values))
    year = serializers.IntegerField(required=False, error_messages=same_words("Năm là một số, ví dụ 2020."))
    is_open = serializers.BooleanField(required=False, error_messages=same_words("Chỉ nhận true hoặc false."))


class OwedQuery(ListQuery):
    """What obligations and reports are both chosen by."""

    department = serializers.CharField(
        required=False, error_messages=same_words("Ghi mã một đơn vị, ví dụ SYT."), help_text="Mã đơn vị, ví dụ SYT."
    )
    period = serializers.RegexField(
        r"^\d{4}-(t([1-9]|1[0-2])|q[1-4])$",
        required=False,
        error_messages=same_words("Ghi mã kỳ, ví dụ 2020-t10 hoặc 2020-q3."),
        help_text="Mã kỳ, ví dụ 2020-t10, 2020-q3.",
    )
    kind = serializers.ChoiceField(**choices_of("Loại báo cáo", Obligation.Kind.values))
    state = serializers.ChoiceField(**choices_of("Trạng thái", Report.State.values))

    def validate_department(self, value: str) -> str:
        return self.known(value, remembered.department_codes(self.context["at"]), "đơn vị")

    def validate_period(self, value: str) -> tuple[str, int, int]:
        """(kind, year, number)."""
        year, _, number = value.partition("-")
        kind = ReportingPeriod.Kind.MONTH if number[0] == "t" else ReportingPeriod.Kind.QUARTER
        return str(kind), int(year), int(number[1:])


class ObligationListQuery(OwedQuery):
    """Filters of `obligations/`; the state is that of the newest report."""

    row = shapes.ObligationSerializer

    standing = serializers.ChoiceField(**choices_of("Tình trạng", [state.name for state in State]))


class ReportListQuery(OwedQuery):
    """Filters of `reports/`."""

    row = shapes.ReportSerializer

    is_latest = serializers.BooleanField(
        required=False,
        error_messages=same_words("Chỉ nhận true hoặc false."),
        help_text="true: chỉ bản mới nhất của mỗi báo cáo; false: chỉ các bản cũ.",
    )
