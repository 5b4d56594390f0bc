"""An import of one ledger, from upload to commit."""

from django.db import models
from django.db.models.functions import Now

from tenants.models import Job, StoredFile, TenantForeignKey, TenantModel


class ImportRun(TenantModel):
    """One uploaded ledger: checked first (dry run), committed when the user says so."""

    #: Long, and full of what stands in the ledger itself.
    audit_redacted = ("errors", "remarks", "preview")

    class State(models.TextChoices):
        UPLOADED = "uploaded", "待检查"
        CHECKED = "checked", "已检查，待导入"
        REFUSED = "refused", "文件不可用"
        IMPORTED = "imported", "已导入"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "未完成"

    sheet_key = models.CharField("台账", max_length=40)
    source = TenantForeignKey(StoredFile, related_name="+", verbose_name="原文件")
    error_workbook = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="错误标注文件")
    job = TenantForeignKey(Job, null=True, blank=True, related_name="+", verbose_name="后台任务")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.UPLOADED)
    total = models.PositiveIntegerField("数据行", default=0)
    accepted = models.PositiveIntegerField("可导入", default=0)
    #: After the check: what importing would do. After the import: what it did.
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    #: `ledgers.reading.CellError` as dictionaries, in the order of rows.
    errors = models.JSONField("错误", default=list)
    #: What a reader should know that is no error: unknown columns, skipped 合计 rows, parks to be created.
    remarks = models.JSONField("提示", default=list)
    #: The first rows as they stand in the file, phones masked.
    preview = models.JSONField("预览", default=list)
    message = models.TextField("说明", blank=True, default="")
    started_by = TenantForeignKey("tenants.User", null=True, verbose_name="导入人")
    created_at = models.DateTimeField("上传时间", db_default=Now())
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.sheet_key} {self.pk}"

    @property
    def is_busy(self) -> bool:
        """Whether its job waits or works."""
        return self.job is not None and self.job.state in {Job.State.QUEUED, Job.State.RUNNING}

    @property
    def has_failed(self) -> bool:
        """Whether its job ended without doing what it was to do."""
        is_open = self.state in {self.State.UPLOADED, self.State.CHECKED}
        return is_open and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def state_label(self) -> str:
        """The state in words, together with that of its job."""
        if self.is_busy:
            return "正在检查" if self.state == self.State.UPLOADED else "正在导入"
        return str(self.State.FAILED.label if self.has_failed else self.get_state_display())
