"""The address under which a calendar program reads somebody's meetings."""

from __future__ import annotations

from django.db import models

from tenants.models import TenantForeignKey, TenantModel


class CalendarFeed(TenantModel):
    """A user's key to his own calendar, until he takes it back; only its digest is stored."""

    audit_redacted = ("token_digest",)

    user = TenantForeignKey("tenants.User", models.CASCADE, related_name="calendar_feeds", verbose_name="用户")
    token_digest = models.CharField("订阅密钥", max_length=64)
    created_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="calendar_feed_once_per_user"),
            models.UniqueConstraint(fields=["tenant", "token_digest"], name="calendar_feed_token_once"),
        ]

    def __str__(self) -> str:
        return str(self.user)
