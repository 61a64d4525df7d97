"""How many queries a page costs: few at a new ledger position, hardly any afterwards, and never more with more rows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, District
from ntm_portal.core.ledger import Memory
from tests.factories.ledger import DAK_NA, make_new, record

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BUDGETS = {
    # page: (most queries with nothing remembered, most when the position is known)
    "/": (89, 13),
    "/huyen/610/": (72, 6),
    f"/xa/{DAK_NA}/": (38, 12),
    "/ma-tran/": (18, 5),
    "/ban-do/": (18, 5),
    "/ma-tran/?nhom=khong&sap_xep=-tc-17&loc=thay-doi": (18, 5),
    f"/ma-tran/o/{DAK_NA}/17/": (20, 6),
    "/muc-tieu/": (106, 5),
    "/muc-tieu/7/": (112, 8),
    "/tieu-chi/": (18, 5),
    "/tieu-chi/17/": (22, 5),
    "/don-vi/": (20, 5),
    "/don-vi/SYT/": (24, 14),
    "/don-vi/UB617/": (28, 14),
    "/so-sanh/": (18, 5),
    "/so-sanh/?xa=23407&xa=23362": (18, 5),
}
# Pages with a year of months: most queries once more has been recorded of this month.
AFTER_RECORDING = {"/": 46, "/huyen/610/": 29, "/muc-tieu/": 26, "/muc-tieu/7/": 32}


def queries_for(portal, page: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert portal.get(page).status_code == 200
    return len(captured)


def cold_and_warm(portal, page: str) -> tuple[int, int]:
    """Queries with nothing remembered, and queries right after."""
    Memory.forget_all()
    return queries_for(portal, page), queries_for(portal, page)


def add_communes(count: int) -> None:
    """That many new communes of Đăk Glei with three months of assessments, and as many rows more for Đăk Na."""
    district = District.objects.get(code="610")
    for number in range(count):
        code = f"9000{number}"
        Commune.objects.create(code=code, name=f"Xã mới {number}", district=district)
        for unit in (code, DAK_NA):
            record(*(make_new("1.1", commune=unit, as_of=date(2020, month, 15)) for month in (8, 9, 10)))


@pytest.mark.parametrize("page", BUDGETS)
def test_page_keeps_its_budget_which_does_not_grow_with_communes_and_assessments(page, portal):
    cold, warm = cold_and_warm(portal, page)
    most_cold, most_warm = BUDGETS[page]
    assert cold <= most_cold
    assert warm <= most_warm
    add_communes(5)
    assert cold_and_warm(portal, page) == (cold, warm)


@pytest.mark.parametrize("page", AFTER_RECORDING)
def test_months_past_cost_nothing_when_this_month_is_recorded(page, portal):
    portal.get(page)
    record(make_new("1.1", as_of=date(2020, 10, 15)))
    assert queries_for(portal, page) <= AFTER_RECORDING[page]


@pytest.mark.parametrize("address", ["/tim/?q=", "/tim/nhanh/?q="])
def test_finding_by_name_costs_the_same_for_every_row(address, portal):
    few, again = cold_and_warm(portal, f"{address}dak na")
    many, _ = cold_and_warm(portal, f"{address}a")
    assert few == many <= 12
    assert again <= 5
