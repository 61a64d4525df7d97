"""The shapes of what is said of periods, obligations and reports."""

from rest_framework import serializers

from criteria.engine.facts import Comparison, Result
from ntm_portal.api.serializers import CodeNameSerializer, NumberField
from reports.checks import MESSAGES, Severity
from reports.checks_communes import MESSAGES as COMMUNE_MESSAGES
from reports.models import Obligation, Report, ReportingPeriod, ReportLine, Section
from reports.standing import State

_CONCLUSIONS = [value for value, _ in ReportLine.CONCLUSIONS]
_REVISION_WORDS = "Lần sửa; ETag của báo cáo bắt đầu bằng số này, If-Match hỏi số này."


class PeriodSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField(help_text="Mã kỳ, ví dụ 2020-t10, 2020-q3.")
    name = serializers.CharField()
    kind = serializers.ChoiceField(ReportingPeriod.Kind.values)
    kind_label = serializers.CharField()
    year = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Tháng 1–12 hoặc quý 1–4.")
    data_until = serializers.DateField(help_text="Ngày chốt số liệu.")
    due_on = serializers.DateField(help_text="Hạn nộp.")
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    is_open = serializers.BooleanField(help_text="Đã mở và chưa đóng: báo cáo ghi được.")
    basis = serializers.CharField(allow_blank=True)


class ObligationSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    period = CodeNameSerializer()
    department = CodeNameSerializer()
    kind = serializers.ChoiceField(Obligation.Kind.values)
    kind_label = serializers.CharField()
    data_until = serializers.DateField(help_text="Ngày chốt số liệu.")
    due_on = serializers.DateField(help_text="Hạn nộp.")
    first_submitted_at = serializers.DateTimeField(
        allow_null=True, help_text="Lần gửi đầu; đúng hạn hay không xét theo đây."
    )
    standing = serializers.ChoiceField(
        [state.name for state in State], help_text="Đúng hạn, muộn, trả lại, chưa đến hạn, chưa nộp, không nộp."
    )
    standing_label = serializers.CharField()
    late_by = serializers.IntegerField(help_text="Số ngày sau hạn; âm: còn bấy nhiêu ngày, hoặc gửi sớm bấy nhiêu.")
    report = serializers.IntegerField(allow_null=True, help_text="Mã báo cáo mới nhất; trống khi bạn chưa được xem.")
    version = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(Report.State.values, allow_null=True, help_text="Trạng thái báo cáo mới nhất.")
    state_label = serializers.CharField(allow_null=True)


class ReportSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    period = CodeNameSerializer()
    department = CodeNameSerializer()
    kind = serializers.ChoiceField(Obligation.Kind.values)
    kind_label = serializers.CharField()
    version = serializers.IntegerField(help_text="Bản thứ mấy; từ 2 là bản đính chính.")
    state = serializers.ChoiceField(Report.State.values)
    state_label = serializers.CharField()
    revision = serializers.IntegerField(help_text=_REVISION_WORDS)
    as_of = serializers.DateField(help_text="Số liệu đến ngày.")
    due_on = serializers.DateField(help_text="Hạn nộp.")
    reason = serializers.CharField(allow_blank=True, help_text="Lý do lập bản đính chính.")
    saved_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = serializers.CharField(allow_null=True, help_text="Người gửi.")
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True, help_text="Người duyệt hoặc trả lại.")


class ReadingSerializer(serializers.Serializer):
    value = NumberField(allow_null=True)
    numerator = NumberField(allow_null=True)
    denominator = NumberField(allow_null=True)


class LineMeasureSerializer(ReadingSerializer):
    id = serializers.IntegerField(help_text="Mã đại lượng đo, để ghi.")
    name = serializers.CharField()
    unit = serializers.CharField()
    comparison = serializers.ChoiceField([c.value for c in Comparison])
    threshold = NumberField(allow_null=True, help_text="Mức yêu cầu với khu vực của xã; trống: tỉnh chưa quy định.")
    basis = serializers.CharField(allow_null=True, help_text="Căn cứ của mức yêu cầu.")
    previous = ReadingSerializer(allow_null=True, help_text="Số đo kỳ trước.")


class PreviousSerializer(serializers.Serializer):
    conclusion = serializers.ChoiceField(_CONCLUSIONS, allow_null=True)
    note = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)


class ProblemOfLineSerializer(serializers.Serializer):
    code = serializers.ChoiceField(sorted({*MESSAGES, *COMMUNE_MESSAGES}))
    severity = serializers.ChoiceField([s.value for s in Severity], help_text="error: chưa gửi được; warning: lưu ý.")
    message = serializers.CharField()


class EvidenceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.CharField()


class RemarkSerializer(serializers.Serializer):
    text = serializers.CharField()
    written_at = serializers.DateTimeField()


class LineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    commune = CodeNameSerializer()
    indicator = CodeNameSerializer()
    revision = serializers.IntegerField(help_text="Lần sửa của dòng.")
    conclusion = serializers.ChoiceField(_CONCLUSIONS, allow_null=True)
    measures = LineMeasureSerializer(many=True)
    note = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True, help_text="Căn cứ không xét.")
    result = serializers.ChoiceField([r.value for r in Result], help_text="Kết quả nếu được duyệt như đang ghi.")
    result_label = serializers.CharField()
    result_reason = serializers.CharField()
    is_answered = serializers.BooleanField(help_text="Đã sửa hoặc xác nhận trong kỳ này.")
    is_changed = serializers.BooleanField(help_text="Khác kỳ trước.")
    previous = PreviousSerializer()
    problems = ProblemOfLineSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    remarks = RemarkSerializer(many=True, help_text="Ý kiến khi trả lại.")


class ObservationSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    conclusion = serializers.CharField(allow_blank=True, help_text="MET, NOT_MET, hoặc trống khi chưa ghi.")
    note = serializers.CharField(allow_blank=True)
    ledger = serializers.ChoiceField([r.value for r in Result], help_text="Kết quả theo sổ cái.")
    contradicts = serializers.BooleanField(help_text="Quan sát khác sổ cái.")


class VisitSerializer(serializers.Serializer):
    visited_on = serializers.DateField()
    people = serializers.CharField()
    findings = serializers.CharField()


class EntrySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    commune = CodeNameSerializer()
    revision = serializers.IntegerField()
    help_given = serializers.CharField(allow_blank=True, help_text="Việc đã giúp xã.")
    proposals = serializers.CharField(allow_blank=True, help_text="Kiến nghị, đề xuất.")
    is_answered = serializers.BooleanField(help_text="Đã sửa hoặc xác nhận trong kỳ này.")
    criteria = ObservationSerializer(many=True)
    visits = VisitSerializer(many=True)
    problems = ProblemOfLineSerializer(many=True)
    obstacles = serializers.ListField(child=serializers.IntegerField(), help_text="Mã khó khăn, vướng mắc.")
    evidence = EvidenceSerializer(many=True)
    remarks = RemarkSerializer(many=True, help_text="Ý kiến khi trả lại.")


class SectionSerializer(serializers.Serializer):
    heading = serializers.ChoiceField(Section.Heading.values)
    heading_label = serializers.CharField(source="get_heading_display")
    text = serializers.CharField(allow_blank=True)


class CountsSerializer(serializers.Serializer):
    total = serializers.IntegerField(help_text="Số dòng, hoặc số xã.")
    answered = serializers.IntegerField(help_text="Số dòng, xã đã sửa hoặc xác nhận.")
    changed = serializers.IntegerField(help_text="Số dòng khác kỳ trước; báo cáo xã: 0.")
    error = serializers.IntegerField(help_text="Số dòng, xã còn lỗi, chưa gửi được.")
    warning = serializers.IntegerField(help_text="Số dòng, xã có lưu ý.")


class ReportDetailSerializer(ReportSerializer):
    counts = CountsSerializer()
    remarks = RemarkSerializer(many=True, help_text="Ý kiến về cả báo cáo khi trả lại.")
    sections = SectionSerializer(many=True)
    lines = LineSerializer(many=True, help_text="Dòng của báo cáo tiêu chí.")
    entries = EntrySerializer(many=True, help_text="Xã trong báo cáo xã được phân công.")


class SavedLinesSerializer(serializers.Serializer):
    revision = serializers.IntegerField(help_text=_REVISION_WORDS)
    lines = LineSerializer(many=True, help_text="Các dòng vừa ghi, như bây giờ.")
