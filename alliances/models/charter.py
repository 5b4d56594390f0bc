"""The 章程 of an alliance, in the versions that its meetings adopted."""

from django.db import models
from django.db.models import Q

from tenants.models import StoredFile, TenantForeignKey, TenantModel

from .alliance import Alliance


class Charter(TenantModel):
    """One version of an alliance's charter, never changed afterwards; the one with the highest number is in force."""

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="charters", verbose_name="联盟")
    version = models.PositiveSmallIntegerField("版本")
    adopted_on = models.DateField("通过日期")
    meeting = models.CharField("通过会议", max_length=120)
    #: Paragraphs are lines. Empty where only the paper was handed in.
    text = models.TextField("正文", blank=True, default="")
    note = models.CharField("修改说明", max_length=300, blank=True, default="")
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="附件")
    registered_by = TenantForeignKey("tenants.User", null=True, blank=True, verbose_name="登记人")
    registered_at = models.DateTimeField("登记时间")
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "章程"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "version"], name="charter_version_once"),
            models.UniqueConstraint(fields=["tenant", "form_token"], name="charter_form_once"),
            models.CheckConstraint(condition=~Q(text="") | Q(file__isnull=False), name="charter_has_text_or_file"),
        ]

    def __str__(self) -> str:
        return f"章程第{self.version}版"
