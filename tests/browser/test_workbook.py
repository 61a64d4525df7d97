"""The workbook road: taken home, filled in with LibreOffice where it is installed, seen before it is accepted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from ntm_portal.accounts.imports import DEMO_PASSWORD
from tests.browser.conftest import Complaints, sign_in

DAK_NA = "23407"
OPEN = """
from ntm_portal.accounts.models import Department
from reports.actions.opening import open_period
from reports.models import Report, ReportingPeriod
body = Department.objects.get(code="SYT").pk
period = ReportingPeriod.objects.get(kind="MONTH", year=2020, number=2)
open_period(period, bodies={body})
print("report", Report.objects.get(obligation__period=period, obligation__department=body).pk)
"""


@pytest.fixture(scope="module")
def report(address, portal_environment) -> str:
    """Address of an untouched draft of the department of health."""
    command = [sys.executable, "manage.py", "shell", "-c", OPEN]
    ran = subprocess.run(
        command, cwd=settings.BASE_DIR, env=portal_environment, check=True, capture_output=True, text=True
    )
    return "/bao-cao/{}/".format(re.search(r"^report (\d+)$", ran.stdout, re.MULTILINE).group(1))


@pytest.fixture
def officer(context) -> Page:
    page = context.new_page()
    sign_in(page, "soyte", DEMO_PASSWORD)
    return page


def resaved(file: Path) -> Path:
    """The file as LibreOffice writes it; as it is where there is none."""
    if not shutil.which("soffice"):
        return file
    out = file.parent / "out"
    command = ["soffice", f"-env:UserInstallation=file://{file.parent}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(out), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / file.name


def fill_in(file: Path, value: object) -> None:
    """Write a value of 15.1 for Đăk Na, found by the heads of the columns as a person finds it."""
    book = load_workbook(file)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    head = next(row for row in rows if any(cell.value == "Mã xã" for cell in row))
    column = {cell.value: cell.column for cell in head if cell.value}
    for row in rows:
        commune, indicator = (str(sheet.cell(row[0].row, column[name]).value) for name in ("Mã xã", "Mã chỉ tiêu"))
        if (commune, indicator) == (DAK_NA, "15.1"):
            sheet.cell(row[0].row, column["Số đo"]).value = value
    book.save(file)


def hand_in(page: Page, report: str, file: Path) -> None:
    page.goto(f"{report}bieu/nop/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()


def test_workbook_goes_home_and_comes_back(officer, report, tmp_path):
    complaints = Complaints()
    complaints.listen(officer)
    officer.goto(report)
    officer.get_by_role("link", name="Điền trong Excel").click()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Tải tệp .xlsx").click()
    file = tmp_path / "bieu.xlsx"
    download.value.save_as(file)

    fill_in(file, "1.234")
    hand_in(officer, report, resaved(file))
    expect(officer.locator("main")).to_contain_text("1.234")
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Tải bản sao đã tô các ô lỗi").click()
    download.value.save_as(file)

    fill_in(file, 84.95)
    hand_in(officer, report, resaved(file))
    expect(officer.locator("main")).to_contain_text("84,95")
    officer.get_by_role("button", name="Ghi 1 dòng đổi").click()
    officer.goto(report)
    expect(officer.locator("#bang")).to_contain_text("84,95")
    expect(officer.locator("#kiem-tra")).to_contain_text("425/425")
    hand_in(officer, report, resaved(file))
    expect(officer.locator(".stat", has_text="dòng đổi")).to_contain_text("0")
    assert complaints == []
