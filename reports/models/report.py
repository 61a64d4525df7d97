"""A report: what a body says in a period, and how far it has come."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from criteria.models import Source
from ntm_portal.accounts.scope import Role, Scope
from ntm_portal.core.audit import AuditedModel, AuditedQuerySet
from reports.models.periods import Obligation

OF_DEPARTMENT = "department_ids"


class ReportQuerySet(AuditedQuerySet):
    """Reports by who may read them and where they stand."""

    def visible_to(self, scope: Scope) -> "ReportQuerySet":
        """Leaders read what was handed in; a report that is being written is its body's and the office's."""
        found = super().visible_to(scope)
        if scope.edits_all or not scope.has_any({Role.LEADER}):
            return found
        own = Q(obligation__department__in=scope.department_ids)
        return found.filter(own | ~Q(state__in=Report.WRITABLE))

    def fileable_by(self, scope: Scope) -> "ReportQuerySet":
        """Reports of the bodies that the person is an officer of: whoever reviews does not write them."""
        return self.filter(obligation__department__in=scope.department_ids)

    def latest(self) -> "ReportQuerySet":
        """The newest version of each."""
        newest = Report.objects.filter(obligation=OuterRef("obligation")).order_by("-version").values("pk")[:1]
        return self.filter(pk=Subquery(newest))

    def with_about(self) -> "ReportQuerySet":
        """Together with what is said of a report wherever it is named."""
        return self.select_related("obligation__period", "obligation__department", "submitted_by", "decided_by")

    def waiting(self) -> "ReportQuerySet":
        """Those to review, oldest first."""
        return self.filter(state=Report.State.SUBMITTED).order_by("submitted_at", "pk")


class Report(AuditedModel):
    """One version of what a body owes. An approved one is frozen: a correction is the next version.

    `revision` grows with every change of anything in it: whoever wrote against an older one is told.
    """

    audit_owner = "obligation"
    audit_left_out = frozenset({"revision", "saved_at", "saved_by"})
    seen_through = {"obligation__department": OF_DEPARTMENT}

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Đang soạn"
        SUBMITTED = "SUBMITTED", "Chờ duyệt"
        SENT_BACK = "SENT_BACK", "Trả lại"
        APPROVED = "APPROVED", "Đã duyệt"

    WRITABLE = (State.DRAFT, State.SENT_BACK)

    obligation = models.ForeignKey(Obligation, models.PROTECT, verbose_name="trách nhiệm nộp", related_name="reports")
    version = models.PositiveSmallIntegerField("phiên bản", default=1)
    state = models.CharField("trạng thái", max_length=9, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField("lần sửa", default=0, editable=False)
    as_of = models.DateField("số liệu đến ngày")
    reason = models.CharField("lý do lập phiên bản mới", max_length=500, blank=True)
    saved_at = models.DateTimeField("lưu lần cuối lúc", null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người lưu", null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người gửi", null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField("duyệt hoặc trả lại lúc", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="người duyệt", null=True, blank=True, related_name="+"
    )
    source = models.OneToOneField(
        Source, models.PROTECT, verbose_name="nguồn số liệu", null=True, blank=True, related_name="report"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo"
        verbose_name_plural = "báo cáo"
        ordering = ["-obligation__due_on", "obligation__department__sort_key", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "version"],
                name="one_report_of_a_version",
                violation_error_message="Đã có phiên bản này của báo cáo.",
            ),
            models.UniqueConstraint(
                fields=["obligation"],
                condition=~Q(state="APPROVED"),
                name="one_report_under_way",
                violation_error_message="Báo cáo này đang có một phiên bản chưa duyệt.",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED") | Q(decided_at__isnull=False, submitted_at__isnull=False),
                name="approved_report_says_when",
                violation_error_message="Báo cáo đã duyệt phải có ngày gửi và ngày duyệt.",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(decided_at__isnull=True)
                | Q(decided_at__gte=F("submitted_at"))
                | ~Q(state="APPROVED"),
                name="approved_after_submitted",
                violation_error_message="Ngày duyệt phải sau ngày gửi.",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="report_queue")]

    def __str__(self) -> str:
        again = f", bản {self.version}" if self.version > 1 else ""
        return f"{self.obligation}{again}"

    @property
    def is_writable(self) -> bool:
        return self.state in self.WRITABLE

    @property
    def is_criteria_report(self) -> bool:
        return self.obligation.kind == Obligation.Kind.CRITERIA

    def get_absolute_url(self) -> str:
        return f"/bao-cao/{self.pk}/"
