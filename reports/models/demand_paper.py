"""The papers of a demand: 任务书 and 催办单, each of one act."""

from django.db import models

from demands.models import DemandEvent
from tenants.models import Job, StoredFile, TenantForeignKey, TenantModel


class DemandPaper(TenantModel):
    """An act on a demand as PDF: asked for once, made in the background, the same file for everybody."""

    event = TenantForeignKey(DemandEvent, models.CASCADE, related_name="papers", verbose_name="办理经过")
    #: The job that makes it; a new one if the last ended without a file.
    job = TenantForeignKey(Job, related_name="+", verbose_name="任务")
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="文件")
    pages = models.PositiveSmallIntegerField("页数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务书、催办单"
        constraints = [models.UniqueConstraint(fields=["tenant", "event"], name="demand_paper_once")]

    def __str__(self) -> str:
        return f"诉求文书 {self.event_id}"
