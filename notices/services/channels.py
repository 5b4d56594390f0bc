"""Writes of channels: everybody's own e-mail, and the robots of units' group chats that the administrator registers."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.crypto import encrypt
from tenants.models import Role, Unit
from tenants.permissions import Actor

from ..models import Channel, Delivery

#: What both kinds of robots call their key: letters, digits and dashes. Nothing else gets into an address.
KEY = re.compile(r"[A-Za-z0-9-]{16,80}")


@transaction.atomic
def mail_switch(*, actor: Actor, on: bool) -> None:
    """Have the actor's messages sent to the e-mail address of his account, or stop that.

    Raises `ValidationError` when his account has no address.
    """
    if on and not actor.user.email:
        raise ValidationError("您的账号没有登记邮箱，发不出去。请联系本单位的系统管理员补上邮箱，再来打开。")
    Channel.objects.update_or_create(user=actor.user, kind=Channel.Kind.EMAIL, defaults={"is_active": on, "name": ""})


@transaction.atomic
def robot_add(*, actor: Actor, kind: str, name: str, unit: Unit, key: str) -> Channel:
    """Register the robot of a unit's group chat. Raises `ValidationError` for what cannot be a key."""
    actor.require(Role.TENANT_ADMIN)
    robot = Channel(kind=kind, name=name.strip(), unit=unit, sealed_key=encrypt(_key(key)))
    robot.full_clean()
    robot.save()
    return robot


@transaction.atomic
def robot_change(*, actor: Actor, robot: Channel, name: str, unit: Unit, key: str, is_active: bool) -> Channel:
    """Change a robot; an empty `key` leaves the one there is."""
    actor.require(Role.TENANT_ADMIN)
    robot.name, robot.unit, robot.is_active = name.strip(), unit, is_active
    if key:
        robot.sealed_key = encrypt(_key(key))
    robot.full_clean()
    robot.save()
    return robot


@transaction.atomic
def robot_test(*, actor: Actor, robot: Channel, now: datetime) -> bool:
    """Send a word through a robot at once, also out of hours. False when one is on its way already."""
    actor.require(Role.TENANT_ADMIN)
    if not robot.is_active:
        raise ValidationError("这个机器人已停用。请先启用再测试。")
    # The lock makes a second click wait, and see the first one's row.
    Channel.objects.select_for_update(no_key=True).get(pk=robot.pk)
    waiting = {Delivery.State.QUEUED, Delivery.State.SENDING}
    if Delivery.objects.filter(channel=robot, is_test=True, state__in=waiting).exists():
        return False
    Delivery.objects.create(channel=robot, is_test=True, due_at=now)
    return True


def _key(written: str) -> str:
    # Clerks paste the whole address that the chat program shows.
    found = re.search(r"(?:key|access_token)=([^&\s]+)", written)
    key = found[1] if found else written.strip()
    if not KEY.fullmatch(key):
        raise ValidationError(
            {"key": "这不像机器人的密钥。请在群里打开机器人设置，复制 Webhook 地址，整个粘贴到这里。"}
        )
    return key
