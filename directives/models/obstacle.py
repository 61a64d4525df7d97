"""Obstacles (khó khăn, vướng mắc), and what was done about each."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from communes.models import Commune
from criteria.models import Indicator
from directives.models.task import Task
from ntm_portal.accounts.models import Department
from ntm_portal.core import text
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet


class ObstacleQuerySet(AuditedQuerySet):
    """Obstacles by whether they still stand in the way."""

    def still_open(self) -> "ObstacleQuerySet":
        return self.exclude(state=Obstacle.State.RESOLVED)

    def awaiting_answer(self) -> "ObstacleQuerySet":
        """Those that nobody has answered since a day was set; what goes to UBND tỉnh has none."""
        return self.still_open().filter(answer_by__isnull=False, answered_at__isnull=True)

    def overdue(self, on: date) -> "ObstacleQuerySet":
        """Those whose answer was due before the day."""
        return self.awaiting_answer().filter(answer_by__lt=on)

    def to_report(self) -> "ObstacleQuerySet":
        """Those on the list for UBND tỉnh that have not gone out in any document."""
        return self.filter(state=Obstacle.State.ESCALATED, escalated_in="")

    def of_bodies(self, departments: Collection[int]) -> "ObstacleQuerySet":
        """Those that one of the bodies (ids) raised or has to answer."""
        return self.filter(Q(raised_by__in=departments) | Q(owner__in=departments))

    def with_about(self) -> "ObstacleQuerySet":
        """Together with what is said of one wherever it is named."""
        return self.select_related("raised_by", "owner", "commune__district", "indicator__criterion", "task")


class Obstacle(AuditedModel):
    """Khó khăn, vướng mắc: what keeps a commune, an indicator or a body from getting on, until it is solved."""

    seen_through = {
        "raised_by": "department_ids",
        "owner": "department_ids",
        "commune__district": "district_ids",
        "indicator": "indicator_ids",
    }

    class State(models.TextChoices):
        RAISED = "RAISED", "Mới nêu"
        IN_PROGRESS = "IN_PROGRESS", "Đang giải quyết"
        ESCALATED = "ESCALATED", "Đã báo cáo UBND tỉnh"
        RESOLVED = "RESOLVED", "Đã giải quyết"

    raised_by = models.ForeignKey(Department, models.PROTECT, verbose_name="đơn vị nêu", related_name="obstacles")
    raised_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người nêu", null=True, blank=True, related_name="+"
    )
    raised_at = models.DateTimeField("nêu lúc")
    commune = models.ForeignKey(
        Commune, models.PROTECT, verbose_name="xã", null=True, blank=True, related_name="obstacles"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, verbose_name="chỉ tiêu", null=True, blank=True, related_name="obstacles"
    )
    task = models.ForeignKey(
        Task, models.PROTECT, verbose_name="nhiệm vụ", null=True, blank=True, related_name="obstacles"
    )
    owner = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name="đơn vị giải quyết",
        null=True,
        blank=True,
        related_name="obstacles_to_answer",
        help_text="Để trống: Văn phòng điều phối.",
    )
    answer_by = models.DateField("hạn trả lời", null=True, blank=True)
    escalated_in = models.CharField("báo cáo UBND tỉnh tại văn bản", max_length=200, blank=True)
    description = models.TextField("nội dung", max_length=5_000)
    state = models.CharField("trạng thái", max_length=11, choices=State, default=State.RAISED)
    answer = models.TextField("trả lời", blank=True, max_length=5_000)
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người trả lời", null=True, blank=True, related_name="+"
    )
    search_key = models.TextField("khóa tìm kiếm", editable=False)

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        verbose_name = "khó khăn, vướng mắc"
        verbose_name_plural = "khó khăn, vướng mắc"
        ordering = ["-raised_at", "-pk"]

    def __str__(self) -> str:
        return self.description[:120]

    def get_absolute_url(self) -> str:
        return reverse("directives:obstacle-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state != self.State.RESOLVED

    @property
    def standing(self) -> str:
        """The state in words; what goes to UBND tỉnh has not been reported before a document is named."""
        waits = self.state == self.State.ESCALATED and not self.escalated_in
        return "Chờ báo cáo UBND tỉnh" if waits else self.get_state_display()

    @property
    def awaits_answer(self) -> bool:
        """The same of one as `awaiting_answer` of many."""
        return self.is_open and self.answer_by is not None and self.answered_at is None

    def save(self, *args, **kwargs) -> None:
        self.description = text.clean(self.description)
        self.search_key = text.search_key(self.description)
        super().save(*args, **kwargs)


class ObstacleStep(AuditedModel):
    """What somebody did about an obstacle: kept for good, oldest first."""

    audit_owner = "obstacle"
    seen_through = {f"obstacle__{column}": ids for column, ids in Obstacle.seen_through.items()}

    class Kind(models.TextChoices):
        RAISED = "RAISED", "Nêu"
        ASKED = "ASKED", "Giao giải quyết"
        ANSWERED = "ANSWERED", "Trả lời"
        ESCALATED = "ESCALATED", "Báo cáo UBND tỉnh"
        RESOLVED = "RESOLVED", "Xác nhận đã giải quyết"
        REOPENED = "REOPENED", "Nêu lại"

    obstacle = models.ForeignKey(Obstacle, models.CASCADE, verbose_name="vướng mắc", related_name="steps")
    kind = models.CharField("việc", max_length=9, choices=Kind)
    text = models.TextField("nội dung", blank=True, max_length=5_000)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name="đơn vị được giao", null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField("lúc")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người làm", null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "bước giải quyết vướng mắc"
        verbose_name_plural = "bước giải quyết vướng mắc"
        ordering = ["obstacle", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.obstacle}"
