"""A tenant, its dated body name, its regions, units and dictionaries."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from .base import TenantForeignKey, TenantModel


class Tenant(models.Model):
    """One Party office that runs alliances on this installation. Global: read before a scope exists."""

    slug = models.CharField(
        "单位代码",
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]{1,31}$", "单位代码用小写字母开头，只含小写字母、数字和连字符。")],
    )
    name = models.CharField("名称", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("开通时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "租户"

    def __str__(self) -> str:
        return self.name


class BodyName(TenantModel):
    """The issuing body's name from a day on, so that an old briefing keeps the old name (domain.md §1)."""

    name = models.CharField("发文机关名称", max_length=60)
    valid_from = models.DateField("启用日期")

    class Meta:
        verbose_name = verbose_name_plural = "发文机关名称"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "valid_from"], name="body_name_one_per_day"),
        ]

    def __str__(self) -> str:
        return self.name


class Region(TenantModel):
    """A node of the tenant's region tree: 市 → 县（市、区） → 园区/镇街."""

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        PARK = "park", "园区"
        TOWN = "town", "镇街"

    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=8, choices=Level.choices)
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children", verbose_name="上级")
    #: Ids from the root down, as in "/1/14/": a region and everything below it start with the same path.
    path = models.CharField(max_length=120, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "区域"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "parent", "name"], name="region_name_once_per_parent", nulls_distinct=False
            ),
            models.UniqueConstraint(fields=["tenant", "path"], name="region_path_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(TenantModel):
    """An office, department, element group, bank or institute that can be handed work or lead an alliance."""

    class Kind(models.TextChoices):
        OFFICE = "office", "两新工委"
        DEPARTMENT = "department", "职能部门"
        ELEMENT_GROUP = "element_group", "要素保障组"
        PARK = "park", "园区"
        BANK = "bank", "金融机构"
        INSTITUTE = "institute", "院校院所"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices, default=Kind.DEPARTMENT)
    region = TenantForeignKey(Region, null=True, blank=True, related_name="units", verbose_name="所在区域")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="unit_name_once")]

    def __str__(self) -> str:
        return self.name


class DictionaryEntry(TenantModel):
    """One value of a tenant's dictionary: demand categories, activity types, resource kinds, clusters, honours."""

    class Kind(models.TextChoices):
        ELEMENT = "element", "要素类别"
        ACTIVITY_TYPE = "activity_type", "活动类型"
        RESOURCE_KIND = "resource_kind", "资源类别"
        CLUSTER = "cluster", "产业集群"
        HONOUR = "honour", "资质荣誉"

    class ActivityGroup(models.TextChoices):
        """What an activity type counts as in the figures (domain.md §7)."""

        PARTY = "party", "党建活动"
        RECRUITMENT = "recruitment", "用工招聘"
        FINANCE = "finance", "融资洽谈"
        RESEARCH = "research", "产学研对接"

    kind = models.CharField("字典", max_length=16, choices=Kind.choices)
    label = models.CharField("名称", max_length=40)
    group = models.CharField("统计口径", max_length=16, blank=True, default="")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "字典"
        ordering = ["kind", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "label"], name="dictionary_label_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def group_label(self) -> str:
        """What an activity type counts as, in words; empty for other dictionaries."""
        return str(self.ActivityGroup(self.group).label) if self.group else ""
