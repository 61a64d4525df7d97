"""From findings to the flat rows that the serializers name."""

from collections.abc import Iterable
from typing import Any

from communes.models import Commune, District, Village
from communes.queries import CommuneFacts, communes_on
from criteria.engine.judge import IndicatorFinding
from criteria.engine.nearest import Missing
from criteria.engine.wording import RESULT_LABELS
from criteria.models import CriteriaSet, Source
from criteria.queries import CommuneStatus, Snapshot, catalogue, sources_of
from criteria.summaries import mean, with_data
from ntm_portal.accounts.models import Sponsorship
from ntm_portal.core.errors import NotFoundError
from ntm_portal.core.ledger import Position


def place_row(place: CommuneFacts, shown: Snapshot) -> dict[str, Any]:
    """A unit that is not judged: a ward or a town."""
    unknown = ("criteria_met", "criteria_total", "band", "band_label", "meets_standard", "tier", "tier_label")
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "kind_label": place.kind_label,
        "district": {"code": place.district_code, "name": place.district_name},
        "group": place.group,
        "criteria_set": shown.criteria_set.code,
        **dict.fromkeys(unknown),
        "recognised_on": None,
        "last_assessed_on": None,
        "results": "",
        "as_of": shown.as_of,
        "is_illustration": False,
        "search_key": place.search_key,
    }


def commune_row(status: CommuneStatus, shown: Snapshot) -> dict[str, Any]:
    """A rural commune with its status."""
    finding, recognition = status.finding, status.recognition
    return place_row(status.commune, shown) | {
        "criteria_met": finding.criteria_met,
        "criteria_total": finding.criteria_total,
        "band": status.band.value,
        "band_label": status.band_label,
        "meets_standard": finding.meets_standard,
        "tier": status.tier,
        "tier_label": recognition.tier_label if recognition else None,
        "recognised_on": recognition.effective_on if recognition else None,
        "last_assessed_on": status.last_assessed_on,
        "results": finding.results,
        "is_illustration": status.is_illustration,
    }


_CHARACTER = ("is_group_verified", "is_border", "is_extremely_difficult", "is_extremely_difficult_verified")


def commune_detail(code: str, shown: Snapshot) -> dict[str, Any]:
    """A unit with villages, succession, sponsors and recognitions. Raises NotFoundError for an unknown code."""
    record = Commune.objects.filter(code=code).first()
    if record is None or not record.exists_on(shown.as_of):
        raise NotFoundError(f"Ngày {shown.as_of:%d/%m/%Y} không có xã, phường, thị trấn mang mã {code}.")
    status = shown.by_code.get(code)
    place = status.commune if status else next(p for p in communes_on(shown.as_of, [record.kind]) if p.code == code)
    sponsors = Sponsorship.objects.in_force(shown.as_of).filter(commune=record).select_related("department")
    villages = list(Village.objects.in_force(shown.as_of).filter(commune=record).order_by("sort_key"))
    row = commune_row(status, shown) if status else place_row(place, shown)
    return row | {
        **{name: getattr(record, name) for name in _CHARACTER},
        "is_illustration": row["is_illustration"] or any(village.is_illustration for village in villages),
        "villages": villages,
        "succession": record,
        "sponsors": list(sponsors),
        "recognitions": status.recognitions if status else (),
    }


def _indicator(finding: IndicatorFinding, sources: dict[int, Source]) -> dict[str, Any]:
    entry = finding.entry
    return {
        "code": finding.indicator.code,
        "name": finding.indicator.name,
        "result": finding.result.value,
        "result_label": RESULT_LABELS[finding.result],
        "reason": finding.reason,
        "conclusion": entry.conclusion.value if entry else None,
        "measures": finding.measures,
        "as_of": entry.as_of if entry else None,
        "source": sources.get(entry.source_id) if entry else None,
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "code": missing.finding.indicator.code,
        "gap": missing.measure.gap if missing.measure else None,
        "unit": missing.measure.measure.unit if missing.measure else None,
        "text": missing.text,
    }


def status_answer(status: CommuneStatus) -> dict[str, Any]:
    """Every criterion and indicator of a commune, and what is nearest."""
    sources = sources_of(status)
    return {
        "commune": {"code": status.commune.code, "name": status.commune.name},
        "is_illustration": status.is_illustration,
        "criteria_met": status.finding.criteria_met,
        "criteria_total": status.finding.criteria_total,
        "criteria": [
            {
                "number": c.criterion.number,
                "name": c.criterion.name,
                "result": c.result.value,
                "result_label": RESULT_LABELS[c.result],
                "reason": c.reason,
                "indicators": [_indicator(f, sources) for f in c.indicators],
            }
            for c in status.finding.criteria
        ],
        "nearest": [
            {
                "number": step.finding.criterion.number,
                "name": step.finding.criterion.name,
                "missing": [_missing(m) for m in step.missing],
            }
            for step in status.steps
        ],
    }


def matrix_row(status: CommuneStatus) -> dict[str, Any]:
    """One line of the matrix."""
    return {
        "code": status.commune.code,
        "name": status.commune.name,
        "district": status.commune.district_code,
        "criteria_met": status.finding.criteria_met,
        "results": status.finding.results,
    }


def district_rows(shown: Snapshot, districts: Iterable[District]) -> list[dict[str, Any]]:
    """Districts in force with what their communes add up to."""
    rows = []
    for district in districts:
        own = [s for s in shown.statuses if s.commune.district_code == district.code]
        rows.append(
            {
                "code": district.code,
                "name": district.name,
                "kind": district.kind,
                "kind_label": district.get_kind_display(),
                "communes": len(own),
                "average": mean(own),
                "average_denominator": len(own),
                "communes_with_data": with_data(own),
                "meets_standard": sum(s.finding.meets_standard for s in own),
                "recognised": sum(s.recognition is not None for s in own),
                "valid_from": district.valid_from,
                "valid_to": district.valid_to,
                "as_of": shown.as_of,
                "is_illustration": any(s.is_illustration for s in own),
                "search_key": district.search_key,
            }
        )
    return rows


def set_detail(record: CriteriaSet, position: Position) -> dict[str, Any]:
    """A set with criteria, indicators, measures and thresholds. Raises NotFoundError when it is still empty."""
    spec = catalogue(record.code, known_at=None)
    return {
        **{name: getattr(record, name) for name in ("code", "title", "subject", "tier", "basis", "zone")},
        "get_subject_display": record.get_subject_display(),
        "get_tier_display": record.get_tier_display(),
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "ledger_position": position.number,
        "criteria": [
            {
                "number": c.number,
                "name": c.name,
                "indicators": [
                    {
                        "code": i.code,
                        "name": i.name,
                        "is_mandatory": i.is_mandatory,
                        "measures": [
                            {
                                "name": m.name,
                                "unit": m.unit,
                                "comparison": m.comparison.value,
                                "thresholds": [
                                    {"group": group or None, "value": t.value, "basis": t.basis}
                                    for group, t in m.thresholds.items()
                                ],
                            }
                            for m in i.measures
                        ],
                    }
                    for i in c.indicators
                ],
            }
            for c in spec.criteria
        ],
    }
