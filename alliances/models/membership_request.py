"""How enterprises join and leave an alliance: applications, and what its meetings decided (domain.md §2)."""

from django.db import models
from django.db.models import Q

from enterprises.models import Enterprise
from tenants.models import TenantForeignKey, TenantModel

from .alliance import Alliance


class MembershipRequest(TenantModel):
    """An enterprise's wish to join or to leave an alliance. Approved, it begins or ends a `Membership`."""

    class Kind(models.TextChoices):
        JOIN = "join", "入盟"
        EXIT = "exit", "退盟"

    class State(models.TextChoices):
        PENDING = "pending", "待办理"
        APPROVED = "approved", "已同意"
        REFUSED = "refused", "未同意"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="membership_requests", verbose_name="联盟")
    kind = models.CharField("申请事项", max_length=8, choices=Kind.choices)
    enterprise = TenantForeignKey(Enterprise, related_name="membership_requests", verbose_name="企业")
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PENDING)
    requested_by = TenantForeignKey("tenants.User", related_name="membership_requests", verbose_name="登记人")
    requested_at = models.DateTimeField("登记时间")
    meeting = models.CharField("决定会议", max_length=120, blank=True, default="")
    #: The first day of the membership, or the first day without it.
    effective_on = models.DateField("生效日期", null=True, blank=True)
    decided_by = TenantForeignKey(
        "tenants.User", null=True, blank=True, related_name="membership_decisions", verbose_name="办理人"
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    #: Why it was refused.
    answer = models.CharField("答复", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "入盟退盟申请"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "alliance", "enterprise"],
                condition=Q(state="pending"),
                name="membership_request_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(decided_at__isnull=False), name="membership_decision_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(effective_on__isnull=False), name="membership_approval_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}申请"
