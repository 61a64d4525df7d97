"""The tables of the pages, each column defined once: communes, districts, criteria, bodies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.urls import reverse

from criteria.charge import Charge
from criteria.engine.bands import BAND_LABELS, Band
from criteria.engine.facts import Result
from criteria.engine.nearest import Step
from criteria.engine.wording import RESULT_LABELS
from criteria.queries import CommuneStatus
from criteria.summaries import CriterionCount, IndicatorCount, SummaryRow
from ntm_portal.accounts.models import Department
from ntm_portal.dashboard.asked import Reading
from ntm_portal.dashboard.maps import BY_BAND, MapView
from ntm_portal.dashboard.tables import Cell, Column, Table, difference, table
from ntm_portal.dashboard.tones import BAND_TONES


def _commune_link(reading: Reading):
    def cell(status: CommuneStatus) -> Cell:
        return Cell(status.commune.name, reverse("dashboard:commune", args=[status.commune.code]) + reading.asked.query)

    return cell


def _met(status: CommuneStatus) -> int | None:
    return status.finding.criteria_met if status.last_assessed_on else None


def _met_cell(status: CommuneStatus) -> Cell:
    met = _met(status)
    return Cell("–", tone="zero") if met is None else Cell(f"{met}/{status.finding.criteria_total}")


def _gained(reading: Reading):
    """Criteria more than on the day compared with; none where one of the days has no figures."""

    def value(status: CommuneStatus) -> int | None:
        then = reading.before.by_code.get(status.commune.code)
        met = _met(status)
        return None if met is None or then is None or _met(then) is None else met - then.finding.criteria_met

    return value


def _band_cell(status: CommuneStatus) -> Cell:
    if not status.last_assessed_on:
        return Cell("chưa có số liệu", tone="zero")
    return Cell(status.band_label, swatch=BAND_TONES[status.band])


def _recognition(status: CommuneStatus) -> str:
    if status.recognition:
        slipped = " (không còn đủ tiêu chí)" if status.has_slipped else ""
        return status.recognition.tier_label + slipped
    return "đủ tiêu chí, chờ quyết định" if status.finding.meets_standard else ""


def _next_steps(status: CommuneStatus) -> str:
    return "; ".join(f"{s.finding.criterion.number} {s.finding.criterion.name}" for s in status.steps[:2])


def commune_columns(reading: Reading) -> list[Column]:
    """What every list of communes shows."""
    gained = _gained(reading)
    before = f"{reading.before.as_of:%d/%m/%Y}"
    return [
        Column(
            "xa", "Xã", lambda s: s.commune.name, _commune_link(reading), lambda s: s.commune.sort_key, is_name=True
        ),
        Column(
            "huyen", "Huyện", lambda s: s.commune.district_name, order=lambda s: s.commune.district_code, is_name=True
        ),
        Column("tieu_chi", "Tiêu chí", _met, _met_cell, is_number=True),
        Column("so_voi", f"So {before}", gained, lambda s: difference(gained(s)), is_number=True),
        Column("nhom", "Nhóm", lambda s: s.band_label if s.last_assessed_on else None, _band_cell, _met, is_name=True),
        Column("cong_nhan", "Công nhận", _recognition, order=lambda s: _recognition(s) or None),
        Column(
            "can_lam",
            "Cần làm trước",
            _next_steps,
            order=lambda s: s.steps[0].distance if s.steps else None,
            is_long=True,
        ),
        Column("khu_vuc", "Khu vực", lambda s: s.commune.group or None, is_extra=True),
        Column("so_lieu", "Số liệu ngày", lambda s: s.last_assessed_on, is_number=True),
    ]


def communes_table(
    statuses: Sequence[CommuneStatus], reading: Reading, *, name: str, caption: str, without: Sequence[str] = ("huyen",)
) -> Table:
    """Communes with where they stand and what is next; the columns that say nothing on that page are left out."""
    columns = [column for column in commune_columns(reading) if column.key not in without]
    return table(name, caption, columns, statuses, reading, is_tall=len(statuses) > 20)


def picked_table(statuses: Sequence[CommuneStatus], drawn: MapView, reading: Reading) -> Table:
    """Communes picked on the map: what every list shows, and what the map says of each in words."""
    words = {unit.shape.code: unit.mark.words for unit in drawn.rows if unit.mark}
    beside = {"so_voi", "cong_nhan", "can_lam", "khu_vuc"}
    columns = [replace(c, is_extra=True) if c.key in beside else c for c in commune_columns(reading)]
    if drawn.mode.key != BY_BAND:
        columns.insert(3, Column("ban_do", drawn.mode.column, lambda s: words[s.commune.code], is_name=True))
    return table("xa", f"{len(statuses)} xã", columns, statuses, reading, is_tall=True)


def _in_band(band: Band):
    def cell(row: SummaryRow) -> Cell:
        return Cell(str(row.in_band(band)), tone="" if row.in_band(band) else "zero")

    return Column(band.value, BAND_LABELS[band].removesuffix(" tiêu chí"), lambda r: r.in_band(band), cell, None, True)


def _fixed(row: SummaryRow) -> Cell:
    return Cell("–" if row.average is None else f"{row.average:.2f}".replace(".", ","))


def districts_table(rows: Sequence[SummaryRow], province: SummaryRow, reading: Reading) -> Table:
    """Districts with their average and bands, and the province as the line of totals."""

    def link(row: SummaryRow) -> Cell:
        return Cell(row.name, reverse("dashboard:district", args=[row.code]) + reading.asked.query)

    columns = [
        Column("huyen", "Huyện, thành phố", lambda r: r.name, link, lambda r: r.code, is_name=True),
        Column("so_xa", "Số xã", lambda r: r.communes, is_number=True),
        Column("binh_quan", "Bình quân", lambda r: r.average, _fixed, is_number=True),
        Column(
            "so_voi",
            f"So {reading.before.as_of:%d/%m/%Y}",
            lambda r: r.average_difference,
            lambda r: difference(r.average_difference),
            is_number=True,
        ),
        *(_in_band(band) for band in Band),
        Column("cong_nhan", "Công nhận", lambda r: r.recognised_total, is_number=True),
        Column("phan_nhom", "Phân nhóm", lambda r: None, lambda r: Cell(bands=r), lambda r: r.average),
    ]
    totals = [Cell("Toàn tỉnh"), *(c.shown(province) for c in columns[1:-1]), Cell()]
    return table("huyen", "Huyện, thành phố", columns, rows, reading, totals=totals)


def _criterion_link(number: int, reading: Reading) -> str:
    return reverse("dashboard:criterion", args=[number]) + reading.asked.query


def criteria_table(counts: Sequence[CriterionCount], held: Sequence[Charge], reading: Reading) -> Table:
    """Criteria with the communes that meet them and the bodies that lead their indicators."""
    leads: dict[int, list[str]] = defaultdict(list)
    for charge in held:
        if charge.is_lead and charge.department not in leads[charge.criterion]:
            leads[charge.criterion].append(charge.department)
    columns = [
        Column(
            "tieu_chi",
            "Tiêu chí",
            lambda c: f"{c.number} {c.name}",
            lambda c: Cell(f"{c.number}. {c.name}", _criterion_link(c.number, reading)),
            lambda c: c.number,
        ),
        Column("dat", "Số xã đạt", lambda c: c.met, is_number=True),
        Column("ty_le", "Tỷ lệ", _share, lambda c: Cell(f"{_share(c)}%" if c.total else "–"), is_number=True),
        Column("chua_dat", "Chưa đạt", lambda c: c.not_met, is_number=True),
        Column("chua_co", "Chưa có số liệu", lambda c: c.no_data, is_number=True),
        Column(
            "so_voi",
            f"So {reading.before.as_of:%d/%m/%Y}",
            lambda c: c.difference,
            lambda c: difference(c.difference),
            is_number=True,
        ),
        Column("chu_tri", "Chủ trì", lambda c: ", ".join(leads[c.number]) or None, is_long=True),
    ]
    return table("tieu-chi", "Tiêu chí và số xã đạt", columns, counts, reading)


def _share(count: CriterionCount | IndicatorCount) -> int | None:
    """Whole percent of communes that meet it, rounded down: 99,9 is not all of them."""
    return 100 * count.met // count.total if count.total else None


def _lack(number: int):
    """What keeps a commune from a criterion, in words."""

    def value(status: CommuneStatus) -> str:
        return "; ".join(f"{m.finding.indicator.code} {m.text}" for m in _step(status, number).missing)

    return value


def lacking_table(statuses: Sequence[CommuneStatus], number: int, reading: Reading) -> Table:
    """Communes that do not meet a criterion, and what each lacks for it."""
    shared = {column.key: column for column in commune_columns(reading)}
    lack = _lack(number)

    def result(status: CommuneStatus) -> Result:
        return next(c.result for c in status.finding.criteria if c.criterion.number == number)

    columns = [
        shared["xa"],
        shared["huyen"],
        Column("ket_qua", "Kết quả", lambda s: RESULT_LABELS[result(s)], lambda s: Cell(badge=result(s))),
        Column("con_thieu", "Còn thiếu gì", lack, order=lambda s: _step(s, number).distance, is_long=True),
        shared["tieu_chi"],
        shared["so_lieu"],
    ]
    return table(f"tieu-chi-{number}", f"{len(statuses)} xã chưa đạt, gần đạt nhất trước", columns, statuses, reading)


def _step(status: CommuneStatus, number: int) -> Step:
    return next(s for s in status.steps if s.finding.criterion.number == number)


def departments_table(
    bodies: Iterable[Department], held: Sequence[Charge], helped: Sequence[int], reading: Reading
) -> Table:
    """Bodies with the indicators they lead or support and how many communes they help."""

    def codes(body: Department, *, is_lead: bool) -> str | None:
        found = [c.indicator for c in held if c.department_code == body.code and c.is_lead is is_lead]
        return ", ".join(found) or None

    def link(body: Department) -> Cell:
        return Cell(body.name, reverse("dashboard:department", args=[body.code]) + reading.asked.query)

    columns = [
        Column("don_vi", "Đơn vị", lambda d: d.name, link, lambda d: d.sort_key, is_long=True),
        Column("loai", "Loại", lambda d: d.get_kind_display()),
        Column("chu_tri", "Chủ trì chỉ tiêu", lambda d: codes(d, is_lead=True)),
        Column("phoi_hop", "Phối hợp chỉ tiêu", lambda d: codes(d, is_lead=False)),
        Column("giup_do", "Xã giúp đỡ", lambda d: helped.count(d.pk) or None, is_number=True),
    ]
    return table("don-vi", "Đơn vị và việc phụ trách", columns, list(bodies), reading)


def indicators_table(own: Sequence[Charge], counts: Mapping[str, IndicatorCount], reading: Reading) -> Table:
    """The indicators of one body, with the communes that do and do not meet them."""

    def name(charge: Charge) -> str:
        return f"{charge.indicator} {counts[charge.indicator].indicator.name}"

    def link(charge: Charge) -> Cell:
        return Cell(name(charge), _criterion_link(charge.criterion, reading))

    def basis(charge: Charge) -> str:
        return charge.basis if charge.is_verified else f"{charge.basis} (chưa kiểm chứng)"

    order = {charge.indicator: index for index, charge in enumerate(own)}
    columns = [
        Column("chi_tieu", "Chỉ tiêu", name, link, lambda c: order[c.indicator], is_long=True),
        Column("vai_tro", "Vai trò", lambda c: "Chủ trì" if c.is_lead else "Phối hợp"),
        Column("dat", "Số xã đạt", lambda c: counts[c.indicator].met, is_number=True),
        Column("chua_dat", "Chưa đạt", lambda c: counts[c.indicator].not_met, is_number=True),
        Column("chua_co", "Chưa có số liệu", lambda c: counts[c.indicator].no_data, is_number=True),
        Column("can_cu", "Căn cứ phân công", basis, is_long=True),
    ]
    return table("chi-tieu", "Chỉ tiêu phụ trách", columns, own, reading)
