"""The published lists of an alliance: kinds as a tenant uses them, versions, their files, what is left out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alliances.models import Alliance
from alliances.rotation import Quarter
from tenants.models import Job, StoredFile, TenantForeignKey, TenantModel


class ListKind(TenantModel):
    """Whether a tenant uses a kind of list, and what it calls it. Without a row, `selectors` says what holds."""

    class Kind(models.TextChoices):
        DEMANDS = "demands", "需求清单"
        RESOURCES = "resources", "资源清单"
        POLICIES = "policies", "政策清单"
        PROJECTS = "projects", "项目清单"

    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    name = models.CharField("名称", max_length=20)
    is_used = models.BooleanField("使用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单种类"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind"], name="list_kind_once"),
            # Deferred, so that two kinds can exchange their names.
            models.UniqueConstraint(
                fields=["tenant", "name"], name="list_kind_name_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PublishedList(TenantModel):
    """One version of a list, as it was published. The database lets nobody change it (docs/adr/0066)."""

    written_once = True

    alliance = TenantForeignKey(Alliance, related_name="published_lists", verbose_name="联盟")
    kind = models.CharField("种类", max_length=12, choices=ListKind.Kind.choices)
    #: Counted per alliance and kind from 1, without gaps.
    version = models.PositiveIntegerField("版本")
    #: What the tenant called this kind on the day.
    name = models.CharField("清单名称", max_length=20)
    #: The first day of the quarter whose state it tells.
    period = models.DateField("所属季度")
    published_on = models.DateField("发布日期")
    published_by = TenantForeignKey("tenants.User", related_name="published_lists", verbose_name="发布人")
    row_count = models.PositiveIntegerField("项数")
    #: The difference from the version before, in words.
    summary = models.CharField("变动情况", max_length=60)
    #: Heading and rows (`demands.list_changes.to_json`), and their digest.
    content = models.JSONField("内容")
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "已发布清单"
        ordering = ["-published_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "kind", "version"], name="list_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="list_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.name}第{self.version}版"

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.period)


class ListPaper(TenantModel):
    """The files of a version, made in the background. A row of its own, because the version stays as it is."""

    published = TenantForeignKey(PublishedList, related_name="papers", verbose_name="清单")
    #: The job that makes them; a new one if the last ended without.
    job = TenantForeignKey(Job, related_name="+", verbose_name="任务")
    excel = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="Excel")
    pdf = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="PDF")
    pages = models.PositiveSmallIntegerField("页数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "清单文件"
        constraints = [models.UniqueConstraint(fields=["tenant", "published"], name="list_paper_once")]

    def __str__(self) -> str:
        return f"清单文件 {self.published_id}"

    @property
    def is_made(self) -> bool:
        return bool(self.excel_id and self.pdf_id)


class ListOmission(TenantModel):
    """A record that an alliance does not publish, until somebody puts it back. Only who publishes reads it."""

    alliance = TenantForeignKey(Alliance, related_name="list_omissions", verbose_name="联盟")
    kind = models.CharField("种类", max_length=12, choices=ListKind.Kind.choices)
    #: Which record of the kind's table.
    record = models.BigIntegerField("记录")
    #: What it was called when it was left out.
    title = models.CharField("内容", max_length=200)
    reason = models.CharField("原因", max_length=100)
    left_out_by = TenantForeignKey("tenants.User", related_name="+", verbose_name="经办人")
    left_out_on = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "不列入清单的内容"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "kind", "record"], name="list_omission_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="list_omission_has_reason"),
        ]

    def __str__(self) -> str:
        return self.title
