"""The paper of a handover pack that all three parties have signed."""

from django.db import models

from alliances.models import Handover
from tenants.models import Job, StoredFile, TenantForeignKey, TenantModel


class HandoverPaper(TenantModel):
    """A finished pack as PDF: asked for once, made in the background, the same file for everybody."""

    handover = TenantForeignKey(Handover, models.CASCADE, related_name="papers", verbose_name="交接清单")
    #: The job that makes it; a new one if the last ended without a file.
    job = TenantForeignKey(Job, related_name="+", verbose_name="任务")
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="文件")
    pages = models.PositiveSmallIntegerField("页数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "交接清单文件"
        constraints = [models.UniqueConstraint(fields=["tenant", "handover"], name="handover_paper_once")]

    def __str__(self) -> str:
        return f"交接清单文件 {self.handover_id}"
