"""From a figure to the report, the line, the evidence, who wrote, sent and approved it, and when."""

import re
from decimal import Decimal

import pytest

from criteria.actions import set_threshold
from criteria.engine.facts import Reading
from criteria.models import Assessment, Measure
from ntm_portal.core import clock
from ntm_portal.core.models import StoredFile
from reports.actions.drafting import LineChange, save_lines
from reports.actions.transitions import approve_report, submit_report
from reports.models import Evidence, ReportLine
from tests.factories.ledger import DAK_NA, record
from tests.factories.ledger import make_new as new_row
from tests.factories.office import finish, line_of, open_for, person, report_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def line(officer, coordinator) -> ReportLine:
    """15.1 of Đăk Na: 90.5%, with a file, in a report that was approved."""
    open_for()
    report = finish(report_of(), officer)
    line = line_of(report, DAK_NA, "15.1")
    measure = Measure.objects.get(indicator=line.indicator)
    save_lines(report, [LineChange(line.pk, readings={measure.pk: Reading(Decimal("90.5"))})], by=officer)
    file = StoredFile.objects.create(
        name="danh-sach.pdf", kind="PDF", size=1, sha256="0" * 64, blob="x", stored_at=clock.now()
    )
    Evidence.objects.create(
        report=report, line=line, file=file, title="Danh sách thẻ", added_at=clock.now(), added_by=officer
    )
    report.refresh_from_db()
    approve_report(submit_report(report, by=officer), by=coordinator)
    return line


def row_of(line: ReportLine) -> Assessment:
    return Assessment.objects.filter(commune=line.commune, indicator=line.indicator).latest("position")


def text_of(response) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_commune_page_leads_in_one_click_to_everything_behind_a_figure(portal, line, officer, coordinator):
    row = row_of(line)
    commune = portal.get(f"/xa/{DAK_NA}/").content.decode()
    assert f'href="/so-cai/{row.position}/' in commune

    response = portal.get(f"/so-cai/{row.position}/")
    said, served = text_of(response), response.content.decode()

    assert f'href="/bao-cao/{line.report_id}/#d{line.pk}"' in served
    assert f'href="{Evidence.objects.get().file.url}"' in served
    assert "Danh sách thẻ" in said
    assert f"Người ghi dòng này {officer}, " in said
    assert f"Người gửi {officer} (Sở Y tế), " in said
    assert f"Người duyệt {coordinator}, " in said
    assert "90,5% dân mức yêu cầu khi đó ≥ 85% dân" in said


def test_row_keeps_the_threshold_of_its_time(portal, line):
    measure = Measure.objects.get(indicator=line.indicator)
    set_threshold(measure, zone=measure.thresholds.first().zone, commune_group="", value=Decimal(95), basis="Mức mới")

    said = text_of(portal.get(f"/so-cai/{row_of(line).position}/"))

    assert ("mức yêu cầu khi đó ≥ 85% dân" in said, "Mức mới" in said) == (True, False)


def test_reader_of_another_body_sees_who_stands_behind_it_but_not_the_report(client, line, coordinator):
    client.force_login(person("soxd", "SXD"))

    response = client.get(f"/so-cai/{row_of(line).position}/")

    assert f"Người duyệt {coordinator}" in text_of(response)
    assert f"/bao-cao/{line.report_id}/" not in response.content.decode()
    assert "Danh sách thẻ" not in response.content.decode()


def test_row_that_no_report_wrote_tells_its_source_alone(portal):
    [position] = record(new_row("1.1"))
    said = text_of(portal.get(f"/so-cai/{position}/"))
    assert ("Nguồn Kiểm thử" in said, "Người duyệt" in said) == (True, False)


def test_status_over_rest_names_the_page_of_the_report(portal, line):
    answer = portal.get(f"/api/v1/communes/{DAK_NA}/status/").json()
    indicators = [i for c in answer["criteria"] for i in c["indicators"]]
    source = next(i["source"] for i in indicators if i["code"] == "15.1")
    assert source == {
        "kind": "REPORT",
        "label": "Báo cáo tiêu chí Tháng 10/2020 của Sở Y tế",
        "url": f"/bao-cao/{line.report_id}/",
    }


def test_card_of_a_cell_of_the_matrix_leads_to_the_row(portal, line):
    card = portal.get(f"/ma-tran/o/{DAK_NA}/15/").content.decode()
    assert f'href="/so-cai/{row_of(line).position}/' in card
