"""Users of a tenant, their roles, passwords, invitations and sessions. The administrator's acts, audited in words."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from rest_framework.authtoken.models import Token

from .. import grants
from ..account_names import account_name
from ..audit import record, record_platform
from ..crypto import digest
from ..models import AuditEntry, Invitation, Region, Role, RoleAssignment, Tenant, Unit, User
from ..passwords import remembered_passwords
from ..permissions import Actor
from ..scope import tenant_scope
from ..selectors import invitation_find

Verb = AuditEntry.Verb
TOKEN_BYTES = 32


@transaction.atomic
def user_create(
    *,
    actor: Actor,
    login: str,
    full_name: str,
    phone: str = "",
    email: str = "",
    unit: Unit | None = None,
    role: str = "",
    region: Region | None = None,
) -> User:
    """Create an account without a password (send an invitation next), with its first role.

    Raises `ValidationError` for a taken or malformed name and for a role without its region or unit.
    """
    actor.require(Role.TENANT_ADMIN)
    user = _account(
        tenant=cast(Tenant, actor.user.tenant), login=login, full_name=full_name, phone=phone, email=email, unit=unit
    )
    if role:
        role_assign(actor=actor, user=user, role=role, region=region, unit=unit)
    return user


@transaction.atomic
def administrator_invite(*, tenant: Tenant, login: str, full_name: str, now: datetime) -> tuple[User, str]:
    """Create a new tenant's first administrator; returns him and the token of his invitation. Operator's act."""
    with tenant_scope(tenant, request_id="operator"):
        user = _account(tenant=tenant, login=login, full_name=full_name)
        RoleAssignment.objects.create(user=user, role=Role.TENANT_ADMIN)
        return user, _invite(user, now)


def _account(*, tenant: Tenant, login: str, full_name: str, **fields: Any) -> User:
    if "@" in login:
        raise ValidationError({"login": f"这里只填 @ 前面的部分，系统会加上 @{tenant.slug}。"})
    user = User(tenant=tenant, username=account_name(login, tenant.slug), full_name=full_name, **fields)
    user.set_unusable_password()
    if User.objects.filter(username=user.username).exists():
        raise ValidationError({"login": f"账号 {user.username} 已经有人用，请换一个登录名。"})
    try:
        user.full_clean()
    except ValidationError as error:
        # The form asks for the login only, so that is where the message belongs.
        messages = error.message_dict
        raise ValidationError({"login" if name == "username" else name: messages[name] for name in messages}) from error
    user.save()
    return user


@transaction.atomic
def user_update(*, actor: Actor, user: User, full_name: str, phone: str, email: str, unit: Unit | None) -> User:
    """Change a user's name, phone, e-mail and unit."""
    actor.require(Role.TENANT_ADMIN)
    user.full_name, user.phone, user.email, user.unit = full_name, phone, email, unit
    user.full_clean()
    user.save(update_fields=["full_name", "phone", "email", "unit"])
    return user


@transaction.atomic
def user_disable(*, actor: Actor, user: User) -> None:
    """Close an account: its sessions and API tokens end at once. Raises `ValidationError` for one's own."""
    actor.require(Role.TENANT_ADMIN)
    if user.pk == actor.user.pk:
        raise ValidationError("不能停用自己的账号。请由另一位管理员操作。")
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions_end(actor=actor, user=user)


@transaction.atomic
def user_enable(*, actor: Actor, user: User) -> None:
    """Open a closed account again, with the roles it had."""
    actor.require(Role.TENANT_ADMIN)
    User.objects.filter(pk=user.pk).update(is_active=True)


def sessions_end(*, actor: Actor, user: User) -> int:
    """Sign a user out on every device and withdraw his API tokens. Returns how many sessions ended."""
    actor.require(Role.TENANT_ADMIN)
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    Token.objects.filter(user=user).delete()
    record(Verb.SIGN_OUT, label=str(user), obj=user, details={"reason": "管理员结束登录", "sessions": len(sessions)})
    return len(sessions)


@transaction.atomic
def second_step_reset(*, actor: Actor, user: User) -> None:
    """Take away a user's authenticator and recovery codes (lost phone); he sets up a new one when he signs in."""
    actor.require(Role.TENANT_ADMIN)
    Authenticator.objects.filter(user=user).delete()
    record(Verb.UPDATE, label=str(user), obj=user, details={"second_step": ["已设置", "已清除"]})
    sessions_end(actor=actor, user=user)


@transaction.atomic
def role_assign(
    *, actor: Actor, user: User, role: str, region: Region | None = None, unit: Unit | None = None
) -> RoleAssignment:
    """Give a user a role. Region counts for county staff and unit for departments only; both must have theirs.

    Raises `ValidationError` when it is missing, or when he holds the same role already.
    """
    actor.require(Role.TENANT_ADMIN)
    region = region if role == Role.COUNTY_STAFF else None
    unit = unit if role == Role.DEPARTMENT else None
    if role == Role.COUNTY_STAFF and region is None:
        raise ValidationError({"region": "县（市、区）工作人员要选所在区域。"})
    if role == Role.DEPARTMENT and unit is None:
        raise ValidationError({"unit": "部门经办人要选单位。"})
    if RoleAssignment.objects.filter(user=user, role=role, region=region, unit=unit).exists():
        raise ValidationError(f"{user.full_name}已经是{Role(role).label}，不用再加。")
    assignment = RoleAssignment.objects.create(user=user, role=role, region=region, unit=unit)
    # The database notes the row, which names nobody; this stands in the trail of the user himself.
    record(Verb.UPDATE, label=str(user), obj=user, details={"role": ["", assignment.label]})
    return assignment


@transaction.atomic
def role_revoke(*, actor: Actor, assignment: RoleAssignment) -> None:
    """Take a role away, with the alliances or enterprises granted for it.

    Raises `ValidationError` for one's own administrator role: the tenant would be left without any.
    """
    actor.require(Role.TENANT_ADMIN)
    if assignment.role == Role.TENANT_ADMIN and assignment.user_id == actor.user.pk:
        raise ValidationError("不能取消自己的管理员角色。请由另一位管理员操作。")
    role, user = assignment.role, assignment.user
    record(Verb.UPDATE, label=str(user), obj=user, details={"role": [assignment.label, ""]})
    assignment.delete()
    if not RoleAssignment.objects.filter(user=user, role=role).exists():
        kind = grants.kind_of(role)
        if kind is not None:
            kind.revoke(user, [pk for pk, _ in kind.current(user)])


def invitation_create(*, actor: Actor, user: User, now: datetime) -> str:
    """A single-use link token with which the user sets his password; earlier ones stop working.

    Only the token's digest is stored: the caller shows it once. Raises `ValidationError` for a closed account.
    """
    actor.require(Role.TENANT_ADMIN)
    if not user.is_active:
        raise ValidationError("账号已停用。请先启用，再发链接。")
    return _invite(user, now)


def _invite(user: User, now: datetime) -> str:
    Invitation.objects.filter(user=user, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Invitation.objects.create(user=user, token_digest=digest(token), expires_at=now + settings.INVITATION_VALIDITY)
    return token


def invitation_accept(*, token: str, password: str, now: datetime) -> User:
    """Set the password of the invited user; the link is spent and his other sessions end.

    Raises `ValidationError` for a link that is unknown, spent or expired (one sentence for all) and for a password
    that breaks the rules.
    """
    invitation = invitation_find(token=token, now=now)
    if invitation is None:
        raise _spent()
    user = invitation.user
    validate_password(password, user)
    with tenant_scope(cast(int, invitation.tenant_id), actor_id=user.pk):
        # Of two who open the same link at once, the second finds it used when the first has committed.
        if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=now):
            raise _spent()
        password_set(user=user, password=password, now=now)
    return user


def _spent() -> ValidationError:
    return ValidationError("这个链接已失效。请联系本单位管理员重新发一个。", code="invitation_spent")


def password_set(*, user: User, password: str, now: datetime) -> None:
    """Replace a user's password, which ends his other sessions. The caller has checked the rules."""
    user.past_passwords = remembered_passwords(user.password, user.past_passwords, settings.PASSWORD_HISTORY)
    user.set_password(password)
    user.must_change_password, user.password_changed_at = False, now
    user.save(update_fields=["password", "past_passwords", "must_change_password", "password_changed_at"])
    if user.tenant_id is None:
        # The database's own trail is a tenant's.
        record_platform(Verb.UPDATE, label=f"密码 {user.username}", operator=user)
