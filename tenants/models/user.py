"""Users, their roles, invitations."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import _user_has_perm
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from .base import TenantForeignKey, TenantManager, TenantModel
from .tenant import Region, Tenant, Unit


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who signs in. The tenant is empty for platform operators only.

    The account name is `login@tenant-slug`, so it is unique on the installation without telling one tenant which
    names another uses. Read during sign-in, hence not a `TenantModel`: its policy also admits `app.bootstrap` and the
    user himself (tenants/schema.py).
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="users", db_index=False)
    username = models.CharField(
        "账号",
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[\w.+-]+(@[a-z][a-z0-9-]*)?$", "账号只能含汉字、字母、数字和 . + - _。")],
    )
    full_name = models.CharField("姓名", max_length=40)
    email = models.EmailField("邮箱", blank=True, default="")
    phone = models.CharField("手机", max_length=20, blank=True, default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, db_constraint=False, verbose_name="单位")
    is_active = models.BooleanField("启用", default=True)
    is_operator = models.BooleanField("平台运维", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码更换时间", null=True, blank=True)
    #: The newest replaced passwords, encoded like `password`, so that none is taken again at once.
    past_passwords = ArrayField(models.CharField(max_length=128), default=list, blank=True, editable=False)
    created_at = models.DateTimeField("创建时间", db_default=Now())

    #: Columns whose values the audit trail never shows, as in `TenantModel`.
    audit_redacted = ("password", "past_passwords", "phone", "email")
    #: Django's admin is not installed; nobody is above the tenant's rules.
    is_staff = False
    is_superuser = False

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tenant__isnull=False, is_operator=False)
                | models.Q(tenant__isnull=True, is_operator=True),
                name="user_operator_has_no_tenant",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def may_enter(self) -> bool:
        """Whether the account, and its tenant, are enabled."""
        return self.is_active and (self.tenant is None or self.tenant.is_active)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and _user_has_perm(self, perm, obj)


class Role(models.TextChoices):
    """Who somebody is in a tenant (domain.md §1). The platform operator is `User.is_operator`."""

    TENANT_ADMIN = "tenant_admin", "租户管理员"
    CITY_STAFF = "city_staff", "市级工作人员"
    COUNTY_STAFF = "county_staff", "县（市、区）工作人员"
    DEPARTMENT = "department", "部门经办人"
    ALLIANCE_SECRETARY = "alliance_secretary", "联盟秘书长"
    ROTATING_SECRETARY = "rotating_secretary", "轮值书记"
    ENTERPRISE = "enterprise", "企业用户"
    INSTRUCTOR = "instructor", "红帆指导员"


class RoleAssignment(TenantModel):
    """A role that a user holds, with the region or unit it is limited to.

    Alliances and enterprises are bound by object permissions (`alliances.AlliancePermission`,
    `enterprises.EnterprisePermission`), which services grant together with the role.
    """

    user = TenantForeignKey("tenants.User", models.CASCADE, related_name="assignments", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    region = TenantForeignKey(Region, null=True, blank=True, verbose_name="区域")
    unit = TenantForeignKey(Unit, null=True, blank=True, verbose_name="单位")

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "role", "region", "unit"], name="role_held_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~models.Q(role="county_staff") | models.Q(region__isnull=False),
                name="county_staff_has_region",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="department") | models.Q(unit__isnull=False), name="department_has_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    @property
    def label(self) -> str:
        """The role with what it is limited to: "县（市、区）工作人员（任城区）"."""
        limit = self.region or self.unit
        return f"{self.get_role_display()}（{limit}）" if limit else self.get_role_display()


class Invitation(TenantModel):
    """A single-use link with which a user sets his password: first sign-in, or a reset by the administrator.

    Only a digest of the token is kept. Looked up before a scope exists, so its policy admits `app.bootstrap`.
    """

    audit_redacted = ("token_digest",)

    user = TenantForeignKey("tenants.User", models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    created_at = models.DateTimeField("发出时间", db_default=Now())

    objects = TenantManager()
    #: For the one look-up by token in which no tenant is known yet; everything else goes through `objects`.
    before_scope = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "邀请链接"
        constraints = [models.UniqueConstraint(fields=["token_digest"], name="invitation_token_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.expires_at:%Y-%m-%d}"
