"""Agreements and pairings that members of an alliance sign (三个结对、合作协议)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from enterprises.models import Enterprise
from tenants.models import StoredFile, TenantForeignKey, TenantModel

from .alliance import Alliance


class Agreement(TenantModel):
    """What some members agreed, among themselves or with others, until a day. A renewal is an agreement of its own."""

    search_fields = ("subject", "outside")

    class Kind(models.TextChoices):
        PAIRED_BRANCHES = "branches", "支部结对"
        PAIRED_RESEARCH = "research_pair", "研发结对"
        PAIRED_TRADE = "trade_pair", "购销结对"
        JOINT = "joint", "共建协议"
        RESEARCH = "research", "技术攻关协议"
        TRADE = "trade", "产销协议"
        FINANCE = "finance", "金融服务协议"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="agreements", verbose_name="联盟")
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    subject = models.CharField("事项", max_length=120)
    #: Banks, institutes, departments: whoever is no member.
    outside = models.CharField("联盟外的单位", max_length=200, blank=True, default="")
    signed_on = models.DateField("签订日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    content = models.TextField("主要内容", blank=True, default="")
    file = TenantForeignKey(StoredFile, null=True, blank=True, related_name="+", verbose_name="附件")
    follows = TenantForeignKey(
        "self", null=True, blank=True, related_name="renewals", verbose_name="续签自", editable=False
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    ended_because = models.CharField("终止原因", max_length=200, blank=True, default="")
    parties = models.ManyToManyField(
        Enterprise, through="AgreementParty", related_name="agreements", verbose_name="签约企业"
    )
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "结对与协议"
        ordering = ["-signed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="agreement_form_once"),
            models.UniqueConstraint(fields=["tenant", "follows"], name="agreement_renewed_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("signed_on")),
                name="agreement_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | (~Q(ended_because="") & Q(ended_on__gte=F("signed_on"))),
                name="agreement_end_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "valid_until"], name="agreement_by_end")]

    def __str__(self) -> str:
        return self.subject


class AgreementParty(TenantModel):
    """A member that signed."""

    agreement = TenantForeignKey(Agreement, models.CASCADE, related_name="signatures")
    enterprise = TenantForeignKey(Enterprise, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "签约企业"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "agreement", "enterprise"], name="agreement_party_once")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} · {self.enterprise_id}"
