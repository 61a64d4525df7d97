"""Writing what was seen in a commune: criteria, help, visits, obstacles, evidence, all of a form or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from directives.actions import raise_obstacle
from directives.models import Obstacle
from ntm_portal.accounts.models import User
from ntm_portal.core import audit, clock, text
from ntm_portal.core.uploads.storing import Checked, store
from reports.actions.drafting import locked, touch
from reports.actions.errors import Fault, LinesRefusedError, StaleRevisionError, require_writable
from reports.checks_communes import Trip, visit_objection
from reports.models import CommuneEntry, Evidence, Observation, Report, Visit
from reports.queries.communes import visits_from

_BATCH = 500
_LONGEST = {"help_given": 5_000, "proposals": 5_000, "note": 500, "people": 300, "findings": 5_000}
_LABELS = {
    "help_given": "Việc đã giúp xã",
    "proposals": "Kiến nghị, đề xuất",
    "note": "Ghi chú",
    "people": "Thành phần",
    "findings": "Kết quả chuyến đi",
}


@dataclass(frozen=True, slots=True)
class VisitChange:
    """A visit to add (no id), to change or to take away. `was` is what was read of it; None does not ask.

    A visit that somebody else took away meanwhile is written anew: what is in a form is not lost.
    """

    visited_on: date
    people: str
    findings: str
    visit: int | None = None
    remove: bool = False
    was: Trip | None = None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What is to become of a commune of a report; what is not named stays as it is.

    `values` are keyed "help_given", "proposals", and for every criterion "conclusion-<id>" and "note-<id>".
    `revision` is that of the entry as it was read. Where somebody has saved since, `was` says what was read of each
    value, by the same keys: only what both changed is in dispute. None for `revision` does not ask.
    """

    revision: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    visits: Sequence[VisitChange] = ()
    link: frozenset[int] = frozenset()
    unlink: frozenset[int] = frozenset()
    raised: str = ""
    """Words of an obstacle that is new."""
    files: Sequence[tuple[Checked, str]] = ()
    """New evidence with its title."""
    files_removed: frozenset[int] = frozenset()


def value_key(part: str, criterion: int) -> str:
    """Key of what was seen of a criterion: its "conclusion" or its "note"."""
    return f"{part}-{criterion}"


def values_of(entry: CommuneEntry) -> dict[str, str]:
    """Everything of an entry that has a key (one query, none where observations are at hand)."""
    found = {"help_given": entry.help_given, "proposals": entry.proposals}
    for seen in entry.observations.all():
        found[value_key("conclusion", seen.criterion_id)] = seen.conclusion
        found[value_key("note", seen.criterion_id)] = seen.note
    return found


@transaction.atomic
def save_entry(entry: CommuneEntry, change: EntryChange, *, by: User) -> CommuneEntry:
    """Write one commune of a draft and mark it as answered: all that is asked, or nothing.

    Raises StaleRevisionError where somebody changed the same values since they were read; its `details["theirs"]`
    holds theirs by key, a visit under "visit-<id>". Raises LinesRefusedError naming what cannot be stored,
    ObstacleRefusedError, and TransitionError for the whole report.
    """
    report = locked(entry.report)
    require_writable(report)
    held = report.entries.select_related("commune").get(pk=entry.pk)
    values = {key: _written(key, said) for key, said in change.values.items()}
    now, visits = values_of(held), held.visits.in_bulk()
    faults = [*_value_faults(values, now), *_visit_faults(report, change.visits)]
    if faults:
        raise LinesRefusedError(faults)
    theirs = {} if change.revision in (None, held.revision) else _disputed(change, values, now, visits)
    if theirs:
        raise StaleRevisionError(
            f"{held.commune.full_name}: có người đã sửa cùng chỗ sau khi bạn mở.",
            revision=held.revision,
            theirs=theirs,
        )
    with audit.under(str(report)):
        _write_values(held, values)
        _write_visits(held, change.visits, visits)
        _write_obstacles(held, change, by)
        _write_evidence(held, change, by)
        held.revision += 1
        held.answered_at, held.answered_by = clock.now(), by
        held.save(update_fields=["help_given", "proposals", "revision", "answered_at", "answered_by"])
        touch(report, by=by)
    return held


def _written(key: str, said: str) -> str:
    """A value as it is stored: longer texts keep their lines, a note is one."""
    if key in ("help_given", "proposals"):
        return said.replace("\r\n", "\n").strip()
    return text.clean(said)


def _value_faults(values: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Fault]:
    for key, said in values.items():
        if key not in now:
            yield Fault(0, key, "Báo cáo không hỏi điều này của xã.")
        elif not key.startswith("conclusion-"):
            yield from _too_long(0, key, key.split("-")[0], said)
        elif said and said not in dict(Observation.CONCLUSIONS):
            yield Fault(0, key, f"Quan sát “{said}” không có. Nhận: MET, NOT_MET, hoặc để trống.")


def _visit_faults(report: Report, visits: Iterable[VisitChange]) -> Iterable[Fault]:
    first, last = visits_from(report.obligation.period), clock.today()
    for index, visit in enumerate(visits):
        if visit.remove:
            continue
        said = visit_objection(_trip(visit), first, last)
        if said:
            yield Fault(index, "visited_on", said)
        for name in ("people", "findings"):
            yield from _too_long(index, name, name, getattr(visit, name))


def _too_long(index: int, key: str, part: str, said: str) -> Iterable[Fault]:
    if len(said) > _LONGEST[part]:
        yield Fault(index, key, f"{_LABELS[part]} dài quá {_LONGEST[part]} ký tự.")


def _disputed(
    change: EntryChange, values: Mapping[str, str], now: Mapping[str, str], visits: Mapping[int, Visit]
) -> dict[str, object]:
    """What others wrote where this change would write something else, by key."""
    read = {key: _written(key, said) for key, said in change.was.items()}
    theirs: dict[str, object] = {key: now[key] for key, said in values.items() if now[key] not in (said, read.get(key))}
    for asked in change.visits:
        there = visits.get(asked.visit or 0)
        if there is None:
            continue
        trip = _trip(there)
        wanted = None if asked.remove else _trip(asked)
        if trip not in (wanted, None if asked.was is None else _trip(asked.was)):
            theirs[f"visit-{there.pk}"] = there
    return theirs


def _trip(visit: Visit | VisitChange | Trip) -> Trip:
    return Trip(visit.visited_on, text.clean(visit.people), visit.findings.replace("\r\n", "\n").strip())


def _write_values(entry: CommuneEntry, values: Mapping[str, str]) -> None:
    for key in ("help_given", "proposals"):
        setattr(entry, key, values.get(key, getattr(entry, key)))
    changed = []
    for seen in entry.observations.all():
        conclusion = values.get(value_key("conclusion", seen.criterion_id), seen.conclusion)
        note = values.get(value_key("note", seen.criterion_id), seen.note)
        if (conclusion, note) != (seen.conclusion, seen.note):
            seen.conclusion, seen.note = conclusion, note
            changed.append(seen)
    Observation.objects.bulk_update(changed, ["conclusion", "note"], batch_size=_BATCH)


def _write_visits(entry: CommuneEntry, asked: Iterable[VisitChange], held: Mapping[int, Visit]) -> None:
    for change in asked:
        visit = held.get(change.visit or 0)
        if change.remove:
            if visit is not None:
                visit.delete()
            continue
        trip = _trip(change)
        if visit is None:
            visit = Visit(entry=entry)
        elif _trip(visit) == trip:
            continue
        visit.visited_on, visit.people, visit.findings = trip.visited_on, trip.people, trip.findings
        visit.save()


def _write_obstacles(entry: CommuneEntry, change: EntryChange, by: User) -> None:
    """An obstacle of another commune, or one that this person may not see, is not linked."""
    entry.obstacles.remove(*change.unlink)
    own = Obstacle.objects.visible_to(by.scope).filter(commune=entry.commune, pk__in=change.link)
    entry.obstacles.add(*own)
    if change.raised.strip():
        body = entry.report.obligation.department
        entry.obstacles.add(raise_obstacle(change.raised, raised_by=body, by=by, commune=entry.commune))


def _write_evidence(entry: CommuneEntry, change: EntryChange, by: User) -> None:
    entry.evidence.filter(pk__in=change.files_removed).delete()
    for checked, title in change.files:
        Evidence.objects.create(
            report=entry.report,
            entry=entry,
            file=store(checked, by=by),
            title=text.clean(title)[:200],
            added_at=clock.now(),
            added_by=by,
        )


@transaction.atomic
def confirm_entries(report: Report, *, by: User, entries: Iterable[int] | None = None) -> int:
    """Say of every commune that nobody has answered that it is as it is filled in; returns how many.

    `entries` are ids, where not all are meant. Raises TransitionError.
    """
    report = locked(report)
    require_writable(report)
    rows = report.entries.filter(answered_at__isnull=True)
    held = list(rows if entries is None else rows.filter(pk__in=set(entries)))
    now = clock.now()
    for entry in held:
        entry.answered_at, entry.answered_by = now, by
        entry.revision += 1
    CommuneEntry.objects.bulk_update(held, ["answered_at", "answered_by", "revision"], batch_size=_BATCH)
    if held:
        touch(report, by=by)
    return len(held)
