"""Resolutions of a meeting: tasks with owner and deadline, reported at the next meeting (domain.md §5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliances.meetings import Ballot
from enterprises.models import Enterprise
from tenants.models import TenantForeignKey, TenantModel, Unit

from .meeting import Meeting, MeetingTopic

#: Who carries out what is nobody else's.
SECRETARIAT = "联盟秘书处"


class Resolution(TenantModel):
    """What a meeting voted on. Carried, it is a task; otherwise only its votes are kept."""

    class State(models.TextChoices):
        REJECTED = "rejected", "未通过"
        OPEN = "open", "办理中"
        DONE = "done", "已完成"

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="resolutions", verbose_name="会议")
    position = models.PositiveSmallIntegerField("序号")
    topic = TenantForeignKey(
        MeetingTopic, models.SET_NULL, null=True, blank=True, related_name="resolutions", verbose_name="议题"
    )
    text = models.TextField("决议内容", max_length=1000)
    in_favour = models.PositiveSmallIntegerField("同意（票）")
    against = models.PositiveSmallIntegerField("反对（票）", default=0)
    abstained = models.PositiveSmallIntegerField("弃权（票）", default=0)
    state = models.CharField("状态", max_length=8, choices=State.choices)
    #: The owner of the task; with neither it is the alliance's own office.
    enterprise = TenantForeignKey(
        Enterprise, null=True, blank=True, related_name="resolutions", verbose_name="责任企业"
    )
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="resolutions", verbose_name="责任部门")
    due_on = models.DateField("完成期限")
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "决议"
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "meeting", "position"], name="resolution_position_once"),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True) | Q(unit__isnull=True), name="resolution_has_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
                name="resolution_done_has_day",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "due_on"], condition=Q(state="open"), name="resolution_to_be_done")]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def owner(self) -> str:
        """Who carries it out."""
        return str(self.enterprise or self.unit or SECRETARIAT)

    @property
    def ballot(self) -> Ballot:
        return Ballot(self.in_favour, self.against, self.abstained)


class ResolutionReport(TenantModel):
    """What a later meeting heard about a resolution."""

    resolution = TenantForeignKey(Resolution, models.CASCADE, related_name="reports", verbose_name="决议")
    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="reports", verbose_name="会议")
    is_done = models.BooleanField("已完成")
    note = models.TextField("办理情况", max_length=1000)
    reported_by = TenantForeignKey("tenants.User", related_name="resolution_reports", verbose_name="登记人")

    class Meta:
        verbose_name = verbose_name_plural = "决议办理报告"
        ordering = ["meeting__starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "resolution", "meeting"], name="resolution_reported_once")
        ]

    def __str__(self) -> str:
        return self.note[:40]
