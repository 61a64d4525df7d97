"""The registers beside the status, how one commune came to where it stands, and what changed since a position."""

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from communes.models import Village
from criteria.following import changes_since
from criteria.history import commune_history
from criteria.models import Recognition
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.api import parameters, remembered
from ntm_portal.api import register_parameters as queries
from ntm_portal.api import register_rows as rows
from ntm_portal.api import register_shapes as shapes
from ntm_portal.api.answering import ListView, OneView
from ntm_portal.api.errors import OtherHistoryError
from ntm_portal.api.schema import documented
from ntm_portal.api.serializers import page_of
from ntm_portal.api.views import status_of
from ntm_portal.core import clock
from ntm_portal.core.errors import NotFoundError


class RegisterList(ListView):
    """A list of records that move the position whenever one changes, the same for every role."""

    is_public = False
    search_in = staticmethod(lambda row: row["search_key"])

    def held(self, key: object, build: Callable[[], Sequence[dict[str, Any]]]) -> Sequence[dict[str, Any]]:
        """The rows, made once for each position."""
        return remembered.rows(self.position, (type(self).__name__, key), build)

    def chosen(self, found: Sequence[dict[str, Any]], wanted: dict[str, Callable[[dict[str, Any]], Any]]):
        """Rows whose value is the one asked for, by parameter."""
        asked = {name: value_of for name, value_of in wanted.items() if name in self.asked}
        return [row for row in found if all(value_of(row) == self.asked[name] for name, value_of in asked.items())]


def _kind(row: dict[str, Any]) -> str:
    return row["kind"]


def _district(row: dict[str, Any]) -> str:
    return row["district"]["code"]


class VillageListView(RegisterList):
    """`GET villages/`."""

    query = queries.VillageListQuery

    @documented(
        page_of(shapes.VillageRowSerializer, stand=shapes.VillageStandSerializer),
        query,
        "Thôn, làng, tổ dân phố",
        "Thôn, làng, tổ dân phố có hiệu lực trong ngày, theo xã.",
    )
    def get(self, request: Request) -> Response:
        on = self.asked.get("as_of", clock.today())
        records = Village.objects.in_force(on).select_related("commune__district").order_by("commune__code", "sort_key")
        found = self.held(on, lambda: [rows.village_row(village) for village in records])
        wanted = {"kind": _kind, "district": _district, "commune": lambda row: row["commune"]["code"]}
        return self.listed(
            self.chosen(found, wanted),
            {
                "as_of": on,
                "ledger_position": self.position.number,
                "is_illustration": any(row["is_illustration"] for row in found),
            },
        )


class DepartmentListView(RegisterList):
    """`GET departments/`."""

    query = queries.DepartmentListQuery

    @documented(
        page_of(shapes.DepartmentSerializer, stand=shapes.StandSerializer),
        query,
        "Đơn vị",
        "Sở, ngành, Ủy ban nhân dân huyện, đoàn thể, doanh nghiệp tham gia chương trình.",
    )
    def get(self, request: Request) -> Response:
        records = Department.objects.select_related("district")
        found = self.held("all", lambda: [rows.department_row(department) for department in records])
        return self.listed(self.chosen(found, {"kind": _kind}), {"ledger_position": self.position.number})


class RecognitionListView(RegisterList):
    """`GET recognitions/`."""

    query = queries.RecognitionListQuery

    @documented(
        page_of(shapes.RecognitionRowSerializer, stand=shapes.KnownStandSerializer),
        query,
        "Quyết định công nhận",
        "Quyết định công nhận xã, thôn, huyện có hiệu lực trong ngày; mới nhất trước.",
    )
    def get(self, request: Request) -> Response:
        on, known_at = self.asked.get("as_of", clock.today()), self.asked.get("known_at")
        records = Recognition.objects.in_force(on).select_related(
            "commune__district", "village__commune__district", "district"
        )
        if known_at is not None:
            records = records.filter(recorded_at__lte=known_at)
        found = self.held((on, known_at), lambda: [rows.recognition_row(record) for record in records])
        wanted = {"tier": lambda row: row["tier"], "district": _district, "unit": lambda row: row["unit"]["kind"]}
        return self.listed(
            self.chosen(found, wanted), {"as_of": on, "known_at": known_at, "ledger_position": self.position.number}
        )


class DirectiveListView(RegisterList):
    """`GET directives/`."""

    query = queries.DirectiveListQuery

    @documented(
        page_of(shapes.DirectiveSerializer, stand=shapes.StandSerializer),
        query,
        "Văn bản chỉ đạo",
        "Văn bản chỉ đạo với mã các mục tiêu; mới nhất trước.",
    )
    def get(self, request: Request) -> Response:
        records = Directive.objects.prefetch_related("targets")
        found = self.held("all", lambda: [rows.directive_row(directive) for directive in records])
        return self.listed(self.chosen(found, {"kind": _kind}), {"ledger_position": self.position.number})


class DirectiveDetailView(OneView):
    """`GET directives/{id}/`."""

    is_public = False
    query = queries.OneDirectiveQuery

    @documented(shapes.DirectiveDetailSerializer, query, "Một văn bản chỉ đạo", "Như một dòng của danh sách văn bản.")
    def get(self, request: Request, pk: int) -> Response:
        directive = Directive.objects.filter(pk=pk).first()
        if directive is None:
            raise NotFoundError(f"Không có văn bản {pk}.")
        body = rows.directive_row(directive) | {"ledger_position": self.position.number}
        return Response(shapes.DirectiveDetailSerializer(body).data)


class CommuneHistoryView(OneView):
    """`GET communes/{code}/history/`."""

    @documented(
        shapes.HistorySerializer,
        parameters.StatusQuery,
        "Một xã qua các tháng",
        "Số tiêu chí đạt cuối mỗi tháng từ số liệu đầu tiên, và mọi thay đổi giữa hai điểm; xét theo ngưỡng hiện nay.",
    )
    def get(self, request: Request, code: str) -> Response:
        found = self.answer()
        status = status_of(found.snapshot, code)
        history = commune_history(status, found.snapshot)
        body = self.condition(found) | {
            "is_illustration": status.is_illustration,
            "commune": {"code": status.commune.code, "name": status.commune.name},
            "points": history.points,
            "changes": [rows.history_change(change) for change in history.changes],
        }
        return Response(shapes.HistorySerializer(body).data)


class ChangesView(OneView):
    """`GET changes/`."""

    is_public = False
    query = queries.ChangesQuery

    @documented(
        shapes.ChangesSerializer,
        query,
        "Thay đổi từ một vị trí sổ cái",
        "Mọi dòng ghi vào sổ cái sau since, theo thứ tự, với kết quả trước và sau dòng đó trong ngày của nó, xét theo "
        "ngưỡng hiện nay. Lần sau hỏi since bằng position: không sót, không trùng. Thay đổi khác (ngưỡng, công nhận, "
        "đơn vị) không có dòng nhưng vẫn đẩy position và được đếm ở others.",
    )
    def get(self, request: Request) -> Response:
        since = self.asked["since"]
        if self.asked.get("epoch", self.position.epoch) != self.position.epoch:
            raise OtherHistoryError("Sổ cái đã được lập lại hoặc phục hồi: hãy lấy lại toàn bộ.")
        if since > self.position.number:
            said = f"Sổ cái mới đến vị trí {self.position.number}; có thể đã được phục hồi: hãy lấy lại toàn bộ."
            raise ValidationError({"since": [ErrorDetail(said, "not_reached")]})
        found = changes_since(since, self.position, most=self.asked["limit"])
        body = {
            **{name: getattr(found, name) for name in ("since", "position", "has_more", "others")},
            "epoch": self.position.epoch,
            "changes": [rows.ledger_change(change) for change in found.changes],
        }
        return Response(shapes.ChangesSerializer(body).data)
