"""Keys with which other programs read the API in a user's name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from rest_framework.authtoken.models import Token

from ..account_names import account_name
from ..audit import record
from ..models import AuditEntry, User
from ..scope import bootstrap_scope, tenant_scope


def api_token_issue(*, username: str) -> str:
    """A new key for the user, in place of the one he may have had. The operator's act: outside any scope.

    The key reads what its owner may read, until it is replaced or revoked or his account is closed. Raises
    `ValidationError` for an unknown or closed account and for operators, who have no business data to read.
    """
    user = _user(username)
    if user.tenant_id is None or not user.may_enter:
        raise ValidationError(f"账号 {user.username} 不能用接口：账号已停用，或不属于任何租户。")
    with tenant_scope(user.tenant_id, request_id="operator"):
        Token.objects.filter(user=user).delete()
        record(AuditEntry.Verb.CREATE, label=f"接口令牌 {user.username}", obj=user)
        return Token.objects.create(user=user).key


def api_token_revoke(*, username: str) -> None:
    """Take the user's key away. Raises `ValidationError` for an unknown account and where there is no key."""
    user = _user(username)
    if user.tenant_id is None:
        raise ValidationError(f"账号 {user.username} 没有接口令牌。")
    with tenant_scope(user.tenant_id, request_id="operator"):
        deleted, _ = Token.objects.filter(user=user).delete()
        if not deleted:
            raise ValidationError(f"账号 {user.username} 没有接口令牌。")
        record(AuditEntry.Verb.DELETE, label=f"接口令牌 {user.username}", obj=user)


def _user(username: str) -> User:
    with bootstrap_scope():
        user = User.objects.select_related("tenant").filter(username=account_name(username)).first()
    if user is None:
        raise ValidationError(f"没有账号 {username}。请写完整的账号，如 liming@jining。")
    return user
