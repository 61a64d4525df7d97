"""The demonstration agrees with every published figure, is complete, and is the same on every machine."""

from datetime import date
from functools import cache
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from criteria import demo
from criteria.engine.bands import average, tally
from criteria.models import Assessment, Measurement, Recognition, Source
from criteria.queries import catalogue, snapshot
from ntm_portal.core import ledger

pytestmark = pytest.mark.django_db

SET = "xa-ntm-2016-2020"
END_2019, LETTER, END_2020 = date(2019, 12, 31), date(2020, 10, 13), date(2020, 12, 31)
MONTHS = demo.month_ends(END_2020)
# Published without a day: the figure of some day of 2020.
FIGURES_OF_2020 = {
    "23380": ("Đăk Ang", 9),
    "23398": ("Sa Loong", 12),
    "23452": ("Đăk Nên", 13),
    "23455": ("Đăk Ring", 12),
    "23458": ("Măng Bút", 13),
    "23461": ("Đăk Tăng", 15),
    "23464": ("Ngọc Tem", 15),
    "23476": ("Hiếu", 12),
}


@cache
def met_on(day: date) -> dict[str, int]:
    """Criteria met by code of commune in the loaded data, which no test here changes."""
    return {s.commune.code: s.finding.criteria_met for s in snapshot(SET, day).statuses}


def bands_on(day: date) -> list[int]:
    return list(tally([status.band for status in snapshot(SET, day).statuses]).values())


def load(until: date) -> str:
    output = StringIO()
    call_command("load_demo", "--until", until.isoformat(), stdout=output)
    return output.getvalue()


def test_the_end_of_2019_is_as_published():
    """19/6/29/31/0 of 85 communes; 1040/85 is 12,2353: published cut off as 12,23, half up it is 12,24."""
    met = met_on(END_2019)

    assert bands_on(END_2019) == [19, 6, 29, 31, 0]
    assert (len(met), sum(met.values()), str(average(list(met.values())))) == (85, 1040, "12.24")


def test_the_end_of_2020_is_as_published():
    """28/10/45/2/0 with the last two at 8–9, and 14,80 on average."""
    met = met_on(END_2020)

    assert bands_on(END_2020) == [28, 10, 45, 2, 0]
    assert [m for m in met.values() if m < 10 and m not in {8, 9}] == []
    assert str(average(list(met.values()))) == "14.80"


def test_the_day_of_the_letter_has_exactly_its_three_communes_below_ten():
    below = {
        s.commune.name: s.finding.criteria_met for s in snapshot(SET, LETTER).statuses if s.finding.criteria_met < 10
    }

    assert below == {"Đăk Na": 8, "Mường Hoong": 8, "Ngọc Linh": 9}


def test_figures_published_for_2020_stand_on_some_day_of_it():
    by_month = [met_on(day) for day in MONTHS if day.year == 2020]
    names = {s.commune.code: s.commune.name for s in snapshot(SET, END_2020).statuses}

    found = {
        code: (names[code], met) for code, (_, met) in FIGURES_OF_2020.items() if met in {m[code] for m in by_month}
    }

    assert found == FIGURES_OF_2020


def test_the_figure_published_for_2021_is_not_passed_by_the_end_of_2020():
    assert met_on(END_2020)["23506"] == 15


def test_no_commune_ever_falls_back():
    by_month = [met_on(day) for day in MONTHS]

    fallen = [
        code
        for code in by_month[0]
        for one, next_ in zip(by_month, by_month[1:], strict=False)
        if next_[code] < one[code]
    ]

    assert fallen == []


def test_every_commune_recognised_by_then_meets_the_standard():
    for day in (END_2019, LETTER, END_2020):
        assert [s.commune.name for s in snapshot(SET, day).statuses if s.has_slipped] == []


def test_every_month_has_every_indicator_of_every_commune():
    counted = Assessment.objects.order_by("as_of").values_list("as_of").annotate(rows=Count("pk"))
    pairs = Assessment.objects.values("commune", "indicator", "as_of").distinct().count()

    assert list(counted) == [(day, 85 * 49) for day in MONTHS]
    assert pairs == 85 * 49 * 13


def test_every_measure_has_its_value():
    spec = catalogue(SET, known_at=None)
    measures = sum(len(i.measures) for c in spec.criteria for i in c.indicators)

    assert Measurement.objects.count() == 85 * measures * 13


def test_everything_generated_is_marked_as_illustration():
    assert set(Source.objects.values_list("kind", flat=True)) == {Source.Kind.ILLUSTRATION}
    assert {s.is_illustration for s in snapshot(SET, LETTER).statuses} == {True}


def test_no_recognition_is_made_up(clock_at):
    clock_at(END_2020)
    before = Recognition.objects.count()

    load(END_2020)

    assert Recognition.objects.count() == before
    assert Recognition.objects.filter(basis="").count() == 0


def test_recognised_communes_are_those_with_a_certain_date():
    """Published: 18 at the end of 2019, 24 at the end of 2020; docs/decisions.md says which are not certain by then."""
    counts = [sum(s.recognition is not None for s in snapshot(SET, day).statuses) for day in (END_2019, END_2020)]
    later = Recognition.objects.filter(tier="STANDARD", effective_on__range=(date(2021, 1, 1), date(2021, 12, 31)))

    assert counts == [17, 21]
    assert dict(later.values_list("commune__name", "effective_on")) == {
        "Măng Cành": date(2021, 1, 7),
        "Sa Bình": date(2021, 3, 31),
        "Đăk Ngọk": date(2021, 12, 31),
    }


def test_districts_without_a_recognised_commune_are_those_the_facts_leave():
    statuses = snapshot(SET, LETTER).statuses

    with_one = {s.commune.district_name for s in statuses if s.recognition}

    assert {s.commune.district_name for s in statuses} - with_one == {"Đăk Glei", "Tu Mơ Rông", "Ia H'Drai"}


def test_loading_twice_adds_nothing(clock_at):
    clock_at(END_2020)
    before, rows = ledger.current(), Assessment.objects.count()

    said = load(END_2020)

    assert said.endswith("Thôn mới: 0. Đánh giá mới: 0. Báo cáo mới: 0. Việc mới: 0.\n")
    assert (ledger.current(), Assessment.objects.count()) == (before, rows)


def test_generating_twice_gives_the_same_values():
    criteria = catalogue(SET, known_at=None).criteria

    one, other = (list(demo._assessments(demo.read_paths(), criteria, LETTER.replace(day=31))) for _ in range(2))

    assert one == other


def test_what_is_stored_is_what_is_generated():
    criteria = catalogue(SET, known_at=None).criteria
    day = date(2020, 6, 30)

    made = {
        (new.commune.code, new.indicator): (new.conclusion, {m: r.value for m, r in new.readings.items()})
        for new in demo._assessments(demo.read_paths(), criteria, day)
    }

    stored = (
        Assessment.objects.filter(as_of=day).select_related("commune", "indicator").prefetch_related("measurements")
    )
    assert {
        (row.commune.code, row.indicator.code): (
            row.conclusion,
            {m.measure_id: m.value for m in row.measurements.all()},
        )
        for row in stored
    } == made


@pytest.mark.parametrize("until", ["2019-12-30", "2021-01-01"])
def test_a_day_without_demonstration_is_refused(until):
    with pytest.raises(CommandError):
        call_command("load_demo", "--until", until, stdout=StringIO())
