"""The course of a demand in rows: who did what when, the units it was handed to, deadlines, pauses, more time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tenants.models import TenantForeignKey, TenantModel, Unit

from ..clocks import Step
from ..workflow import TABLE
from .demand import Demand

STEPS = [(step.value, step.label) for step in Step]
#: By name: another order of the buttons is no change of the table.
ACTIONS = sorted((row.action.value, row.label) for row in TABLE)


class DemandEvent(TenantModel):
    """One act on a demand, as it will be read for good: who, for which unit, what was said and what it changed."""

    demand = TenantForeignKey(Demand, models.CASCADE, related_name="events", verbose_name="诉求")
    action = models.CharField("操作", max_length=16, choices=ACTIONS)
    at = models.DateTimeField("时间")
    actor = TenantForeignKey("tenants.User", null=True, blank=True, related_name="demand_events", verbose_name="操作人")
    #: Who acted, in the words of that day: "市财政局 李敏".
    who = models.CharField("办理人", max_length=140)
    #: For which unit, where units act.
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="demand_events", verbose_name="单位")
    text = models.TextField("说明", blank=True, default="")
    #: [[what, before, after]…] in words.
    changes = models.JSONField("变动", default=list)
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求办理经过"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "form_token"], name="demand_event_form_once")]

    def __str__(self) -> str:
        return f"{self.demand_id} {self.action}"


class Assignment(TenantModel):
    """A unit that a demand was handed to, and what came of it. An ended one stays for the record."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        SHARING = "sharing", "分办"
        ASSISTING = "assisting", "协办"

    demand = TenantForeignKey(Demand, models.CASCADE, related_name="assignments", verbose_name="诉求")
    unit = TenantForeignKey(Unit, related_name="assignments", verbose_name="单位")
    part = models.CharField("分工", max_length=10, choices=Part.choices)
    assigned_at = models.DateTimeField("交办时间")
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    opinion = models.TextField("办理意见", blank=True, default="")
    opined_at = models.DateTimeField("提交时间", null=True, blank=True)
    #: Handed to another unit instead.
    ended_at = models.DateTimeField("改派时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求交办"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "demand", "unit"], condition=Q(ended_at__isnull=True), name="assignment_unit_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "demand"],
                condition=Q(ended_at__isnull=True, part="lead"),
                name="assignment_one_lead",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "unit", "demand"], name="assignment_now", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.unit_id}"


class DemandDeadline(TenantModel):
    """A deadline as `demands.clocks.Deadline` says, with the version of the calendar it was computed with."""

    demand = TenantForeignKey(Demand, models.CASCADE, related_name="deadlines", verbose_name="诉求")
    step = models.CharField("步骤", max_length=10, choices=STEPS)
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="demand_deadlines", verbose_name="单位")
    started_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("时限")
    calendar_version = models.PositiveIntegerField("工作日历版本")
    paused_at = models.DateTimeField("停表时间", null=True, blank=True)
    paused_days = models.PositiveSmallIntegerField("停表工作日", default=0)
    ended_at = models.DateTimeField("完成时间", null=True, blank=True)
    #: Done, rather than fallen away because the demand went another way.
    is_met = models.BooleanField("已完成", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求时限"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "demand", "step", "unit"],
                condition=Q(ended_at__isnull=True),
                name="demand_deadline_open_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(is_met=False) | Q(ended_at__isnull=False), name="demand_deadline_met_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.due_at:%Y-%m-%d %H:%M}"


class DemandPause(TenantModel):
    """A span in which the clock of 办结 stands still, and what for."""

    class Kind(models.TextChoices):
        WAITING = "waiting", "挂起"
        SHELVED = "shelved", "挂账"

    demand = TenantForeignKey(Demand, models.CASCADE, related_name="pauses", verbose_name="诉求")
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    reason = models.TextField("原因")
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求停表"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "demand"], condition=Q(ended_at__isnull=True), name="demand_pause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="demand_pause_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d}"


class DemandExtension(TenantModel):
    """The one request for more time, and its answer."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "已同意"
        DENIED = "denied", "不同意"
        LAPSED = "lapsed", "已失效"

    demand = TenantForeignKey(Demand, models.CASCADE, related_name="extensions", verbose_name="诉求")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    reason = models.TextField("延期理由")
    asked_at = models.DateTimeField("申请时间")
    due_before = models.DateField("原时限")
    due_asked = models.DateField("申请延至")
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    decision = models.TextField("答复意见", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "demand"], name="demand_extension_once"),
            models.CheckConstraint(condition=Q(due_asked__gt=F("due_before")), name="demand_extension_is_later"),
        ]

    def __str__(self) -> str:
        return f"延期至 {self.due_asked:%Y-%m-%d}"
