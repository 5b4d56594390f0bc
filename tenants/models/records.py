"""Technical records of a tenant: audit trail, background jobs, stored files, search index."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from .base import TenantForeignKey, TenantModel, owning_tenant


class AuditEntry(TenantModel):
    """Who did what, when. Row changes are written by database triggers, everything else by `tenants.audit.record`.

    The application role may only INSERT and SELECT here. Kept at least 184 days (网络安全法: six months).
    """

    audited = False

    tenant = owning_tenant(db_constraint=False)

    class Verb(models.TextChoices):
        CREATE = "create", "新增"
        UPDATE = "update", "修改"
        DELETE = "delete", "删除"
        SIGN_IN = "sign_in", "登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        SIGN_OUT = "sign_out", "退出"
        EXPORT = "export", "导出"
        IMPORT = "import", "导入"
        DOWNLOAD = "download", "下载"
        REVEAL = "reveal", "查看未脱敏信息"
        REFUSED = "refused", "拒绝访问"
        RECOMPUTE = "recompute", "重算时限"

    at = models.DateTimeField("时间", db_default=Now())
    actor = TenantForeignKey("tenants.User", models.DO_NOTHING, null=True, verbose_name="操作人")
    verb = models.CharField("操作", max_length=16, choices=Verb.choices)
    object_type = models.CharField("对象类型", max_length=60, blank=True, default="")
    object_id = models.BigIntegerField("对象编号", null=True)
    object_label = models.CharField("对象", max_length=200, blank=True, default="")
    #: For UPDATE {"column": [before, after]}; for DELETE the row; otherwise whatever explains the act.
    changes = models.JSONField("内容", default=dict)
    request_id = models.CharField("请求编号", max_length=64, blank=True, default="")
    address = models.GenericIPAddressField("来源地址", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        indexes = [
            models.Index(fields=["tenant", "-id"], name="audit_latest"),
            models.Index(fields=["tenant", "object_type", "object_id", "-id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.object_label}"


class PlatformEntry(models.Model):
    """What belongs to no tenant: operators' sign-ins and acts, and attempts on accounts that nobody has.

    Seen inside `cross_tenant()` only; otherwise kept like `AuditEntry`, which needs a tenant.
    """

    at = models.DateTimeField("时间", db_default=Now())
    verb = models.CharField("操作", max_length=16, choices=AuditEntry.Verb.choices)
    #: The operator; empty where nobody has the account.
    actor = models.ForeignKey(
        "tenants.User", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    label = models.CharField("对象", max_length=200)
    details = models.JSONField("内容", default=dict)
    request_id = models.CharField("请求编号", max_length=64, blank=True, default="")
    address = models.GenericIPAddressField("来源地址", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台日志"

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.label}"


class Job(TenantModel):
    """Work in the background that somebody watches: an import, an export, a briefing.

    State decides what is due: a queued job whose broker message was lost is sent again by `tenants.jobs_relay`.
    """

    audited = False

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    task = models.CharField("任务", max_length=80)
    title = models.CharField("事项", max_length=120)
    arguments = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    step = models.CharField("正在", max_length=120, blank=True, default="")
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField("说明", blank=True, default="")
    result = models.JSONField(default=dict)
    started_by = TenantForeignKey("tenants.User", models.PROTECT, null=True, verbose_name="发起人")
    created_at = models.DateTimeField("发起时间", db_default=Now())
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(
                fields=["tenant", "created_at"], name="job_open", condition=models.Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.title


class StoredFile(TenantModel):
    """A file of a tenant under a random name. Downloads pass the permission of the record that refers to it."""

    file = models.FileField(upload_to="unused", max_length=200)
    original_name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = TenantForeignKey("tenants.User", models.PROTECT, null=True, verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.original_name


class SearchDocument(TenantModel):
    """Character bigrams of a record's searchable text (docs/adr/0005). Read only through `search_ids()` in SQL."""

    audited = False

    #: First of all columns: what a search reads of thousands of rows, at a known place.
    object_id = models.BigIntegerField()
    tenant = owning_tenant(db_constraint=False)
    kind = models.TextField()
    text = models.TextField()
    grams = ArrayField(models.TextField())

    class Meta:
        verbose_name = verbose_name_plural = "检索索引"
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "object_id"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
