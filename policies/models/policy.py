"""The policy library's root: one policy with its conditions as data and in words."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from enterprises.models import Scale
from tenants.models import DictionaryEntry, TenantForeignKey, TenantModel, Unit


class Policy(TenantModel):
    """A supporting policy, known by its 文号. A missing condition value means the condition is not asked."""

    audit_redacted = ("contact_phone",)
    search_fields = ("name", "initials", "document_number", "conditions_text", "support")

    class Delivery(models.TextChoices):
        AUTOMATIC = "automatic", "免申即享"
        IMMEDIATE = "immediate", "即申即享"
        REVIEWED = "reviewed", "申报审核"

    name = models.CharField("政策名称", max_length=200)
    initials = models.CharField(max_length=200, editable=False)
    document_number = models.CharField("文号", max_length=60)
    issuer = TenantForeignKey(Unit, related_name="policies", verbose_name="发布单位")
    element = TenantForeignKey(DictionaryEntry, related_name="policies", verbose_name="要素类别")
    #: The chain it was written for; empty means 全部产业.
    cluster = TenantForeignKey(
        DictionaryEntry, null=True, blank=True, related_name="cluster_policies", verbose_name="适用产业"
    )
    #: Empty means 不限.
    scale = models.CharField("适用企业类型", max_length=12, choices=Scale.choices, blank=True, default="")
    min_revenue = models.DecimalField("营业收入下限（万元）", max_digits=16, decimal_places=4, null=True, blank=True)
    min_research_share = models.DecimalField("研发占比下限（%）", max_digits=5, decimal_places=2, null=True, blank=True)
    honours = ArrayField(models.CharField(max_length=40), verbose_name="资质要求", default=list, blank=True)
    #: What is asked besides (`eligibility.dumped`); None: nothing more than the columns above.
    conditions = models.JSONField(null=True, blank=True, editable=False)
    #: The same in words, for the trail.
    conditions_words = models.CharField("补充条件", max_length=1000, blank=True, default="")
    conditions_text = models.TextField("申报条件", blank=True, default="")
    support = models.TextField("扶持标准", blank=True, default="")
    effective_on = models.DateField("施行日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    delivery = models.CharField("兑现方式", max_length=12, choices=Delivery.choices)
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=20, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "政策"
        ordering = ["-effective_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document_number"], name="policy_document_number_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("effective_on")),
                name="policy_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name
