"""Writes of messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tenants.models import User
from tenants.permissions import Actor

from .models import Notice
from .selectors import notice_list

TITLE_LENGTH: int = Notice._meta.get_field("title").max_length or 0


@transaction.atomic
def notice_send(*, recipients: Iterable[User], key: str, title: str, body: str = "", url: str = "") -> int:
    """Put one message into each recipient's 消息, in the transaction of the fact it tells of.

    `key` names that fact ("import:18"): sent again, it reaches nobody a second time, also when two workers send it at
    once. `url` is an address of this site. A title that is too long is cut: a message must never undo the fact.
    Returns how many of the recipients did not have it yet.
    """
    users = {user.pk: user for user in recipients}
    known = Notice.objects.filter(recipient__in=users, key=key).values_list("recipient", flat=True)
    missing = users.keys() - set(known)
    title = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    Notice.objects.bulk_create(
        [Notice(recipient=users[pk], key=key, title=title, body=body, url=url) for pk in sorted(missing)],
        ignore_conflicts=True,
    )
    return len(missing)


def notice_read(*, actor: Actor, notice: Notice, now: datetime) -> None:
    """Note that the actor has read a message of his; a second time changes nothing."""
    notice_list(actor=actor).filter(pk=notice.pk, read_at__isnull=True).update(read_at=now)


def notices_read_all(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has read all of his. Returns how many were new."""
    return notice_list(actor=actor).filter(read_at__isnull=True).update(read_at=now)
