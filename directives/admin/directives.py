"""Admin pages of directives and of the targets they set."""

from collections.abc import Iterable
from dataclasses import fields

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from criteria.models import Tier
from directives.models import Directive, Target, TargetStanding
from directives.parameters import SHAPES
from ntm_portal.core.admin import EMPTY, KeyedForm, PortalAdmin, ReadOnlyAdmin
from ntm_portal.core.models import StoredFile
from ntm_portal.core.uploads.fields import UploadField
from ntm_portal.core.uploads.storing import Checked, store

_MEANINGS = {
    "tier": "bậc",
    "year": "năm",
    "count": "số đơn vị ít nhất",
    "percent": "tỷ lệ phần trăm ít nhất",
    "villages_total": "tổng số thôn của Đề án",
    "scheme": "tên Đề án",
    "criteria": "số tiêu chí ít nhất",
    "commune": "mã xã, viết trong ngoặc kép",
}


def _named(codes: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join(", ", "<code>{}</code> ({})", codes)


def parameters_help() -> SafeString:
    """What each kind of target needs to be told, and how it is written."""
    kinds = format_html_join(
        "",
        "<li>{}: {}</li>",
        (
            (label, _named((f.name, _MEANINGS.get(f.name, f.name)) for f in fields(SHAPES[kind])))
            for kind, label in Target.Kind.choices
        ),
    )
    return format_html(
        "Viết dạng JSON, ví dụ <code>{}</code>. Mỗi kiểu cần:<ul>{}</ul>Các bậc: {}.",
        '{"tier": "STANDARD", "year": 2020, "count": 4}',
        kinds,
        _named(Tier.choices),
    )


class DirectiveForm(KeyedForm):
    """A directive, and the document itself as it was signed."""

    upload = UploadField(
        label="Tệp văn bản",
        kinds=(StoredFile.Kind.PDF, StoredFile.Kind.DOCX),
        required=False,
        help_text="Bản PDF hoặc Word (.docx) của văn bản; mọi người có vai trò trong cổng đều tải được.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["upload"] = self.instance.file


@admin.register(Directive)
class DirectiveAdmin(PortalAdmin):
    form = DirectiveForm
    list_display = ("number", "kind", "issuer", "issued_on", "abstract", "signer", "document")
    list_select_related = ("file",)
    list_filter = ("kind", "issuer")
    ordering = ("-issued_on", "number")
    date_hierarchy = "issued_on"
    folded_search = ("search_key",)
    autocomplete_fields = ("refers_to",)
    filter_horizontal = ("recipients",)
    fieldsets = (
        (None, {"fields": (("kind", "number"), "issuer", "issued_on", "abstract", "signer")}),
        ("Nội dung", {"fields": ("upload", "body", "basis")}),
        ("Liên quan", {"fields": ("refers_to", "recipients")}),
    )

    @admin.display(description="tệp văn bản")
    def document(self, directive: Directive) -> str:
        file = directive.file
        return format_html('<a href="{}">Tải {}</a>', file.url, file.kind) if file else EMPTY

    def get_fieldsets(self, request, obj=None) -> list:
        """Who only reads finds the link in the place of the field."""
        shown = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return shown
        swap = {"upload": "document"}
        return [
            (title, {**held, "fields": [swap.get(f, f) if isinstance(f, str) else f for f in held["fields"]]})
            for title, held in shown
        ]

    def save_model(self, request, obj, form, change) -> None:
        """A new document takes the place of the old one; the box takes it away."""
        given = form.cleaned_data["upload"]
        if isinstance(given, Checked):
            obj.file = store(given, by=request.user)
        elif given is False:
            obj.file = None
        super().save_model(request, obj, form, change)

    def choice_label(self, record: Directive) -> str:
        return f"{record}, {record.issuer}, {record.issued_on:%d/%m/%Y}"


class ParametersField(forms.JSONField):
    """JSON that is nested or long beyond reading is a fault of the field, not of the server."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise ValidationError("Tham số quá dài hoặc lồng quá nhiều tầng.", code="invalid") from error

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except (RecursionError, ValueError):
            return InvalidJSONInput(data)


@admin.register(Target)
class TargetAdmin(PortalAdmin):
    list_display = ("code", "title", "kind", "due_on", "is_focus", "directive", "criteria_set")
    list_display_links = ("code", "title")
    list_filter = ("directive", "kind", "is_focus")
    list_select_related = ("directive", "criteria_set")
    ordering = ("directive__number", "order", "code")
    date_hierarchy = "due_on"
    small_search = ("code", "title", "quote", "directive__number")
    autocomplete_fields = ("directive",)
    fieldsets = (
        (None, {"fields": ("directive", ("code", "order"), "title", "quote", "due_on", "is_focus")}),
        ("Cách tính", {"fields": ("criteria_set", "kind", "parameters")}),
    )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "parameters":
            kwargs |= {"help_text": parameters_help(), "form_class": ParametersField}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(TargetStanding)
class TargetStandingAdmin(ReadOnlyAdmin):
    list_display = ("target", "state", "as_of", "noticed_at")
    list_select_related = ("target",)
    ordering = ("-pk",)
    small_search = ("target__title",)
