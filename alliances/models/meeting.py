"""Bodies of an alliance with their regime, their meetings, topics and seats (domain.md §5, rules in
`alliances.meetings`)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate

from alliances.meetings import (
    SUPERIOR_DAYS,
    TOPICS_DAYS,
    Frequency,
    Regime,
    Rhythm,
    Share,
    call_by,
    topics_due,
)
from enterprises.models import Enterprise
from tenants.models import TenantForeignKey, TenantModel, Unit

from .alliance import Alliance

#: What makes up a seat: a member enterprise or a department, never both.
ONE_OF_TWO = Q(enterprise__isnull=True, unit__isnull=False) | Q(enterprise__isnull=False, unit__isnull=True)
SHARES = (
    (Share.NONE.value, "不要求"),
    (Share.MORE_THAN_HALF.value, "过半数"),
    (Share.TWO_THIRDS.value, "三分之二以上"),
    (Share.ALL.value, "全体"),
)


class RegimeFields(models.Model):
    """What a meeting needs to decide. A meeting keeps what its body's rules were when it was called."""

    quorum = models.CharField("到会人数要求", max_length=12, choices=SHARES, default=Share.TWO_THIRDS.value)
    majority = models.CharField("通过票数要求", max_length=12, choices=SHARES[1:], default=Share.MORE_THAN_HALF.value)
    majority_of_all = models.BooleanField("按应到单位数计票", default=False)
    proxies_most = models.PositiveSmallIntegerField("一个单位最多受托几个单位", default=1)

    class Meta:
        abstract = True

    @property
    def regime(self) -> Regime:
        """The same for `alliances.meetings`."""
        return Regime(Share(self.quorum), Share(self.majority), self.majority_of_all, self.proxies_most)


class MeetingBody(RegimeFields, TenantModel):
    """A body of an alliance and how it meets."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", "成员大会"
        COUNCIL = "council", "理事会季度例会"
        COMMITTEE = "committee", "联合党委月度会议"
        JOINT = "joint", "联席会议"
        TEA = "tea", "企业家下午茶"

    FREQUENCIES = (
        (Frequency.MONTHLY.value, "每月一次"),
        (Frequency.QUARTERLY.value, "每季度一次"),
        (Frequency.HALF_YEARLY.value, "每半年一次"),
        (Frequency.YEARLY.value, "每年一次"),
        (Frequency.ON_DEMAND.value, "根据需要"),
    )

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="bodies", verbose_name="联盟")
    kind = models.CharField("会议类别", max_length=10, choices=Kind.choices)
    name = models.CharField("会议名称", max_length=60)
    frequency = models.CharField("召开频次", max_length=12, choices=FREQUENCIES)
    #: Within the period: the second month of each quarter.
    month = models.PositiveSmallIntegerField("第几个月", default=1)
    day = models.PositiveSmallIntegerField("几日", default=15)
    starts_time = models.TimeField("开始时间")
    place = models.CharField("地点", max_length=80, blank=True, default="")
    notice_days = models.PositiveSmallIntegerField("提前几天通知成员", default=3)
    topics_days = models.PositiveSmallIntegerField("会前几天截止征集议题", default=TOPICS_DAYS)
    superior_days = models.PositiveSmallIntegerField("提前几天报告上级", default=SUPERIOR_DAYS)
    #: The members of the day have the seats; otherwise those of `seats`.
    all_members = models.BooleanField("全体成员单位参加", default=False)
    #: Counts the edits: a form that started from another one is not written over it.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "会议制度"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "name"], name="meeting_body_name_once"),
            models.CheckConstraint(condition=Q(day__range=(1, 28)), name="meeting_body_day_in_every_month"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="meeting_body_month_is_one_to_twelve"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(Frequency(self.frequency), self.month, self.day)


class BodySeat(TenantModel):
    """A seat of a body whose members are named one by one: of an enterprise, or of a department."""

    body = TenantForeignKey(MeetingBody, models.CASCADE, related_name="seats", verbose_name="会议制度")
    enterprise = TenantForeignKey(Enterprise, null=True, blank=True, related_name="body_seats", verbose_name="企业")
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="body_seats", verbose_name="部门")

    class Meta:
        verbose_name = verbose_name_plural = "参会单位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ONE_OF_TWO, name="body_seat_of_one_unit"),
            models.UniqueConstraint(
                fields=["tenant", "body", "enterprise", "unit"], name="body_seat_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.enterprise or self.unit)


class Meeting(RegimeFields, TenantModel):
    """One meeting of a body: planned, called with its notice, held; or cancelled with a reason."""

    class State(models.TextChoices):
        PLANNED = "planned", "待通知"
        CALLED = "called", "已通知"
        HELD = "held", "已召开"
        CANCELLED = "cancelled", "已取消"

    body = TenantForeignKey(MeetingBody, related_name="meetings", verbose_name="会议制度")
    title = models.CharField("会议名称", max_length=120)
    #: The first day of the period for which the calendar made it; empty for a meeting outside the calendar.
    period = models.DateField("所属周期", null=True, blank=True, editable=False)
    starts_at = models.DateTimeField("会议时间")
    place = models.CharField("地点", max_length=80, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)
    called_at = models.DateTimeField("通知时间", null=True, blank=True)
    #: Why it does not take place.
    reason = models.CharField("取消原因", max_length=200, blank=True, default="")
    #: What was discussed, for the minutes.
    record = models.TextField("会议情况", blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "body", "period"], name="meeting_once_per_period"),
            models.UniqueConstraint(
                fields=["tenant", "body", "starts_at"],
                condition=~Q(state="cancelled"),
                name="meeting_of_a_body_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(reason=""), name="meeting_cancelled_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("called", "held")) | Q(called_at__isnull=False), name="meeting_called_has_time"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "starts_at"], name="meeting_calendar")]

    def __str__(self) -> str:
        return self.title

    @property
    def day(self) -> date:
        """The day of the meeting in Asia/Shanghai."""
        return localdate(self.starts_at)

    @property
    def last_topic_day(self) -> date:
        """Until when members propose topics."""
        return topics_due(self.day, self.body.topics_days)

    @property
    def last_call_day(self) -> date:
        """Until when it must be called."""
        return call_by(self.day, self.body.notice_days, self.body.superior_days)


class MeetingTopic(TenantModel):
    """A topic of a meeting: proposed by a member or filled in, then on the agenda or declined with an answer."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确定"
        ACCEPTED = "accepted", "列入议程"
        DECLINED = "declined", "未列入"

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="topics", verbose_name="会议")
    position = models.PositiveSmallIntegerField("顺序")
    title = models.CharField("议题", max_length=120)
    note = models.TextField("说明", max_length=1000, blank=True, default="")
    #: Where it comes from in words: 成员提出, 秘书处, 上次决议, 超期诉求…
    origin = models.CharField("来源", max_length=20)
    #: What it was filled in from; filled in again, it stays one topic. Empty for topics that people wrote.
    source_key = models.CharField(max_length=80, null=True, blank=True, editable=False)
    enterprise = TenantForeignKey(
        Enterprise, null=True, blank=True, related_name="meeting_topics", verbose_name="提出单位"
    )
    proposed_by = TenantForeignKey("tenants.User", related_name="meeting_topics", verbose_name="提出人")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "meeting", "title"], name="meeting_topic_once"),
            models.UniqueConstraint(fields=["tenant", "meeting", "source_key"], name="meeting_topic_source_once"),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingSeat(TenantModel):
    """A seat of a called meeting, and whether somebody came for it."""

    class State(models.TextChoices):
        ABSENT = "absent", "未到"
        PRESENT = "present", "到会"
        PROXY = "proxy", "委托"
        EXCUSED = "excused", "请假"

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="seats", verbose_name="会议")
    enterprise = TenantForeignKey(Enterprise, null=True, blank=True, related_name="meeting_seats", verbose_name="企业")
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="meeting_seats", verbose_name="部门")
    state = models.CharField("到会情况", max_length=8, choices=State.choices, default=State.ABSENT)
    person = models.CharField("参会人", max_length=40, blank=True, default="")
    #: Who votes for it, in writing and with this scope (domain.md §3).
    proxy = TenantForeignKey("self", null=True, blank=True, related_name="represents", verbose_name="受托单位")
    proxy_scope = models.CharField("委托事项", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "参会情况"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ONE_OF_TWO, name="meeting_seat_of_one_unit"),
            models.CheckConstraint(
                condition=Q(state="proxy", proxy__isnull=False) | (~Q(state="proxy") & Q(proxy__isnull=True)),
                name="meeting_seat_proxy_names_its_holder",
            ),
            models.CheckConstraint(condition=~Q(proxy=models.F("id")), name="meeting_seat_not_its_own_proxy"),
            models.UniqueConstraint(
                fields=["tenant", "meeting", "enterprise", "unit"], name="meeting_seat_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.enterprise or self.unit)
