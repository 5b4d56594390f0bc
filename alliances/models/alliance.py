"""Chains, alliances and their dated membership."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils.timezone import localdate

from enterprises.models import Enterprise, Stream
from tenants.models import (
    DictionaryEntry,
    Region,
    TenantForeignKey,
    TenantModel,
    TenantPermissionManager,
    TenantUserPermission,
    Unit,
    User,
)


class Segment(TenantModel):
    """A 环节 of a chain (the tenant's cluster dictionary names the chains), ordered upstream to downstream."""

    cluster = TenantForeignKey(DictionaryEntry, related_name="segments", verbose_name="产业集群")
    name = models.CharField("环节", max_length=40)
    stream = models.CharField("上中下游", max_length=8, choices=Stream.choices)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "产业链环节"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "cluster", "name"], name="segment_once_per_chain")]

    def __str__(self) -> str:
        return self.name


class Alliance(TenantModel):
    """A 产业链党建联盟: one chain, one region, the people who lead it, the enterprise that started it."""

    search_fields = ("name", "initials")

    name = models.CharField("联盟名称", max_length=80)
    initials = models.CharField(max_length=80, editable=False)
    pinyin = models.CharField(max_length=300, editable=False)
    cluster = TenantForeignKey(DictionaryEntry, related_name="alliances", verbose_name="产业集群")
    region = TenantForeignKey(Region, related_name="alliances", verbose_name="县（市、区）")
    lead_unit = TenantForeignKey(Unit, null=True, blank=True, related_name="led_alliances", verbose_name="牵头部门")
    initiator = TenantForeignKey(
        Enterprise, null=True, blank=True, related_name="initiated_alliances", verbose_name="发起单位"
    )
    founded_on = models.DateField("成立日期")
    has_charter = models.BooleanField("章程", default=False)
    #: Leadership differs by place: quarterly rotation is an option of an alliance (domain.md §2).
    has_rotation = models.BooleanField("实行季度轮值", default=True)
    members = models.ManyToManyField(Enterprise, through="Membership", related_name="alliances", verbose_name="成员")

    class Meta:
        verbose_name = verbose_name_plural = "联盟"
        default_permissions = ()
        permissions = [
            ("manage_alliance", "管理联盟（秘书长、联络员）"),
            ("chair_alliance", "主持联盟（轮值书记任期内）"),
        ]
        ordering = ["pinyin", "id"]
        constraints = [
            # Two chains of one county may bear the same name: the real rosters have such a pair.
            models.UniqueConstraint(fields=["tenant", "name", "cluster"], name="alliance_name_once_per_chain"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """An enterprise's membership of an alliance, from `joined_on` until the day before `left_on`."""

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="memberships", verbose_name="联盟")
    enterprise = TenantForeignKey(Enterprise, related_name="memberships", verbose_name="企业")
    joined_on = models.DateField("入盟日期")
    left_on = models.DateField("退盟日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联盟成员"
        ordering = ["joined_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gt=F("joined_on")),
                name="membership_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("alliance", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.EQUAL),
                    (
                        Func(
                            F("joined_on"),
                            F("left_on"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alliance_id} · {self.enterprise_id}"


class AlliancePermissionManager(TenantPermissionManager):
    """Knows which permissions are in force: those of a 轮值书记 end with his term, not with the next hourly run."""

    def in_force(self, user: User, *codenames: str) -> QuerySet:
        """The permissions of `user` that hold at this moment; all kinds unless some are named."""
        held = self.filter(Q(until__isnull=True) | Q(until__gte=localdate()), user=user)
        return held.filter(permission__codename__in=codenames) if codenames else held


class AlliancePermission(TenantUserPermission):
    """Object permission of one user on one alliance (secretary, 轮值书记 during the term)."""

    content_object = TenantForeignKey(Alliance, models.CASCADE)
    #: The last day on which it holds; empty for those that end only when they are taken away.
    until = models.DateField("有效期至", null=True, blank=True)

    objects = AlliancePermissionManager()

    class Meta:
        verbose_name = verbose_name_plural = "联盟授权"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "permission", "content_object"], name="alliance_permission_once"
            )
        ]
