"""Every import from the template to the trail, and all that must not happen on the way."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from communes.models import Commune, District, Village
from criteria.models import CriteriaSet, Criterion, Indicator, Responsibility, Threshold
from ntm_portal.accounts.models import Department, Sponsorship, User
from ntm_portal.core.audit import AuditEntry, Kind
from ntm_portal.core.importing.planning import Plan, PlannedRow
from ntm_portal.core.importing.writing import ImportRefusedError, write
from ntm_portal.core.ledger import current
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.storing import Checked, store
from reports.models import ReportingPeriod
from tests.core.test_admin import assert_vietnamese
from tests.factories.files import PDF, docx, package, with_parts, xlsx
from tests.factories.workbooks import column_of, edited
from tests.importing.conftest import IMPORTED, ImportPage


def label(model) -> str:
    return model.__name__


def basis_set(content: bytes, said: str, row: int = 2) -> bytes:
    """The template with another basis in a row; every model here has one."""
    return edited(content, lambda sheet: sheet.cell(row, column_of(sheet, "Căn cứ"), said))


def test_these_models_have_an_import():
    assert set(IMPORTED) == {
        Commune,
        Village,
        District,
        Department,
        Sponsorship,
        Responsibility,
        Threshold,
        ReportingPeriod,
        CriteriaSet,
        Criterion,
        Indicator,
    }


@pytest.mark.parametrize("model", IMPORTED, ids=label)
def test_template_sent_back_changes_nothing(model, page):
    of_model = page(model)
    plan = of_model.plan(of_model.template())
    rows = admin.site.get_model_admin(model).import_rows().count()
    assert (plan.errors, plan.to_write, len(plan.unchanged)) == ([], [], rows)


@pytest.mark.parametrize("model", IMPORTED, ids=label)
def test_changed_cell_is_shown_written_and_told(model, page):
    of_model = page(model)
    content = basis_set(of_model.template(), "QĐ 99/QĐ-UBND ngày 01/10/2020")
    position, last = current().number, AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    preview = of_model.send(content)
    (row,) = preview.context["plan"].to_write
    (change,) = row.changes
    assert (row.number, change["label"], change["after"]) == (2, "căn cứ", "QĐ 99/QĐ-UBND ngày 01/10/2020")
    assert "<ins>QĐ 99/QĐ-UBND ngày 01/10/2020</ins>" in preview.content.decode()
    assert current().number == position
    assert of_model.confirm(preview)["Location"] == of_model.address("changelist")
    told = AuditEntry.objects.filter(pk__gt=last, model=model._meta.label_lower, kind=Kind.CHANGED)
    assert {entry.under.partition(" (")[0] for entry in told} == {"Nhập dữ liệu.xlsx"}
    assert {change["after"] for entry in told for change in entry.changes if change["name"] == "basis"} == {
        "QĐ 99/QĐ-UBND ngày 01/10/2020"
    }
    load = AuditEntry.objects.get(pk__gt=last, kind=Kind.LOADED)
    assert load.note.startswith("0 dòng mới, 1 dòng đổi, ")
    assert (current().number > position) == getattr(model, "moves_position", False)
    again = of_model.send(content).context["plan"]
    assert (again.errors, again.to_write) == ([], [])


def test_new_rows_are_written(page):
    of_model = page(ReportingPeriod)
    content = edited(of_model.template(), add_period)
    preview = of_model.send(content)
    assert [row.name for row in preview.context["plan"].created] == ["Tháng 7/2021"]
    of_model.confirm(preview)
    made = ReportingPeriod.objects.get(kind="MONTH", year=2021, number=7)
    assert (made.data_until.isoformat(), made.due_on.isoformat(), made.basis) == ("2021-07-14", "2021-07-20", "NĐ 09")


def add_period(sheet, **cells) -> None:
    """A new period in the first free row; cells by header."""
    row = sheet.max_row + 1
    values = {"Loại": "Tháng", "Năm": 2021, "Số": 7, "Chốt số liệu ngày": "14/07/2021", "Hạn nộp": 44397}
    for header, value in (values | {"Căn cứ": "NĐ 09"} | cells).items():
        sheet.cell(row, column_of(sheet, header), value)


def test_new_value_of_a_threshold_keeps_the_old_row(page):
    of_model = page(Threshold)
    of_model.confirm(
        of_model.send(edited(of_model.template(), lambda sheet: sheet.cell(2, column_of(sheet, "Mức yêu cầu"), "12,5")))
    )
    new = Threshold.objects.order_by("-pk")[0]
    old = Threshold.objects.exclude(withdrawn_at=None).order_by("-withdrawn_at")[0]
    assert (str(new.value), new.withdrawn_at, old.withdrawn_at) == ("12.5000", None, new.recorded_at)
    assert (old.measure_id, old.zone, old.commune_group) == (new.measure_id, new.zone, new.commune_group)


def test_one_fault_and_nothing_is_written(page):
    of_model = page(ReportingPeriod)

    def edit(sheet):
        add_period(sheet)
        add_period(sheet, Số=13)

    preview = of_model.send(edited(of_model.template(), edit))
    plan = preview.context["plan"]
    assert (len(plan.created), [error.message for error in plan.errors]) == (
        1,
        ["Tháng từ 1 đến 12, quý từ 1 đến 4."],
    )
    assert 'name="seen"' not in preview.content.decode()
    before = ReportingPeriod.objects.count()
    forced = of_model.browser.post(preview.request["PATH_INFO"], {"seen": plan.digest})
    assert (forced.status_code, ReportingPeriod.objects.count()) == (409, before)


def test_row_that_the_model_refuses_takes_the_others_along(coordinator):
    good, bad = District.objects.order_by("pk")[:2]
    good.basis, bad.kind = "một", "?"
    rows = [PlannedRow(number, unit, [], unit.pk) for number, unit in ((2, good), (3, bad))]
    file = store(Checked("a.xlsx", StoredFile.Kind.XLSX, xlsx()), by=coordinator)
    with pytest.raises(ImportRefusedError) as refused, transaction.atomic():
        write(Plan(changed=rows), file, "Huyện", admin.site.get_model_admin(District).save_import)
    assert refused.value.message.startswith("Dòng 3: ")
    assert not District.objects.filter(basis="một").exists()


def test_what_changed_in_between_is_shown_again(page):
    of_model = page(District)
    preview = of_model.send(basis_set(of_model.template(), "QĐ mới"))
    unit = preview.context["plan"].to_write[0].record
    District.objects.filter(pk=unit.pk).update(basis="ai đó vừa sửa")
    answer = of_model.confirm(preview)
    assert answer.status_code == 409
    assert "Dữ liệu đã đổi từ khi bạn xem" in answer.content.decode()
    assert "<del>ai đó vừa sửa</del>" in answer.content.decode()
    assert District.objects.get(pk=unit.pk).basis == "ai đó vừa sửa"
    assert of_model.confirm(answer).status_code == 302
    assert District.objects.get(pk=unit.pk).basis == "QĐ mới"


def test_file_of_another_person_is_not_found(page, client, admin_user):
    of_model = page(District)
    address = of_model.send(basis_set(of_model.template(), "QĐ mới")).request["PATH_INFO"]
    client.force_login(admin_user)
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    file = StoredFile.objects.get()
    assert client.get(file.url).status_code == 404


def test_file_that_was_swept_is_not_found(page):
    of_model = page(District)
    address = of_model.send(basis_set(of_model.template(), "QĐ mới")).request["PATH_INFO"]
    StoredFile.objects.all().delete()
    assert of_model.browser.get(address).status_code == 404


@pytest.mark.parametrize("username", ["lanhdao", "soyte", "konplong"])
@pytest.mark.parametrize("model", IMPORTED, ids=label)
def test_only_the_office_imports(username, model, client, db):
    client.force_login(User.objects.get(username=username))
    of_model = ImportPage(client, model)
    assert [client.get(of_model.address(name)).status_code for name in ("import", "import_template")] == [403, 403]
    assert of_model.send(xlsx(["Mã"])).status_code == 403
    assert "Nhập từ tệp" not in client.get(of_model.address("changelist")).content.decode()


def test_list_leads_to_the_import_and_that_to_the_template(page):
    of_model = page(Commune)
    assert "Nhập từ tệp" in of_model.browser.get(of_model.address("changelist")).content.decode()
    answer = of_model.browser.get(of_model.address("import"))
    assert f'href="{of_model.address("import_template")}"' in answer.content.decode()
    assert of_model.browser.post(of_model.address("import_template")).status_code == 405


def test_pages_are_vietnamese_and_hold_nothing_inline(page):
    of_model = page(District)
    assert_vietnamese(of_model.browser.get(of_model.address("import")))
    assert_vietnamese(of_model.send(basis_set(of_model.template(), "QĐ mới")))
    assert_vietnamese(of_model.send(edited(of_model.template(), lambda sheet: sheet.cell(2, 2, "?"))))


def test_accounts_have_no_import(client, admin_user):
    client.force_login(admin_user)
    assert client.get("/quan-tri/accounts/user/nhap/").status_code in {302, 404}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PDF, "Nội dung tệp là PDF. Nhận: sổ tính Excel (.xlsx)."),
        (docx(), "Nội dung tệp là văn bản Word (.docx). Nhận: sổ tính Excel (.xlsx)."),
        (b"", "Tệp trống, không có nội dung."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "Tệp không phải .xlsx, cũng không phải CSV"),
        (with_parts(xlsx(), {"xl/x.xml": b"0" * 40_000_000}), "Tệp nén bung ra quá lớn"),
        (with_parts(xlsx(), {"xl/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "Tệp có khai báo thực thể XML"),
        (package({"a.txt": "a"}), "Tệp Word hoặc Excel bị hỏng"),
        (xlsx([None]), "Dòng 1 của trang tính đầu tiên phải là tiêu đề cột"),
        (with_parts(xlsx(), {"xl/worksheets/sheet1.xml": "<a/>"}), "Dòng 1 của trang tính đầu tiên"),
        (with_parts(xlsx(), {"xl/workbook.xml": "<a"}), "Không đọc được trang tính đầu tiên"),
        (xlsx(["Mã"], *[[str(n)] for n in range(2001)]), "Trang tính có quá nhiều dòng"),
    ],
    ids=["pdf", "word", "empty", "xls", "bomb", "entity", "zip", "no-header", "no-rows", "broken", "long"],
)
def test_unsound_file_is_refused_at_its_field(content, said, page):
    answer = page(District).send(content)
    (found,) = answer.context["form"].errors["file"]
    assert (found[: len(said)], StoredFile.objects.count()) == (said, 0)


def test_sweep_takes_a_file_that_was_never_confirmed(page, settings):
    of_model = page(District)
    of_model.send(of_model.template())
    StoredFile.objects.update(stored_at="2020-01-01T00:00:00+07:00")
    call_command("prune_files", "--save", verbosity=0)
    assert StoredFile.objects.count() == 0


def test_formula_in_a_text_is_shown_as_text(page):
    of_model = page(District)
    preview = of_model.send(basis_set(of_model.template(), "<b>x</b>"))
    assert "<b>x</b>" not in preview.content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in preview.content.decode()
    assert reverse("admin:communes_district_import") in preview.content.decode()
