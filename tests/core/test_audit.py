"""The trail tells every change of every record that matters, whoever makes it, and cannot be changed itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands, load_command_class
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from communes.models import Boundary, Commune, Village
from criteria.actions import set_threshold
from criteria.models import Measure, Threshold
from directives.models import Directive
from ntm_portal.accounts.models import ApiToken, Department, User
from ntm_portal.accounts.scope import Role
from ntm_portal.core import audit, clock
from ntm_portal.core.address import client_address
from ntm_portal.core.append_only import AppendOnlyError
from ntm_portal.core.audit import AuditedModel, AuditEntry, Kind
from ntm_portal.core.commands import PortalCommand
from reports.models import DueRule
from tests.test_consistency import OWN_MODELS, label

pytestmark = pytest.mark.django_db

# Models whose changes have no entries, and why.
NOT_AUDITED = {
    "core.LedgerCounter": "a counter that every change moves",
    "core.AuditEntry": "the trail itself",
    "core.KeptAnswer": "an answer kept for one who asks twice; thrown away after a while",
    "core.StoredFile": "never changed: its row says who handed it in and when",
    "accounts.Notice": "what was said to one person, by whom it is marked as read",
    "accounts.NoticePreference": "one person's own choice of how to be told",
    "criteria.Source": "append-only: its rows are their own record of who and when",
    "criteria.Assessment": "append-only: its rows are their own record of who and when",
    "criteria.Measurement": "append-only: written with its assessment",
    "directives.TargetStanding": "only added to: its rows are their own record of when",
}
AUDITED = [model for model in OWN_MODELS if issubclass(model, AuditedModel)]
# What is typed into the form of each model in the admin: (field, new value, words before, words after).
EDITS = {
    "communes.Province": ("basis", "NQ 1", None, "NQ 1"),
    "communes.District": ("basis", "NQ 1", None, "NQ 1"),
    "communes.Commune": ("name_variants", "Dak Na", None, "Dak Na"),
    "communes.Village": ("basis", "NQ 1", None, "NQ 1"),
    "accounts.Department": ("short_name", "Sở khác", None, "Sở khác"),
    "accounts.User": ("phone", "0260 3862 000", "", "0260 3862 000"),
    "accounts.Sponsorship": ("basis", "NQ 1", None, "NQ 1"),
    "criteria.CriteriaSet": ("basis", "NQ 1", None, "NQ 1"),
    "criteria.Criterion": ("name", "Tên khác", None, "Tên khác"),
    "criteria.Indicator": ("name", "Tên khác", None, "Tên khác"),
    "criteria.Measure": ("name", "Tên khác", None, "Tên khác"),
    "criteria.Threshold": ("basis", "NQ 1", None, "NQ 1"),
    "criteria.Responsibility": ("basis", "NQ 1", None, "NQ 1"),
    "criteria.Recognition": ("signer", "Nguyễn Văn A", None, "Nguyễn Văn A"),
    "directives.Directive": ("signer", "Nguyễn Văn A", None, "Nguyễn Văn A"),
    "directives.Target": ("title", "Tên khác", None, "Tên khác"),
    "reports.ReportingPeriod": ("basis", "NQ 1", None, "NQ 1"),
    "reports.DueRule": ("basis", "NQ 1", None, "NQ 1"),
}
OWN_PACKAGES = {"ntm_portal", "communes", "criteria", "directives", "reports"}
# Records without a form of their own, and what writes them instead.
WITHOUT_FORM = {
    "communes.Boundary": "load_boundaries",
    "accounts.Membership": "the form of the person",
    "accounts.ApiToken": "create_token, and the act that revokes",
    "directives.CalendarKey": "acts of its person",
    "directives.Task": "the pages of directives and of the coordination office",
    **dict.fromkeys(
        (f"directives.{name}" for name in ("Assignment", "TaskUpdate", "TaskEvidence")),
        "acts of the body that does the task and of the coordination office",
    ),
    **dict.fromkeys(
        ("directives.Obstacle", "directives.ObstacleStep"),
        "acts of whoever raises it, of whoever is asked, and of the coordination office",
    ),
    "reports.Obligation": "opening a period",
    **dict.fromkeys(
        (f"reports.{name}" for name in ("Report", "ReportLine", "Section", "CommuneEntry", "Observation", "Visit")),
        "acts of the body that reports",
    ),
    "reports.Evidence": "acts of the body that reports",
    **dict.fromkeys(("reports.ReviewNote", "reports.Ruling"), "acts of the coordination office"),
}


@pytest.fixture
def quan_tri(client, admin_user):
    """Browser of the signed-in administrator."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def seen(db):
    """Callable for the entries written since the test began, the oldest first."""
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def entries(**about) -> list[AuditEntry]:
        return list(AuditEntry.objects.filter(pk__gt=last, **about).order_by("pk"))

    return entries


def told(entry: AuditEntry) -> list[tuple[str, str, str]]:
    return [(change["label"], change["before"], change["after"]) for change in entry.changes]


def form_data(response) -> dict[str, object]:
    """What a browser would send back of an admin form that nobody touched."""
    context = response.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            widget = bound.field.widget
            if value is None or value is False:
                continue
            if isinstance(value, models.QuerySet | list | tuple):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif hasattr(widget, "decompress") and value:
                data |= {f"{bound.html_name}_{n}": part for n, part in enumerate(widget.decompress(value))}
            else:
                data[bound.html_name] = getattr(value, "pk", value)
    return data


def test_every_model_is_audited_or_says_why_not():
    assert {label(model) for model in OWN_MODELS} - {label(model) for model in AUDITED} == set(NOT_AUDITED)


def test_every_audited_model_is_tried_below():
    assert {label(model) for model in AUDITED} == {*EDITS, *WITHOUT_FORM}


def test_nothing_changes_behind_the_trail():
    """Django sets a key to null or a default without asking the QuerySet."""
    allowed = {models.PROTECT, models.CASCADE, models.RESTRICT, models.DO_NOTHING}
    behind = [
        f"{model._meta.label}.{field.name}"
        for model in AUDITED
        for field in model._meta.fields
        if field.is_relation and field.remote_field.on_delete not in allowed
    ]
    assert behind == []


def test_every_set_of_an_audited_model_tells():
    silent = [label(m) for m in AUDITED if not isinstance(m._default_manager.all(), audit.AuditedQuerySet)]
    assert silent == []


def test_every_command_signs_its_changes():
    own = {name: app for name, app in get_commands().items() if app.partition(".")[0] in OWN_PACKAGES}
    unsigned = [n for n, app in own.items() if not isinstance(load_command_class(app, n), PortalCommand)]
    assert (unsigned, len(own) > 3) == ([], True)


@pytest.mark.parametrize("name", EDITS)
def test_change_in_the_admin_is_told(name, quan_tri, admin_user, seen):
    model = apps.get_model(name)
    field_name, typed, before, after = EDITS[name]
    field = model._meta.get_field(field_name)
    if model is DueRule:
        DueRule.objects.create(kind="MONTH")
    row = model._base_manager.order_by("pk").first()
    if model is User:
        row = User.objects.get(username="soyte")
    if model is Threshold:
        row = Threshold.objects.filter(withdrawn_at__isnull=True).first()
    was = getattr(row, field_name)
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    response = quan_tri.post(page, form_data(quan_tri.get(page)) | {field_name: typed}, REMOTE_ADDR="10.1.2.3")
    assert response.status_code == 302, response.context["errors"]
    (entry,) = seen(model=model._meta.label_lower, kind=Kind.CHANGED, changes__0__name=field_name)
    assert told(entry) == [(str(field.verbose_name), was if before is None else before, after)]
    assert (entry.user_id, entry.user_name) == (admin_user.pk, "Quản trị cổng (quantri)")
    assert (entry.address, entry.under, entry.model_name) == ("10.1.2.3", page, model._meta.verbose_name)
    assert entry.record_name != ""
    assert abs(timezone.now() - entry.at) < timedelta(minutes=1)


def test_roles_given_in_the_form_of_a_person_are_in_their_history(quan_tri, officer, seen):
    page = reverse("admin:accounts_user_change", args=[officer.pk])
    leaders = Department.objects.get(code="VPDP")
    data = form_data(quan_tri.get(page)) | {"memberships-TOTAL_FORMS": "2", "memberships-1-user": officer.pk}
    data |= {"memberships-1-department": leaders.pk, "memberships-1-role": Role.LEADER}
    assert quan_tri.post(page, data).status_code == 302
    (entry,) = seen(model="accounts.membership")
    assert entry.kind == Kind.CREATED
    assert told(entry)[1:] == [("đơn vị", "", leaders.name), ("vai trò", "", "Lãnh đạo UBND tỉnh")]
    assert entry in AuditEntry.objects.about("accounts.user", officer.pk)


def test_record_added_and_deleted_is_told_with_what_it_held(seen):
    body = Department.objects.create(code="HTX", name="Hợp tác xã", short_name="HTX", kind="ENTERPRISE")
    number = body.pk
    body.delete()
    added, deleted = seen(model="accounts.department")
    assert (added.kind, added.record_id, deleted.kind, deleted.record_id) == (
        Kind.CREATED, number, Kind.DELETED, number,
    )  # fmt: skip
    held = [("tên", "Hợp tác xã"), ("mã", "HTX"), ("tên gọn", "HTX"), ("loại", "Doanh nghiệp, đơn vị")]
    assert told(added) == [(name, "", value) for name, value in held]
    assert told(deleted) == [(name, value, "") for name, value in held]


def test_bulk_update_is_told_row_by_row(seen):
    communes = list(Commune.objects.filter(district__code="617").order_by("pk"))
    Commune.objects.filter(district__code="617").update(basis="NQ 1")
    entries = seen()
    assert [entry.record_id for entry in entries] == [commune.pk for commune in communes]
    assert {tuple(told(entry)[0]) for entry in entries} == {("căn cứ", c.basis, "NQ 1") for c in communes}


def test_bulk_update_of_objects_and_computed_values_are_told(seen):
    measures = list(Measure.objects.order_by("pk")[:2])
    for measure in measures:
        measure.unit = "xã"
    Measure.objects.bulk_update(measures, ["unit"])
    criterion = measures[0].indicator.criterion
    criterion.number = models.F("number") + 100
    criterion.save()
    assert [told(entry)[0][0] for entry in seen()] == ["đơn vị tính", "đơn vị tính", "số"]
    assert int(told(seen()[-1])[0][2]) == int(told(seen()[-1])[0][1]) + 100


def test_import_that_updates_what_is_there_is_told(seen):
    village = Village.objects.order_by("pk").first()
    rows = [
        Village(commune=village.commune, name=village.name, basis="NQ 1"),
        Village(commune=village.commune, name="Thôn 99"),
    ]
    for row in rows:
        row.derive_keys()
    Village.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["basis"], unique_fields=["commune", "search_key"]
    )
    changed, created = sorted(seen(), key=lambda entry: entry.kind)
    assert (changed.kind, changed.record_id, told(changed)) == (
        Kind.CHANGED, village.pk, [("căn cứ", village.basis, "NQ 1")],
    )  # fmt: skip
    assert (created.kind, created.record_name) == (Kind.CREATED, "Thôn 99")


def test_bulk_write_that_cannot_be_told_is_refused():
    with pytest.raises(TypeError):
        Village.objects.bulk_create([Village(name="Thôn 99")], ignore_conflicts=True)


def test_what_goes_along_with_a_deletion_is_told(seen):
    commune = Commune.objects.create(code="99999", name="Xã mới", district=Commune.objects.first().district)
    Boundary.objects.create(commune=commune, outline=[], source_name="r", sha256="0" * 64, loaded_at=clock.now())
    Commune.objects.filter(pk=commune.pk).delete()
    assert [(e.kind, e.model) for e in seen(kind=Kind.DELETED)] == [
        (Kind.DELETED, "communes.boundary"), (Kind.DELETED, "communes.commune"),
    ]  # fmt: skip


def test_links_are_told_from_both_ends(seen):
    directive = Directive.objects.order_by("pk").first()
    body = Department.objects.create(code="HTX", name="Hợp tác xã", short_name="HTX", kind="ENTERPRISE")
    before = sorted(map(str, directive.recipients.all()))
    after = sorted([*before, "Hợp tác xã"])
    directive.recipients.add(body)
    body.directive_set.clear()
    body.directive_set.add(directive)
    entries = seen(model="directives.directive", record_id=directive.pk)
    lists = ["; ".join(before), "; ".join(after)]
    assert [told(entry) for entry in entries] == [
        [("nơi nhận", lists[0], lists[1])], [("nơi nhận", lists[1], lists[0])], [("nơi nhận", lists[0], lists[1])],
    ]  # fmt: skip


def test_new_threshold_is_told_as_a_change_of_the_old(seen, coordinator):
    old = Threshold.objects.filter(measure__indicator__code="17.1", withdrawn_at__isnull=True).first()
    new = set_threshold(
        old.measure, zone=old.zone, commune_group=old.commune_group, value=Decimal("90.5"), basis=old.basis
    )
    (entry,) = [e for e in seen(model="criteria.threshold") if e.record_id == new.pk]
    assert entry.deed.startswith(f"đổi ngưỡng 17.1 ({old.measure}")
    assert entry.deed.endswith(f"mức yêu cầu {old.value.normalize():f} → 90,5")


def test_what_is_not_changed_is_not_told(seen, officer):
    officer.save()
    officer.last_login = timezone.now()
    officer.save(update_fields=["last_login"])
    User.objects.filter(pk=officer.pk).update(phone=officer.phone)
    assert seen() == []


def test_what_is_rolled_back_is_not_told(seen, officer):
    with transaction.atomic():
        User.objects.filter(pk=officer.pk).update(phone="0260")
        transaction.set_rollback(True)
    assert seen() == []


def test_secrets_are_never_told(seen, officer, quan_tri):
    token, key = ApiToken.issue(officer, "Hệ thống khác", at=clock.now())
    officer.set_password("mat-khau-moi-2020")
    officer.save()
    page = reverse("admin:auth_user_password_change", args=[officer.pk])
    quan_tri.post(page, {"password1": "Mat-khau-2021", "password2": "Mat-khau-2021", "usable_password": "true"})
    made, own, given = seen(kind__in=[Kind.TOKEN_MADE, Kind.PASSWORD_CHANGED])
    assert told(made)[2] == ("mã băm", "", "(đã thay)")
    assert told(own) == told(given)[:1] == [("mật khẩu", "(không ghi)", "(đã thay)")]
    officer.refresh_from_db()
    written = " ".join(str(list(row)) for row in AuditEntry.objects.values_list())
    for secret in (key, token.digest, officer.password, "mat-khau-moi-2020", "Mat-khau-2021"):
        assert secret not in written


def test_load_is_one_entry_with_its_counts():
    loaded = list(AuditEntry.objects.order_by("pk").values_list("kind", "user_name", "record_name"))
    assert loaded == [
        ("LOADED", "hệ thống: load_reference", "dữ liệu tham chiếu (tệp đi kèm)"),
        ("LOADED", "hệ thống: load_demo", "số liệu minh họa đến 31/12/2020"),
    ]
    notes = AuditEntry.objects.order_by("pk").values_list("note", flat=True)
    assert f"{Commune.objects.count()} xã, phường, thị trấn mới" in notes[0].split("; ")
    assert f"{User.objects.count()} người dùng mới" in notes[1].split("; ")


def test_load_that_mends_a_record_tells_which(seen, coordinator):
    Department.objects.filter(code="SYT").update(short_name="Sai")
    call_command("load_reference")
    mended, load = seen()[1:]
    assert (mended.record_name, told(mended)) == ("Sở Y tế", [("tên gọn", "Sai", "Sở Y tế")])
    assert (mended.user_name, mended.under) == ("hệ thống: load_reference", "dữ liệu tham chiếu (tệp đi kèm)")
    assert (load.kind, load.note) == (Kind.LOADED, "không có bản ghi mới")


def test_trail_refuses_to_be_changed_in_python():
    entry = AuditEntry.objects.first()
    for act in (
        entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(note=""),
        lambda: AuditEntry.objects.bulk_update([entry], ["note"]),
    ):  # fmt: skip
        with pytest.raises(AppendOnlyError):
            act()


@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET note = 'x'", "DELETE FROM core_auditentry"])
def test_database_refuses_to_change_the_trail(statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("proxies", "named", "address"),
    [
        (0, "1.1.1.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(proxies, named, address, settings):
    settings.TRUSTED_PROXIES = proxies
    assert client_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": named}) == address


def test_moment_is_that_of_the_world_in_a_demonstration(seen, officer):
    officer.phone = "0260"
    officer.save()
    (entry,) = seen()
    assert (clock.today(), entry.at.date()) == (date(2020, 10, 20), timezone.now().date())
