"""Signing in at an activity by a QR code."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from alliances.models import Activity, ActivitySignIn, SignInEntry
from enterprises.models import Enterprise
from tenants.crypto import digest, encrypt


def sign_in_token(activity: Activity) -> str:
    """The token that `sign_in_code` gives an activity."""
    return f"token-of-{activity.tenant_id}-{activity.pk}"


def sign_in_code(activity: Activity, *enterprises: Enterprise) -> ActivitySignIn:
    """An open code; each of `enterprises` has signed in with two people."""
    token, now = sign_in_token(activity), timezone.now()
    made = ActivitySignIn.objects.create(
        activity=activity, token_digest=digest(token), sealed_token=encrypt(token), opened_at=now
    )
    for number, each in enumerate(enterprises, 1):
        SignInEntry.objects.create(
            sign_in=made, device=UUID(int=number), unit_name=each.name, enterprise=each, head_count=2, signed_at=now
        )
    return made
