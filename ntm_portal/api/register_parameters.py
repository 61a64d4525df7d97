"""What may be asked of the registers and of the ledger's changes."""

from datetime import date

from rest_framework import serializers

from communes.models import Village
from criteria.models import Tier
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.api import register_shapes as shapes
from ntm_portal.api import remembered
from ntm_portal.api.parameters import DATE_WORDS, ListQuery, MomentField, Query, choices_of, same_words
from ntm_portal.core import clock

_DISTRICT_WORDS = "Mã huyện gồm ba chữ số, ví dụ 617."


class DatedListQuery(ListQuery):
    """A register of a day."""

    as_of = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": DATE_WORDS},
        help_text="Ngày mà dòng có hiệu lực (mặc định: hôm nay).",
    )
    district = serializers.CharField(
        required=False, error_messages=same_words(_DISTRICT_WORDS), help_text="Mã huyện, ví dụ 617."
    )

    def validate_as_of(self, value: date) -> date:
        if value.year not in clock.YEARS:
            raise serializers.ValidationError(clock.YEARS_WORDS, code="out_of_range")
        return value

    def validate_district(self, value: str) -> str:
        return self.known(value, remembered.district_codes(self.context["at"]), "huyện")


class VillageListQuery(DatedListQuery):
    """Filters of `villages/`."""

    row = shapes.VillageRowSerializer

    kind = serializers.ChoiceField(**choices_of("Loại", Village.Kind.values))
    commune = serializers.RegexField(
        r"^\d{5}$",
        required=False,
        error_messages=same_words("Mã xã gồm năm chữ số, ví dụ 23407."),
        help_text="Mã xã, ví dụ 23407.",
    )


class DepartmentListQuery(ListQuery):
    """Filters of `departments/`."""

    row = shapes.DepartmentSerializer

    kind = serializers.ChoiceField(**choices_of("Loại đơn vị", Department.Kind.values))


class RecognitionListQuery(DatedListQuery):
    """Filters of `recognitions/`."""

    row = shapes.RecognitionRowSerializer

    known_at = MomentField(required=False, help_text="Chỉ tính quyết định đã ghi đến thời điểm này; dấu + viết là %2B.")
    tier = serializers.ChoiceField(**choices_of("Bậc", Tier.values))
    unit = serializers.ChoiceField(**choices_of("Loại đơn vị được công nhận", ["commune", "village", "district"]))


class DirectiveListQuery(ListQuery):
    """Filters of `directives/`."""

    row = shapes.DirectiveSerializer

    kind = serializers.ChoiceField(**choices_of("Loại văn bản", Directive.Kind.values))


class OneDirectiveQuery(Query):
    """`directives/{id}/` takes nothing but a format."""


class ChangesQuery(Query):
    """Parameters of `changes/`."""

    since = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        error_messages=same_words("Phải là một vị trí sổ cái: số nguyên từ 0.")
        | {"required": "Ghi vị trí sổ cái đã có, ví dụ since=0 để lấy từ đầu."},
        help_text="Vị trí sổ cái đã có: position của câu trả lời trước, hoặc ledger_position của status/.",
    )
    limit = serializers.IntegerField(
        required=False,
        default=100,
        min_value=1,
        max_value=500,
        error_messages=same_words("Số dòng từ 1 đến 500."),
    )
    epoch = serializers.CharField(
        required=False,
        error_messages=same_words("Ghi epoch của câu trả lời trước."),
        help_text="epoch của câu trả lời trước; khác với sổ cái hiện nay thì 409.",
    )
