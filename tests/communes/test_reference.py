"""Reference data: loaded whole, loaded once, and all or nothing."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from communes.models import Commune, District, Province
from criteria.models import CriteriaSet, Criterion, Indicator, Measure, Threshold
from directives.models import Directive, Target
from ntm_portal.core import ledger

pytestmark = pytest.mark.django_db

DATA = {
    "communes": settings.BASE_DIR / "communes" / "data",
    "accounts": settings.BASE_DIR / "ntm_portal" / "accounts" / "data",
    "criteria": settings.BASE_DIR / "criteria" / "data",
    "directives": settings.BASE_DIR / "directives" / "data",
    "reports": settings.BASE_DIR / "reports" / "data",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of all data files, in the shape that --data takes."""
    for app, data in DATA.items():
        shutil.copytree(data, tmp_path / app)
    return tmp_path


def change(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence in a data file; returns its line as a spreadsheet numbers it."""
    content = path.read_text(encoding="utf-8-sig")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return content[: content.index(old)].count("\n") + 1


def load(*args: str) -> str:
    output = StringIO()
    call_command("load_reference", *args, stdout=output)
    return output.getvalue()


def test_the_province_has_its_units():
    kinds = [Commune.objects.filter(kind=kind).count() for kind in ("XA", "PHUONG", "THI_TRAN")]

    assert list(Province.objects.values_list("name", flat=True)) == ["Kon Tum"]
    assert (District.objects.count(), Commune.objects.count(), kinds) == (10, 102, [85, 10, 7])


def test_the_catalogue_has_its_criteria_indicators_and_measures():
    measures = Measure.objects.filter(indicator__code="17.1").order_by("order")

    assert (CriteriaSet.objects.count(), Criterion.objects.count(), Indicator.objects.count()) == (1, 19, 49)
    assert [(m.name, m.thresholds.get().value) for m in measures] == [
        ("Tỷ lệ hộ dùng nước hợp vệ sinh", 95),
        ("Tỷ lệ hộ dùng nước sạch", 50),
    ]
    assert Threshold.objects.filter(basis="").count() == 0


def test_the_directives_have_their_targets():
    province_wide = [t for t in Target.objects.all() if t.kind != Target.Kind.COMMUNE_REACHES]

    assert (Directive.objects.count(), Target.objects.count(), len(province_wide)) == (3, 11, 7)


def test_a_second_run_changes_nothing_and_moves_no_position():
    before = ledger.current()

    said = load()

    assert [line for line in said.splitlines() if "(0 mới, 0 cập nhật, " not in line] == []
    assert ledger.current() == before


def test_a_copy_of_the_files_changes_nothing_either(folder):
    before = ledger.current()

    load("--data", str(folder))

    assert ledger.current() == before


def test_a_changed_cell_updates_one_row_and_moves_the_position(folder):
    change(folder / "communes" / "communes.csv", "23407,Đăk Na,", "23407,Đăk Na Mới,")
    before = ledger.current()

    said = load("--data", str(folder))

    assert "xã, phường, thị trấn: 102 (0 mới, 1 cập nhật, 101 giữ nguyên)" in said
    assert Commune.objects.get(code="23407").search_key.startswith("dak na moi")
    assert ledger.current().number > before.number


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("communes/communes.csv", "23410,Măng Ri,XA,", "23410,Măng Ri,LANG,"),
        ("communes/communes.csv", "23410,Măng Ri,XA,617,", "23410,Măng Ri,XA,999,"),
        ("communes/communes.csv", "23410,Măng Ri,", "23407,Măng Ri,"),
        ("communes/communes.csv", "23410,Măng Ri,", "23410,,"),
        ("accounts/departments.csv", ",SO_NGANH,", ",SO_NGHANH,"),
        ("criteria/thresholds.csv", ",tn,,98,", ",tn,,98%,"),
        ("criteria/thresholds.csv", ",tn,,98,", ",tn,,,"),
        ("criteria/thresholds.csv", ",tn,,98,", ",tn,,98,98,"),
        ("criteria/measures.csv", "% hộ,>=", "% hộ,=>"),
        ("criteria/indicators.csv", "xa-ntm-2016-2020,1,1.2,2", "xa-ntm-2016-2020,20,1.2,2"),
        ("criteria/recognitions.csv", "2013-01-17", "17/01/2013"),
        ("reports/periods.csv", "MONTH,2020,1,", "MONTH,2020,một,"),
    ],
)
def test_a_broken_row_is_named_and_leaves_everything_as_it_was(folder, file, old, new):
    change(folder / "communes" / "districts.csv", "611,Ngọc Hồi,", "611,Ngọc Hồi Mới,")
    line = change(folder / file, old, new)
    before = ledger.current()

    with pytest.raises(CommandError) as refused:
        load("--data", str(folder))

    assert str(refused.value).startswith(f"Không nạp gì cả. {Path(file).name}, dòng {line}: ")
    assert District.objects.get(code="611").name == "Ngọc Hồi"
    assert ledger.current() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("criteria/thresholds.csv", ",tn,,98,", ",tn,,-98,"),
        ("criteria/thresholds.csv", ",tn,,98,", ",tn,,980,"),
        ("criteria/thresholds.csv", "xa-ntm-2016-2020,5.1,1,tn,,70,", "xa-ntm-2016-2020,4.2,1,tn,,70,"),
        ("communes/communes.csv", "23410,Măng Ri,XA,", f"23410,{'Măng Ri ' * 30},XA,"),
    ],
)
def test_a_row_that_the_database_would_not_take_is_named_too(folder, file, old, new):
    line = change(folder / file, old, new)

    with pytest.raises(CommandError) as refused:
        load("--data", str(folder))

    assert str(refused.value).startswith(f"Không nạp gì cả. {Path(file).name}, dòng {line}: ")


def test_a_missing_column_is_named(folder):
    change(folder / "communes" / "communes.csv", "code,name,kind,", "code,ten,kind,")

    with pytest.raises(CommandError) as refused:
        load("--data", str(folder))

    assert str(refused.value) == "Không nạp gì cả. communes.csv, dòng 1: thiếu cột name"


def test_a_new_threshold_in_the_file_keeps_the_old_one(folder):
    change(folder / "criteria" / "thresholds.csv", ",tn,,98,", ",tn,,99,")

    load("--data", str(folder))

    held = Threshold.objects.filter(measure__indicator__code="4.2").order_by("recorded_at")
    assert [(t.value, t.withdrawn_at is None) for t in held] == [(98, False), (99, True)]
