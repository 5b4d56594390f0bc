"""The enterprise: the roster entry that everything else refers to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from tenants.models import Region, TenantForeignKey, TenantModel, TenantUserPermission


class Stream(models.TextChoices):
    """Where in a chain a segment stands."""

    UP = "up", "上游"
    MIDDLE = "middle", "中游"
    DOWN = "down", "下游"


class Scale(models.TextChoices):
    LEADER = "leader", "链主"
    ABOVE_SCALE = "above_scale", "规上"
    SMALL = "small", "中小微"


class Enterprise(TenantModel):
    """A non-public enterprise, known by its 统一社会信用代码 (GB 32100-2015), unique per tenant."""

    audit_redacted = ("contact_phone",)
    search_fields = ("name", "initials", "credit_code")
    search_codes = ("credit_code",)

    name = models.CharField("企业名称", max_length=120)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    #: Lower-case pinyin initials of the name ("山东金大丰" → "sdjdf"), for search.
    initials = models.CharField(max_length=120, editable=False)
    #: Full pinyin, the sort key for names: the database has no Chinese collation on every installation.
    pinyin = models.CharField(max_length=400, editable=False)
    region = TenantForeignKey(Region, related_name="enterprises", verbose_name="县（市、区）")
    park = TenantForeignKey(Region, null=True, blank=True, related_name="park_enterprises", verbose_name="所在园区")
    segment_name = models.CharField("产业链环节", max_length=40, blank=True, default="")
    stream = models.CharField("上中下游", max_length=8, choices=Stream.choices, blank=True, default="")
    scale = models.CharField("企业类型", max_length=12, choices=Scale.choices)
    staff = models.PositiveIntegerField("从业人数（人）", null=True, blank=True)
    revenue = models.DecimalField("年营业收入（万元）", max_digits=16, decimal_places=4, null=True, blank=True)
    research_share = models.DecimalField("研发占比（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    #: The day the figures above were reported for; policy matching shows it beside the value.
    figures_on = models.DateField("数据日期", null=True, blank=True)
    honours = ArrayField(models.CharField(max_length=40), verbose_name="资质荣誉", default=list, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    is_climbing = models.BooleanField("助企攀登企业", default=False)
    is_operating = models.BooleanField("正常经营", default=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=20, blank=True, default="")
    created_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        default_permissions = ()
        permissions = [
            ("operate_enterprise", "以企业身份办事"),
            ("assist_enterprise", "指导、驻企服务"),
        ]
        ordering = ["pinyin", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "credit_code"], name="enterprise_credit_code_once"),
            models.CheckConstraint(
                condition=models.Q(research_share__isnull=True) | models.Q(research_share__range=(0, 100)),
                name="enterprise_research_share_is_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(revenue__isnull=True) | models.Q(revenue__gte=0),
                name="enterprise_revenue_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "pinyin", "id"], name="enterprise_by_pinyin"),
            models.Index(fields=["tenant", "name"], name="enterprise_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EnterprisePermission(TenantUserPermission):
    """Object permission of one user on one enterprise (operator, 红帆指导员): goes with the enterprise's row."""

    content_object = TenantForeignKey(Enterprise, models.CASCADE)

    class Meta:
        verbose_name = verbose_name_plural = "企业授权"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "permission", "content_object"], name="enterprise_permission_once"
            )
        ]
