"""How every answer is made: the query is read, the snapshot asked, the condition said, a list cut into pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.encoding import iri_to_uri
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from criteria.asking import Answer, answer
from ntm_portal.api import parameters
from ntm_portal.api.columns import Path, ordered, paths_of
from ntm_portal.api.gate import etag_of_data
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.core import audit, ledger, text
from ntm_portal.core.errors import NotFoundError


class StatusView(APIView):
    """An answer about a day, tied to a ledger position."""

    is_public = True
    rests_on_ledger = True
    """Whether the position alone tells that an answer is still the same; else its ETag is made of what it says."""
    revision: int | None = None
    """Of the one record that an answer is about: its ETag begins with it, and If-Match asks for it."""
    http_method_names = ["get", "head"]
    query: type[parameters.Query] = parameters.StatusQuery

    def initial(self, request: Request, *args, **kwargs) -> None:
        if request.method.lower() not in self.http_method_names:
            self._refuse_method(request)
        super().initial(request, *args, **kwargs)
        self.position: ledger.Position = request.auth.position if request.auth else ledger.current()
        self.asked = self.query.read(request, self.position)

    def _refuse_method(self, request: Request) -> None:
        """Raise MethodNotAllowed, whatever else is wrong with the request, but to nobody who may not even ask."""
        self.perform_authentication(request)
        self.check_permissions(request)
        self.check_throttles(request)
        raise MethodNotAllowed(request.method)

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
        if response.status_code == 200 and request.method in SAFE_METHODS:
            if self.rests_on_ledger:
                response.ledger_position = self.position
            else:
                response.own_etag = etag_of_data(response.data, request.accepted_renderer.format, self.revision)
        return response


class OneView(StatusView):
    """One object: JSON only."""

    renderer_classes = [JsonRenderer]


class ListView(StatusView):
    """A list: pages, order, search, slim answers, files."""

    query: type[parameters.ListQuery]
    search_in: Callable[[Any], str] = staticmethod(lambda row: str(row["name"]))
    columns: Sequence[Path] = ()
    """Columns of a file, as the renderers write them."""
    mark = ""

    def listed(self, rows: Sequence[Any], condition: Mapping[str, Any]) -> Response:
        """Search, order, page and slim down rows that are already filtered."""
        shape = self.query.row()
        rows = ordered(self._searched(rows), shape, self.asked.get("ordering", ()))
        wanted = self.asked.get("fields") or list(shape.fields)
        self.columns = list(paths_of(shape, wanted))
        self.mark = "-so-lieu-minh-hoa" if condition.get("is_illustration") else ""
        results = self._results(self._page(rows) if self._is_paged() else rows, wanted)
        return Response({"count": len(rows), **self._links(len(rows)), **condition, "results": results})

    def finalize_response(self, request, response, *args, **kwargs):
        """A file has a name, and the mark of illustration also where the columns that say so were not wanted."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and request.accepted_renderer.format != "json":
            name = request.resolver_match.url_name.removesuffix("-list") + self.mark
            response.file_name = f"{name}.{request.accepted_renderer.format}"
            response["Content-Disposition"] = f'attachment; filename="{response.file_name}"'
            if request.method == "GET":
                query = request.META.get("QUERY_STRING", "")
                audit.record_anyway(audit.Kind.EXPORTED, name=response.file_name, note=query)
        return response

    def _results(self, rows: Sequence[Any], wanted: Sequence[str]) -> list[dict[str, Any]]:
        shape: serializers.BaseSerializer = self.query.row(rows, many=True)
        return [{name: record[name] for name in wanted} for record in shape.data]

    def _searched(self, rows: Sequence[Any]) -> list[Any]:
        key = text.search_key(self.asked.get("search", ""))
        return [row for row in rows if key in self.search_in(row)]

    def _is_paged(self) -> bool:
        """A file holds the whole list, unless one of its pages was asked for by name."""
        is_file = self.request.accepted_renderer.format != "json"
        return not is_file or not {"page", "page_size"}.isdisjoint(self.request.query_params)

    def _page(self, rows: list[Any]) -> list[Any]:
        number, size = self.asked["page"], self.asked["page_size"]
        pages = max(1, -(-len(rows) // size))
        if number > pages:
            raise NotFoundError(f"Không có trang {number}: danh sách có {len(rows)} dòng, {size} dòng một trang, "
                                f"nên chỉ có {pages} trang.")  # fmt: skip
        return rows[(number - 1) * size : number * size]

    def _links(self, count: int) -> dict[str, str | None]:
        here = iri_to_uri(self.request.build_absolute_uri())
        number, size = self.asked["page"], self.asked["page_size"]
        before = remove_query_param(here, "page") if number == 2 else replace_query_param(here, "page", number - 1)
        return {
            "next": replace_query_param(here, "page", number + 1) if number * size < count else None,
            "previous": before if number > 1 else None,
        }
