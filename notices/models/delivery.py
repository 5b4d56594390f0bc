"""How messages leave the portal: whom a channel serves, what was sent through it (docs/adr/0067)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tenants.models import TenantForeignKey, TenantModel, Unit

from .notice import Notice


class Channel(TenantModel):
    """A way out of the portal: somebody's own e-mail, or the robot of a unit's group chat."""

    audit_redacted = ("sealed_key",)

    class Kind(models.TextChoices):
        EMAIL = "email", "邮箱"
        WECOM = "wecom", "企业微信群机器人"
        DINGTALK = "dingtalk", "钉钉群机器人"

    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    user = TenantForeignKey("tenants.User", models.CASCADE, null=True, blank=True, related_name="channels")
    unit = TenantForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="channels", verbose_name="发给哪个单位的人"
    )
    name = models.CharField("群名称", max_length=40, blank=True, default="")
    #: The robot's key, encrypted (`tenants.crypto`); nobody is shown it again.
    sealed_key = models.TextField("密钥", blank=True, default="", editable=False)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "消息外发方式"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="email", user__isnull=False, unit__isnull=True)
                | (~Q(kind="email") & Q(user__isnull=True, unit__isnull=False)),
                name="channel_mail_to_a_person_robot_to_a_unit",
            ),
            models.UniqueConstraint(fields=["tenant", "user"], name="channel_one_mailbox_per_person"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class Delivery(TenantModel):
    """One sending through a channel: the outbox. State decides what is due, not the schedule."""

    audited = False

    class State(models.TextChoices):
        QUEUED = "queued", "待发"
        SENDING = "sending", "正在发"
        SENT = "sent", "已发"
        FAILED = "failed", "未发出"

    channel = TenantForeignKey(Channel, models.CASCADE, related_name="deliveries")
    #: The day whose digest it is; empty for urgent messages and tests, which go at once.
    digest_on = models.DateField(null=True, blank=True)
    is_test = models.BooleanField(default=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    #: A worker that has not said by then what became of it is dead.
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    error = models.CharField("未发出的原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "消息外发"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "digest_on"], name="delivery_one_digest_a_day")
        ]
        indexes = [
            models.Index(fields=["tenant", "due_at"], name="delivery_due", condition=Q(state__in=["queued", "sending"]))
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} · {self.due_at:%Y-%m-%d %H:%M}"


class DeliveredNotice(TenantModel):
    """A message that a sending tells of; through each channel a message leaves once."""

    audited = False

    delivery = TenantForeignKey(Delivery, models.CASCADE, related_name="notices")
    channel = TenantForeignKey(Channel, models.CASCADE, related_name="+")
    notice = TenantForeignKey(Notice, models.CASCADE, related_name="deliveries")

    class Meta:
        verbose_name = verbose_name_plural = "外发的消息"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "notice"], name="notice_leaves_once_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} · {self.notice_id}"
