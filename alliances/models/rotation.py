"""The rotation of an alliance's leadership: adopted rosters, terms, the persons of a term, requests (domain.md §3).

Nothing here says whose turn comes next: `alliances.rotation.plan` works that out from these rows (docs/adr/0040).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from alliances.rotation import Quarter, Reason
from enterprises.models import PartyOrganisation
from tenants.models import TenantForeignKey, TenantModel

from .alliance import Alliance

#: Both ends belong to the range.
DAYS = Func(
    F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=DateRangeField()
)  # fmt: skip


class Roster(TenantModel):
    """An order of rotation as a meeting adopted it. The rotation of an alliance begins with its first roster."""

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="rosters", verbose_name="联盟")
    version = models.PositiveSmallIntegerField("版本")
    meeting = models.CharField("通过会议", max_length=120)
    adopted_on = models.DateField("通过日期")
    effective_on = models.DateField("生效日期")
    #: When rotation was switched off; such a roster decides about no turn any more.
    ended_on = models.DateField("停止执行日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "轮值名单"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "version"], name="roster_version_once"),
            models.CheckConstraint(
                condition=Q(effective_on__gte=F("adopted_on")), name="roster_effective_not_before_adoption"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.version}版轮值名单"


class RosterSlot(TenantModel):
    """A unit's place on a roster. Members that come later are put behind the last one, with the day they entered."""

    roster = TenantForeignKey(Roster, models.CASCADE, related_name="slots", verbose_name="名单")
    organisation = TenantForeignKey(PartyOrganisation, related_name="roster_slots", verbose_name="党组织")
    position = models.PositiveSmallIntegerField("顺序")
    entered_on = models.DateField("列入日期")

    class Meta:
        verbose_name = verbose_name_plural = "轮值名单单位"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "roster", "position"], name="roster_position_once"),
            # A unit may leave, come back and be listed a second time.
            models.UniqueConstraint(
                fields=["tenant", "roster", "organisation", "entered_on"], name="roster_slot_once_per_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.organisation_id}"


class Term(TenantModel):
    """Days in which one Party organisation leads an alliance: a regular turn, or the rest of one taken over."""

    class Outcome(models.TextChoices):
        SERVING = "serving", "任期中"
        COMPLETED = "completed", "期满"
        TERMINATED = "terminated", "提前终止"

    #: Why it is this unit's term; the words stand in `explanation`, as they were when it began.
    REASONS = (
        (Reason.FIRST.value, "首任"),
        (Reason.ORDER.value, "按序"),
        (Reason.NEWCOMER.value, "新成员"),
        (Reason.MOVED_UP.value, "提前"),
        (Reason.MADE_UP.value, "补轮"),
        (Reason.SWAPPED.value, "对调"),
        (Reason.RENEWAL.value, "连任"),
        (Reason.STAND_IN.value, "接任"),
    )

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="terms", verbose_name="联盟")
    organisation = TenantForeignKey(PartyOrganisation, related_name="terms", verbose_name="轮值单位")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    is_regular = models.BooleanField("本季度轮值", default=True)
    reason = models.CharField("轮值依据", max_length=10, choices=REASONS)
    explanation = models.CharField("依据说明", max_length=300)
    starts_on = models.DateField("任期开始")
    #: The last day of the term.
    ends_on = models.DateField("任期结束")
    outcome = models.CharField("状态", max_length=10, choices=Outcome.choices, default=Outcome.SERVING)

    class Meta:
        verbose_name = verbose_name_plural = "轮值任期"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="term_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="term_quarter_is_one_to_four"),
            models.UniqueConstraint(
                fields=["tenant", "alliance", "year", "quarter"],
                condition=Q(is_regular=True),
                name="term_one_regular_turn_per_quarter",
            ),
            ExclusionConstraint(
                name="term_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("alliance", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{Quarter(self.year, self.quarter)} · {self.organisation_id}"


class TermHolder(TenantModel):
    """Who exercises a term on which days: the holder's secretary, or an acting one of another unit (代理)."""

    term = TenantForeignKey(Term, models.CASCADE, related_name="holders", verbose_name="任期")
    organisation = TenantForeignKey(PartyOrganisation, related_name="held_terms", verbose_name="党组织")
    person = models.CharField("轮值书记", max_length=40, blank=True, default="")
    is_acting = models.BooleanField("代理", default=False)
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")

    class Meta:
        verbose_name = verbose_name_plural = "轮值书记"
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="term_holder_ends_after_it_begins"),
            ExclusionConstraint(
                name="term_holder_one_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("term", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.person


class RotationRequest(TenantModel):
    """A unit's wish to be skipped, to swap or to be represented, and what the office decided."""

    class Kind(models.TextChoices):
        SKIP = "skip", "顺延"
        SWAP = "swap", "对调"
        ACTING = "acting", "代理"

    class State(models.TextChoices):
        PENDING = "pending", "待审批"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "未同意"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="rotation_requests", verbose_name="联盟")
    kind = models.CharField("申请事项", max_length=8, choices=Kind.choices)
    organisation = TenantForeignKey(PartyOrganisation, related_name="rotation_requests", verbose_name="申请单位")
    #: Whom to swap with, or who acts.
    other = TenantForeignKey(
        PartyOrganisation, null=True, blank=True, related_name="rotation_requests_with", verbose_name="对方单位"
    )
    person = models.CharField("代理人", max_length=40, blank=True, default="")
    #: From the first to the last day of the quarter to be skipped or swapped, or of the absence.
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PENDING)
    requested_by = TenantForeignKey("tenants.User", related_name="rotation_requests", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    decided_by = TenantForeignKey(
        "tenants.User", null=True, blank=True, related_name="rotation_decisions", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    #: Why it was refused.
    answer = models.CharField("审批意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "轮值申请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="request_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(kind="skip") | Q(other__isnull=False), name="request_names_the_other_unit"
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(decided_at__isnull=False), name="request_decision_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}申请"

    @property
    def quarter(self) -> Quarter:
        """The quarter to be skipped or swapped."""
        return Quarter.of(self.starts_on)
