"""Admin pages of directives and of the targets they set."""

from collections.abc import Iterable
from dataclasses import fields

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from criteria.models import Tier
from directives.models import Directive, Target
from directives.parameters import SHAPES
from ntm_portal.core.admin import PortalAdmin

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


@admin.register(Directive)
class DirectiveAdmin(PortalAdmin):
    list_display = ("number", "kind", "issuer", "issued_on", "abstract", "signer")
    list_filter = ("kind", "issuer")
    ordering = ("-issued_on", "number")
    date_hierarchy = "issued_on"
    folded_search = ("search_key",)
    autocomplete_fields = ("refers_to",)
    filter_horizontal = ("recipients",)
    fieldsets = (
        (None, {"fields": (("kind", "number"), "issuer", "issued_on", "abstract", "signer")}),
        ("Nội dung", {"fields": ("body", "basis")}),
        ("Liên quan", {"fields": ("refers_to", "recipients")}),
    )

    def choice_label(self, record: Directive) -> str:
        return f"{record}, {record.issuer}, {record.issued_on:%d/%m/%Y}"


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
            kwargs["help_text"] = parameters_help()
        return super().formfield_for_dbfield(db_field, request, **kwargs)
