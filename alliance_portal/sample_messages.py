"""The robot of a group chat in the sample city: switched off, so that the demo calls no other host. May run again."""

from __future__ import annotations

from notices.models import Channel
from tenants.crypto import encrypt
from tenants.models import Unit

NAME = "联盟工作群（示例）"


def robot_ensure() -> None:
    """A robot for the unit with the first name."""
    unit = Unit.objects.order_by("name").first()
    if unit and not Channel.objects.filter(name=NAME).exists():
        key = encrypt("00000000-0000-0000-0000-000000000000")
        Channel.objects.create(kind=Channel.Kind.WECOM, unit=unit, name=NAME, sealed_key=key, is_active=False)
