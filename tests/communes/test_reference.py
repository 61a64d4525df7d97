"""Reference data: loaded whole, loaded once, and all or nothing."""

import json
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


def test_what_the_facts_leave_unverified_keeps_its_flag():
    difficult = Commune.objects.filter(is_extremely_difficult=True)
    unverified = difficult.filter(is_extremely_difficult_verified=False)

    assert (difficult.count(), unverified.count()) == (42, 13)
    assert set(unverified.values_list("district__name", flat=True)) == {"Tu Mơ Rông", "Sa Thầy"}
    assert not Commune.objects.filter(is_extremely_difficult=None, is_extremely_difficult_verified=True).exists()


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


def refused(folder: Path) -> str:
    """What the command says of a faulty file, after leaving the database as it was."""
    change(folder / "communes" / "provinces.csv", "62,Kon Tum,", "62,Kon Tum Mới,")
    before = ledger.current()

    with pytest.raises(CommandError) as error:
        load("--data", str(folder))

    assert (ledger.current(), Province.objects.get().name) == (before, "Kon Tum")
    return str(error.value).removeprefix("Không nạp gì cả. ")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("communes/communes.csv", "code,name,kind,", "code,ten,kind,", "dòng 1: thiếu cột name"),
        ("communes/communes.csv", ",valid_to,", ",het_hieu_luc,", "dòng 1: thiếu cột valid_to"),
        ("communes/districts.csv", ",basis\n", ",basis,basis\n", "dòng 1: ghi hai lần cột basis"),
        ("criteria/recognitions.csv", ",signer,", ",nguoi_ky,", "dòng 1: thiếu cột signer"),
        ("criteria/criteria_sets.csv", "2016-12-01", "", "dòng 2: cột valid_from: không được để trống"),
        ("criteria/criteria_sets.csv", "2016-12-01,", "2016-12-01,2016-01-01",
         "dòng 2: cột valid_from, valid_to: Ngày hết hiệu lực phải sau ngày bắt đầu."),
        ("criteria/recognitions.csv", "2013-01-17,2013-01-17", "2013-01-17,",
         "dòng 2: cột effective_on: không được để trống"),
        ("criteria/recognitions.csv", "2013-01-17,2013-01-17", "2013-01-17,2013-01-16",
         "dòng 2: cột decided_on, effective_on: Không thể chắc chắn trước ngày quyết định."),
        ("criteria/recognitions.csv", "23521,Thống Nhất,", "23521,Thống Nhứt,",
         "dòng 30: cột commune, village: không có “23521/thong nhut”"),
        ("criteria/indicators.csv", "xa-ntm-2016-2020,1,1.2,2", "xa-ntm-2016-2020,20,1.2,2",
         "dòng 3: cột set, criterion: không có “xa-ntm-2016-2020/20”"),
        ("reports/periods.csv", "MONTH,2020,1,", "MONTH,2020,13,",
         "cột kind, number: Tháng từ 1 đến 12, quý từ 1 đến 4."),
        ("reports/periods.csv", "MONTH,2020,1,2020-01-14,", "MONTH,2020,1,,",
         "cột data_until: không được để trống"),
        ("accounts/departments.csv", ",DISTRICT,608,", ",DISTRICT,,",
         "cột kind, district: Chỉ UBND huyện, thành phố mới gắn với một huyện, và phải gắn."),
        ("accounts/departments.csv", ",DISTRICT,610,", ",DISTRICT,608,", "cột district: đã có ở bản ghi khác"),
        ("communes/districts.csv", ",HUYEN,62,", ',"HUYEN"x,62,', "dòng 3: dấu ngoặc kép hoặc dấu phẩy đặt sai"),
        ("communes/districts.csv", ",HUYEN,62,", ",HUYEN\0,62,", "dòng 3: có ký tự rỗng (NUL)"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_row_and_column(folder, file, old, new, said):
    line = change(folder / file, old, new)

    told = refused(folder)

    assert told.startswith(f"{Path(file).name}, dòng {line}: ")
    assert said in told


def test_a_row_is_numbered_by_the_line_on_which_an_editor_shows_its_beginning(folder):
    path = folder / "communes" / "districts.csv"
    change(path, ",15/NĐ-CP lập", ',"15/NĐ-CP\nlập')
    change(path, "là thị xã Kon Tum)", 'là thị xã Kon Tum)"\n')
    line = change(path, "611,Ngọc Hồi,HUYEN", "611,Ngọc Hồi,QUAN")

    assert refused(folder).startswith(f"districts.csv, dòng {line}: cột kind: ")
    assert line == 6


def first_entry(path: Path, **changes) -> None:
    """Change the first entry of a JSON file; a value of ... takes its key away."""
    content = json.loads(path.read_text("utf-8"))
    entry = content[0] | changes
    content[0] = {name: value for name, value in entry.items() if value is not ...}
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("directives", {"issued_on": ...}, "khóa issued_on: không có"),
        ("directives", {"issued_on": ""}, "khóa issued_on: không được để trống"),
        ("directives", {"issued_on": None}, "khóa issued_on: phải là chữ"),
        ("directives", {"issued_on": "21/01/2020"}, "khóa issued_on: “21/01/2020” không đọc được"),
        ("directives", {"number": None}, "khóa number: phải là chữ"),
        ("directives", {"number": 3}, "khóa number: phải là chữ"),
        ("directives", {"refers_to": None}, "khóa refers_to: phải là danh sách […]"),
        ("directives", {"refers_to": [None]}, "khóa refers_to: mọi phần tử phải là chữ"),
        ("directives", {"refers_to": ["1/CT"]}, "khóa refers_to: không có “1/CT”"),
        ("directives", {"recipients": ["XYZ"]}, "khóa recipients: không có “XYZ”"),
        ("directives", {"body": "a\0b"}, "khóa body: có ký tự không hợp lệ"),
        ("targets", {"directive": "1/CT"}, "khóa directive: không có “1/CT”"),
        ("targets", {"criteria_set": ...}, "khóa criteria_set: không có"),
        ("targets", {"order": "1"}, "khóa order: phải là số nguyên"),
        ("targets", {"is_focus": 1}, "khóa is_focus: phải là true hoặc false"),
        ("targets", {"parameters": []}, "khóa parameters: phải là đối tượng {…}"),
        ("targets", {"parameters": {}}, "khóa parameters: Ô này không được để trống."),
        ("targets", {"parameters": {"tier": "STANDARD"}}, "khóa parameters: Tham số thiếu year, thiếu count; "),
        ("targets", {"kind": "COMMUNE_REACHES", "parameters": {"commune": "99999", "criteria": 10}},
         "khóa parameters: Không có xã mang mã 99999."),
        ("targets", {"kind": "COMMUNE_REACHES", "parameters": {"commune": 23407, "criteria": 10}},
         "khóa parameters: commune phải là chữ."),
        ("targets", {"due_on": "2020-01-01"}, "khóa due_on: Hạn không thể trước ngày ban hành văn bản."),
    ],
)  # fmt: skip
def test_a_fault_of_a_json_entry_is_told_with_its_number_and_key(folder, file, changes, said):
    first_entry(folder / "directives" / f"{file}.json", **changes)

    assert refused(folder).startswith(f"{file}.json, mục 1: {said}")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[\n {"number": 1,\n}]', "dòng 3: không phải JSON hợp lệ"),
        ('[{"number": "1", "number": "2"}]', ": không phải JSON hợp lệ (khóa number ghi hai lần)"),
        ('{"number": "1"}', "dòng 1: phải là một danh sách"),
        ("[null]", "mục 1: phải là một đối tượng"),
        ('[[], "x"]', "mục 1: phải là một đối tượng"),
        ('[{"number": "\\ud800"}]', "mục 1: khóa number: có ký tự không hợp lệ"),
        ("", "dòng 1: không phải JSON hợp lệ"),
        ("[" * 100_000, "không phải JSON hợp lệ"),
    ],
    ids=["comma", "twice", "object", "null", "list", "surrogate", "empty", "deep"],
)
def test_json_of_another_shape_is_named(folder, content, said):
    (folder / "directives" / "directives.json").write_text(content, "utf-8")

    told = refused(folder)

    assert (told.startswith("directives.json"), said in told) == (True, True), told


def test_a_number_that_two_directives_carry_refers_to_neither(folder):
    path = folder / "directives" / "directives.json"
    content = json.loads(path.read_text("utf-8"))
    content.append(content[2] | {"issuer": "Sở Y tế"})
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    assert refused(folder) == "targets.json, mục 1: khóa directive: không có “3867/UBND-NNTN”"


@pytest.mark.one_database
@pytest.mark.parametrize("file", ["communes/communes.csv", "directives/directives.json", "reports/periods.csv"])
@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-16", "tệp ghi theo UTF-16"), ("utf-16-le", "NUL"), ("latin-1", "không theo UTF-8")]
)
def test_a_file_in_another_encoding_is_named(folder, file, encoding, said):
    path = folder / file
    path.write_bytes(f"{path.read_text('utf-8')}é".encode(encoding, errors="ignore"))

    told = refused(folder)

    assert (told.startswith(f"{path.name}, dòng "), said in told) == (True, True), told


@pytest.mark.one_database
@pytest.mark.parametrize("file", ["communes/villages.csv", "accounts/sponsorships.csv", "directives/targets.json"])
def test_a_missing_file_is_named(folder, file):
    path = folder / file
    path.unlink()

    assert refused(folder) == f"{path.name}: không mở được tệp này trong thư mục {path.parent}"


def test_an_empty_file_lacks_its_columns(folder):
    (folder / "reports" / "periods.csv").write_text("")

    assert refused(folder).startswith("periods.csv, dòng 1: thiếu cột kind, year, ")


def test_a_folder_without_data_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError) as error:
            load("--data", str(folder))

        assert str(error.value) == (
            f"Không nạp gì cả. {folder} không có thư mục con nào trong: "
            "communes, accounts, criteria, directives, reports."
        )


def test_a_new_threshold_in_the_file_keeps_the_old_one(folder):
    change(folder / "criteria" / "thresholds.csv", ",tn,,98,", ",tn,,99,")

    load("--data", str(folder))

    held = Threshold.objects.filter(measure__indicator__code="4.2").order_by("recorded_at")
    assert [(t.value, t.withdrawn_at is None) for t in held] == [(98, False), (99, True)]
