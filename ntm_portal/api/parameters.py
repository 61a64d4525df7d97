"""What may be asked in a query string. Whatever is not listed, or stands twice, is a fault, never ignored."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from communes.models import Commune
from criteria.engine.bands import Band
from criteria.models import CriteriaSet, Tier
from ntm_portal.api import remembered
from ntm_portal.api import serializers as shapes
from ntm_portal.api.columns import sortable_names
from ntm_portal.api.errors import QueryError
from ntm_portal.core import clock, ledger, text

DATE_WORDS = "Ngày phải theo dạng YYYY-MM-DD, ví dụ 2020-10-13."
MOMENT_WORDS = (
    "Thời điểm phải theo dạng ISO 8601, ví dụ 2020-10-13T08:00:00+07:00 "
    "(trong địa chỉ, dấu + viết là %2B) hoặc 2020-10-13T01:00:00Z."
)
SEARCH_WORDS = "Ghi ít nhất một chữ hoặc số của tên cần tìm."
_ALWAYS = {"format"}
_SEVERAL = (serializers.ListField, serializers.MultipleChoiceField)


def choices_of(kind: str, values: list[str]) -> dict:
    return {"choices": values, "required": False, "error_messages": {"invalid_choice": f"{kind}: {', '.join(values)}."}}


def same_words(said: str) -> dict[str, str]:
    """The same words for whatever may be wrong with a value."""
    return dict.fromkeys(("invalid", "blank", "min_value", "max_value", "max_string_length"), said)


class MomentField(serializers.DateTimeField):
    """A moment with its offset. A raw + of a query string arrives as a space; here it can mean nothing else."""

    default_error_messages = dict.fromkeys(("invalid", "date", "make_aware"), MOMENT_WORDS) | {
        "overflow": clock.YEARS_WORDS,
        "out_of_range": clock.YEARS_WORDS,
    }
    _LOST_PLUS = re.compile(r"^(\d{4}-\d\d-\d\d[T ][\d:.]+) (\d\d:?\d\d)$")

    def to_internal_value(self, value: Any) -> datetime:
        return super().to_internal_value(self._LOST_PLUS.sub(r"\1+\2", value))

    def enforce_timezone(self, value: datetime) -> datetime:
        """Checked before it is moved to the province's time zone, which the first and last year cannot take."""
        if value.year not in clock.YEARS:
            self.fail("out_of_range")
        return super().enforce_timezone(value)


class Query(serializers.Serializer):
    """Refuses parameters it does not declare, and a second value of one that does not take several."""

    @classmethod
    def read(cls, request: Request, at: ledger.Position) -> dict:
        """The validated parameters of a request; `at` says of which position codes must be known.

        Raises QueryError naming each faulty one.
        """
        declared, values, faults = cls().fields, {}, {}
        accepted = ", ".join(sorted({*declared, *_ALWAYS}))
        for name, given in request.query_params.lists():
            if name not in declared and name not in _ALWAYS:
                faults[name] = [ErrorDetail(f"Không có tham số “{name}”. Nhận: {accepted}.", "unknown")]
            elif isinstance(declared.get(name), _SEVERAL):
                values[name] = given
            elif len(given) > 1:
                faults[name] = [ErrorDetail(f"Tham số “{name}” chỉ được ghi một lần.", "repeated")]
            else:
                values[name] = given[0]
        if faults:
            raise QueryError(faults)
        query = cls(data=values, context={"at": at})
        if not query.is_valid():
            raise QueryError(query.errors)
        return query.validated_data

    def known(self, value: str, codes: Sequence[str], kind: str) -> str:
        """The code, if something has it. Raises ValidationError listing the codes there are."""
        if value not in codes:
            raise serializers.ValidationError(f"Không có {kind} “{value}”. Nhận: {', '.join(codes)}.", code="unknown")
        return value


class StatusQuery(Query):
    """Parameters of every status answer."""

    as_of = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": DATE_WORDS},
        help_text="Ngày trạng thái (mặc định: hôm nay).",
    )
    known_at = MomentField(
        required=False, help_text="Chỉ tính những gì đã ghi vào sổ cái đến thời điểm này; dấu + viết là %2B."
    )
    set = serializers.CharField(
        required=False,
        error_messages=same_words("Ghi mã một bộ tiêu chí, ví dụ xa-ntm-2016-2020."),
        help_text="Mã bộ tiêu chí (mặc định: bộ xã nông thôn mới đang có hiệu lực).",
    )

    def validate_as_of(self, value: date) -> date:
        if value.year not in clock.YEARS:
            raise serializers.ValidationError(clock.YEARS_WORDS, code="out_of_range")
        return value

    def validate_set(self, value: str) -> str:
        return self.known(value, remembered.set_codes(self.context["at"]), "bộ tiêu chí")


class ListQuery(Query):
    """Parameters of every list of `row`s."""

    row: type[serializers.Serializer]

    page = serializers.IntegerField(
        required=False,
        default=1,
        min_value=1,
        error_messages=same_words("Trang là số từ 1."),
        help_text="Tệp CSV, XLSX chứa cả danh sách; chỉ khi ghi page hoặc page_size thì tệp chứa đúng trang đó.",
    )
    page_size = serializers.IntegerField(
        required=False,
        default=100,
        min_value=1,
        max_value=500,
        error_messages=same_words("Số dòng một trang từ 1 đến 500."),
    )
    ordering = serializers.CharField(required=False, allow_blank=True)
    search = serializers.CharField(
        required=False,
        error_messages=same_words(SEARCH_WORDS),
        help_text="Không phân biệt dấu, chữ hoa.",
    )
    fields_ = serializers.CharField(required=False, allow_blank=True)

    def get_fields(self) -> dict:
        """`fields` is a name that serializers keep for themselves, so it is declared under another."""
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        row = self.row()
        declared["fields"].help_text = f"Chỉ lấy các trường này, cách nhau dấu phẩy: {', '.join(row.fields)}."
        declared["ordering"].help_text = (
            "Xếp theo các trường này, cách nhau dấu phẩy, thêm dấu - để đảo; ô trống luôn ở cuối: "
            f"{', '.join(sortable_names(row))}."
        )
        return declared

    def validate_search(self, value: str) -> str:
        if not text.search_key(value):
            raise serializers.ValidationError(SEARCH_WORDS, code="blank")
        return value

    def validate_ordering(self, value: str) -> list[tuple[str, bool]]:
        """(field, descending) of each part."""
        parts = _listed(value, sortable_names(self.row()), "Không sắp xếp được theo", sign="-")
        return [(part.removeprefix("-"), part.startswith("-")) for part in parts]

    def validate_fields(self, value: str) -> list[str]:
        return _listed(value, list(self.row().fields), "Không có trường")


def _listed(value: str, accepted: Sequence[str], fault: str, sign: str = "") -> list[str]:
    """Names separated by commas. Raises ValidationError listing what is accepted, also when there is none."""
    names = list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [name for name in names if name.removeprefix(sign) not in accepted]
    if unknown or not names:
        said = f"{fault} {', '.join(f'“{name}”' for name in unknown)}. " if unknown else ""
        raise serializers.ValidationError(f"{said}Nhận: {', '.join(accepted)}.", code="invalid_choice")
    return names


class CommuneListQuery(StatusQuery, ListQuery):
    """Filters of `communes/`."""

    row = shapes.CommuneSerializer

    district = serializers.CharField(
        required=False,
        error_messages=same_words("Mã huyện gồm ba chữ số, ví dụ 617."),
        help_text="Mã huyện, ví dụ 617.",
    )
    kind = serializers.ChoiceField(**choices_of("Loại đơn vị", Commune.Kind.values))
    group = serializers.ChoiceField(**choices_of("Khu vực", Commune.Group.values))
    band = serializers.ChoiceField(**choices_of("Nhóm", [band.value for band in Band]))
    tier = serializers.ChoiceField(**choices_of("Bậc", [*Tier.values[:3], "none"]))
    meets_standard = serializers.BooleanField(required=False, error_messages=same_words("Chỉ nhận true hoặc false."))
    criteria_met_min = serializers.IntegerField(required=False, error_messages=same_words("Phải là số nguyên."))
    criteria_met_max = serializers.IntegerField(required=False, error_messages=same_words("Phải là số nguyên."))
    criterion_not_met = serializers.IntegerField(
        required=False,
        error_messages=same_words("Phải là số tiêu chí, ví dụ 17."),
        help_text="Số của tiêu chí chưa đạt.",
    )

    def validate_district(self, value: str) -> str:
        return self.known(value, remembered.district_codes(self.context["at"]), "huyện")


class SummaryQuery(StatusQuery):
    """Parameters of `summary/`."""

    by = serializers.ChoiceField(
        **choices_of("by", ["province", "district", "criterion", "department"]), default="province"
    )


class TargetListQuery(StatusQuery, ListQuery):
    """Filters of `targets/`."""

    row = shapes.TargetSerializer

    state = serializers.ChoiceField(**choices_of("Trạng thái", ["MET", "ON_TRACK", "AT_RISK", "MISSED"]))
    directive = serializers.CharField(
        required=False,
        error_messages=same_words("Ghi số, ký hiệu văn bản, ví dụ 3867/UBND-NNTN."),
        help_text="Số, ký hiệu văn bản.",
    )

    def validate_directive(self, value: str) -> str:
        return self.known(value, remembered.directive_numbers(self.context["at"]), "văn bản")


class SetListQuery(ListQuery):
    """Filters of `criteria-sets/`."""

    row = shapes.CriteriaSetSerializer

    subject = serializers.ChoiceField(**choices_of("Đối tượng", CriteriaSet.Subject.values))
    tier = serializers.ChoiceField(**choices_of("Bậc", Tier.values))


class DistrictListQuery(StatusQuery, ListQuery):
    """Filters of `districts/`."""

    row = shapes.DistrictSerializer


class OneSetQuery(Query):
    """`criteria-sets/{code}/` takes nothing but a format."""
