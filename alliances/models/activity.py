"""Activities of an alliance, by 五共 and type."""

from django.db import models

from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, TenantForeignKey, TenantModel

from .alliance import Alliance


class Activity(TenantModel):
    """One event that an alliance held, entered once and used by every figure."""

    search_fields = ("topic", "host_name")

    class FiveJoint(models.TextChoices):
        """五共."""

        ORGANISATION = "organisation", "组织共建"
        AFFAIRS = "affairs", "事务共商"
        RESOURCES = "resources", "资源共享"
        DEVELOPMENT = "development", "发展共促"
        BRAND = "brand", "品牌共创"

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
    enterprises = models.ManyToManyField(
        Enterprise, through="ActivityEnterprise", related_name="activities", verbose_name="参加企业"
    )
    #: Digest of the natural key of the ledger row it came from; what makes an import repeatable. Empty otherwise.
    ledger_key = models.CharField(max_length=32, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-held_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "ledger_key"], name="activity_ledger_row_once")]
        indexes = [models.Index(fields=["tenant", "-held_on", "-id"], name="activity_latest")]

    def __str__(self) -> str:
        return self.topic


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
