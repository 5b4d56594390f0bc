"""Reads for calendar programs: whose key it is, and which meetings he sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from tenants.accounts import load_user
from tenants.crypto import digest
from tenants.permissions import Actor, actor_for

from ..models import CalendarFeed, Meeting
from .meetings import meeting_list

#: What a calendar shows, and how many at most: whoever sees a whole city looks at the list.
PAST, AHEAD, MOST = timedelta(days=90), timedelta(days=366), 1000


def feed_actor(token: str) -> Actor | None:
    """Whose key it is in the open tenant scope, with the roles he holds now; None for unknown keys and closed
    accounts."""
    feed = CalendarFeed.objects.filter(token_digest=digest(token)).first()
    user = load_user(feed.user_id) if feed else None
    return actor_for(user) if user is not None and user.may_enter else None


def feed_of(*, actor: Actor) -> CalendarFeed | None:
    """The actor's own subscription."""
    return CalendarFeed.objects.filter(user=actor.user).first()


def feed_meetings(*, actor: Actor, now: datetime) -> QuerySet[Meeting]:
    """The meetings of his calendar, exactly those that he may see on the pages, the next ones first kept."""
    shown = meeting_list(actor=actor).filter(starts_at__gt=now - PAST, starts_at__lt=now + AHEAD)
    return shown.select_related("body__alliance").order_by("starts_at", "pk")[:MOST]
