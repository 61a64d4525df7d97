"""The REST answers of api.md, all from the judged snapshot."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.utils.encoding import iri_to_uri
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from communes.models import Commune, District
from communes.queries import communes_on, province_name
from criteria import summaries
from criteria.asking import Answer, answer
from criteria.models import CriteriaSet
from criteria.queries import CommuneStatus, snapshot
from directives.queries import target_results
from ntm_portal.api import parameters
from ntm_portal.api import serializers as shapes
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.api.rows import (
    commune_detail,
    commune_row,
    district_rows,
    matrix_row,
    place_row,
    set_detail,
    status_answer,
)
from ntm_portal.core import ledger, text
from ntm_portal.core.errors import NotFoundError


class StatusView(APIView):
    """An answer about a day, tied to a ledger position."""

    is_public = True
    query: type[parameters.Query] = parameters.StatusQuery

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        self.asked = self.query.read(request)
        self.position: ledger.Position = request.auth.position if request.auth else ledger.current()

    def answer(self) -> Answer:
        """The snapshot asked for."""
        return answer(
            self.asked.get("as_of"),
            known_at=self.asked.get("known_at"),
            set_code=self.asked.get("set"),
            at=self.position,
        )

    def condition(self, found: Answer) -> dict[str, Any]:
        """What every status answer says of itself; remembers under which position it is given."""
        shown = found.snapshot
        self.position = shown.position
        return {
            "as_of": shown.as_of,
            "known_at": shown.known_at,
            "ledger_position": shown.position.number,
            "criteria_set": shown.criteria_set.code,
            "notice": found.notice,
            "is_illustration": shown.is_illustration,
        }

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200:
            response.ledger_position = self.position
            if request.accepted_renderer.format != "json":
                name = request.resolver_match.url_name.removesuffix("-list")
                response["Content-Disposition"] = f'attachment; filename="{name}.{request.accepted_renderer.format}"'
        return response


class OneView(StatusView):
    """One object: JSON only."""

    renderer_classes = [JsonRenderer]


class ListView(StatusView):
    """A list: pages, order, search, slim answers, files."""

    row: type[serializers.Serializer]
    search_in: Callable[[Any], str] = staticmethod(lambda row: str(row["name"]))

    def listed(self, rows: Sequence[dict[str, Any]], condition: dict[str, Any]) -> Response:
        """Search, order, page and slim down rows that are already filtered."""
        names = list(self.row().fields)
        rows = self._ordered(self._searched(rows), names)
        wanted = self._wanted(names)
        page = rows if self.request.accepted_renderer.format != "json" else self._page(rows)
        results = self.row(page, many=True).data
        if wanted is not None:
            results = [{name: record[name] for name in wanted} for record in results]
        return Response({"count": len(rows), **self._links(len(rows)), **condition, "results": results})

    def _searched(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        if "search" not in self.asked:
            return list(rows)
        key = text.search_key(self.asked["search"])
        return [row for row in rows if key and key in self.search_in(row)]

    def _ordered(self, rows: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
        for part in reversed([p for p in self.asked.get("ordering", "").split(",") if p]):
            name = part.removeprefix("-")
            if name not in names:
                raise ValidationError({"ordering": f"Không sắp xếp được theo “{name}”. Nhận: {', '.join(names)}."})
            rows = sorted(rows, key=lambda row: _sortable(name, row), reverse=part.startswith("-"))
        return rows

    def _wanted(self, names: list[str]) -> list[str] | None:
        if "fields" not in self.asked:
            return None
        wanted = [part.strip() for part in self.asked["fields"].split(",") if part.strip()]
        unknown = [name for name in wanted if name not in names]
        if unknown or not wanted:
            said = f"Không có trường {', '.join(unknown)}. " if unknown else ""
            raise ValidationError({"fields": f"{said}Nhận: {', '.join(names)}."})
        return wanted

    def _page(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        number, size = self.asked["page"], self.asked["page_size"]
        if number > 1 and (number - 1) * size >= len(rows):
            raise NotFound(f"Không có trang {number}.")
        return rows[(number - 1) * size : number * size]

    def _links(self, count: int) -> dict[str, str | None]:
        here = iri_to_uri(self.request.build_absolute_uri())
        number, size = self.asked["page"], self.asked["page_size"]
        before = remove_query_param(here, "page") if number == 2 else replace_query_param(here, "page", number - 1)
        return {
            "next": replace_query_param(here, "page", number + 1) if number * size < count else None,
            "previous": before if number > 1 else None,
        }


def _sortable(name: str, row: Any) -> tuple:
    """Nulls last, names in Vietnamese order."""
    value = row[name] if isinstance(row, dict) else getattr(row, name)
    if isinstance(value, dict):
        value = value["code"]
    if name in {"name", "title"}:
        value = text.sort_key(value)
    return (value is None, "" if value is None else value)


def documented(shape: type[serializers.Serializer], query: type[parameters.Query], summary: str):
    """The OpenAPI of a GET: its parameters, its answer, its problems."""
    problems = {
        (code, "application/problem+json"): OpenApiResponse(shapes.ProblemSerializer)
        for code in (400, 401, 403, 404, 429)
    }
    return extend_schema(
        parameters=[query] if query().fields else [],
        responses={(200, "application/json"): shape, 304: OpenApiResponse(description="Không đổi."), **problems},
        summary=summary,
    )


class CommuneListView(ListView):
    """`GET communes/`: rural communes with their status; other kinds of unit on request, without one."""

    query = parameters.CommuneListQuery
    row = shapes.CommuneSerializer
    search_in = staticmethod(lambda row: row["search_key"])

    @documented(shapes.page_of(shapes.CommuneSerializer), query, "Danh sách xã và trạng thái")
    def get(self, request: Request) -> Response:
        found = self.answer()
        kind = self.asked.get("kind", Commune.Kind.XA)
        shown = found.snapshot
        if kind == Commune.Kind.XA:
            rows = [commune_row(status, shown) for status in shown.statuses if self._fits(status)]
        else:
            places = communes_on(shown.as_of, [kind]) if not self._asks_status() else []
            rows = [place_row(place, shown) for place in places if self._fits_place(place)]
        return self.listed(sorted(rows, key=lambda row: row["code"]), self.condition(found))

    def _asks_status(self) -> bool:
        return any(self.asked.get(name) is not None for name in _STATUS_FILTERS)

    def _fits_place(self, place) -> bool:
        asked = self.asked
        return (
            asked.get("district", place.district_code) == place.district_code
            and asked.get("group", place.group) == place.group
        )

    def _fits(self, status: CommuneStatus) -> bool:
        return self._fits_place(status.commune) and all(
            test(status, self.asked[name]) for name, test in _STATUS_FILTERS.items() if self.asked.get(name) is not None
        )


def _lacks_criterion(status: CommuneStatus, number: int) -> bool:
    for finding in status.finding.criteria:
        if finding.criterion.number == number:
            return not finding.result.is_passed
    last = status.finding.criteria[-1].criterion.number
    raise ValidationError({"criterion_not_met": f"Không có tiêu chí {number}: nhận từ 1 đến {last}."})


_STATUS_FILTERS: dict[str, Callable[[CommuneStatus, Any], bool]] = {
    "band": lambda status, value: status.band == value,
    "tier": lambda status, value: (status.tier or "none") == value,
    "meets_standard": lambda status, value: status.finding.meets_standard is value,
    "criteria_met_min": lambda status, value: status.finding.criteria_met >= value,
    "criteria_met_max": lambda status, value: status.finding.criteria_met <= value,
    "criterion_not_met": _lacks_criterion,
}


class CommuneDetailView(OneView):
    """`GET communes/{code}/`."""

    @documented(shapes.CommuneDetailSerializer, parameters.StatusQuery, "Một xã, phường, thị trấn")
    def get(self, request: Request, code: str) -> Response:
        found = self.answer()
        body = commune_detail(code, found.snapshot)
        return Response(shapes.CommuneDetailSerializer(body | self.condition(found)).data)


class CommuneStatusView(OneView):
    """`GET communes/{code}/status/`."""

    @documented(shapes.CommuneStatusSerializer, parameters.StatusQuery, "Một xã theo từng tiêu chí, chỉ tiêu")
    def get(self, request: Request, code: str) -> Response:
        found = self.answer()
        status = found.snapshot.by_code.get(code)
        if status is None:
            raise NotFoundError(
                f"Ngày {found.snapshot.as_of:%d/%m/%Y} không có xã mang mã {code} trong diện nông thôn mới."
            )
        return Response(shapes.CommuneStatusSerializer(status_answer(status) | self.condition(found)).data)


class MatrixView(OneView):
    """`GET status/`: every commune by every criterion, slim."""

    @documented(shapes.MatrixSerializer, parameters.StatusQuery, "Ma trận xã × tiêu chí")
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

    @documented(shapes.SummarySerializer, query, "Tổng hợp theo tỉnh, huyện, tiêu chí, đơn vị")
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
    row = shapes.TargetSerializer
    search_in = staticmethod(lambda result: text.search_key(f"{result.target.title} {result.target.quote}"))

    @documented(shapes.page_of(shapes.TargetSerializer), query, "Mục tiêu và trạng thái")
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

    def _ordered(self, rows, names):
        if not self.asked.get("ordering"):
            return rows
        shown = {id(row): shapes.TargetSerializer(row).data for row in rows}
        keyed = super()._ordered([{**data, "_row": key} for key, data in shown.items()], names)
        by_id = {id(row): row for row in rows}
        return [by_id[record["_row"]] for record in keyed]


class TargetDetailView(OneView):
    """`GET targets/{id}/`."""

    @documented(shapes.TargetSerializer, parameters.StatusQuery, "Một mục tiêu")
    def get(self, request: Request, pk: int) -> Response:
        found = self.answer()
        self.condition(found)
        for result in target_results(found.snapshot):
            if result.target.pk == pk:
                return Response(shapes.TargetSerializer(result).data)
        raise NotFoundError(f"Không có mục tiêu {pk}.")


class DistrictListView(ListView):
    """`GET districts/`."""

    query = parameters.DistrictListQuery
    row = shapes.DistrictSerializer
    search_in = staticmethod(lambda row: row["search_key"])

    @documented(shapes.page_of(shapes.DistrictSerializer), query, "Huyện, thành phố")
    def get(self, request: Request) -> Response:
        found = self.answer()
        districts = District.objects.in_force(found.snapshot.as_of).order_by("code")
        return self.listed(district_rows(found.snapshot, districts), self.condition(found))


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
    row = shapes.CriteriaSetSerializer
    search_in = staticmethod(lambda record: text.search_key(record.title))

    @documented(shapes.page_of(shapes.CriteriaSetSerializer, with_condition=False), query, "Bộ tiêu chí")
    def get(self, request: Request) -> Response:
        rows: models.QuerySet = CriteriaSetFilter(self.asked, queryset=CriteriaSet.objects.all()).qs
        return self.listed(list(rows), {})


class CriteriaSetDetailView(OneView):
    """`GET criteria-sets/{code}/`: the whole catalogue of a set."""

    query = parameters.OneSetQuery

    @documented(shapes.CriteriaSetDetailSerializer, query, "Một bộ tiêu chí với chỉ tiêu và ngưỡng")
    def get(self, request: Request, code: str) -> Response:
        record = CriteriaSet.objects.filter(code=code).first()
        if record is None:
            raise NotFoundError(f"Không có bộ tiêu chí {code}.")
        return Response(shapes.CriteriaSetDetailSerializer(set_detail(record, self.position)).data)
