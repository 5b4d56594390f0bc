"""Frozen figures and the papers that quote them."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import Job, Region, StoredFile, TenantForeignKey, TenantModel


class Snapshot(TenantModel):
    """Figures of a period and region, frozen: later edits of business data never change them."""

    #: `KZ-2026-000012`: what a paper's footnote quotes.
    number = models.CharField("快照编号", max_length=16)
    region = TenantForeignKey(Region, verbose_name="区域")
    period_from = models.DateField("起")
    period_to = models.DateField("止")
    figures = models.JSONField("数据")
    sha256 = models.CharField("SHA-256", max_length=64)
    created_by = TenantForeignKey("tenants.User", null=True, blank=True)
    created_at = models.DateTimeField("生成时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "数据快照"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="snapshot_number_once")]

    def __str__(self) -> str:
        return self.number


class Briefing(TenantModel):
    """A quarterly 简报, archived with its snapshot and the digest of its file."""

    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    region = TenantForeignKey(Region, verbose_name="区域")
    #: 第 N 期 of its year, and 总第 N 期 since the first.
    issue = models.PositiveSmallIntegerField("期号")
    serial = models.PositiveIntegerField("总期号")
    title = models.CharField("标题", max_length=120)
    snapshot = TenantForeignKey(Snapshot, null=True, blank=True, related_name="briefings")
    editor_note = models.TextField("按语", blank=True, default="")
    reported_to = models.CharField("报", max_length=200, blank=True, default="")
    sent_to = models.CharField("送", max_length=200, blank=True, default="")
    issued_to = models.CharField("发", max_length=200, blank=True, default="")
    copies = models.PositiveSmallIntegerField("共印份数", default=50)
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+")
    pages = models.PositiveSmallIntegerField("页数", default=0)
    job = TenantForeignKey(Job, null=True, blank=True, related_name="+")
    created_by = TenantForeignKey("tenants.User", null=True, blank=True)
    created_at = models.DateTimeField("生成时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "简报"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "serial"], name="briefing_serial_once"),
            models.UniqueConstraint(fields=["tenant", "year", "issue"], name="briefing_issue_once_per_year"),
        ]

    def __str__(self) -> str:
        return self.title
