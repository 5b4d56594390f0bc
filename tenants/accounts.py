"""How people sign in: the backend for `login@tenant`, and allauth's hooks in our words."""

from __future__ import annotations

import time
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from . import crypto, services
from .models import User
from .permissions import actor_for, needs_second_step, with_roles
from .scope import bootstrap_scope, current_tenant_id

#: Session key of the tenant whose scope the session works in; None for operators.
TENANT_KEY = "tenant_id"
#: Session key of the instant of the sign-in: the absolute time-out counts from here.
STARTED_KEY = "started_at"
WRONG_CODE = "验证码不对。请看验证器里当前的 6 位数字，并核对手机时间；也可以用一个恢复码。"


class PortalBackend(BaseBackend):
    """Password sign-in against our own users, looked up before a tenant is known."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        with bootstrap_scope():
            user = User.objects.select_related("tenant").filter(username=username).first()
        if user is None:
            User().set_password(password)  # the same work as for a known name, so that time tells nothing
            return None
        # The password first: a closed account takes as long as an open one.
        return user if user.check_password(password) and user.may_enter else None

    def get_user(self, user_id: int) -> User | None:
        return load_user(user_id)


def load_user(user_id: int) -> User | None:
    """A user with his tenant and, inside a scope, his roles: one query."""
    users = User.objects.select_related("tenant").filter(pk=user_id)
    return (with_roles(users) if current_tenant_id() is not None else users).first()


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, our own proxies left out."""
    return str(AccountAdapter(request).get_client_ip(request))


@receiver(user_logged_in)
def _mark_session(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    # The middleware opens the tenant's scope from the session, before it reads anything else.
    request.session[TENANT_KEY] = user.tenant_id
    request.session[STARTED_KEY] = timezone.now().isoformat()


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the administrator, never by sign-up; every sign-in leaves its entry in the audit trail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": (
            f"账号或密码不对。连续输错 {settings.LOGIN_ATTEMPTS} 次，账号锁定 {settings.LOCKOUT_MINUTES} 分钟。"
        ),
        "too_many_login_attempts": (
            f"输错次数太多，这个账号已锁定。请过 {settings.LOCKOUT_MINUTES} 分钟再试；"
            "忘记密码的，请联系本单位管理员发重置链接，设好新密码后马上可以登录。"
        ),
        "enter_current_password": "现在的密码不对。",
        "incorrect_password": "密码不对。",
        "incorrect_code": WRONG_CODE,
        "rate_limited": f"输错次数太多。请过 {settings.LOCKOUT_MINUTES} 分钟再试。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._record_failure(request, credentials, "账号锁定中")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._record_failure(request, credentials, "账号或密码不对")

    def _record_failure(self, request: HttpRequest, credentials: dict[str, Any], reason: str) -> None:
        address = self.get_client_ip(request)
        services.sign_in_failed(username=credentials.get("username", ""), address=address, reason=reason)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        services.signed_in(user=user, address=self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        services.signed_out(user=cast(User, request.user), address=self.get_client_ip(request))
        super().logout(request)

    def unlock(self, request: HttpRequest, user: User) -> None:
        """Forget the failed attempts of an account (he has just set a new password)."""
        credentials = {"username": user.username}
        ratelimit.clear(request, action="login_failed", key=self._get_login_attempts_cache_key(request, **credentials))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Not per host, as allauth has it: an installation answers under several names.
        return f"account:{credentials.get('username', '')}"

    def set_password(self, user: User, password: str) -> None:
        services.password_set(user=user, password=password, now=timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("tenants:operator_home") if request.user.is_operator else super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in need not type his password again to set up the second step."""
        request = context.request
        newest = max((each["at"] for each in get_authentication_records(request, request.user)), default=0.0)
        return time.time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecondStepAdapter(DefaultMFAAdapter):
    """Authenticator secrets are stored encrypted; those who need the second step cannot switch it off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "您的角色必须使用两步验证，不能停用。换手机请联系管理员重设。",
        "cannot_generate_recovery_codes": "请先设置两步验证，再生成恢复码。",
        "incorrect_code": WRONG_CODE,
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        return not needs_second_step(user, frozenset() if user.is_operator else actor_for(user).roles)
