"""A portal on its first day: every page says what to do next, and the commands refuse in Vietnamese."""

import json
import os
import subprocess
import sys
from pathlib import Path
from string import ascii_letters

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_database  # of its own

# Each page with its status and the words that say what to do next, as a browser would get them.
LOOK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client, override_settings
from ntm_portal.accounts.models import User
user, _ = User.objects.get_or_create(username="quantri", defaults={"is_superuser": True})
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(user)
plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
with override_settings(STORAGES=settings.STORAGES | plain):
    print(json.dumps({page: [(r := client.get(page)).status_code, r.content.decode()] for page in PAGES}))
"""
CALL = """
import django
django.setup()
from django.test import Client
answer = Client(SERVER_NAME="127.0.0.1").get("/api/v1/districts/", headers={"Authorization": "Token KEY"})
print(answer.status_code, answer.json()["count"])
"""
STATUS_PAGES = ["/", "/ma-tran/", "/muc-tieu/"]
WORK_PAGES = [
    "/bao-cao/", "/bao-cao/duyet/", "/bao-cao/mau-thuan/", "/bao-cao/ky/", "/bao-cao/chua-nop/", "/nhiem-vu/",
    "/nhiem-vu/them/", "/vuong-mac/", "/vuong-mac/them/", "/vuong-mac/bao-cao/", "/van-ban/", "/van-ban/them/",
    "/thong-bao/",
]  # fmt: skip
EMPTY_PAGES = [*STATUS_PAGES, "/tim/", "/tim/?q=dak", "/quan-tri/", "/quan-tri/criteria/assessment/", *WORK_PAGES]
PLACES = ["/huyen/617/", "/xa/23407/"]
NOT_YET = [*PLACES, "/so-cai/1/"]


class Portal:
    """A portal of its own on an empty database, driven from outside as its operator does."""

    def __init__(self, folder: Path) -> None:
        self.env = {name: value for name, value in os.environ.items() if name not in {"NTM_TEST_DB", "SECRET_KEY"}}
        self.env |= {
            "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "ntm_portal.settings.dev",
            "DEMO_DATE": "2020-10-20",
            "PYTHONUTF8": "1",
        }

    def python(self, *arguments: str, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR, env=self.env | env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.python("manage.py", *arguments)

    def look(self, pages: list[str]) -> dict[str, list]:
        done = self.python("-c", f"PAGES = {pages!r}{LOOK}")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Portal:
    """Only the tables are there."""
    portal = Portal(tmp_path_factory.mktemp("portal"))
    done = portal.manage("migrate", "--verbosity", "0")
    assert (done.returncode, done.stderr) == (0, "")
    return portal


@pytest.fixture(scope="module")
def early(migrated) -> dict:
    """What the tables alone answer, before anything is loaded."""
    return {
        "pages": migrated.look([*EMPTY_PAGES, *NOT_YET, "/khong-co/"]),
        "load_demo": migrated.manage("load_demo", "--until", "2020-10-20"),
    }


@pytest.fixture(scope="module")
def loaded(migrated, early) -> Portal:
    """With the reference data, and no assessment."""
    done = migrated.manage("load_reference")
    assert (done.returncode, done.stderr) == (0, "")
    return migrated


@pytest.mark.parametrize("page", EMPTY_PAGES)
def test_page_of_an_empty_portal_opens(page, early):
    assert early["pages"][page][0] == 200


@pytest.mark.parametrize("page", [*STATUS_PAGES, "/tim/", "/tim/?q=dak", *NOT_YET])
def test_page_of_an_empty_portal_names_the_command(page, early):
    shown = early["pages"][page][1]
    assert "<h1>Cổng chưa có dữ liệu tham chiếu</h1>" in shown
    assert "<code>manage.py load_reference</code>" in shown


@pytest.mark.parametrize("page", [*NOT_YET, "/khong-co/"])
def test_place_of_an_empty_portal_is_not_there_yet(page, early):
    assert early["pages"][page][0] == 404


def test_load_demo_asks_for_the_reference_data_first(early):
    done = early["load_demo"]
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "CommandError: Chưa có dữ liệu tham chiếu: chạy load_reference trước."


def test_pages_without_assessments_say_what_to_do(loaded):
    shown = loaded.look([*EMPTY_PAGES, *PLACES])
    assert {page: status for page, (status, _) in shown.items()} == dict.fromkeys([*EMPTY_PAGES, *PLACES], 200)
    for page in [*STATUS_PAGES, *PLACES]:
        assert (page, "Sổ cái chưa có số liệu nào." in shown[page][1]) == (page, True)
        assert (page, shown[page][1].count("<h2>Việc tiếp theo</h2>")) == (page, 1)
        assert (page, "<code>manage.py load_demo --until 2020-10-20</code>" in shown[page][1]) == (page, True)


def test_load_reference_again_changes_nothing(loaded):
    counts = loaded.manage("load_reference").stdout.splitlines()
    assert len(counts) > 10
    assert [line for line in counts if "(0 mới, 0 cập nhật, " not in line] == []


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2019-12-30", "--until phải từ 2019-12-31 đến 2020-12-31."),
        ("2021-01-01", "--until phải từ 2019-12-31 đến 2020-12-31."),
        ("2020-10-21", "--until sau hôm nay (20/10/2020): đặt DEMO_DATE muộn hơn."),
    ],
)
def test_load_demo_refuses_a_day_outside_its_year(until, said, loaded):
    done = loaded.manage("load_demo", "--until", until)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", f"CommandError: {said}")


def test_create_token_prints_a_key_that_works(loaded):
    done = loaded.manage("create_token", "quantri", "--name", "Kho dữ liệu")
    assert (done.returncode, done.stderr) == (0, "")
    key = done.stdout.splitlines()[-1]
    assert (len(key), key.strip()) == (43, key)
    assert loaded.python("-c", CALL.replace("KEY", key)).stdout == "200 10\n"


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_names_what_is_missing(missing, tmp_path):
    given = {"SECRET_KEY": ascii_letters, "ALLOWED_HOSTS": "ntm.vn", "DATABASE_URL": "sqlite://", missing: ""}
    done = Portal(tmp_path).python(
        "-c", "import django; django.setup()", DJANGO_SETTINGS_MODULE="ntm_portal.settings.prod", **given
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"django.core.exceptions.ImproperlyConfigured: {missing} is not set: "
        f"give it a value, or {missing}_FILE the path of a file with it."
    )


def test_production_has_no_warning_before_it_is_deployed(tmp_path):
    given = {"SECRET_KEY": ascii_letters, "ALLOWED_HOSTS": "ntm.vn", "NTM_BEHIND_PROXY": "true", "DEMO_DATE": ""}
    done = Portal(tmp_path).python(
        "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        DJANGO_SETTINGS_MODULE="ntm_portal.settings.prod", **given,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("wrong", ["2020-02-30", "20/10/2020"])
def test_demonstration_day_that_is_no_day_stops_the_start(wrong, tmp_path):
    done = Portal(tmp_path).python("manage.py", "check", DEMO_DATE=wrong)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"DEMO_DATE must be a date like 2020-10-20, not {wrong!r}.")
