"""Signing in at an activity by a QR code, without an account (docs/adr/0057)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.models import Enterprise
from tenants.models import TenantForeignKey, TenantModel

from .activity import Activity


class ActivitySignIn(TenantModel):
    """The QR code of an activity, while its secretary keeps it open."""

    audit_redacted = ("token_digest", "sealed_token")

    activity = TenantForeignKey(Activity, models.CASCADE, related_name="sign_ins", verbose_name="活动")
    token_digest = models.CharField(max_length=64, editable=False)
    #: The token itself, encrypted: the code is shown and printed again.
    sealed_token = models.TextField(editable=False)
    is_open = models.BooleanField("开启签到", default=True)
    opened_at = models.DateTimeField("开启时间")

    class Meta:
        verbose_name = verbose_name_plural = "扫码签到"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "activity"], name="sign_in_once_per_activity"),
            models.UniqueConstraint(fields=["tenant", "token_digest"], name="sign_in_token_once"),
        ]

    def __str__(self) -> str:
        return str(self.activity)


class SignInEntry(TenantModel):
    """What one phone said: which unit, how many people. No person's name is kept."""

    audited = False

    sign_in = TenantForeignKey(ActivitySignIn, models.CASCADE, related_name="entries", verbose_name="签到")
    #: Random, in a cookie for this activity alone: a phone that comes twice counts once.
    device = models.UUIDField()
    unit_name = models.CharField("单位名称", max_length=120)
    #: The enterprise of that name; empty when the books know none.
    enterprise = TenantForeignKey(Enterprise, models.CASCADE, null=True, blank=True, related_name="+")
    head_count = models.PositiveSmallIntegerField("人数")
    signed_at = models.DateTimeField("签到时间")

    class Meta:
        verbose_name = verbose_name_plural = "签到记录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sign_in", "device"], name="sign_in_once_per_device"),
            models.CheckConstraint(condition=Q(head_count__range=(1, 200)), name="sign_in_head_count_in_bounds"),
        ]

    def __str__(self) -> str:
        return self.unit_name
