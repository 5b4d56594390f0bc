"""Activities of an alliance, by 五共 and type."""

from django.db import models
from django.db.models import Q

from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, StoredFile, TenantForeignKey, TenantModel

from .alliance import Alliance


class Activity(TenantModel):
    """One event of an alliance: planned, then held and counted by every figure, or withdrawn with a reason."""

    search_fields = ("topic", "host_name")

    class FiveJoint(models.TextChoices):
        """五共."""

        ORGANISATION = "organisation", "组织共建"
        AFFAIRS = "affairs", "事务共商"
        RESOURCES = "resources", "资源共享"
        DEVELOPMENT = "development", "发展共促"
        BRAND = "brand", "品牌共创"

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        HELD = "held", "已开展"
        WITHDRAWN = "withdrawn", "已撤回"

    #: What a ledger tells has been held.
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.HELD)
    held_on = models.DateField("活动日期")
    alliance = TenantForeignKey(Alliance, related_name="activities", verbose_name="联盟")
    type = TenantForeignKey(DictionaryEntry, related_name="activities", verbose_name="活动类型")
    five_joint = models.CharField("五共类别", max_length=12, choices=FiveJoint.choices)
    topic = models.CharField("活动主题", max_length=200)
    host_name = models.CharField("主办单位", max_length=120, blank=True, default="")
    host = TenantForeignKey(
        Enterprise, null=True, blank=True, related_name="hosted_activities", verbose_name="主办企业"
    )
    head_count = models.PositiveIntegerField("参加人数（人）", null=True, blank=True)
    outcome = models.TextField("活动成效", blank=True, default="")
    loan = models.DecimalField("达成贷款（万元）", max_digits=16, decimal_places=4, null=True, blank=True)
    hires = models.PositiveIntegerField("达成用工（人）", null=True, blank=True)
    land = models.DecimalField("落实用地（亩）", max_digits=12, decimal_places=2, null=True, blank=True)
    agreements = models.PositiveIntegerField("签订协议（份）", null=True, blank=True)
    withdrawn_because = models.CharField("撤回原因", max_length=200, blank=True, default="")
    enterprises = models.ManyToManyField(
        Enterprise, through="ActivityEnterprise", related_name="activities", verbose_name="参加企业"
    )
    #: Digest of the natural key of the ledger row it came from; what makes an import repeatable. Empty otherwise.
    ledger_key = models.CharField(max_length=32, null=True, blank=True, editable=False)
    #: The form that made it: sent twice, it makes one row. Empty for rows of a ledger.
    form_token = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ledger_key"], name="activity_ledger_row_once"),
            models.UniqueConstraint(fields=["tenant", "form_token"], name="activity_form_once"),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_because=""), name="activity_withdrawn_has_reason"
            ),
            models.CheckConstraint(
                condition=(Q(loan__isnull=True) | Q(loan__gte=0)) & (Q(land__isnull=True) | Q(land__gte=0)),
                name="activity_outcome_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-held_on", "-id"], name="activity_latest")]

    def __str__(self) -> str:
        return self.topic

    @property
    def has_gains(self) -> bool:
        """Whether any outcome is told in figures."""
        return any(value is not None for value in (self.loan, self.hires, self.land, self.agreements))


class ActivityEnterprise(TenantModel):
    """An enterprise that took part."""

    activity = TenantForeignKey(Activity, models.CASCADE, related_name="participants")
    enterprise = TenantForeignKey(Enterprise, related_name="participations")

    class Meta:
        verbose_name = verbose_name_plural = "参加企业"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "activity", "enterprise"], name="activity_enterprise_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} · {self.enterprise_id}"


class ActivityAttachment(TenantModel):
    """A photo or paper of an activity; whoever may see the activity may download it."""

    activity = TenantForeignKey(Activity, models.CASCADE, related_name="attachments", verbose_name="活动")
    file = TenantForeignKey(StoredFile, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = verbose_name_plural = "活动附件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "activity", "file"], name="activity_attachment_once")]

    def __str__(self) -> str:
        return str(self.file)
