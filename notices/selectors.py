"""Reads of messages: everybody sees his own only."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from .models import Notice


def notice_list(*, actor: Actor) -> QuerySet[Notice]:
    """The messages to the actor."""
    return Notice.objects.filter(recipient=actor.user)


def notice_get(*, actor: Actor, pk: int) -> Notice:
    """One of them, or 404."""
    return get_object_or_404(notice_list(actor=actor), pk=pk)
