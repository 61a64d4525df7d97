"""The shapes of answers, read from the same judged snapshot that the pages show; OpenAPI is made from them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from communes.models import Commune
from criteria.engine.bands import Band
from criteria.engine.facts import Comparison, Conclusion, Result
from criteria.models import CriteriaSet, Source, Tier
from directives.models import Target
from directives.queries import State
from ntm_portal.accounts.models import Sponsorship

_AVERAGE_WORDS = "Tiêu chí bình quân một xã, hai số lẻ, làm tròn nửa lên; trống khi chưa xã nào có số liệu."
_DENOMINATOR_WORDS = "Mẫu số của bình quân: mọi xã có hiệu lực trong ngày; xã chưa có số liệu tính 0 tiêu chí."
_WITH_DATA_WORDS = "Số xã đã có số liệu."
_TIERS = [Tier.STANDARD.value, Tier.ADVANCED.value, Tier.MODEL.value]


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field):
    """A decimal as a JSON number with every digit it has."""

    def to_representation(self, value):
        return value


class CodeNameSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class ConditionSerializer(serializers.Serializer):
    """What every status answer says of itself."""

    as_of = serializers.DateField(help_text="Ngày của số liệu; ngày hỏi sau hôm nay thì là hôm nay.")
    known_at = serializers.DateTimeField(allow_null=True)
    ledger_position = serializers.IntegerField()
    criteria_set = serializers.CharField()
    notice = serializers.CharField(allow_null=True, help_text="Điều cần biết khi đọc, ví dụ ngày hỏi chưa đến.")
    is_illustration = serializers.BooleanField(help_text="Có số liệu minh họa.")


class CommuneSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Commune.Kind.values)
    kind_label = serializers.CharField()
    district = CodeNameSerializer()
    group = serializers.ChoiceField(["", *Commune.Group.values])
    criteria_set = serializers.CharField()
    criteria_met = serializers.IntegerField(allow_null=True)
    criteria_total = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField([band.value for band in Band], allow_null=True)
    band_label = serializers.CharField(allow_null=True)
    meets_standard = serializers.BooleanField(allow_null=True)
    tier = serializers.ChoiceField(_TIERS, allow_null=True)
    tier_label = serializers.CharField(allow_null=True)
    recognised_on = serializers.DateField(allow_null=True)
    last_assessed_on = serializers.DateField(allow_null=True)
    results = serializers.RegexField(
        "^[MNU]*$", help_text="Một chữ mỗi tiêu chí: M đạt, N chưa đạt, U chưa có số liệu."
    )
    as_of = serializers.DateField()
    is_illustration = serializers.BooleanField(help_text="Dòng này dựa trên số liệu minh họa.")


class VillageSerializer(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField(source="get_kind_display")
    is_illustration = serializers.BooleanField()


class SuccessionSerializer(serializers.Serializer):
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    successor_code = serializers.CharField(allow_blank=True)
    successor_name = serializers.CharField(allow_blank=True)


class SponsorSerializer(serializers.Serializer):
    department = CodeNameSerializer()
    kind = serializers.ChoiceField(Sponsorship.Kind.values)
    kind_label = serializers.CharField(source="get_kind_display")
    basis = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class RecognitionSerializer(serializers.Serializer):
    tier = serializers.ChoiceField(Tier.values)
    tier_label = serializers.CharField()
    achieved_year = serializers.IntegerField(allow_null=True)
    decision_number = serializers.CharField(allow_blank=True)
    decided_on = serializers.DateField(allow_null=True)
    effective_on = serializers.DateField()
    basis = serializers.CharField()
    is_verified = serializers.BooleanField()


class CommuneDetailSerializer(CommuneSerializer, ConditionSerializer):
    is_group_verified = serializers.BooleanField(help_text="Khu vực đã kiểm chứng.")
    is_border = serializers.BooleanField(help_text="Xã biên giới.")
    is_extremely_difficult = serializers.BooleanField(allow_null=True, help_text="Đặc biệt khó khăn; trống: chưa rõ.")
    is_extremely_difficult_verified = serializers.BooleanField(help_text="Mục đặc biệt khó khăn đã kiểm chứng.")
    villages = VillageSerializer(many=True)
    succession = SuccessionSerializer()
    sponsors = SponsorSerializer(many=True)
    recognitions = RecognitionSerializer(many=True)


class SourceSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(Source.Kind.values)
    label = serializers.CharField()
    url = serializers.CharField(allow_blank=True)


class MeasureFindingSerializer(serializers.Serializer):
    name = serializers.CharField(source="measure.name")
    value = NumberField(allow_null=True)
    unit = serializers.CharField(source="measure.unit")
    comparison = serializers.ChoiceField([c.value for c in Comparison], source="measure.comparison")
    threshold = NumberField(source="threshold.value", allow_null=True, default=None)
    basis = serializers.CharField(source="threshold.basis", allow_null=True, default=None)


class IndicatorFindingSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    result = serializers.ChoiceField([r.value for r in Result])
    result_label = serializers.CharField()
    reason = serializers.CharField()
    conclusion = serializers.ChoiceField([c.value for c in Conclusion], allow_null=True)
    measures = MeasureFindingSerializer(many=True)
    as_of = serializers.DateField(allow_null=True)
    source = SourceSerializer(allow_null=True)


class CriterionFindingSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    result = serializers.ChoiceField([r.value for r in Result])
    result_label = serializers.CharField()
    reason = serializers.CharField()
    indicators = IndicatorFindingSerializer(many=True)


class MissingSerializer(serializers.Serializer):
    code = serializers.CharField()
    gap = NumberField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class StepSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    missing = MissingSerializer(many=True)


class CommuneStatusSerializer(ConditionSerializer):
    commune = CodeNameSerializer()
    criteria_met = serializers.IntegerField()
    criteria_total = serializers.IntegerField()
    criteria = CriterionFindingSerializer(many=True)
    nearest = StepSerializer(many=True)


class NumberedNameSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()


class MatrixRowSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    district = serializers.CharField(help_text="Mã huyện.")
    criteria_met = serializers.IntegerField()
    results = serializers.RegexField("^[MNU]*$")


class MatrixSerializer(ConditionSerializer):
    criteria = NumberedNameSerializer(many=True)
    communes = MatrixRowSerializer(many=True)


class BandCountSerializer(serializers.Serializer):
    band = serializers.ChoiceField([band.value for band in Band])
    band_label = serializers.CharField()
    count = serializers.IntegerField()
    difference = serializers.IntegerField(help_text="So với tháng trước.")


class CriterionCountSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    met = serializers.IntegerField()
    not_met = serializers.IntegerField()
    no_data = serializers.IntegerField()
    total = serializers.IntegerField()
    difference = serializers.IntegerField(help_text="Số xã đạt so với tháng trước.")


class TierCountSerializer(serializers.Serializer):
    tier = serializers.ChoiceField(_TIERS)
    tier_label = serializers.CharField()
    count = serializers.IntegerField()
    difference = serializers.IntegerField()


class SummaryRowSerializer(serializers.Serializer):
    """One row of `summary/`; what a row does not count is null."""

    code = serializers.CharField()
    name = serializers.CharField()
    communes = serializers.IntegerField(help_text="Xã có hiệu lực trong ngày.")
    average = NumberField(allow_null=True, help_text=_AVERAGE_WORDS)
    average_denominator = serializers.IntegerField(allow_null=True, help_text=_DENOMINATOR_WORDS)
    communes_with_data = serializers.IntegerField(help_text=_WITH_DATA_WORDS)
    average_difference = NumberField(allow_null=True, help_text="So với tháng trước.")
    bands = BandCountSerializer(many=True)
    criteria = CriterionCountSerializer(many=True)
    recognised = TierCountSerializer(many=True)


class SummarySerializer(ConditionSerializer):
    by = serializers.ChoiceField(["province", "district", "criterion", "department"])
    previous_as_of = serializers.DateField()
    results = SummaryRowSerializer(many=True)


class BlockerSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["commune", "district"])
    code = serializers.CharField()
    name = serializers.CharField()
    lacks = serializers.CharField()


class ForecastSerializer(serializers.Serializer):
    expected = NumberField()
    on = serializers.DateField()
    reason = serializers.CharField()


class TargetSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="target.pk")
    code = serializers.CharField(source="target.code")
    directive = serializers.CharField(source="target.directive.number")
    title = serializers.CharField(source="target.title")
    quote = serializers.CharField(source="target.quote")
    kind = serializers.ChoiceField(Target.Kind.values, source="target.kind")
    kind_label = serializers.CharField(source="target.get_kind_display")
    parameters = serializers.DictField(source="target.parameters")
    required = NumberField(source="outcome.required")
    actual = NumberField(source="outcome.actual")
    unit = serializers.CharField(source="outcome.unit")
    state = serializers.ChoiceField([s.value for s in State])
    state_label = serializers.CharField(source="state.label")
    due_on = serializers.DateField(source="target.due_on")
    days_left = serializers.IntegerField()
    blockers = BlockerSerializer(many=True, source="outcome.blockers")
    forecast = ForecastSerializer(source="outcome.forecast")
    remark = serializers.CharField(source="outcome.remark", allow_blank=True)
    as_of = serializers.DateField()
    is_illustration = serializers.BooleanField(help_text="Dòng này dựa trên số liệu minh họa.")


class TargetDetailSerializer(TargetSerializer, ConditionSerializer):
    """Described as the two together; a result and its condition are serialized each by its own."""


class DistrictSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    communes = serializers.IntegerField(help_text="Số xã.")
    average = NumberField(allow_null=True, help_text=_AVERAGE_WORDS)
    average_denominator = serializers.IntegerField(help_text=_DENOMINATOR_WORDS)
    communes_with_data = serializers.IntegerField(help_text=_WITH_DATA_WORDS)
    meets_standard = serializers.IntegerField(help_text="Số xã đạt đủ tiêu chí.")
    recognised = serializers.IntegerField(help_text="Số xã được công nhận.")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    as_of = serializers.DateField()
    is_illustration = serializers.BooleanField(help_text="Dòng này dựa trên số liệu minh họa.")


class CriteriaSetSerializer(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.ChoiceField(CriteriaSet.Subject.values)
    subject_label = serializers.CharField(source="get_subject_display")
    tier = serializers.ChoiceField(Tier.values)
    tier_label = serializers.CharField(source="get_tier_display")
    basis = serializers.CharField()
    zone = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class CatalogueMeasureSerializer(serializers.Serializer):
    name = serializers.CharField()
    unit = serializers.CharField()
    comparison = serializers.ChoiceField([c.value for c in Comparison])
    thresholds = serializers.ListField(child=serializers.DictField())


class CatalogueIndicatorSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    is_mandatory = serializers.BooleanField()
    measures = CatalogueMeasureSerializer(many=True)


class CatalogueCriterionSerializer(NumberedNameSerializer):
    indicators = CatalogueIndicatorSerializer(many=True)


class CriteriaSetDetailSerializer(CriteriaSetSerializer):
    criteria = CatalogueCriterionSerializer(many=True)
    ledger_position = serializers.IntegerField()


class FaultSerializer(serializers.Serializer):
    pointer = serializers.CharField()
    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)
    code = serializers.CharField(required=False, help_text="Quy tắc nào, khi trái một quy tắc của chương trình.")
    details = serializers.DictField(required=False, help_text="Về điều gì.")


class PlainSerializer(serializers.Serializer):
    """An answer that says nothing of itself."""


def page_of(
    row: type[serializers.Serializer], *, stand: type[serializers.Serializer] = ConditionSerializer
) -> type[serializers.Serializer]:
    """The envelope of a list of rows, as one named schema; `stand` is what the answer says of itself."""
    members = {
        "count": serializers.IntegerField(),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "results": row(many=True),
    }
    return type(f"{row.__name__.removesuffix('Serializer')}PageSerializer", (stand,), members)
