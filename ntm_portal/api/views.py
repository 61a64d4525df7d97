"""The REST answers of api.md, all from the judged snapshot."""

from collections.abc import Sequence

from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from communes.models import Commune, District
from communes.queries import communes_on, province_name
from criteria import summaries
from criteria.models import CriteriaSet
from criteria.picking import commune_fits, place_fits
from criteria.queries import CommuneStatus, Snapshot, snapshot
from directives.queries import target_results
from ntm_portal.api import parameters, remembered
from ntm_portal.api import serializers as shapes
from ntm_portal.api.answering import ListView, OneView
from ntm_portal.api.rows import (
    commune_detail,
    commune_row,
    district_rows,
    matrix_row,
    place_row,
    set_detail,
    status_answer,
)
from ntm_portal.api.schema import documented
from ntm_portal.core import text
from ntm_portal.core.errors import NotFoundError


class CommuneListView(ListView):
    """`GET communes/`: rural communes with their status; other kinds of unit on request, without one."""

    query = parameters.CommuneListQuery
    search_in = staticmethod(lambda row: row["search_key"])

    @documented(
        shapes.page_of(shapes.CommuneSerializer),
        query,
        "Danh sách xã và trạng thái",
        "Xã trong diện nông thôn mới, mỗi xã một dòng; phường, thị trấn (kind) có dòng nhưng không có trạng thái.",
    )
    def get(self, request: Request) -> Response:
        found = self.answer()
        shown = found.snapshot
        _check_criterion(shown, self.asked.get("criterion_not_met"))
        kind = self.asked.get("kind", Commune.Kind.XA)
        if kind == Commune.Kind.XA:
            rows = [commune_row(status, shown) for status in shown.statuses if commune_fits(status, self.asked)]
        else:
            key = ("places", shown.as_of, kind)
            places = remembered.rows(shown.position, key, lambda: communes_on(shown.as_of, [kind]))
            rows = [place_row(place, shown) for place in places if place_fits(place, self.asked)]
        return self.listed(sorted(rows, key=lambda row: row["code"]), self.condition(found))


def _check_criterion(shown: Snapshot, number: int | None) -> None:
    """Raise ValidationError unless the set has a criterion of that number."""
    numbers = [criterion.number for criterion in shown.criteria_set.criteria]
    if number is not None and number not in numbers:
        said = f"Không có tiêu chí {number}. Nhận: {', '.join(map(str, numbers))}."
        raise ValidationError({"criterion_not_met": said}, code="unknown")


class CommuneDetailView(OneView):
    """`GET communes/{code}/`."""

    @documented(
        shapes.CommuneDetailSerializer,
        parameters.StatusQuery,
        "Một xã, phường, thị trấn",
        "Như một dòng của danh sách xã, thêm đặc điểm, thôn, đơn vị giúp đỡ, kế thừa và các quyết định công nhận.",
    )
    def get(self, request: Request, code: str) -> Response:
        found = self.answer()
        body = self.condition(found) | commune_detail(code, found.snapshot)
        return Response(shapes.CommuneDetailSerializer(body).data)


def status_of(shown: Snapshot, code: str) -> CommuneStatus:
    """A commune of the snapshot. Raises NotFoundError."""
    status = shown.by_code.get(code)
    if status is None:
        raise NotFoundError(f"Ngày {shown.as_of:%d/%m/%Y} không có xã mang mã {code} trong diện nông thôn mới.")
    return status


class CommuneStatusView(OneView):
    """`GET communes/{code}/status/`."""

    @documented(
        shapes.CommuneStatusSerializer,
        parameters.StatusQuery,
        "Một xã theo từng tiêu chí, chỉ tiêu",
        "Kết quả, lý do, số đo, ngưỡng, căn cứ và nguồn của từng chỉ tiêu; nearest là việc gần đạt nhất.",
    )
    def get(self, request: Request, code: str) -> Response:
        found = self.answer()
        status = status_of(found.snapshot, code)
        return Response(shapes.CommuneStatusSerializer(self.condition(found) | status_answer(status)).data)


class MatrixView(OneView):
    """`GET status/`: every commune by every criterion, slim."""

    @documented(
        shapes.MatrixSerializer,
        parameters.StatusQuery,
        "Ma trận xã × tiêu chí",
        "Mọi xã và kết quả từng tiêu chí trong một câu trả lời gọn.",
    )
    def get(self, request: Request) -> Response:
        found = self.answer()
        body = {
            "criteria": [{"number": c.number, "name": c.name} for c in found.snapshot.criteria_set.criteria],
            "communes": [matrix_row(status) for status in found.snapshot.statuses],
        }
        return Response(shapes.MatrixSerializer(body | self.condition(found)).data)


class SummaryView(OneView):
    """`GET summary/`."""

    query = parameters.SummaryQuery

    @documented(
        shapes.SummarySerializer,
        query,
        "Tổng hợp theo tỉnh, huyện, tiêu chí, đơn vị",
        "Số xã theo nhóm, bình quân với mẫu số, số xã đạt từng tiêu chí, công nhận theo bậc, so với tháng trước.",
    )
    def get(self, request: Request) -> Response:
        found, by = self.answer(), self.asked["by"]
        shown = found.snapshot
        earlier = summaries.compared_day(shown)
        before = snapshot(shown.criteria_set.code, earlier, shown.known_at, at=shown.position)
        if by == "province":
            rows: Sequence[summaries.SummaryRow] = [summaries.by_province(province_name(), shown, before)]
        else:
            rows = _SUMMARIES[by](shown, before)
        body = {"by": by, "previous_as_of": earlier, "results": rows}
        return Response(shapes.SummarySerializer(body | self.condition(found)).data)


_SUMMARIES = {
    "district": summaries.by_district,
    "criterion": summaries.by_criterion,
    "department": summaries.by_department,
}


class TargetListView(ListView):
    """`GET targets/`."""

    query = parameters.TargetListQuery
    search_in = staticmethod(lambda result: text.search_key(f"{result.target.title} {result.target.quote}"))

    @documented(
        shapes.page_of(shapes.TargetSerializer),
        query,
        "Mục tiêu và trạng thái",
        "Mục tiêu của các văn bản: yêu cầu, thực tế, trạng thái, đơn vị đang vướng và dự báo.",
    )
    def get(self, request: Request) -> Response:
        found = self.answer()
        asked = self.asked
        results = [
            result
            for result in target_results(found.snapshot)
            if asked.get("state", result.state) == result.state
            and asked.get("directive", result.target.directive.number) == result.target.directive.number
        ]
        return self.listed(results, self.condition(found))


class TargetDetailView(OneView):
    """`GET targets/{id}/`."""

    @documented(
        shapes.TargetDetailSerializer,
        parameters.StatusQuery,
        "Một mục tiêu",
        "Như một dòng của danh sách mục tiêu, thêm câu trả lời gắn với ngày, bộ tiêu chí và vị trí nào.",
    )
    def get(self, request: Request, pk: int) -> Response:
        found = self.answer()
        for result in target_results(found.snapshot):
            if result.target.pk == pk:
                condition = shapes.ConditionSerializer(self.condition(found)).data
                return Response({**condition, **shapes.TargetSerializer(result).data})
        raise NotFoundError(f"Không có mục tiêu {pk}.")


class DistrictListView(ListView):
    """`GET districts/`."""

    query = parameters.DistrictListQuery
    search_in = staticmethod(lambda row: row["search_key"])

    @documented(
        shapes.page_of(shapes.DistrictSerializer),
        query,
        "Huyện, thành phố",
        "Huyện, thành phố có hiệu lực trong ngày, với số liệu cộng lại của các xã.",
    )
    def get(self, request: Request) -> Response:
        found = self.answer()
        shown = found.snapshot
        in_force = District.objects.in_force(shown.as_of).order_by("code")
        districts = remembered.rows(shown.position, ("in force", shown.as_of), lambda: list(in_force))
        return self.listed(district_rows(shown, districts), self.condition(found))


class CriteriaSetFilter(filters.FilterSet):
    """Filters of `criteria-sets/`."""

    subject = filters.ChoiceFilter(choices=CriteriaSet.Subject.choices)
    tier = filters.ChoiceFilter(choices=[*CriteriaSet._meta.get_field("tier").choices])

    class Meta:
        model = CriteriaSet
        fields = ["subject", "tier"]


class CriteriaSetListView(ListView):
    """`GET criteria-sets/`."""

    query = parameters.SetListQuery
    search_in = staticmethod(lambda record: text.search_key(record.title))

    @documented(
        shapes.page_of(shapes.CriteriaSetSerializer, stand=shapes.PlainSerializer),
        query,
        "Bộ tiêu chí",
        "Các bộ tiêu chí đã nạp, theo đối tượng và bậc.",
    )
    def get(self, request: Request) -> Response:
        key = ("catalogue", self.asked.get("subject"), self.asked.get("tier"))
        sets = CriteriaSetFilter(self.asked, queryset=CriteriaSet.objects.all())
        return self.listed(remembered.rows(self.position, key, lambda: list(sets.qs)), {})


class CriteriaSetDetailView(OneView):
    """`GET criteria-sets/{code}/`: the whole catalogue of a set."""

    query = parameters.OneSetQuery

    @documented(
        shapes.CriteriaSetDetailSerializer,
        query,
        "Một bộ tiêu chí với chỉ tiêu và ngưỡng",
        "Toàn bộ tiêu chí, chỉ tiêu, đại lượng đo và ngưỡng đang áp dụng.",
    )
    def get(self, request: Request, code: str) -> Response:
        record = CriteriaSet.objects.filter(code=code).first()
        if record is None:
            raise NotFoundError(f"Không có bộ tiêu chí {code}.")
        return Response(shapes.CriteriaSetDetailSerializer(set_detail(record, self.position)).data)
