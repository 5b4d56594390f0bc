"""Issued booklets of typical cases (产业链党建 N 计)."""

from django.db import models
from django.db.models.functions import Now

from alliances.models import TypicalCase
from tenants.models import Job, StoredFile, TenantForeignKey, TenantModel


class CaseBooklet(TenantModel):
    """A booklet as it was issued, never changed: the texts that it quotes, their digest, and the file."""

    #: `AL-2026-000003`: printed in its imprint.
    number = models.CharField("汇编编号", max_length=16)
    title = models.CharField("名称", max_length=40)
    #: `reports.booklet.Booklet` as JSON values.
    content = models.JSONField("内容", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    file = TenantForeignKey(StoredFile, related_name="+", verbose_name="文件")
    pages = models.PositiveSmallIntegerField("页数")
    job = TenantForeignKey(Job, null=True, blank=True, related_name="+", verbose_name="任务")
    created_by = TenantForeignKey("tenants.User", null=True, blank=True, verbose_name="编制人")
    created_at = models.DateTimeField("编制时间", db_default=Now())

    audit_redacted = ("content",)

    class Meta:
        verbose_name = verbose_name_plural = "案例汇编"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="booklet_number_once"),
            models.UniqueConstraint(fields=["tenant", "job"], name="booklet_once_per_job"),
        ]

    def __str__(self) -> str:
        return self.title


class BookletChapter(TenantModel):
    """Which case a chapter of a booklet was, in its order. The words are the booklet's own (`CaseBooklet.content`)."""

    booklet = TenantForeignKey(CaseBooklet, models.CASCADE, related_name="chapters", verbose_name="汇编")
    case = TenantForeignKey(TypicalCase, related_name="booklet_chapters", verbose_name="案例")
    position = models.PositiveSmallIntegerField("第几计")

    class Meta:
        verbose_name = verbose_name_plural = "汇编篇目"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "booklet", "position"], name="booklet_chapter_place_once"),
            models.UniqueConstraint(fields=["tenant", "booklet", "case"], name="booklet_chapter_case_once"),
        ]

    def __str__(self) -> str:
        return f"第{self.position}计"
