"""What a person does at the sign-in page."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tenants import crypto
from tenants.models import AuditEntry, Tenant, User
from tenants.scope import tenant_scope

PASSWORD = "Lianmeng-2026"


def post_sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


def totp_code(secret: str, *, steps: int = 0) -> str:
    """The six digits an authenticator shows now, or `steps` half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_of(user: User) -> str:
    with tenant_scope(user.tenant):
        authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return crypto.decrypt(authenticator.data["secret"])


def entries(tenant: Tenant, *verbs: str) -> list[AuditEntry]:
    """The trail's entries of these verbs, oldest first."""
    with tenant_scope(tenant):
        return list(AuditEntry.objects.filter(verb__in=verbs).select_related("actor").order_by("pk"))
