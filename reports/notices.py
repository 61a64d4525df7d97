"""What people are told about reports. Each function says one thing to those whom it concerns, once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from criteria.models import Responsibility
from ntm_portal.accounts.models import Notice, User
from ntm_portal.accounts.notices import (
    Message,
    NoticeKind,
    coordinators,
    notify,
    notify_each,
    officers_of,
    register_kinds,
    settle,
)
from ntm_portal.accounts.scope import Role
from ntm_portal.core import clock
from reports.models import Obligation, Report, ReportingPeriod, ReviewNote, Ruling

DIGEST = Notice.Delivery.DIGEST
MOST_REMARKS = 20
"""Remarks that a notice repeats; the report has them all."""
KINDS = {
    "period_opened": NoticeKind("Kỳ báo cáo mở", Role.OFFICER),
    "due_soon": NoticeKind("Sắp đến hạn nộp", Role.OFFICER),
    "overdue": NoticeKind("Quá hạn nộp", Role.OFFICER),
    "reminder": NoticeKind("Văn phòng điều phối nhắc", Role.OFFICER),
    "sent_back": NoticeKind("Báo cáo bị trả lại", Role.OFFICER),
    "approved": NoticeKind("Báo cáo được duyệt", Role.OFFICER, DIGEST),
    "review_asked": NoticeKind("Yêu cầu rà soát kết luận", Role.OFFICER),
    "submitted": NoticeKind("Có báo cáo chờ duyệt", Role.COORDINATOR, DIGEST),
}
register_kinds(KINDS)


def _name(obligation: Obligation) -> str:
    return f"{obligation.get_kind_display()} {str(obligation.period).lower()}"


def _url(obligation: Obligation, reports: dict[int, Report]) -> str:
    report = reports.get(obligation.pk)
    return report.get_absolute_url() if report else reverse("reports:board")


def _reports_of(obligations: Sequence[Obligation]) -> dict[int, Report]:
    """The newest report of each obligation (one query)."""
    rows = Report.objects.filter(obligation__in=[o.pk for o in obligations]).order_by("version")
    return {report.obligation_id: report for report in rows}


def period_opened(period: ReportingPeriod, obligations: Sequence[Obligation]) -> int:
    """Tell the officers of bodies that have come to owe a report of the period: one notice a body."""
    if not obligations:
        return 0
    people, reports = officers_of(o.department_id for o in obligations), _reports_of(obligations)
    by_body: dict[int, list[Obligation]] = defaultdict(list)
    for obligation in obligations:
        by_body[obligation.department_id].append(obligation)
    name = str(period).lower()
    told = notify_each(
        "period_opened",
        [
            Message(
                person,
                f"opened:{owed[0].pk}:",
                f"Kỳ báo cáo {name} đã mở, hạn nộp {min(o.due_on for o in owed):%d/%m/%Y}",
                f"Đơn vị của bạn có {len(owed)} báo cáo phải nộp trong kỳ {name}, đã điền sẵn số liệu kỳ trước:\n"
                + "\n".join(
                    f"- {o.get_kind_display()}: chốt số liệu {o.data_until:%d/%m/%Y}, hạn nộp {o.due_on:%d/%m/%Y}"
                    for o in owed
                ),
                _url(owed[0], reports),
            )
            for department, owed in by_body.items()
            for person in people.get(department, ())
        ],
    )
    return len(told)


def _tell_officers(
    kind: str,
    obligations: Iterable[Obligation],
    key: Callable[[Obligation], str],
    words: Callable[[Obligation], tuple[str, str]],
) -> int:
    """One notice for each obligation and officer; `words` gives subject and text."""
    obligations = list(obligations)
    if not obligations:
        return 0
    people, reports = officers_of(o.department_id for o in obligations), _reports_of(obligations)
    messages = [
        Message(person, key(o), *words(o), _url(o, reports))
        for o in obligations
        for person in people.get(o.department_id, ())
    ]
    return len(notify_each(kind, messages))


def due_soon(obligations: Iterable[Obligation], today: date) -> int:
    """Once before the due day."""

    def words(obligation: Obligation) -> tuple[str, str]:
        left = (obligation.due_on - today).days
        when = f"còn {left} ngày" if left else "hạn là hôm nay"
        name = _name(obligation)
        return f"{name}: {when}", f"{name} chưa nộp; hạn nộp {obligation.due_on:%d/%m/%Y}, {when}."

    return _tell_officers("due_soon", obligations, lambda o: f"due-soon:{o.pk}:", words)


def overdue(obligations: Iterable[Obligation], today: date) -> int:
    """On the day after the due day, and again every week."""

    def words(obligation: Obligation) -> tuple[str, str]:
        name, days = _name(obligation), (today - obligation.due_on).days
        said = f"quá hạn {days} ngày"
        return f"{name}: {said}", f"{name} chưa nộp; hạn nộp là {obligation.due_on:%d/%m/%Y}, {said}."

    return _tell_officers(
        "overdue", obligations, lambda o: f"overdue:{o.pk}:{((today - o.due_on).days - 1) // 7}", words
    )


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a reminder reached: officers, their bodies, and bodies that have nobody to reach."""

    officers: int
    bodies: int
    unreached: int


def reminder(owed: Iterable[tuple[Obligation, str]], today: date) -> Reminded:
    """The office asks for what is owed, each with how it stands: one notice a body, officer and day."""
    by_body: dict[int, list[tuple[Obligation, str]]] = defaultdict(list)
    for obligation, words in owed:
        by_body[obligation.department_id].append((obligation, words))
    people = officers_of(by_body)
    messages = [
        Message(
            person,
            f"reminder:{department}:{today:%Y%m%d}",
            f"Văn phòng điều phối nhắc nộp {len(rows)} báo cáo",
            "Văn phòng điều phối đề nghị đơn vị nộp:\n"
            + "\n".join(f"- {_name(o)} (hạn {o.due_on:%d/%m/%Y}): {words.lower()}" for o, words in rows),
            reverse("reports:board"),
        )
        for department, rows in by_body.items()
        for person in people.get(department, ())
    ]
    told = notify_each("reminder", messages)
    return Reminded(len(told), len({message.key for message in told}), len(by_body.keys() - people.keys()))


def _officers(report: Report) -> list[User]:
    department = report.obligation.department_id
    return officers_of([department]).get(department, [])


def no_longer_owed(obligations: Iterable[Obligation]) -> None:
    """What was said of reports to come is done with: they were handed in, or their period is over."""
    settle([f"{said}:{o.pk}:" for o in obligations for said in ("opened", "due-soon", "overdue")])


def submitted(report: Report) -> int:
    """Tell the coordination office that there is something to review."""
    no_longer_owed([report.obligation])
    settle([f"sent-back:{report.pk}:"])
    name, body = _name(report.obligation), report.obligation.department.short_name
    return notify(
        "submitted",
        coordinators(),
        key=f"submitted:{report.pk}:{report.revision}",
        subject=f"{body} đã gửi {name[0].lower()}{name[1:]}",
        text=f"{report} đang chờ duyệt. Người gửi: {report.submitted_by}.",
        url=report.get_absolute_url(),
    )


def no_longer_waiting(report: Report) -> None:
    """Nobody has to look at the report any more: it was decided, or taken back."""
    settle([f"submitted:{report.pk}:"])


def sent_back(report: Report) -> int:
    """Tell its body why a report came back."""
    no_longer_waiting(report)
    name = _name(report.obligation)
    notes = ReviewNote.objects.filter(report=report, written_at=report.decided_at).order_by("pk")
    remarks = list(notes.select_related("line__commune", "line__indicator", "entry__commune"))
    said = [f"- {_about(note)}{note.text}" for note in remarks[:MOST_REMARKS]]
    if len(remarks) > MOST_REMARKS:
        said.append(f"… và {len(remarks) - MOST_REMARKS} ý kiến nữa trong báo cáo.")
    return notify(
        "sent_back",
        _officers(report),
        key=f"sent-back:{report.pk}:{report.revision}",
        subject=f"{name} bị trả lại",
        text=f"{name} được trả lại để sửa, {len(remarks)} ý kiến:\n" + "\n".join(said),
        url=report.get_absolute_url(),
    )


def _about(note: ReviewNote) -> str:
    about = note.line or note.entry and note.entry.commune.full_name
    return f"{about}: " if about else ""


def approved(report: Report) -> int:
    """Tell its body that a report was accepted."""
    no_longer_waiting(report)
    name = _name(report.obligation)
    at: datetime = clock.local(report.decided_at)
    return notify(
        "approved",
        _officers(report),
        key=f"approved:{report.pk}",
        subject=f"{name} đã được duyệt",
        text=f"{name} đã được duyệt lúc {at:%H:%M %d/%m/%Y}.",
        url=report.get_absolute_url(),
    )


def review_asked(ruling: Ruling) -> int:
    """Ask the bodies in charge of a criterion to look again at a commune where somebody saw something else."""
    observation = ruling.observation
    commune, criterion = observation.entry.commune, observation.criterion
    leading = Responsibility.objects.in_force(clock.today()).filter(
        role=Responsibility.Role.LEAD, indicator__criterion=criterion
    )
    people = officers_of(leading.values_list("department_id", flat=True))
    seen = observation.get_conclusion_display().lower()
    return notify(
        "review_asked",
        {person.pk: person for held in people.values() for person in held}.values(),
        key=f"review-asked:{ruling.pk}:{ruling.ruled_at:%Y%m%d%H%M%S%f}",
        subject=f"Rà soát tiêu chí {criterion.number} ở {commune.full_name}",
        text=f"{observation.entry.report.obligation.department.short_name} ghi nhận tại {commune.full_name}: "
        f"tiêu chí {criterion.number} {seen}, khác với kết luận đang có. "
        f"Hãy rà soát trong báo cáo kỳ tới. Lý do: {ruling.reason}",
        url=f"/xa/{commune.code}/",
    )
