"""The workbook of a report of the whole province beside bare openpyxl on the same cells, in alternating rounds.

Run by `make bench` in a process of its own, against the database of the bench: every step of the pages without HTTP.
"""

import io
import resource
import statistics
import time
from collections.abc import Callable

import django

django.setup()

from django.db import transaction  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402

from criteria.models import Assessment  # noqa: E402
from ntm_portal.accounts.models import Department, User  # noqa: E402
from ntm_portal.core.models import StoredFile  # noqa: E402
from ntm_portal.core.uploads.storing import Checked, store  # noqa: E402
from reports.actions.opening import open_period  # noqa: E402
from reports.models import Report, ReportingPeriod, ReportLine  # noqa: E402
from reports.queries.sheets import sheet  # noqa: E402
from reports.workbooks.accepting import accept, plan_of  # noqa: E402
from reports.workbooks.columns import slots  # noqa: E402
from reports.workbooks.marking import marked  # noqa: E402
from reports.workbooks.reading import read  # noqa: E402
from reports.workbooks.writing import HEADER_ROW, workbook_of  # noqa: E402

ROUNDS = 3
_BODY = "SYT"


def _report() -> Report:
    """A report on every indicator of every commune, as no body owes one."""
    period = ReportingPeriod.objects.get(kind="MONTH", year=2020, number=10)
    open_period(period, bodies=set(Department.objects.filter(code=_BODY).values_list("pk", flat=True)))
    report = Report.objects.get(obligation__department__code=_BODY, obligation__kind="CRITERIA")
    rows = Assessment.objects.filter(indicator__isnull=False, as_of__lte=report.as_of).order_by("as_of", "pk")
    last = {(a.commune_id, a.indicator_id): a for a in rows}
    held = set(report.lines.values_list("commune_id", "indicator_id"))
    communes = {commune for commune, _ in held}
    ReportLine.objects.bulk_create(
        (
            ReportLine(report=report, commune_id=key[0], indicator_id=key[1], previous=a, conclusion=a.conclusion)
            for key, a in last.items()
            if key not in held and key[0] in communes
        ),
        batch_size=500,
    )
    return report


def _timed(act: Callable[[], object]) -> tuple[float, object]:
    started = time.process_time()
    done = act()
    return time.process_time() - started, done


def _bare_write(values: list[list]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in values:
        page.append(row)
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _bare_read(content: bytes) -> list[list]:
    book = load_workbook(io.BytesIO(content), read_only=True)
    return [[cell.value for cell in row] for page in book.worksheets for row in page.iter_rows()]


def _bare_copy(content: bytes) -> bytes:
    return _saved(load_workbook(io.BytesIO(content)))


def _filled(content: bytes, header: str, value: object) -> bytes:
    """The workbook with one column filled in throughout."""
    book = load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    column = next(cell.column for cell in page[HEADER_ROW] if cell.value == header)
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        page.cell(number, column).value = value
    return _saved(book)


def _kept(content: bytes, by: User) -> StoredFile:
    return store(Checked("bieu.xlsx", StoredFile.Kind.XLSX, content), by=by)


def _round(report: Report, by: User, number: int) -> dict[str, tuple[float, float | None]]:
    """Seconds of processor time of the portal and of bare openpyxl, by step."""
    shown = sheet(report)
    cells = _bare_read(workbook_of(shown))
    found: dict[str, tuple[float, float | None]] = {}
    ours, content = _timed(lambda: workbook_of(sheet(report)))
    found["download"] = ours, _timed(lambda: _bare_write(cells))[0]
    changed = _filled(content, "Ghi chú", f"lần {number}")
    file = _kept(changed, by)
    ours, plan = _timed(lambda: plan_of(report, file))
    found["read and preview"] = ours, _timed(lambda: _bare_read(changed))[0]
    found["accept"] = _timed(lambda: accept(report, file, by=by, seen=plan.digest, confirms=True))[0], None
    faulty = _filled(content, "Kết luận", "tốt")
    plan = plan_of(report, _kept(faulty, by))
    ours, _ = _timed(lambda: marked(faulty, read(faulty, slots(shown.specs)), plan.errors))
    found["marked copy"] = ours, _timed(lambda: _bare_copy(faulty))[0]
    return found


def main() -> None:
    """Prepare, measure, print."""
    with transaction.atomic():
        report, by = _report(), User.objects.get(username="soyte")
        cells = sum(len(row) for row in _bare_read(workbook_of(sheet(report))))
        rounds = [_round(report, by, number) for number in range(ROUNDS)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"\n{f'workbook, {report.lines.count()} lines, {cells} cells':40}{'portal s':>10}{'openpyxl s':>12}")
        for step in rounds[0]:
            ours = statistics.median(held[step][0] for held in rounds)
            bare = [held[step][1] for held in rounds if held[step][1] is not None]
            print(f"{step:40}{ours:10.1f}{f'{statistics.median(bare):.1f}' if bare else '–':>12}")
        print(f"{'most memory of that process, MiB':40}{peak:10}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
