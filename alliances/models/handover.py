"""The handover pack between two terms, and the three signatures under it (domain.md §3, docs/adr/0044)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.models import TenantForeignKey, TenantModel

from .alliance import Alliance
from .rotation import Term


class Handover(TenantModel):
    """What one holder hands to the next. Compiled live until he signs; from then on its content stands."""

    audit_redacted = ("content",)

    class State(models.TextChoices):
        OPEN = "open", "待移交人签字"
        GIVEN = "given", "待接收人、监交人签字"
        DONE = "done", "已完成"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="handovers", verbose_name="联盟")
    outgoing = TenantForeignKey(Term, models.CASCADE, related_name="handed_over", verbose_name="移交任期")
    incoming = TenantForeignKey(Term, models.CASCADE, related_name="taken_over", verbose_name="接收任期")
    #: The last day on which it is in time.
    due_on = models.DateField("交接时限")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    summary = models.TextField("季度工作小结", blank=True, default="")
    suggestions = models.TextField("工作建议", blank=True, default="")
    #: Why the receiving or the supervising party sent it back last.
    returned_because = models.CharField("退回原因", max_length=300, blank=True, default="")
    #: What all three sign (`alliances.handover.content_of`), and its digest; empty until the first signature.
    content = models.JSONField(null=True, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="", editable=False)
    completed_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接清单"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "outgoing"], name="handover_once_per_outgoing_term"),
            models.UniqueConstraint(fields=["tenant", "incoming"], name="handover_once_per_incoming_term"),
            models.CheckConstraint(
                condition=Q(state="open", content__isnull=True) | (~Q(state="open") & Q(content__isnull=False)),
                name="handover_content_from_first_signature",
            ),
            models.CheckConstraint(
                condition=Q(state="done", completed_at__isnull=False)
                | (~Q(state="done") & Q(completed_at__isnull=True)),
                name="handover_done_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_on"], name="handover_open_by_due", condition=~Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"交接清单 {self.pk}"


class HandoverSignature(TenantModel):
    """One party's signature: who signed for which unit, when, and the digest of what he saw."""

    class Party(models.TextChoices):
        GIVING = "giving", "移交人"
        RECEIVING = "receiving", "接收人"
        SUPERVISING = "supervising", "监交人"

    handover = TenantForeignKey(Handover, models.CASCADE, related_name="signatures", verbose_name="交接清单")
    party = models.CharField("签字方", max_length=12, choices=Party.choices)
    user = TenantForeignKey("tenants.User", related_name="handover_signatures", verbose_name="签字人")
    #: As they were on that day.
    name = models.CharField("姓名", max_length=80)
    unit = models.CharField("单位", max_length=120)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    signed_at = models.DateTimeField("签字时间")

    class Meta:
        verbose_name = verbose_name_plural = "交接签字"
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "handover", "party"], name="handover_signed_once_per_party"),
            # Three parties are three people.
            models.UniqueConstraint(fields=["tenant", "handover", "user"], name="handover_signed_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} {self.name}"
