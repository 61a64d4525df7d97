"""Acts on a report: submit, withdraw, approve, send back. Each takes effect once."""

from rest_framework.request import Request
from rest_framework.response import Response

from ntm_portal.accounts.permissions import require
from ntm_portal.api.answering import OneView
from ntm_portal.api.bodies import ExactJsonParser, NothingBody, revision_of
from ntm_portal.api.filing import bodies, parameters, shapes
from ntm_portal.api.filing.views import TAG, found_report, own_report, told
from ntm_portal.api.repeats import repeatable
from ntm_portal.api.schema import documented_act
from reports.actions.transitions import Remark, approve_report, send_back, submit_report, withdraw_report
from reports.models import Report


class ActView(OneView):
    """A POST that changes where a report stands."""

    is_public = False
    rests_on_ledger = False
    tag = TAG
    http_method_names = ["post"]
    parser_classes = [ExactJsonParser]
    query = parameters.PlainQuery


def _reviewed(request: Request, pk: int) -> Report:
    """A report that the caller may decide on. Raises NotAllowedError, NotFoundError."""
    require(request.user, "review_reports")
    return found_report(Report.objects.visible_to(request.user.scope), pk)


def _filed(request: Request, pk: int) -> Report:
    """A report that the caller may hand in. Raises NotAllowedError, NotFoundError."""
    require(request.user, "file_reports")
    return own_report(request, pk)


class ReportSubmitView(ActView):
    """`POST reports/{id}/submit/`."""

    @documented_act(
        NothingBody,
        shapes.ReportSerializer,
        "Gửi báo cáo",
        "Gửi bản đang soạn hoặc bị trả lại đến Văn phòng điều phối. 409 khi còn dòng lỗi, đã gửi, hoặc kỳ đã đóng.",
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request, pk: int) -> Response:
        report = _filed(request, pk)
        NothingBody.read(request)
        return told(submit_report(report, by=request.user, revision=revision_of(request)))


class ReportWithdrawView(ActView):
    """`POST reports/{id}/withdraw/`."""

    @documented_act(
        NothingBody,
        shapes.ReportSerializer,
        "Rút báo cáo",
        "Lấy lại báo cáo đang chờ duyệt để sửa; bản đầu đã rút thì tính là chưa gửi. 409 khi không đang chờ duyệt.",
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request, pk: int) -> Response:
        report = _filed(request, pk)
        NothingBody.read(request)
        return told(withdraw_report(report, by=request.user, revision=revision_of(request)))


class ReportApproveView(ActView):
    """`POST reports/{id}/approve/`."""

    @documented_act(
        NothingBody,
        shapes.ReportSerializer,
        "Duyệt báo cáo",
        "Duyệt báo cáo đang chờ; báo cáo tiêu chí được ghi vào sổ cái, mọi dòng hoặc không dòng nào. "
        "409 khi không đang chờ duyệt hoặc sổ cái không nhận.",
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request, pk: int) -> Response:
        report = _reviewed(request, pk)
        NothingBody.read(request)
        return told(approve_report(report, by=request.user, revision=revision_of(request)))


class ReportSendBackView(ActView):
    """`POST reports/{id}/send-back/`."""

    @documented_act(
        bodies.SendBackBody,
        shapes.ReportSerializer,
        "Trả lại báo cáo",
        "Trả lại kèm ít nhất một ý kiến, về một dòng, về một xã, hoặc về cả báo cáo. 409 khi không đang chờ duyệt.",
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request, pk: int) -> Response:
        report = _reviewed(request, pk)
        notes = bodies.SendBackBody.read(request)["notes"]
        remarks = [Remark(note["text"], note.get("line"), note.get("entry")) for note in notes]
        return told(send_back(report, remarks, by=request.user, revision=revision_of(request)))
