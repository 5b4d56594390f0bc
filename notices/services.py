"""Writes of messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenants.models import User
from tenants.permissions import Actor

from .models import Notice
from .selectors import notice_list

TITLE_LENGTH: int = Notice._meta.get_field("title").max_length or 0


@dataclass(frozen=True)
class Message:
    """One fact to tell of. `key` names it ("import:18"), `url` is an address of this site."""

    #: Ids of accounts.
    recipients: tuple[int, ...]
    key: str
    title: str
    body: str = ""
    url: str = ""


def notice_send(*, recipients: Iterable[User], key: str, title: str, body: str = "", url: str = "") -> int:
    """Put one message into each recipient's 消息, as `notices_send` does several."""
    return notices_send([Message(tuple(user.pk for user in recipients), key, title, body, url)])


@transaction.atomic
def notices_send(messages: Iterable[Message]) -> int:
    """Put messages into their recipients' 消息, in the transaction of the facts they tell of; in two statements.

    A message sent again reaches nobody a second time, also when two workers send it at once. A title that is too long
    is cut: a message must never undo the fact. Returns how many a recipient did not have yet.
    """
    wanted = {(recipient, message.key): message for message in messages for recipient in message.recipients}
    if not wanted:
        return 0
    known = Notice.objects.filter(
        recipient__in={recipient for recipient, _ in wanted}, key__in={key for _, key in wanted}
    ).values_list("recipient", "key")
    missing = sorted(wanted.keys() - set(known))
    Notice.objects.bulk_create(
        (_notice(recipient, wanted[recipient, key]) for recipient, key in missing), ignore_conflicts=True
    )
    return len(missing)


def _notice(recipient: int, message: Message) -> Notice:
    title = message.title
    title = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    return Notice(recipient_id=recipient, key=message.key, title=title, body=message.body, url=message.url)


def notice_read(*, actor: Actor, notice: Notice, now: datetime) -> None:
    """Note that the actor has read a message of his; a second time changes nothing."""
    notice_list(actor=actor).filter(pk=notice.pk, read_at__isnull=True).update(read_at=now)


def notices_read_all(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has read all of his. Returns how many were new."""
    return notice_list(actor=actor).filter(read_at__isnull=True).update(read_at=now)
