"""Party organisations and their quarterly counts. Counts only: no individual's Party membership is stored."""

from django.db import models
from django.utils.timezone import localdate

from tenants.models import TenantForeignKey, TenantModel, TenantUserPermission

from ..terms import certificate
from .enterprise import Enterprise


class PartyOrganisation(TenantModel):
    """The Party organisation of an enterprise (一企一支部). Only office holders are named."""

    audit_redacted = ("worker_certificate",)
    search_fields = ("name", "initials")

    class Kind(models.TextChoices):
        BRANCH = "branch", "党支部"
        GENERAL_BRANCH = "general_branch", "党总支"
        COMMITTEE = "committee", "党委"

    class Form(models.TextChoices):
        OWN = "own", "单独组建"
        JOINT = "joint", "联合组建"
        REGIONAL = "regional", "区域组建"

    name = models.CharField("党组织名称", max_length=120)
    initials = models.CharField(max_length=120, editable=False)
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    form = models.CharField("组建方式", max_length=8, choices=Form.choices, default=Form.OWN)
    enterprise = TenantForeignKey(Enterprise, related_name="party_organisations", verbose_name="企业")
    superior = TenantForeignKey("self", null=True, blank=True, related_name="subordinates", verbose_name="上级党组织")
    secretary = models.CharField("书记", max_length=40, blank=True, default="")
    secretary_post = models.CharField("行政职务", max_length=40, blank=True, default="")
    #: 双向进入、交叉任职: the secretary holds a post of middle level or above in the enterprise.
    secretary_is_manager = models.BooleanField("中层及以上", default=False)
    is_paired = models.BooleanField("结对共建", default=False)
    worker = models.CharField("专职党务工作者", max_length=40, blank=True, default="")
    worker_is_certified = models.BooleanField("资格认证", default=False)
    worker_certificate = models.CharField("证书编号", max_length=40, blank=True, default="")
    worker_certified_until = models.DateField("证书有效期至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        default_permissions = ()
        permissions = [("lead_party_organisation", "任党组织书记")]
        ordering = ["initials", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "enterprise", "name"], name="party_organisation_name_once_per_enterprise"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def certificate_light(self) -> str:
        """How the worker's certificate stands today (`terms.Certificate`); empty without one or without a last day."""
        if not self.worker_is_certified:
            return ""
        return certificate(self.worker_certified_until, localdate()) or ""


class PartyOrganisationCount(TenantModel):
    """What a Party organisation reported as of one day; `developed` counts from 1 January of that year."""

    organisation = TenantForeignKey(PartyOrganisation, models.CASCADE, related_name="counts", verbose_name="党组织")
    reported_on = models.DateField("填报日期")
    members = models.PositiveIntegerField("党员数（人）")
    developed = models.PositiveIntegerField("本年度发展党员数（人）", default=0)
    activists = models.PositiveIntegerField("入党积极分子数（人）", default=0)
    applicants = models.PositiveIntegerField("递交入党申请书数（人）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "党员统计"
        ordering = ["-reported_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "organisation", "reported_on"], name="party_count_once_per_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.reported_on}"


class PartyOrganisationPermission(TenantUserPermission):
    """Whose account leads a Party organisation: its secretary's. Whatever falls to the unit falls to that user."""

    content_object = TenantForeignKey(PartyOrganisation, models.CASCADE)

    class Meta:
        verbose_name = verbose_name_plural = "党组织授权"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "permission", "content_object"], name="party_organisation_permission_once"
            )
        ]
