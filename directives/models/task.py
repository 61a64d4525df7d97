"""Tasks (nhiệm vụ) given to bodies, what each body does about its part, and the evidence of it."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from communes.models import Commune
from criteria.models import Indicator
from directives.models.directive import Directive
from directives.models.target import Target
from ntm_portal.accounts.models import Department
from ntm_portal.accounts.scope import Scope
from ntm_portal.core import text
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from ntm_portal.core.models import NamedQuerySet, StoredFile
from ntm_portal.core.scoped import EVERYONE


class Task(AuditedModel):
    """What one or more bodies are told to do, by a directive or by the coordination office itself.

    `due_on` is the day that was told; each body's own day stands in its assignment, because it may be extended.
    """

    audit_left_out = frozenset({"search_key"})
    seen_through = EVERYONE

    class Recurrence(models.TextChoices):
        ONCE = "ONCE", "Một lần"
        MONTHLY = "MONTHLY", "Hằng tháng"
        QUARTERLY = "QUARTERLY", "Hằng quý"
        STANDING = "STANDING", "Thường xuyên"

    directive = models.ForeignKey(
        Directive, models.PROTECT, verbose_name="văn bản", null=True, blank=True, related_name="tasks"
    )
    target = models.ForeignKey(
        Target, models.PROTECT, verbose_name="mục tiêu", null=True, blank=True, related_name="tasks"
    )
    code = models.SlugField("mã", max_length=30, blank=True)
    title = models.CharField("tên gọn", max_length=200)
    content = models.TextField("nội dung", max_length=5_000)
    quote = models.TextField("câu trích", blank=True, max_length=5_000)
    communes = models.ManyToManyField(Commune, verbose_name="xã", blank=True, related_name="tasks")
    indicators = models.ManyToManyField(Indicator, verbose_name="chỉ tiêu", blank=True, related_name="tasks")
    given_on = models.DateField("giao ngày")
    due_on = models.DateField("hạn", null=True, blank=True)
    recurrence = models.CharField("lặp lại", max_length=9, choices=Recurrence, default=Recurrence.ONCE)
    closed_on = models.DateField("đóng ngày", null=True, blank=True)
    basis = models.CharField("nguồn", max_length=300, blank=True)
    search_key = models.TextField("khóa tìm kiếm", editable=False)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = "nhiệm vụ"
        verbose_name_plural = "nhiệm vụ"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "code"],
                condition=~Q(code=""),
                name="one_task_of_a_code",
                violation_error_message="Văn bản này đã có nhiệm vụ mang mã đó.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("given_on")),
                name="task_due_after_given",
                violation_error_message="Hạn không thể trước ngày giao.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(recurrence="STANDING"),
                name="task_has_a_day",
                violation_error_message="Nhiệm vụ phải có hạn, trừ nhiệm vụ thường xuyên.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def derive_keys(self) -> None:
        """Fill in what follows from the rest; bulk writers call it themselves."""
        self.title, self.content = text.clean(self.title), text.clean(self.content)
        self.search_key = text.search_key(f"{self.title} ; {self.content} ; {self.quote}")

    def save(self, *args, **kwargs) -> None:
        self.derive_keys()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """A target of another directive, or a day before the directive, cannot be meant."""
        if self.directive_id and self.due_on and self.due_on < self.directive.issued_on:
            raise ValidationError({"due_on": "Hạn không thể trước ngày ban hành văn bản."})
        if self.target_id and self.directive_id and self.target.directive_id != self.directive_id:
            raise ValidationError({"target": "Mục tiêu này thuộc văn bản khác."})


class AssignmentQuerySet(NamedQuerySet):
    """Parts of tasks by where they stand."""

    def under_way(self) -> "AssignmentQuerySet":
        """Those that somebody still has to do or to confirm."""
        return self.exclude(state=Assignment.State.DONE).filter(task__closed_on__isnull=True)

    def overdue(self, on: date) -> "AssignmentQuerySet":
        """Those under way whose day is before that one, and that have not been proposed as done."""
        return self.under_way().filter(due_on__lt=on).exclude(state=Assignment.State.PROPOSED)

    def given_by(self, on: date) -> "AssignmentQuerySet":
        """Those of tasks given on the day or before."""
        return self.filter(task__given_on__lte=on)

    def done_by(self, scope: Scope) -> "AssignmentQuerySet":
        """The parts of the bodies that this person is an officer of: theirs to do, whatever else they may read."""
        return self.filter(department__in=scope.department_ids)

    def with_about(self) -> "AssignmentQuerySet":
        """Together with what is said of a part wherever it is named."""
        return self.select_related("task__directive", "task__target", "department")


class Assignment(AuditedModel):
    """One body's part in a task: it accepts, tells how far it is, proposes it done; the office confirms."""

    audit_owner = "task"
    audit_left_out = frozenset({"revision"})
    seen_through = {"department": "department_ids"}

    class State(models.TextChoices):
        GIVEN = "GIVEN", "Mới giao"
        ACCEPTED = "ACCEPTED", "Đang làm"
        PROPOSED = "PROPOSED", "Đề nghị xác nhận xong"
        DONE = "DONE", "Đã xong"

    task = models.ForeignKey(Task, models.CASCADE, verbose_name="nhiệm vụ", related_name="assignments")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị", related_name="assignments")
    state = models.CharField("trạng thái", max_length=8, choices=State, default=State.GIVEN)
    percent = models.PositiveSmallIntegerField("tiến độ (%)", default=0)
    due_on = models.DateField("hạn", null=True, blank=True)
    asked_due_on = models.DateField("xin lùi đến", null=True, blank=True)
    done_on = models.DateField("xong ngày", null=True, blank=True)
    revision = models.PositiveIntegerField("lần sửa", default=0, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phần việc của đơn vị"
        verbose_name_plural = "phần việc của đơn vị"
        ordering = ["due_on", "department__sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "department"],
                name="one_assignment_each",
                violation_error_message="Đơn vị này đã được giao nhiệm vụ đó.",
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100),
                name="assignment_percent_at_most_100",
                violation_error_message="Tiến độ từ 0 đến 100%.",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(done_on__isnull=False),
                name="done_assignment_says_when",
                violation_error_message="Phần việc đã xong phải có ngày xong.",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="assignment_board")]

    def __str__(self) -> str:
        return f"{self.task} ({self.department.short_name})"

    def is_overdue(self, on: date) -> bool:
        """Whether its day is past and nothing was proposed; one under confirmation waits for the office."""
        waiting = self.state in {self.State.GIVEN, self.State.ACCEPTED}
        return waiting and self.due_on is not None and self.due_on < on


class TaskUpdate(AuditedModel):
    """What happened to a body's part: who did or said what, when. Kept for good."""

    audit_owner = "assignment"
    seen_through = {"assignment__department": "department_ids"}

    class Kind(models.TextChoices):
        ACCEPTED = "ACCEPTED", "Nhận việc"
        PROGRESS = "PROGRESS", "Cập nhật tiến độ"
        PROPOSED = "PROPOSED", "Đề nghị xác nhận xong"
        CONFIRMED = "CONFIRMED", "Xác nhận xong"
        RETURNED = "RETURNED", "Trả lại"
        EXTENSION_ASKED = "EXTENSION_ASKED", "Xin lùi hạn"
        EXTENSION_GRANTED = "EXTENSION_GRANTED", "Cho lùi hạn"
        EXTENSION_REFUSED = "EXTENSION_REFUSED", "Không cho lùi hạn"
        REMINDED = "REMINDED", "Đôn đốc"

    assignment = models.ForeignKey(Assignment, models.CASCADE, verbose_name="phần việc", related_name="updates")
    kind = models.CharField("việc", max_length=17, choices=Kind)
    text = models.TextField("nội dung", blank=True, max_length=5_000)
    percent = models.PositiveSmallIntegerField("tiến độ (%)", null=True, blank=True)
    due_on = models.DateField("hạn mới", null=True, blank=True)
    made_at = models.DateTimeField("lúc")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người làm", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "cập nhật nhiệm vụ"
        verbose_name_plural = "cập nhật nhiệm vụ"
        ordering = ["assignment", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100),
                name="update_percent_at_most_100",
                violation_error_message="Tiến độ từ 0 đến 100%.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.assignment}"


class TaskEvidence(AuditedModel):
    """Minh chứng: a file behind an update."""

    audit_owner = "update"
    seen_through = {"update__assignment__department": "department_ids"}

    update = models.ForeignKey(TaskUpdate, models.CASCADE, verbose_name="cập nhật", related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="tệp", related_name="+")
    title = models.CharField("tên", max_length=200, blank=True)

    class Meta:
        verbose_name = "minh chứng nhiệm vụ"
        verbose_name_plural = "minh chứng nhiệm vụ"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title or self.file.name


class CalendarKeyQuerySet(AuditedQuerySet):
    """Addresses are their person's alone, whatever else somebody may read."""

    def visible_to(self, scope: Scope) -> "CalendarKeyQuerySet":
        return self.filter(user=scope.user_id)

    def editable_by(self, scope: Scope) -> "CalendarKeyQuerySet":
        return self.visible_to(scope)


class CalendarKey(AuditedModel):
    """The private address of a person's calendar of due days; only a hash of it is kept."""

    audit_owner = "user"
    audit_left_out = frozenset({"digest"})

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="người dùng", related_name="calendar_key"
    )
    digest = models.CharField("mã băm", max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("tạo lúc")

    objects = CalendarKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "địa chỉ lịch"
        verbose_name_plural = "địa chỉ lịch"

    def __str__(self) -> str:
        return f"Lịch của {self.user}"
