"""Admin pages of tasks and obstacles. They go their way through acts on the pages of the portal; here one looks."""

from django.contrib import admin
from django.utils.html import format_html

from directives.models import Assignment, Obstacle, ObstacleStep, Task, TaskEvidence, TaskUpdate
from ntm_portal.core.admin import ReadOnlyAdmin


class AssignmentInline(admin.TabularInline):
    model = Assignment
    extra = 0
    can_delete = False
    fields = readonly_fields = ("department", "state", "percent", "due_on", "asked_due_on", "done_on")

    def has_add_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("title", "directive", "target", "due_on", "recurrence", "closed_on")
    list_filter = ("recurrence", ("closed_on", admin.EmptyFieldListFilter), "directive")
    list_select_related = ("directive", "target")
    ordering = ("due_on", "pk")
    folded_search = ("search_key",)
    inlines = (AssignmentInline,)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("task", "department", "state", "percent", "due_on", "asked_due_on", "done_on")
    list_filter = ("state", "department", "task__directive")
    list_select_related = ("task", "department")
    ordering = ("due_on", "pk")
    folded_search = ("task__search_key", "department__search_key")


@admin.register(TaskUpdate)
class TaskUpdateAdmin(ReadOnlyAdmin):
    list_display = ("assignment", "kind", "percent", "text", "made_at", "made_by")
    list_filter = ("kind", "assignment__department")
    list_select_related = ("assignment__task", "assignment__department", "made_by")
    ordering = ("-pk",)
    folded_search = ("assignment__task__search_key",)


@admin.register(TaskEvidence)
class TaskEvidenceAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "update", "opened")
    list_select_related = ("file", "update__assignment__task", "update__assignment__department")
    ordering = ("-pk",)
    small_search = ("title", "file__name")

    @admin.display(description="tệp")
    def opened(self, evidence: TaskEvidence) -> str:
        return format_html('<a href="{}">{}</a>', evidence.file.url, evidence.file.name)


@admin.register(Obstacle)
class ObstacleAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "raised_by", "owner", "commune", "indicator", "raised_at", "answer_by")
    list_filter = ("state", "raised_by", "commune__district")
    list_select_related = ("raised_by", "owner", "commune", "indicator", "task")
    ordering = ("-raised_at", "-pk")
    folded_search = ("search_key",)


@admin.register(ObstacleStep)
class ObstacleStepAdmin(ReadOnlyAdmin):
    list_display = ("obstacle", "kind", "text", "department", "taken_at", "taken_by")
    list_filter = ("kind",)
    list_select_related = ("obstacle", "department", "taken_by")
    ordering = ("-pk",)
    folded_search = ("obstacle__search_key",)
