"""What all pages of the admin site share: search without marks, plain Vietnamese columns, records nobody edits."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path, label_for_field, lookup_field
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils.formats import number_format
from django.utils.text import capfirst

from ntm_portal.core import audit, clock, text
from ntm_portal.core.audit import AuditEntry
from ntm_portal.core.closing import ClosingAct
from ntm_portal.core.importing.pages import ImportPages
from ntm_portal.core.scoped import visible
from ntm_portal.core.sheets import XLSX, write_xlsx

EMPTY = "—"
HISTORY_PER_PAGE = 50


class KeyedForm(forms.ModelForm):
    """Checks also the constraints on keys that follow from the form, which Django leaves to the database."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors or not hasattr(self.instance, "derive_keys"):
            return
        self.instance.derive_keys()
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)


class LabelledChoiceField(forms.ModelChoiceField):
    """Names a record as its own admin does: many communes and villages share a bare name."""

    def label_from_instance(self, obj: models.Model) -> str:
        return choice_label(obj)


class LabelledAutocomplete(AutocompleteJsonView):
    """The same names in the lists that open while one types."""

    def get_queryset(self):
        return super().get_queryset().select_related(*self.model_admin.list_select_related)

    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": choice_label(obj)}


def choice_label(record: models.Model) -> str:
    """How a record is named among others to choose from."""
    return admin.site.get_model_admin(type(record)).choice_label(record)


def exact(value: Decimal | None) -> str:
    """All digits of a number and no more: 69,95 stays 69,95 and 70,0000 is 70."""
    return EMPTY if value is None else number_format(value.normalize(), force_grouping=True)


def yes_no(value: bool | None, yes: str = "có", no: str = "không") -> str:
    """A flag in words; Django's own icons speak English."""
    return EMPTY if value is None else yes if value else no


def _wording(field: models.Field, is_ungrouped: bool) -> Callable[[object], str] | None:
    """How a field is written where Django would write it badly: English icons, years as 2.020, 70 as 70,0000."""
    if isinstance(field, models.BooleanField):
        if "verified" in field.name:
            return lambda value: yes_no(value, "đã", "CHƯA")
        return yes_no
    if isinstance(field, models.DecimalField):
        return exact
    # A link to an account would be a closed door for all but the administrator.
    if is_ungrouped or field.related_model is not None and field.related_model._meta.label == settings.AUTH_USER_MODEL:
        return lambda value: EMPTY if value is None else str(value)
    return None


def _as_text(field: models.Field) -> Callable[[models.Model], str]:
    """The record that a field refers to, without a link to it."""

    @admin.display(description=field.verbose_name, empty_value=EMPTY)
    def shown(record):
        return getattr(record, field.name)

    shown.__name__ = field.name
    return shown


def _cell_of(page: admin.ModelAdmin, name: str | Callable, record: models.Model) -> object:
    """What a list shows of a record in one column, as a workbook takes it."""
    field, _, value = lookup_field(name, record, page)
    if field is not None and field.flatchoices:
        value = dict(field.flatchoices).get(value, value)
    if isinstance(value, bool):
        return yes_no(value)
    return value if value is None or isinstance(value, int | Decimal | date) else str(value)


def _without(nested: list, starts: tuple[str, ...]) -> list:
    """The tree of what a deletion takes along, less the bare rows that link two records."""
    kept = [_without(item, starts) if isinstance(item, list) else item for item in nested]
    return [item for item in kept if item and not (isinstance(item, str) and item.startswith(starts))]


class PortalAdmin(ImportPages, ClosingAct, admin.ModelAdmin):
    """Base of every admin page of the portal.

    `folded_search` are lookups of stored search keys, `code_search` lookups of codes compared as typed, and
    `small_search` texts without a stored key, folded here: only for tables of a few hundred rows.
    `ungrouped` are whole numbers that are not quantities: years, positions.
    """

    form = KeyedForm
    actions = ("export_xlsx", "mark_verified", "close_rows")
    folded_search: tuple[str, ...] = ()
    code_search: tuple[str, ...] = ()
    small_search: tuple[str, ...] = ()
    ungrouped: tuple[str, ...] = ()
    list_per_page = 100
    list_select_related: tuple[str, ...] = ()
    save_on_top = False
    change_list_template = "admin/record_list.html"
    object_history_template = "admin/record_history.html"
    empty_value_display = EMPTY

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        self.search_fields = (*self.folded_search, *self.code_search, *self.small_search)
        self.search_help_text = "Gõ có dấu hay không dấu đều tìm được." if self.search_fields else ""
        self._closed: dict[str, Callable] = {}
        super().__init__(model, admin_site)

    def choice_label(self, record: models.Model) -> str:
        """How a record is named among others to choose from; overridden where bare names repeat."""
        return str(record)

    def get_queryset(self, request):
        """Only what this person may see: pages, lists, searches and choices all start here."""
        return visible(super().get_queryset(request), request.user.scope)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def has_change_permission(self, request, obj=None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.scope.edits_all:
            return True
        return type(obj)._default_manager.editable_by(request.user.scope).filter(pk=obj.pk).exists()

    def get_list_filter(self, request) -> list:
        """Who sees a part of the rows is offered only what occurs in them."""
        offered = super().get_list_filter(request)
        if request.user.scope.reads_all:
            return offered
        return [
            (f, admin.RelatedOnlyFieldListFilter)
            if isinstance(f, str) and get_fields_from_path(self.model, f)[-1].is_relation
            else f
            for f in offered
        ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": [self.in_words(request, name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def in_words(self, request, name):
        """A field that is only read here: a link where the door behind it is open to the reader, else words."""
        if isinstance(name, list | tuple):
            return tuple(self.in_words(request, part) for part in name)
        field = next((f for f in self.opts.fields if f.name == name), None)
        if field is None or (field.related_model and not admin.site.is_registered(field.related_model)):
            return name
        if field.related_model and admin.site.get_model_admin(field.related_model).has_view_permission(request):
            return name
        if name not in self._closed:
            self._closed[name] = _as_text(field) if field.related_model else self.column(name)
        return self._closed[name]

    def get_list_display(self, request) -> list:
        return [self.column(name) for name in super().get_list_display(request)]

    def history_view(self, request, object_id, extra_context=None):
        """The audit trail of the record instead of Django's own notes, which know only this site."""
        entries = AuditEntry.objects.about(self.opts.label_lower, *self._number(object_id))
        page = self.get_paginator(request, entries, HISTORY_PER_PAGE).get_page(request.GET.get(PAGE_VAR, 1))
        numbers = page.paginator.get_elided_page_range(page.number)
        return super().history_view(
            request, object_id, {**(extra_context or {}), "entries": page, "page_range": numbers, "page_var": PAGE_VAR}
        )

    def _number(self, object_id: str) -> list[int]:
        """The key in an address, as long as it can be one."""
        return [int(object_id)] if object_id.isdecimal() and len(object_id) < 19 else []

    def column(self, name: str) -> str | Callable:
        """The column of a field, in words where Django's own would not do."""
        field = next((f for f in self.opts.fields if f.name == name), None)
        if field is None:
            return name
        show = _wording(field, name in self.ungrouped)
        ordering = "sort_key" if name == "name" and hasattr(self.model, "sort_key") else name
        if show is None and ordering == name:
            return name

        @admin.display(description=field.verbose_name, ordering=ordering)
        def shown(record):
            value = getattr(record, name)
            return show(value) if show else value

        shown.__name__ = name
        return shown

    def get_search_results(self, request, queryset, search_term):
        keys = None
        for word in text.clean(search_term).split():
            folded = text.search_key(word)
            found = Q(pk__in=[])
            for lookup in self.code_search:
                found |= Q(**{f"{lookup}__istartswith": word})
            if folded:
                for lookup in self.folded_search:
                    found |= Q(**{f"{lookup}__contains": folded})
                if self.small_search:
                    keys = keys or self._folded_rows()
                    found |= Q(pk__in=[pk for pk, key in keys.items() if folded in key])
            queryset = queryset.filter(found)
        return queryset, False

    def _folded_rows(self) -> dict[int, str]:
        rows = self.model._base_manager.values_list("pk", *self.small_search)
        return {pk: text.search_key(" ; ".join(map(str, texts))) for pk, *texts in rows}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        target = db_field.related_model
        if admin.site.is_registered(target):
            related = admin.site.get_model_admin(target)
            rows = visible(target._default_manager.all(), request.user.scope)
            queryset = rows.select_related(*related.list_select_related)
            kwargs.setdefault("queryset", queryset.order_by(*related.get_ordering(request)))
            kwargs.setdefault("form_class", LabelledChoiceField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_actions(self, request) -> dict:
        """Only where there is something to mark."""
        found = super().get_actions(request)
        if not any(field.name == "is_verified" for field in self.opts.fields):
            found.pop("mark_verified", None)
        return found

    @admin.action(description="Xuất các dòng đã chọn ra xlsx", permissions=["view"])
    def export_xlsx(self, request, queryset) -> HttpResponse:
        """The columns of the list as a workbook; a text that looks like a formula stays a text."""
        columns = self.get_list_display(request)
        header = [capfirst(label_for_field(name, self.model, self)) for name in columns]
        rows = [[_cell_of(self, name, record) for name in columns] for record in queryset]
        title = capfirst(str(self.opts.verbose_name_plural))
        book = write_xlsx(title, header, rows)
        audit.record_anyway(audit.Kind.EXPORTED, name=title, note=f"{len(rows)} dòng, trang quản trị")
        response = HttpResponse(book, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-{clock.today():%Y-%m-%d}.xlsx"'
        return response

    @admin.action(description="Đánh dấu đã kiểm chứng", permissions=["change"])
    def mark_verified(self, request, queryset) -> None:
        """One by one, so that each change is in the record's history."""
        records = list(queryset.editable_by(request.user.scope).filter(is_verified=False))
        for record in records:
            record.is_verified = True
            record.save(update_fields=["is_verified"])
        self.message_user(request, f"Đã đánh dấu {len(records)} dòng đã kiểm chứng.", messages.SUCCESS)

    def get_deleted_objects(self, objs, request):
        """What stands in the way is counted by kind: a commune has thousands of rows in the ledger."""
        protected = []
        for relation in self.opts.related_objects:
            if relation.many_to_many or relation.on_delete is models.PROTECT:
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objs})
                kind = capfirst(relation.related_model._meta.verbose_name)
                if count := rows.count():
                    protected.append(f"{kind}: {number_format(count, force_grouping=True)}")
        if protected:
            return [], {}, set(), protected
        gone, counts, lacking, protected = super().get_deleted_objects(objs, request)
        links = [field.remote_field.through._meta for field in self.opts.many_to_many]
        plurals = {str(link.verbose_name_plural) for link in links}
        named = _without(gone, tuple(f"{capfirst(link.verbose_name)}:" for link in links))
        return named, {k: n for k, n in counts.items() if str(k) not in plurals}, lacking, protected


class ReadOnlyAdmin(PortalAdmin):
    """Records that are looked at here and written elsewhere."""

    actions = None

    def get_fields(self, request, obj=None) -> list:
        return [self.column(name) for name in super().get_fields(request, obj)]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


def _has_rows(model: type[models.Model], scope) -> bool:
    return visible(model._default_manager.all(), scope).exists()


def _app_list(request, app_label: str | None = None) -> list[dict]:
    """Apps and their records in Vietnamese order: Đ stands after D, not after V. An officer finds no empty list."""
    listed = admin.AdminSite.get_app_list(admin.site, request, app_label)
    if listed and not request.user.scope.reads_all:
        for app in listed:
            app["models"] = [m for m in app["models"] if _has_rows(m["model"], request.user.scope)]
        listed = [app for app in listed if app["models"]]
    for app in listed:
        app["models"].sort(key=lambda model: text.sort_key(str(model["name"])))
    return sorted(listed, key=lambda app: text.sort_key(str(app["name"])))


admin.site.get_app_list = _app_list
admin.site.site_header = "Cổng nông thôn mới · Quản trị"
admin.site.site_title = "Cổng nông thôn mới"
admin.site.index_title = "Dữ liệu và tài khoản"
admin.site.empty_value_display = EMPTY
admin.site.autocomplete_view = LabelledAutocomplete.as_view(admin_site=admin.site)
