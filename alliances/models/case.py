"""Typical cases (典型案例) of an alliance, and what everybody did with them (domain.md §5, docs/adr/0053)."""

from django.db import models
from django.db.models import Q

from enterprises.models import Enterprise
from tenants.models import StoredFile, TenantForeignKey, TenantModel

from .alliance import Alliance


class TypicalCase(TenantModel):
    """One 计 of 产业链党建 N 计: what was done, what came of it, what others learn from it."""

    search_fields = ("title",)

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待县级审核"
        FORWARDED = "forwarded", "待市级审核"
        RETURNED = "returned", "退回修改"
        ACCEPTED = "accepted", "已采用"
        COMPILED = "compiled", "已汇编"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="cases", verbose_name="联盟")
    title = models.CharField("计名", max_length=60)
    #: Paragraphs are lines.
    background = models.TextField("背景", blank=True, default="")
    practice = models.TextField("做法", blank=True, default="")
    effect = models.TextField("成效", blank=True, default="")
    insight = models.TextField("启示", blank=True, default="")
    enterprises = models.ManyToManyField(
        Enterprise, through="CaseEnterprise", related_name="typical_cases", verbose_name="涉及企业"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    #: What the last reviewer wants changed; empty when it is not returned.
    returned_because = models.CharField("退回原因", max_length=300, blank=True, default="")
    written_on = models.DateField("起草日期")
    accepted_at = models.DateTimeField("采用时间", null=True, blank=True)
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "典型案例"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="case_form_once"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "returned")) | ~(Q(practice="") | Q(effect="") | Q(insight="")),
                name="case_is_whole_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state="returned") & ~Q(returned_because="") | ~Q(state="returned") & Q(returned_because=""),
                name="case_return_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "compiled")) | Q(accepted_at__isnull=False),
                name="case_acceptance_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "-id"], name="case_by_state")]

    def __str__(self) -> str:
        return self.title


class CaseEnterprise(TenantModel):
    """An enterprise that a case is about."""

    case = TenantForeignKey(TypicalCase, models.CASCADE, related_name="concerned")
    enterprise = TenantForeignKey(Enterprise, related_name="case_links")

    class Meta:
        verbose_name = verbose_name_plural = "案例涉及企业"
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "enterprise"], name="case_enterprise_once")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.enterprise_id}"


class CasePhoto(TenantModel):
    """A photo of a case, in the order of the booklet."""

    case = TenantForeignKey(TypicalCase, models.CASCADE, related_name="photos", verbose_name="案例")
    file = TenantForeignKey(StoredFile, related_name="+", verbose_name="文件")
    caption = models.CharField("照片说明", max_length=60, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "案例照片"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "file"], name="case_photo_once")]

    def __str__(self) -> str:
        return str(self.file)


class CaseStep(TenantModel):
    """What somebody did with a case, with his name as it was; never changed. Two at once: the position lets one win."""

    class Action(models.TextChoices):
        WRITE = "write", "填写"
        SUBMIT = "submit", "提交审核"
        TAKE_BACK = "take_back", "撤回修改"
        FORWARD = "forward", "县级审核通过"
        ACCEPT = "accept", "市级审核通过，采用"
        RETURN = "return", "退回修改"
        COMPILE = "compile", "收入汇编"

    case = TenantForeignKey(TypicalCase, models.CASCADE, related_name="steps", verbose_name="案例")
    position = models.PositiveSmallIntegerField("序号")
    action = models.CharField("办理", max_length=10, choices=Action.choices)
    user = TenantForeignKey("tenants.User", related_name="case_steps", verbose_name="办理人")
    name = models.CharField("姓名", max_length=80)
    note = models.CharField("说明", max_length=300, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "案例办理记录"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "position"], name="case_step_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.get_action_display()}"
