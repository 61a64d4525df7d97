"""What may be asked in a query string. Whatever is not listed is a fault, never ignored."""

from datetime import date

from rest_framework import serializers

from communes.models import Commune
from criteria.engine.bands import Band
from criteria.models import CriteriaSet, Tier

DATE_WORDS = "Ngày phải theo dạng YYYY-MM-DD, ví dụ 2020-10-13."
_NOTHING = {"format"}


def _choices(kind: str, values: list[str]) -> dict:
    return {"choices": values, "required": False, "error_messages": {"invalid_choice": f"{kind}: {', '.join(values)}."}}


class Query(serializers.Serializer):
    """Refuses parameters it does not declare."""

    def to_internal_value(self, data):
        unknown = [name for name in data if name not in self.fields and name not in _NOTHING]
        if unknown:
            accepted = ", ".join(sorted({*self.fields, *_NOTHING}))
            raise serializers.ValidationError(
                {name: [f"Không có tham số “{name}”. Nhận: {accepted}."] for name in unknown}, code="unknown"
            )
        return super().to_internal_value(data)

    @classmethod
    def read(cls, request) -> dict:
        """The validated parameters of a request. Raises ValidationError naming each faulty one."""
        query = cls(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query.validated_data


class StatusQuery(Query):
    """Parameters of every status answer."""

    as_of = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": DATE_WORDS},
        help_text="Ngày trạng thái (mặc định: hôm nay).",
    )
    known_at = serializers.DateTimeField(
        required=False,
        error_messages={"invalid": "Thời điểm phải theo dạng ISO 8601, ví dụ 2020-10-13T08:00:00+07:00."},
        help_text="Chỉ tính những gì đã ghi vào sổ cái đến thời điểm này.",
    )
    set = serializers.SlugField(
        required=False,
        error_messages={"invalid": "Mã bộ tiêu chí chỉ gồm chữ thường không dấu, số và gạch nối."},
        help_text="Mã bộ tiêu chí (mặc định: bộ xã nông thôn mới đang có hiệu lực).",
    )

    def validate_as_of(self, value: date) -> date:
        """A year that no calendar of this programme has is a slip of the keyboard."""
        if not 2000 <= value.year <= 2100:
            raise serializers.ValidationError("Ngày phải trong khoảng 2000 đến 2100.", code="out_of_range")
        return value


def _page_size() -> serializers.IntegerField:
    words = "Số dòng một trang từ 1 đến 500."
    return serializers.IntegerField(
        required=False,
        default=100,
        min_value=1,
        max_value=500,
        error_messages={"invalid": words, "min_value": words, "max_value": words},
    )


class ListQuery(Query):
    """Parameters of every list."""

    page = serializers.IntegerField(
        required=False,
        default=1,
        min_value=1,
        error_messages={"invalid": "Trang là số từ 1.", "min_value": "Trang là số từ 1."},
    )
    page_size = _page_size()
    ordering = serializers.CharField(
        required=False, help_text="Tên trường, thêm dấu - để đảo; nhiều trường cách nhau dấu phẩy."
    )
    search = serializers.CharField(required=False, help_text="Không phân biệt dấu, chữ hoa.")
    fields_ = serializers.CharField(required=False, help_text="Chỉ lấy các trường này, cách nhau dấu phẩy.")

    def get_fields(self) -> dict:
        """`fields` is a name that serializers keep for themselves, so it is declared under another."""
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        return declared


class CommuneListQuery(StatusQuery, ListQuery):
    """Filters of `communes/`."""

    district = serializers.RegexField(
        r"^\d{3}$", required=False, error_messages={"invalid": "Mã huyện gồm ba chữ số, ví dụ 617."}
    )
    kind = serializers.ChoiceField(**_choices("Loại đơn vị", Commune.Kind.values))
    group = serializers.ChoiceField(**_choices("Khu vực", Commune.Group.values))
    band = serializers.ChoiceField(**_choices("Nhóm", [band.value for band in Band]))
    tier = serializers.ChoiceField(**_choices("Bậc", [*Tier.values[:3], "none"]))
    meets_standard = serializers.BooleanField(
        required=False, allow_null=True, default=None, error_messages={"invalid": "Chỉ nhận true hoặc false."}
    )
    criteria_met_min = serializers.IntegerField(required=False, error_messages={"invalid": "Phải là số nguyên."})
    criteria_met_max = serializers.IntegerField(required=False, error_messages={"invalid": "Phải là số nguyên."})
    criterion_not_met = serializers.IntegerField(
        required=False, error_messages={"invalid": "Phải là số tiêu chí, ví dụ 17."}
    )


class SummaryQuery(StatusQuery):
    """Parameters of `summary/`."""

    by = serializers.ChoiceField(
        **_choices("by", ["province", "district", "criterion", "department"]), default="province"
    )


class TargetListQuery(StatusQuery, ListQuery):
    """Filters of `targets/`."""

    state = serializers.ChoiceField(**_choices("Trạng thái", ["MET", "ON_TRACK", "AT_RISK", "MISSED"]))
    directive = serializers.CharField(required=False, help_text="Số, ký hiệu văn bản.")


class SetListQuery(ListQuery):
    """Filters of `criteria-sets/`."""

    subject = serializers.ChoiceField(**_choices("Đối tượng", CriteriaSet.Subject.values))
    tier = serializers.ChoiceField(**_choices("Bậc", Tier.values))


class DistrictListQuery(StatusQuery, ListQuery):
    """Filters of `districts/`."""


class OneSetQuery(Query):
    """`criteria-sets/{code}/` takes nothing but a format."""
