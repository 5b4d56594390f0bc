"""The archived minutes of meetings."""

from django.db import models
from django.db.models.functions import Now

from alliances.models import Meeting
from tenants.models import StoredFile, TenantForeignKey, TenantModel


class Minutes(TenantModel):
    """The 纪要 of a held meeting as PDF and Word. A held meeting is final, so it has one."""

    meeting = TenantForeignKey(Meeting, related_name="minutes", verbose_name="会议")
    pdf = TenantForeignKey(StoredFile, related_name="+", verbose_name="PDF")
    word = TenantForeignKey(StoredFile, related_name="+", verbose_name="Word")
    created_by = TenantForeignKey("tenants.User", null=True, blank=True, verbose_name="生成人")
    created_at = models.DateTimeField("生成时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "会议纪要"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "meeting"], name="minutes_once_per_meeting")]

    def __str__(self) -> str:
        return f"{self.meeting}纪要"
