"""How people sign in: account names `login@tenant`, password rules, allauth's hooks."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .permissions import with_roles
from .scope import bootstrap_scope, current_tenant_id

#: Session key of the tenant whose scope the session works in; None for operators.
TENANT_KEY = "tenant_id"


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
        if user.check_password(password) and user.is_active and (user.tenant is None or user.tenant.is_active):
            return user
        return None

    def get_user(self, user_id: int) -> User | None:
        return load_user(user_id)


def load_user(user_id: int) -> User | None:
    """A user with his tenant and, inside a scope, his roles: one query."""
    users = User.objects.select_related("tenant").filter(pk=user_id)
    return (with_roles(users) if current_tenant_id() is not None else users).first()


@receiver(user_logged_in)
def _remember_tenant(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    # The middleware opens the tenant's scope from the session, before it reads anything else.
    request.session[TENANT_KEY] = user.tenant_id


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the administrator, never by sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class CharacterClassesValidator:
    """At least `classes` of: lower case, upper case, digits, other characters (等保 password rule)."""

    def __init__(self, classes: int = 3) -> None:
        self.classes = classes

    def validate(self, password: str, user: User | None = None) -> None:
        tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
        if sum(any(test(c) for c in password) for test in tests) < self.classes:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return f"密码要含大写字母、小写字母、数字、符号中的至少 {self.classes} 类。"
