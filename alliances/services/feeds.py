"""A user's subscription to his own meetings."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from tenants.crypto import digest
from tenants.permissions import Actor

from ..models import CalendarFeed

TOKEN_BYTES = 32


@transaction.atomic
def feed_renew(*, actor: Actor, now: datetime) -> str:
    """A new key to the actor's calendar in place of the one he had. Only its digest is stored: it is shown once."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    CalendarFeed.objects.update_or_create(user=actor.user, defaults={"token_digest": digest(token), "created_at": now})
    return token


@transaction.atomic
def feed_revoke(*, actor: Actor) -> bool:
    """Take the actor's key back. Returns whether he had one."""
    deleted, _ = CalendarFeed.objects.filter(user=actor.user).delete()
    return bool(deleted)
