"""In-site messages. A notice is a row written in the same transaction as the fact it tells of."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import TenantForeignKey, TenantModel


class Notice(TenantModel):
    """One message to one user; `key` makes it exactly one however often its job runs."""

    audited = False

    recipient = TenantForeignKey("tenants.User", models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True, default="")
    url = models.CharField("链接", max_length=200, blank=True, default="")
    #: Told outside the portal in the next office hour; all others wait for the day's digest.
    is_urgent = models.BooleanField("紧急", default=False)
    created_at = models.DateTimeField("时间", db_default=Now())
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "recipient", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["tenant", "recipient"], name="notice_unread", condition=models.Q(read_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.title
