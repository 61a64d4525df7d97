"""The shapes of the registers (villages, bodies, decisions, directives), of a history, and of what changed."""

from rest_framework import serializers

from communes.models import Village
from criteria.engine.facts import Result
from criteria.models import Tier
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.api.serializers import (
    CodeNameSerializer,
    ConditionSerializer,
    NumberedNameSerializer,
    SourceSerializer,
)

_RESULTS = [result.value for result in Result]


class StandSerializer(serializers.Serializer):
    """What a register says of itself."""

    ledger_position = serializers.IntegerField()


class DatedStandSerializer(StandSerializer):
    """The same of a register of a day."""

    as_of = serializers.DateField(help_text="Ngày hỏi: dòng có hiệu lực trong ngày này.")


class KnownStandSerializer(DatedStandSerializer):
    """The same, as known at a moment."""

    known_at = serializers.DateTimeField(allow_null=True)


class VillageStandSerializer(DatedStandSerializer):
    """The same of villages, some of which are made up."""

    is_illustration = serializers.BooleanField(help_text="Có dòng minh họa.")


class VillageRowSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Village.Kind.values)
    kind_label = serializers.CharField()
    commune = CodeNameSerializer()
    district = CodeNameSerializer()
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    is_verified = serializers.BooleanField(help_text="Đã kiểm chứng.")
    is_illustration = serializers.BooleanField(help_text="Dòng minh họa.")


class DepartmentSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    kind = serializers.ChoiceField(Department.Kind.values)
    kind_label = serializers.CharField()
    district = CodeNameSerializer(allow_null=True, help_text="Huyện, thành phố mà Ủy ban nhân dân này quản lý.")


class UnitSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["commune", "village", "district"])
    code = serializers.CharField(help_text="Mã xã, huyện; của thôn là mã số trong villages/.")
    name = serializers.CharField()


class RecognitionRowSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    unit = UnitSerializer()
    district = CodeNameSerializer()
    tier = serializers.ChoiceField(Tier.values)
    tier_label = serializers.CharField()
    achieved_year = serializers.IntegerField(allow_null=True)
    decision_number = serializers.CharField(allow_blank=True)
    decided_on = serializers.DateField(allow_null=True)
    effective_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    revoked_on = serializers.DateField(allow_null=True)
    basis = serializers.CharField()
    is_verified = serializers.BooleanField(help_text="Đã kiểm chứng.")


class DirectiveSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Số, ký hiệu.")
    kind = serializers.ChoiceField(Directive.Kind.values)
    kind_label = serializers.CharField()
    issuer = serializers.CharField()
    issued_on = serializers.DateField()
    abstract = serializers.CharField(allow_blank=True, help_text="Trích yếu.")
    targets = serializers.ListField(child=serializers.IntegerField(), help_text="Mã các mục tiêu, xem targets/{id}/.")


class DirectiveDetailSerializer(DirectiveSerializer, StandSerializer):
    """A directive with the position under which it is given."""


class FromToSerializer(serializers.Serializer):
    """`from` is a word of Python, so it is declared under another name."""

    from_ = serializers.ChoiceField(_RESULTS, source="before")
    from_label = serializers.CharField()
    to = serializers.ChoiceField(_RESULTS, source="now")
    to_label = serializers.CharField()
    source = SourceSerializer(allow_null=True)

    def get_fields(self) -> dict:
        declared = super().get_fields()
        own = {name: field for name, field in declared.items() if name not in FromToSerializer._declared_fields}
        return own | {"from" if name == "from_" else name: declared[name] for name in FromToSerializer._declared_fields}


class PointSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    criteria_met = serializers.IntegerField()
    results = serializers.RegexField("^[MNU]*$")


class HistoryChangeSerializer(FromToSerializer):
    as_of = serializers.DateField()
    criterion = NumberedNameSerializer()


class HistorySerializer(ConditionSerializer):
    commune = CodeNameSerializer()
    points = PointSerializer(many=True, help_text="Cuối mỗi tháng, và ngày hỏi.")
    changes = HistoryChangeSerializer(many=True, help_text="Tiêu chí đổi kết quả giữa hai điểm, mới nhất trước.")


class LedgerChangeSerializer(FromToSerializer):
    position = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()
    commune = CodeNameSerializer()
    criteria_set = serializers.CharField()
    criterion = NumberedNameSerializer()
    indicator = CodeNameSerializer(allow_null=True, help_text="Trống: số liệu nền của cả tiêu chí.")
    as_of = serializers.DateField(help_text="Ngày mà dòng này đúng; from và to là kết quả trong ngày đó.")


class ChangesSerializer(serializers.Serializer):
    since = serializers.IntegerField()
    position = serializers.IntegerField(help_text="Lần sau hỏi since bằng số này.")
    epoch = serializers.CharField(help_text="Mã lịch sử sổ cái; đổi khi cơ sở dữ liệu lập lại hoặc phục hồi.")
    has_more = serializers.BooleanField(help_text="Còn nữa: hỏi tiếp ngay.")
    others = serializers.IntegerField(
        help_text="Số thay đổi khác trong đoạn này (ngưỡng, công nhận, đơn vị, văn bản): lớn hơn 0 thì đọc lại status/."
    )
    changes = LedgerChangeSerializer(many=True)
