"""Reading and writing of reports: lists, one with all it holds, its lines."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from ntm_portal.accounts.permissions import require
from ntm_portal.api.answering import ListView, OneView
from ntm_portal.api.bodies import ExactJsonParser, revision_of
from ntm_portal.api.filing import bodies, parameters, rows, shapes
from ntm_portal.api.filing.changing import line_changes, save
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.api.repeats import repeatable
from ntm_portal.api.schema import documented, documented_act
from ntm_portal.api.serializers import PlainSerializer, page_of
from ntm_portal.core import clock
from ntm_portal.core.errors import NotFoundError
from reports.actions.transitions import start_new_version
from reports.models import Obligation, Report, ReportingPeriod

TAG = "báo cáo"
_OWN = "Câu trả lời theo phạm vi của người gọi. Gửi lại ETag trong If-None-Match thì nhận 304 khi chưa có gì đổi."


class FilingList(ListView):
    """A list that depends on who asks, and on more than the ledger."""

    is_public = False
    rests_on_ledger = False
    tag = TAG
    search_in = staticmethod(lambda row: row["search_key"])


class PeriodListView(FilingList):
    """`GET reporting-periods/`."""

    query = parameters.PeriodListQuery
    search_in = staticmethod(lambda row: row["name"].casefold())

    @documented(
        page_of(shapes.PeriodSerializer, stand=PlainSerializer),
        query,
        "Kỳ báo cáo",
        "Tháng và quý, với ngày chốt số liệu và hạn nộp; kỳ mới nhất trước.",
        said=_OWN,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked
        found = ReportingPeriod.objects.visible_to(request.user.scope)
        found = found.filter(**{name: asked[name] for name in ("kind", "year") if name in asked})
        listed = [rows.period_row(period) for period in found]
        return self.listed([row for row in listed if asked.get("is_open", row["is_open"]) == row["is_open"]], {})


def _owed(asked: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Filters of obligations, or of reports by their obligation."""
    found = {}
    if "department" in asked:
        found[f"{prefix}department__code"] = asked["department"]
    if "kind" in asked:
        found[f"{prefix}kind"] = asked["kind"]
    if "period" in asked:
        names = (f"{prefix}period__{name}" for name in ("kind", "year", "number"))
        found |= dict(zip(names, asked["period"], strict=True))
    return found


class ObligationListView(FilingList):
    """`GET obligations/`."""

    query = parameters.ObligationListQuery

    @documented(
        page_of(shapes.ObligationSerializer, stand=PlainSerializer),
        query,
        "Trách nhiệm nộp báo cáo",
        "Đơn vị nào phải nộp báo cáo nào, hạn nào, đã gửi lần đầu lúc nào, báo cáo mới nhất đến đâu.",
        said=_OWN,
    )
    def get(self, request: Request) -> Response:
        asked, scope = self.asked, request.user.scope
        owed = Obligation.objects.visible_to(scope).filter(**_owed(asked, ""))
        listed = rows.obligation_rows(owed.select_related("period", "department"), scope, clock.today())
        wanted = {name: asked[name] for name in ("state", "standing") if name in asked}
        return self.listed([row for row in listed if all(row[name] == wanted[name] for name in wanted)], {})


class ReportListView(FilingList):
    """`GET reports/`, and `POST` for the correction of an approved one."""

    http_method_names = ["get", "head", "post"]
    parser_classes = [ExactJsonParser]
    query = parameters.ReportListQuery

    def initial(self, request: Request, *args, **kwargs) -> None:
        if request.method not in SAFE_METHODS:
            self.query = parameters.PlainQuery
        super().initial(request, *args, **kwargs)

    def get_renderers(self) -> list:
        return super().get_renderers() if self.request.method in SAFE_METHODS else [JsonRenderer()]

    @documented(
        page_of(shapes.ReportSerializer, stand=PlainSerializer),
        query,
        "Báo cáo",
        "Mọi bản của mọi báo cáo được xem; hạn mới nhất trước, bản mới trước.",
        said=_OWN,
    )
    def get(self, request: Request) -> Response:
        asked = self.asked
        found = Report.objects.visible_to(request.user.scope).filter(**_owed(asked, "obligation__"))
        if "state" in asked:
            found = found.filter(state=asked["state"])
        if "is_latest" in asked:
            latest = Report.objects.latest().values("pk")
            found = found.filter(pk__in=latest) if asked["is_latest"] else found.exclude(pk__in=latest)
        return self.listed([rows.report_row(report) for report in found.with_about()], {})

    @documented_act(
        bodies.CorrectionBody,
        shapes.ReportSerializer,
        "Lập bản đính chính",
        "Bản mới, chép từ báo cáo đã duyệt, để sửa, gửi và duyệt lại. Bản đầu của mỗi báo cáo có sẵn khi mở kỳ. "
        "409 khi báo cáo chưa duyệt, đang có bản đính chính, hoặc kỳ đã đóng. Location là địa chỉ của bản mới.",
        status=201,
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request) -> Response:
        require(request.user, "file_reports")
        given = bodies.CorrectionBody.read(request)
        report = own_report(request, given["report"])
        new = start_new_version(report, reason=given["reason"], by=request.user)
        response = told(found_report(Report.objects.all(), new.pk))
        response.status_code = 201
        response["Location"] = reverse("api:report-detail", args=[new.pk])
        return response


def found_report(among, pk: int) -> Report:
    """A report that may be seen. Raises NotFoundError."""
    report = among.with_about().filter(pk=pk).first()
    if report is None:
        raise NotFoundError(f"Không có báo cáo {pk}.")
    return report


def own_report(request: Request, pk: int) -> Report:
    """A report of a body that the caller is an officer of. Raises NotFoundError."""
    return found_report(Report.objects.fileable_by(request.user.scope), pk)


def told(report: Report) -> Response:
    """What an act answers: where the report stands now, with its revision as the ETag."""
    return Response(shapes.ReportSerializer(rows.report_row(report)).data, headers={"ETag": f'"{report.revision}"'})


class ReportDetailView(OneView):
    """`GET reports/{id}/`."""

    is_public = False
    rests_on_ledger = False
    tag = TAG
    query = parameters.PlainQuery

    @documented(
        shapes.ReportDetailSerializer,
        query,
        "Một báo cáo với mọi dòng",
        "Từng dòng: kết luận, số đo, kỳ trước, kết quả nếu được duyệt, lỗi và lưu ý; hoặc từng xã được phân công. "
        "ETag bắt đầu bằng lần sửa, để ghi vào If-Match khi sửa.",
        said=_OWN,
    )
    def get(self, request: Request, pk: int) -> Response:
        report = found_report(Report.objects.visible_to(request.user.scope), pk)
        self.revision = report.revision
        return Response(shapes.ReportDetailSerializer(rows.report_detail(report)).data)


class ReportLinesView(OneView):
    """`PATCH reports/{id}/lines/`."""

    is_public = False
    rests_on_ledger = False
    tag = TAG
    http_method_names = ["patch"]
    parser_classes = [ExactJsonParser]
    query = parameters.PlainQuery

    @documented_act(
        bodies.LinesBody,
        shapes.SavedLinesSerializer,
        "Ghi nhiều dòng một lần",
        "Nhận cả, hoặc không nhận dòng nào và nói từng chỗ sai. Phần không ghi thì giữ nguyên. Số: số JSON hoặc chuỗi, "
        "đọc đúng từng chữ số. If-Match bắt buộc (428 khi thiếu): ETag của báo cáo đã đọc, hoặc * khi từng dòng đã ghi "
        "revision; 412 khi đã có người sửa trước.",
        needs_match=True,
    )
    def patch(self, request: Request, pk: int) -> Response:
        require(request.user, "file_reports")
        report = own_report(request, pk)
        revision = revision_of(request, is_required=True)
        given = bodies.LinesBody.read(request)["lines"]
        saved = save(report, line_changes(report, given), by=request.user, revision=revision)
        shown = rows.sheet(saved.report, only=[line.pk for line in saved.lines])
        body = {"revision": saved.report.revision, "lines": [rows.line_row(row) for row in shown.lines]}
        return Response(shapes.SavedLinesSerializer(body).data, headers={"ETag": f'"{saved.report.revision}"'})
