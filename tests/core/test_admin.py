"""The admin site: wholly in Vietnamese, searched without marks, and closed where nobody may write."""

import gettext
import html
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import django
import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from communes.models import Boundary, Commune, District, Province, Village
from criteria.models import Assessment, Measure, Source, Threshold
from directives.models import Directive, Target
from ntm_portal.accounts.imports import DEMO_PASSWORD
from ntm_portal.accounts.models import ApiToken, Department, Membership, User
from ntm_portal.accounts.scope import Role
from reports.models import DueRule, ReportingPeriod
from tests.factories.office import one_of_each

MODELS = [model for model in admin.site._registry if model._meta.app_label != "auth"]
LEDGER = [Source, Assessment]
# What goes its way through acts and is only looked at here.
WORKFLOW = [
    model
    for model in MODELS
    if model._meta.app_label in {"directives", "reports"} and model not in {Directive, Target, ReportingPeriod, DueRule}
]
NEVER_DELETED = [Source, Assessment, Threshold, User, ApiToken, Boundary, *WORKFLOW]
NEVER_ADDED = [Source, Assessment, ApiToken, Boundary, *WORKFLOW]
MOST_QUERIES = 14
ENGLISH = re.compile(
    r"\b(add|change|changed|delete|deleted|remove|save|saving|view|search|filter|select|selected|home|history"
    r"|log (in|out)|password|user|username|site|welcome|action|actions|all|any|date|today|yes|none|unknown|true|false"
    r"|toggle|theme|sidebar|navigation|breadcrumbs|show|hide|counts?|results?|total|object|objects|relationship|entry|entries"
    r"|this|the|with|for|and|are|you|your|please|required|optional|choose|another|model|link|error|enabled|disabled)\b"
)


@pytest.fixture
def quan_tri(client, admin_user):
    """Browser of the signed-in administrator."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def token(admin_user):
    """A key of another system."""
    return ApiToken.issue(admin_user, "Hệ thống báo cáo", at=timezone.now())[0]


@pytest.fixture
def boundary(db):
    """The outline of a commune, as an office would have loaded it."""
    unit = Commune.objects.get(code="23407")
    return Boundary.objects.create(
        commune=unit, outline=[], source_name="ranh-gioi.geojson", sha256="0" * 64, loaded_at=timezone.now()
    )


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def english_in(response):
    """Typical English words in what a person reads or hears of a page."""
    page = re.sub(r"<!--.*?-->|<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    heard = re.findall(r'\b(?:alt|title|aria-label|placeholder)="([^"]*)"', page)
    heard += re.findall(r'<input type="submit"[^>]*value="([^"]*)"', page)
    seen = re.sub(
        r'<code>.*?</code>|<ul><li>.*?</ul>|\{"tier".*?\}|<textarea.*?</textarea>', " ", page, flags=re.DOTALL
    )
    text = html.unescape(" ".join([re.sub(r"<[^>]+>", " ", seen), *heard]))
    return sorted({found.group() for found in ENGLISH.finditer(text.lower())})


def assert_vietnamese(response):
    assert response.status_code == 200
    assert english_in(response) == []
    page = response.content.decode()
    assert "style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_pages_of_a_model_are_vietnamese(model, quan_tri, token, boundary, settings, tmp_path):
    if model in {*WORKFLOW, DueRule}:
        settings.FILES_DIR = tmp_path
        one_of_each()
    assert_vietnamese(quan_tri.get(address(model, "changelist")))
    if model not in NEVER_ADDED:
        assert_vietnamese(quan_tri.get(address(model, "add")))
    first = model._base_manager.order_by("pk").first()
    assert_vietnamese(quan_tri.get(address(model, "change", first.pk)))
    assert_vietnamese(quan_tri.get(address(model, "history", first.pk)))
    if model not in NEVER_DELETED:
        assert_vietnamese(quan_tri.get(address(model, "delete", first.pk)))


def test_index_is_vietnamese(quan_tri):
    assert_vietnamese(quan_tri.get(reverse("admin:index")))


def test_page_of_a_persons_password_is_vietnamese(quan_tri, officer):
    assert_vietnamese(quan_tri.get(reverse("admin:auth_user_password_change", args=[officer.pk])))


def test_door_of_the_admin_is_that_of_the_portal(client, db):
    assert client.get("/quan-tri/", follow=True).redirect_chain == [
        ("/quan-tri/login/?next=/quan-tri/", 302),
        ("/dang-nhap/?next=/quan-tri/", 302),
    ]
    sent = {"username": "quantri", "password": DEMO_PASSWORD}
    assert client.post("/quan-tri/login/", sent).headers["Location"] == "/dang-nhap/?next=/quan-tri/"
    assert client.post("/dang-nhap/?next=/quan-tri/", sent).headers["Location"] == "/quan-tri/"


def test_index_names_the_portal_and_leads_back_to_it(quan_tri):
    page = quan_tri.get("/quan-tri/").content.decode()
    assert "Cổng nông thôn mới · Quản trị" in page
    assert '<a href="/">Về cổng</a>' in page
    assert "css/admin.css" in page


def test_index_is_in_vietnamese_order(quan_tri):
    listed = quan_tri.get("/quan-tri/").context["app_list"]
    assert [app["name"] for app in listed] == [
        "Báo cáo định kỳ",
        "Địa bàn",
        "Đơn vị và người dùng",
        "Tiêu chí và sổ cái",
        "Văn bản và mục tiêu",
    ]


@pytest.mark.parametrize(
    ("app", "domain"), [("admin", "django"), ("admin", "djangojs"), ("auth", "django"), ("contenttypes", "django")]
)
def test_every_text_of_django_is_translated(app, domain):
    source = Path(django.__file__).parent / "contrib" / app / f"locale/en/LC_MESSAGES/{domain}.po"
    catalogue = trans_real.DjangoTranslation("vi", domain=domain, localedirs=_vietnamese_of(app, domain))._catalog
    assert [m for m in _texts(source) if m not in catalogue and (m, 0) not in catalogue] == []


def _vietnamese_of(app, domain):
    """The scripts' catalogue is that of one app; pages have one catalogue of all."""
    return [str(Path(django.__file__).parent / "contrib" / app / "locale")] if domain == "djangojs" else None


def _texts(source):
    """Keys of a catalogue file: context and text, as gettext stores them."""
    for entry in source.read_text(encoding="utf-8").split("\n\n")[1:]:
        parts = {
            name: "".join(re.findall(r'"(.*)"', body)).replace('\\"', '"').replace("\\n", "\n")
            for name, body in re.findall(r'^(msgctxt|msgid) ((?:".*"\n?)+)', entry, flags=re.MULTILINE)
        }
        if parts.get("msgid"):
            yield f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]


def test_compiled_texts_are_those_of_the_sources():
    folder = Path(__file__).parents[2] / "ntm_portal/locale/vi/LC_MESSAGES"
    for name in ("django", "djangojs"):
        written = set(_texts(folder / f"{name}.po"))
        with (folder / f"{name}.mo").open("rb") as file:
            compiled = gettext.GNUTranslations(file)._catalog
        assert {key[0] if isinstance(key, tuple) else key for key in compiled} - {""} == written


@pytest.mark.parametrize("words", ["dak na", "Đăk Na", unicodedata.normalize("NFD", "Đăk Na"), "  ĐĂK   na "])
def test_search_does_not_ask_for_marks(words, quan_tri):
    found = quan_tri.get(address(Commune, "changelist"), {"q": words}).context["cl"].result_list
    assert "Đăk Na" in [commune.name for commune in found]
    assert all("dak" in commune.search_key and "na" in commune.search_key for commune in found)


def test_search_of_people_does_not_ask_for_marks(quan_tri, officer):
    found = quan_tri.get(address(User, "changelist"), {"q": "can bo y te"}).context["cl"].result_list
    assert list(found) == [officer]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_search_for_nonsense_finds_nothing(model, quan_tri, token):
    assert quan_tri.get(address(model, "changelist"), {"q": "xyzzy %"}).context["cl"].result_count == 0


def test_list_of_choices_names_the_district(quan_tri):
    query = {"app_label": "communes", "model_name": "village", "field_name": "commune", "term": "dak na"}
    labels = [row["text"] for row in quan_tri.get(reverse("admin:autocomplete"), query).json()["results"]]
    assert "Xã Đăk Na, Tu Mơ Rông" in labels


@pytest.mark.parametrize("model", [m for m in MODELS if m is not Province], ids=lambda m: m.__name__)
def test_queries_of_a_list_do_not_grow(model, quan_tri, token, monkeypatch):
    page = address(model, "changelist")
    ApiToken.issue(token.user, "Hệ thống khác", at=timezone.now())
    quan_tri.get(page)
    with_all = queries_for(quan_tri, page)
    monkeypatch.setattr(admin.site.get_model_admin(model), "list_per_page", 1)
    assert queries_for(quan_tri, page) == with_all <= MOST_QUERIES


def queries_for(browser, page):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200
    return len(asked)


@pytest.mark.parametrize("model", LEDGER, ids=lambda m: m.__name__)
def test_ledger_is_only_looked_at(model, quan_tri):
    row = model.objects.order_by("pk").first()
    page = quan_tri.get(address(model, "change", row.pk)).content.decode()
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    assert 'name="action"' not in quan_tri.get(address(model, "changelist")).content.decode()
    assert quan_tri.post(address(model, "change", row.pk), {"note": "sửa"}).status_code == 403
    assert quan_tri.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert quan_tri.post(address(model, "add"), {}).status_code == 403


def test_assessment_shows_its_measured_values(quan_tri):
    row = Assessment.objects.filter(measurements__isnull=False).first()
    page = quan_tri.get(address(Assessment, "change", row.pk)).content.decode()
    assert row.measurements.first().measure.name in html.unescape(page)


@pytest.fixture
def threshold(db):
    """A threshold in force."""
    return Threshold.objects.filter(withdrawn_at__isnull=True).order_by("pk").first()


def test_new_value_of_a_threshold_keeps_the_old_row(quan_tri, threshold):
    sent = {"value": threshold.value - 1, "basis": "QĐ 1/2020", "is_verified": "on", "_continue": "1"}
    answer = quan_tri.post(address(Threshold, "change", threshold.pk), sent)
    old, new = threshold.measure.thresholds.filter(zone=threshold.zone, commune_group=threshold.commune_group).order_by(
        "pk"
    )
    assert (old.pk, old.value, old.basis) == (threshold.pk, threshold.value, threshold.basis)
    assert (new.value, new.basis, new.withdrawn_at) == (threshold.value - 1, "QĐ 1/2020", None)
    assert old.withdrawn_at == new.recorded_at
    assert answer.url == address(Threshold, "change", new.pk)


def test_threshold_saved_unchanged_writes_nothing(quan_tri, threshold):
    sent = {"value": threshold.value, "basis": threshold.basis} | (
        {"is_verified": "on"} if threshold.is_verified else {}
    )
    assert quan_tri.post(address(Threshold, "change", threshold.pk), sent).status_code == 302
    threshold.refresh_from_db()
    assert threshold.withdrawn_at is None


def test_threshold_of_a_new_measure_is_recorded(quan_tri):
    measure = Measure.objects.filter(thresholds__isnull=True).first()
    sent = {"measure": measure.pk, "zone": "tn", "commune_group": "", "value": "5", "basis": "QĐ 2/2020"}
    assert quan_tri.post(address(Threshold, "add"), sent).status_code == 302
    row = measure.thresholds.get()
    assert (row.value, row.withdrawn_at, row.recorded_at is None) == (Decimal(5), None, False)


def test_replaced_threshold_shows_only_when_asked_for_and_cannot_change(quan_tri, threshold):
    quan_tri.post(address(Threshold, "change", threshold.pk), {"value": "1", "basis": "QĐ 1/2020"})

    def listed(query):
        rows = quan_tri.get(address(Threshold, "changelist"), query).context["cl"].result_list
        return threshold.pk in [row.pk for row in rows]

    assert (listed({}), listed({"hieu_luc": "da-thay"}), listed({"hieu_luc": "tat-ca"})) == (False, True, True)
    sent = {"value": "2", "basis": "QĐ 3/2020"}
    assert quan_tri.post(address(Threshold, "change", threshold.pk), sent).status_code == 403


def test_coordinator_edits_the_catalogue_and_sees_no_accounts(portal, coordinator):
    page = portal.get("/quan-tri/").content.decode()
    assert "/quan-tri/criteria/indicator/" in page
    assert "/quan-tri/accounts/sponsorship/" in page
    assert "/quan-tri/accounts/user/" not in page
    assert portal.get(address(District, "add")).status_code == 200
    assert portal.get(address(User, "changelist")).status_code == 403
    assert portal.get(address(User, "change", coordinator.pk)).status_code == 403
    assert portal.get(address(ApiToken, "changelist")).status_code == 403


def test_who_has_no_role_is_told_so(client, db):
    client.force_login(User.objects.create(username="moi"))
    answer = client.get("/quan-tri/", follow=True)
    assert (answer.status_code, english_in(answer)) == (403, [])
    assert "Vai trò của bạn không được vào trang quản trị." in answer.content.decode()


def test_token_is_revoked_and_its_digest_never_shown(quan_tri, token):
    sent = {"action": "revoke", "_selected_action": [token.pk]}
    answer = quan_tri.post(address(ApiToken, "changelist"), sent, follow=True)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "Đã thu hồi 1 mã truy cập API." in answer.content.decode()
    assert token.digest not in quan_tri.get(address(ApiToken, "change", token.pk)).content.decode()
    assert quan_tri.get(address(ApiToken, "add")).status_code == 403


def memberships(*rows, initial=0):
    sent = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        sent |= {f"memberships-{number}-{name}": value for name, value in row.items()}
    return sent


def test_new_person_gets_a_hashed_password_and_enters_by_role(quan_tri):
    office = Department.objects.get(code="VPDP")
    sent = {"username": "moi", "full_name": "Người mới", "password1": "Kon-Tum-2020", "password2": "Kon-Tum-2020"}
    role = {"department": office.pk, "role": Role.COORDINATOR}
    assert quan_tri.post(address(User, "add"), sent | memberships(role)).status_code == 302
    person = User.objects.get(username="moi")
    assert person.check_password("Kon-Tum-2020")
    assert (person.is_staff, person.is_superuser, person.scope.roles) == (True, False, {Role.COORDINATOR})


def test_person_who_loses_the_role_no_longer_enters(quan_tri, coordinator):
    held = Membership.objects.get(user=coordinator)
    role = {"id": held.pk, "user": coordinator.pk, "department": held.department_id, "role": held.role, "DELETE": "on"}
    sent = {"username": coordinator.username, "is_active": "on"} | memberships(role, initial=1)
    assert quan_tri.post(address(User, "change", coordinator.pk), sent).status_code == 302
    person = User.with_scope(coordinator.pk)
    assert (person.is_staff, person.is_active) == (False, True)


def test_protected_unit_is_not_deleted_and_says_why(quan_tri):
    commune = Commune.objects.get(name="Đăk Na")
    page = quan_tri.post(address(Commune, "delete", commune.pk), {"post": "yes"})
    assert page.status_code == 200
    assert "Không thể xóa" in page.content.decode()
    assert Commune.objects.filter(pk=commune.pk).exists()


def test_free_record_is_deleted(quan_tri):
    period = ReportingPeriod.objects.first()
    assert quan_tri.post(address(ReportingPeriod, "delete", period.pk), {"post": "yes"}).status_code == 302
    assert not ReportingPeriod.objects.filter(pk=period.pk).exists()


def test_second_village_of_a_name_is_refused_in_the_form(quan_tri):
    village = Village.objects.first()
    sent = {"commune": village.commune_id, "kind": village.kind, "name": village.name.upper()}
    page = quan_tri.post(address(Village, "add"), sent)
    assert page.status_code == 200
    assert "Xã này đã có thôn cùng tên." in page.content.decode()


def test_second_directive_of_a_number_is_refused_in_the_form(quan_tri):
    known = Directive.objects.first()
    sent = {
        "number": known.number,
        "kind": known.kind,
        "issuer": known.issuer,
        "issued_on": known.issued_on.isoformat(),
    }
    page = quan_tri.post(address(Directive, "add"), sent)
    assert page.status_code == 200
    assert "Đã có văn bản cùng số, cơ quan và năm." in page.content.decode()


def test_target_with_wrong_parameters_is_refused_with_reasons(quan_tri):
    target = Target.objects.filter(kind="NO_COMMUNE_BELOW").first()
    sent = {"directive": target.directive_id, "code": target.code, "order": 1, "title": "x", "kind": target.kind}
    sent |= {"parameters": '{"count": 1}', "due_on": "31/12/2020", "quote": "x"}
    page = html.unescape(quan_tri.post(address(Target, "change", target.pk), sent).content.decode())
    assert "Tham số thiếu criteria, thừa count; kiểu này cần: criteria." in page
