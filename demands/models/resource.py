"""Resources that a member offers to the others."""

from django.db import models

from alliances.models import Alliance
from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, TenantForeignKey, TenantModel


class Resource(TenantModel):
    """Something an enterprise can lend, share or take over for others, until a day."""

    audit_redacted = ("contact_phone",)
    search_fields = ("content",)

    class Scope(models.TextChoices):
        ALLIANCE = "alliance", "本联盟"
        CITY = "city", "全市"

    alliance = TenantForeignKey(Alliance, related_name="resources", verbose_name="联盟")
    enterprise = TenantForeignKey(Enterprise, related_name="resources", verbose_name="企业")
    kind = TenantForeignKey(DictionaryEntry, related_name="resources", verbose_name="资源类别")
    content = models.TextField("资源内容")
    published_on = models.DateField("发布日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    scope = models.CharField("共享范围", max_length=8, choices=Scope.choices)
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=20, blank=True, default="")
    #: Digest of the natural key of the ledger row it came from; what makes an import repeatable. Empty otherwise.
    ledger_key = models.CharField(max_length=32, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "资源"
        ordering = ["-published_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ledger_key"], name="resource_ledger_row_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("published_on")),
                name="resource_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-published_on", "-id"], name="resource_latest")]

    def __str__(self) -> str:
        return self.content[:40]
