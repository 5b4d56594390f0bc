"""How messages leave the portal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from notices.models import Channel, DeliveredNotice, Delivery, Notice
from tenants.crypto import encrypt
from tenants.models import Unit, User

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


def mailbox(user: User, **values: Any) -> Channel:
    return Channel.objects.create(kind=Channel.Kind.EMAIL, user=user, **values)


def robot(unit: Unit, **values: Any) -> Channel:
    defaults = {"kind": Channel.Kind.WECOM, "name": "工作群", "sealed_key": encrypt(KEY)}
    return Channel.objects.create(unit=unit, **(defaults | values))


def delivery(channel: Channel, *notices: Notice, **values: Any) -> Delivery:
    """A sending that is due, telling of `notices`."""
    made = Delivery.objects.create(channel=channel, **({"due_at": timezone.now()} | values))
    for notice in notices:
        DeliveredNotice.objects.create(delivery=made, channel=channel, notice=notice)
    return made
