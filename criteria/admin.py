"""Admin pages of the catalogue, of recognitions, and (to look at only) of the ledger."""

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.urls import reverse

from criteria.actions import set_threshold
from criteria.models import (
    Assessment,
    CriteriaSet,
    Criterion,
    Indicator,
    Measure,
    Measurement,
    Recognition,
    Responsibility,
    Source,
    Threshold,
)
from ntm_portal.core import clock
from ntm_portal.core.admin import PortalAdmin, ReadOnlyAdmin, exact


@admin.register(CriteriaSet)
class CriteriaSetAdmin(PortalAdmin):
    list_display = ("title", "code", "subject", "tier", "zone", "valid_from", "valid_to", "basis")
    list_filter = ("subject", "tier")
    ordering = ("code",)
    small_search = ("title", "code", "basis")
    import_keys = ("code",)
    import_columns = (
        "code",
        "title",
        "subject",
        "tier",
        "zone",
        "zone_name",
        "optional_at_least",
        "valid_from",
        "valid_to",
        "basis",
    )


@admin.register(Criterion)
class CriterionAdmin(PortalAdmin):
    list_display = ("number", "name", "group", "criteria_set", "is_mandatory")
    list_display_links = ("number", "name")
    list_filter = ("criteria_set", "group", "is_mandatory")
    list_select_related = ("criteria_set",)
    ordering = ("criteria_set__code", "number")
    small_search = ("number", "name", "group")
    import_keys = ("criteria_set", "number")
    import_columns = (
        "criteria_set__code",
        "number",
        "name",
        "group",
        "is_mandatory",
        "optional_at_least",
        "basis",
    )

    def choice_label(self, record: Criterion) -> str:
        return f"{record} ({record.criteria_set.code})"


class MeasureInline(admin.TabularInline):
    model = Measure
    extra = 0


@admin.register(Indicator)
class IndicatorAdmin(PortalAdmin):
    list_display = ("code", "name", "criterion", "is_mandatory", "is_name_verified", "is_requirement_verified")
    list_display_links = ("code", "name")
    list_filter = ("criterion__criteria_set", "is_mandatory", "is_name_verified", "is_requirement_verified")
    list_select_related = ("criterion__criteria_set",)
    ordering = ("criterion__criteria_set__code", "criterion__number", "order")
    small_search = ("code", "name", "criterion__name")
    autocomplete_fields = ("criterion",)
    inlines = (MeasureInline,)
    import_keys = ("criterion", "code")
    import_columns = (
        "criterion__criteria_set__code",
        "criterion__number",
        "code",
        "order",
        "name",
        "is_mandatory",
        "is_name_verified",
        "is_requirement_verified",
        "basis",
        "note",
    )

    def choice_label(self, record: Indicator) -> str:
        return f"{record} ({record.criterion.criteria_set.code})"


@admin.register(Measure)
class MeasureAdmin(PortalAdmin):
    list_display = ("name", "indicator_code", "comparison", "unit")
    list_filter = ("indicator__criterion__criteria_set", "comparison")
    list_select_related = ("indicator__criterion__criteria_set",)
    ordering = ("indicator__criterion__criteria_set__code", "indicator__criterion__number", "indicator__order", "order")
    small_search = ("indicator__code", "name", "unit")
    autocomplete_fields = ("indicator",)

    @admin.display(description="chỉ tiêu", ordering="indicator__code")
    def indicator_code(self, measure: Measure) -> str:
        return measure.indicator.code

    def choice_label(self, record: Measure) -> str:
        return f"{record.indicator.code} {record}, {record.indicator.criterion.criteria_set.code}"


class StandingFilter(admin.SimpleListFilter):
    """Thresholds in force, unless one asks for those that were replaced."""

    title = "hiệu lực"
    parameter_name = "hieu_luc"

    def lookups(self, request, model_admin):
        return [("da-thay", "đã thay thế"), ("tat-ca", "tất cả")]

    def choices(self, changelist):
        in_force, *others = super().choices(changelist)
        return [{**in_force, "display": "đang áp dụng"}, *others]

    def queryset(self, request, queryset):
        standings = {"da-thay": Q(withdrawn_at__isnull=False), "tat-ca": Q()}
        return queryset.filter(standings.get(self.value(), Q(withdrawn_at__isnull=True)))


def _replace(asked: Threshold) -> Threshold:
    """The new row that says what was asked for; the one in force before is kept."""
    return set_threshold(
        asked.measure,
        zone=asked.zone,
        commune_group=asked.commune_group,
        value=asked.value,
        basis=asked.basis,
        is_verified=asked.is_verified,
    )


@admin.register(Threshold)
class ThresholdAdmin(PortalAdmin):
    """A new value is a new row: past pages show what was asked then."""

    actions = ("export_xlsx",)
    list_display = (
        "indicator_code",
        "measure",
        "value",
        "is_verified",
        "zone",
        "commune_group",
        "recorded_at",
        "withdrawn_at",
    )
    list_display_links = ("indicator_code", "measure")
    list_filter = (StandingFilter, "is_verified", "commune_group", "measure__indicator__criterion__criteria_set")
    list_select_related = ("measure__indicator__criterion__criteria_set",)
    ordering = ("measure__indicator__criterion__number", "measure__indicator__order", "zone", "commune_group", "-pk")
    small_search = ("measure__indicator__code", "measure__name", "zone", "basis")
    autocomplete_fields = ("measure",)
    readonly_fields = ("recorded_at", "withdrawn_at")
    fieldsets = (
        (None, {"fields": ("measure", ("zone", "commune_group"))}),
        (
            "Mức yêu cầu",
            {
                "fields": ("value", "basis", "is_verified"),
                "description": "Lưu mức mới thì mức cũ được giữ lại với ngày thay thế, "
                "để các trang của ngày trước vẫn hiện đúng như khi đó.",
            },
        ),
        ("Ghi nhận", {"fields": ("recorded_at", "withdrawn_at")}),
    )

    import_keys = ("measure", "zone", "commune_group")
    import_columns = (
        "measure__indicator__criterion__criteria_set__code",
        "measure__indicator__code",
        "measure__order",
        "zone",
        "commune_group",
        "value",
        "basis",
        "is_verified",
    )

    @admin.display(description="chỉ tiêu", ordering="measure__indicator__code")
    def indicator_code(self, threshold: Threshold) -> str:
        return threshold.measure.indicator.code

    def get_readonly_fields(self, request, obj=None):
        """What a threshold is about stays; only what it asks can change."""
        return (*self.readonly_fields, "measure", "zone", "commune_group") if obj else self.readonly_fields

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.withdrawn_at is None)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def save_model(self, request, obj, form, change) -> None:
        """Record the edited values as a new row; `obj` then stands for that row, and the old one is untouched."""
        if change and not form.has_changed():
            return
        new = _replace(obj)
        obj.pk, obj.recorded_at = new.pk, new.recorded_at

    def import_rows(self) -> models.QuerySet:
        return Threshold.objects.filter(withdrawn_at__isnull=True)

    def new_import(self) -> Threshold:
        return Threshold(recorded_at=clock.now())

    def save_import(self, record: Threshold) -> None:
        _replace(record)

    def response_change(self, request, obj):
        """Go on with the row that is now in force."""
        request.path = reverse("admin:criteria_threshold_change", args=[obj.pk])
        return super().response_change(request, obj)


@admin.register(Responsibility)
class ResponsibilityAdmin(PortalAdmin):
    list_display = ("indicator_code", "department", "role", "is_verified", "valid_from", "valid_to")
    list_display_links = ("indicator_code", "department")
    list_filter = ("role", "is_verified", "indicator__criterion__criteria_set", "department")
    list_select_related = ("indicator__criterion__criteria_set", "department")
    ordering = ("indicator__criterion__criteria_set__code", "indicator__criterion__number", "indicator__order", "role")
    small_search = ("indicator__code", "indicator__name", "department__name", "department__short_name")
    autocomplete_fields = ("indicator",)
    import_keys = ("indicator", "department", "role")
    import_columns = (
        "indicator__criterion__criteria_set__code",
        "indicator__code",
        "department__code",
        "role",
        "valid_from",
        "valid_to",
        "basis",
        "is_verified",
    )

    @admin.display(description="chỉ tiêu", ordering="indicator__code")
    def indicator_code(self, responsibility: Responsibility) -> str:
        return responsibility.indicator.code


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("label", "kind", "recorded_at", "recorded_by")
    list_filter = ("kind",)
    list_select_related = ("recorded_by",)
    ordering = ("-pk",)
    small_search = ("label",)
    fields = ("kind", "label", "url", "recorded_at", "recorded_by")


class MeasurementInline(admin.TabularInline):
    model = Measurement
    extra = 0
    can_delete = False
    fields = ("shown_measure", "shown_value", "shown_numerator", "shown_denominator")
    readonly_fields = fields

    @admin.display(description="đại lượng đo")
    def shown_measure(self, measurement: Measurement) -> str:
        return str(measurement.measure)

    @admin.display(description="giá trị")
    def shown_value(self, measurement: Measurement) -> str:
        return exact(measurement.value)

    @admin.display(description="tử số")
    def shown_numerator(self, measurement: Measurement) -> str:
        return exact(measurement.numerator)

    @admin.display(description="mẫu số")
    def shown_denominator(self, measurement: Measurement) -> str:
        return exact(measurement.denominator)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("measure")

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    list_display = ("position", "commune", "subject", "conclusion", "as_of", "recorded_at", "source")
    list_filter = ("conclusion", "source__kind", "commune__district")
    list_select_related = ("commune", "village", "indicator", "criterion", "source")
    ordering = ("-position",)
    ungrouped = ("position",)
    date_hierarchy = "as_of"
    show_full_result_count = False
    folded_search = ("commune__search_key",)
    code_search = ("indicator__code", "position")
    inlines = (MeasurementInline,)
    fields = (
        "position",
        "commune",
        "village",
        "indicator",
        "criterion",
        "as_of",
        "conclusion",
        "note",
        "basis",
        "source",
        "recorded_at",
        "recorded_by",
    )

    @admin.display(description="chỉ tiêu, tiêu chí")
    def subject(self, assessment: Assessment) -> str:
        return assessment.indicator.code if assessment.indicator else f"Tiêu chí {assessment.criterion.number}"


@admin.register(Recognition)
class RecognitionAdmin(PortalAdmin):
    list_display = (
        "unit_name",
        "tier",
        "achieved_year",
        "is_verified",
        "decision_number",
        "effective_on",
        "revoked_on",
    )
    list_filter = ("tier", "is_verified", "achieved_year", ("revoked_on", admin.EmptyFieldListFilter))
    list_select_related = ("commune__district", "village__commune__district", "district")
    ordering = ("-effective_on", "pk")
    ungrouped = ("achieved_year",)
    date_hierarchy = "effective_on"
    folded_search = ("commune__search_key", "village__search_key", "district__search_key")
    code_search = ("decision_number",)
    autocomplete_fields = ("commune", "village")
    fieldsets = (
        ("Đơn vị", {"fields": ("commune", "village", "district"), "description": "Chọn đúng một đơn vị."}),
        ("Công nhận", {"fields": ("tier", "achieved_year", "effective_on", "expires_on", "revoked_on")}),
        ("Quyết định", {"fields": (("decision_number", "decided_on"), "signer", "basis", "is_verified")}),
    )

    @admin.display(description="đơn vị")
    def unit_name(self, recognition: Recognition) -> str:
        if recognition.village:
            return f"{recognition.village}, {recognition.village.commune.full_name}"
        return recognition.unit.full_name
