"""Reads of messages: everybody sees his own only. And of how they leave the portal."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from tenants.models import Role
from tenants.permissions import Actor

from .models import Channel, Delivery, Notice


def notice_list(*, actor: Actor) -> QuerySet[Notice]:
    """The messages to the actor."""
    return Notice.objects.filter(recipient=actor.user)


def notice_get(*, actor: Actor, pk: int) -> Notice:
    """One of them, or 404."""
    return get_object_or_404(notice_list(actor=actor), pk=pk)


def mailbox_of(*, actor: Actor) -> Channel | None:
    """The actor's own e-mail channel, once he has ever switched it on."""
    return with_last_delivery(Channel.objects.filter(user=actor.user)).first()


def robot_list(*, actor: Actor) -> QuerySet[Channel]:
    """The robots of units' group chats, with what was last sent through each."""
    actor.require(Role.TENANT_ADMIN)
    robots = Channel.objects.exclude(kind=Channel.Kind.EMAIL)
    return with_last_delivery(robots).select_related("unit").order_by("unit__name", "pk")


def robot_get(*, actor: Actor, pk: int) -> Channel:
    """One of them, or 404."""
    return get_object_or_404(robot_list(actor=actor), pk=pk)


def with_last_delivery(channels: QuerySet[Channel]) -> QuerySet[Channel]:
    """Channels with `last_sent_at`, and with `last_state` and `last_error` of the latest sending."""
    latest = Delivery.objects.filter(channel=OuterRef("pk")).order_by("-pk")
    sent = latest.filter(state=Delivery.State.SENT, sent_at__isnull=False)
    return channels.annotate(
        last_sent_at=Subquery(sent.values("sent_at")[:1]),
        last_state=Subquery(latest.values("state")[:1]),
        last_error=Subquery(latest.values("error")[:1]),
    )
