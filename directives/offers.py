"""What the forms of a directive, a target or a task are filled in with from its words: offered, never decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from communes.queries import province_name
from directives import reading
from directives.forms.fields import commune_label
from directives.forms.targets import BLANKS, defaults_for
from directives.mentions import bodies_named, communes_named, directives_named, open_bodies
from directives.models import Directive
from ntm_portal.core import clock

_LONGEST_QUOTE = 5_000


@dataclass(frozen=True, slots=True)
class Passage:
    """What was marked: the words, and the sentence around them from which the day may follow."""

    text: str = ""
    around: str = ""


def passage_at(body: str, start: int | None, end: int | None) -> Passage:
    """The words between two places of the text, at most so many as a quote may have; empty where there are none."""
    if start is None or end is None or not 0 <= start < end:
        return Passage()
    chosen = body[start : min(end, start + _LONGEST_QUOTE)].strip()
    whole = [p.around for p in reading.passages(body) if p.start < end and start < p.end]
    return Passage(chosen, " ".join(dict.fromkeys(whole)))


def _due(passage: Passage, directive: Directive) -> date | None:
    return reading.due_date(passage.text, directive.issued_on) or reading.due_date(passage.around, directive.issued_on)


def directive_offer(body: str, *, but: int | None = None) -> dict[str, Any]:
    """Values for the fields of the form that the text tells; without those it does not."""
    body = reading.as_pasted(body)
    found = reading.read_directive(body, province_name())
    offered = {
        "number": found.number,
        "kind": found.kind,
        "issuer": found.issuer,
        "issued_on": found.issued_on,
        "signer": found.signer,
        "abstract": found.abstract,
        "recipients": [b.pk for b in bodies_named(reading.addressees(body), open_bodies(clock.today()))],
        "refers_to": [d.pk for d in directives_named(body, but=but) if d.number != found.number],
    }
    return {name: value for name, value in offered.items() if value}


def target_offer(directive: Directive, passage: Passage, set_pk: int | None) -> dict[str, Any]:
    """What the form of a target holds for a passage."""
    kind, values = reading.read_target(passage.text)
    offered = defaults_for(directive, set_pk) | {"quote": passage.text}
    if kind:
        offered["kind"] = kind
        offered |= {BLANKS[kind][name]: value for name, value in values.items()}
    communes = communes_named(passage.text, clock.today()).sure if passage.text else []
    if communes:
        offered["reach_commune"] = communes[0].code
    due_on = _due(passage, directive)
    if due_on:
        offered |= {"due_on": due_on, "new_year": due_on.year}
    return offered


@dataclass(frozen=True, slots=True)
class TaskOffer:
    """What the form of a task holds for a passage, and names of communes that several carry."""

    initial: dict[str, Any] = field(default_factory=dict)
    unsure: Sequence[tuple[str, Sequence[str]]] = ()


def task_offer(directive: Directive, passage: Passage) -> TaskOffer:
    """Bodies, communes, day and recurrence that the passage names."""
    if not passage.text:
        return TaskOffer()
    today = clock.today()
    communes = communes_named(passage.text, today)
    recurrence = reading.recurrence(passage.text)
    initial = {
        "title": reading.short_title(passage.text),
        "content": passage.text,
        "quote": passage.text,
        "departments": [b.pk for b in bodies_named(passage.text, open_bodies(today))],
        "communes": [c.pk for c in communes.sure],
        "recurrence": recurrence,
        "due_on": _due(passage, directive) if recurrence == "ONCE" else None,
    }
    return TaskOffer(initial, [(name, [*map(commune_label, units)]) for name, units in communes.unsure])
