"""助企攀登 groups: cadres sent to enterprises."""

from django.db import models

from tenants.models import Region, TenantForeignKey, TenantModel

from .enterprise import Enterprise


class SupportGroup(TenantModel):
    """A 助企攀登小组 and the enterprises that it serves."""

    search_fields = ("name", "initials")

    class Level(models.TextChoices):
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    name = models.CharField("小组名称", max_length=80)
    initials = models.CharField(max_length=80, editable=False)
    level = models.CharField("层级", max_length=8, choices=Level.choices)
    region = TenantForeignKey(Region, related_name="support_groups", verbose_name="县（市、区）")
    enterprises = models.ManyToManyField(
        Enterprise, through="SupportedEnterprise", related_name="support_groups", verbose_name="服务企业"
    )

    class Meta:
        verbose_name = verbose_name_plural = "助企攀登小组"
        ordering = ["level", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="support_group_name_once")]

    def __str__(self) -> str:
        return self.name


class SupportedEnterprise(TenantModel):
    """An enterprise that a group serves."""

    group = TenantForeignKey(SupportGroup, models.CASCADE, related_name="served")
    enterprise = TenantForeignKey(Enterprise, models.CASCADE, related_name="served_by")

    class Meta:
        verbose_name = verbose_name_plural = "服务关系"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "group", "enterprise"], name="supported_enterprise_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} → {self.enterprise_id}"


class Cadre(TenantModel):
    """A cadre of a support group."""

    search_fields = ("name", "initials", "home_unit")

    class Rank(models.TextChoices):
        COUNTY = "county", "县级"
        SECTION = "section", "科级"
        STAFF = "staff", "一般干部"

    group = TenantForeignKey(SupportGroup, models.CASCADE, related_name="cadres", verbose_name="小组")
    name = models.CharField("姓名", max_length=40)
    initials = models.CharField(max_length=40, editable=False)
    is_leader = models.BooleanField("组长", default=False)
    rank = models.CharField("职级", max_length=8, choices=Rank.choices)
    home_unit = models.CharField("派出单位", max_length=80)
    assigned_on = models.DateField("选派日期")
    relieved_on = models.DateField("结束日期", null=True, blank=True)
    is_full_time = models.BooleanField("脱产", default=True)
    #: Digest of the natural key of the ledger row it came from; what makes an import repeatable. Empty otherwise.
    ledger_key = models.CharField(max_length=32, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "助企干部"
        ordering = ["group_id", "-is_leader", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "ledger_key"], name="cadre_ledger_row_once")]

    def __str__(self) -> str:
        return self.name
