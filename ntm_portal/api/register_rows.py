"""From records of the registers to the flat rows that the shapes name."""

from collections.abc import Callable
from typing import Any

from communes.models import District, Village
from criteria.engine.wording import RESULT_LABELS
from criteria.following import LedgerChange
from criteria.history import Change
from criteria.models import Recognition
from directives.models import Directive
from ntm_portal.accounts.models import Department
from ntm_portal.core import text


def _place(record) -> dict[str, str]:
    return {"code": record.code, "name": record.name}


def village_row(village: Village) -> dict[str, Any]:
    own = ("id", "name", "kind", "valid_from", "valid_to", "is_verified", "is_illustration")
    return {
        **{name: getattr(village, name) for name in own},
        "kind_label": village.get_kind_display(),
        "commune": _place(village.commune),
        "district": _place(village.commune.district),
        "search_key": f"{village.search_key} {village.commune.search_key}",
    }


def department_row(department: Department) -> dict[str, Any]:
    own = ("code", "name", "short_name", "kind")
    return {
        **{name: getattr(department, name) for name in own},
        "kind_label": department.get_kind_display(),
        "district": _place(department.district) if department.district else None,
        "search_key": f"{department.search_key} {text.search_key(department.code)}",
    }


def recognition_row(recognition: Recognition) -> dict[str, Any]:
    own = ("id", "tier", "achieved_year", "decision_number", "decided_on", "effective_on", "expires_on", "revoked_on")
    kind, unit = next((name, found) for name in _DISTRICT_OF if (found := getattr(recognition, name)) is not None)
    return {
        **{name: getattr(recognition, name) for name in (*own, "basis", "is_verified")},
        "tier_label": recognition.get_tier_display(),
        "unit": {"kind": kind, "code": getattr(unit, "code", str(unit.pk)), "name": unit.name},
        "district": _place(_DISTRICT_OF[kind](unit)),
        "search_key": f"{unit.search_key} {text.search_key(recognition.decision_number)}",
    }


_DISTRICT_OF: dict[str, Callable[[Any], District]] = {
    "commune": lambda commune: commune.district,
    "village": lambda village: village.commune.district,
    "district": lambda district: district,
}


def directive_row(directive: Directive) -> dict[str, Any]:
    own = ("id", "number", "kind", "issuer", "issued_on", "abstract", "search_key")
    return {
        **{name: getattr(directive, name) for name in own},
        "kind_label": directive.get_kind_display(),
        "targets": [target.pk for target in directive.targets.all()],
    }


def history_change(change: Change) -> dict[str, Any]:
    criterion, now = change.finding.criterion, change.finding.result
    return {
        "as_of": change.as_of,
        "criterion": {"number": criterion.number, "name": criterion.name},
        "before": change.before,
        "from_label": RESULT_LABELS[type(now)(change.before)],
        "now": now.value,
        "to_label": RESULT_LABELS[now],
        "source": change.source,
    }


def ledger_change(change: LedgerChange) -> dict[str, Any]:
    own = ("position", "recorded_at", "criteria_set", "as_of", "source")
    return {
        **{name: getattr(change, name) for name in own},
        "commune": dict(zip(("code", "name"), change.commune, strict=True)),
        "criterion": {"number": change.criterion.number, "name": change.criterion.name},
        "indicator": dict(zip(("code", "name"), change.indicator, strict=True)) if change.indicator else None,
        "before": change.before.value,
        "from_label": RESULT_LABELS[change.before],
        "now": change.now.value,
        "to_label": RESULT_LABELS[change.now],
    }
