"""Writes of messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tenants.models import User
from tenants.permissions import Actor
from tenants.scope import require_tenant_id

from ..models import Notice
from ..selectors import notice_list

TITLE_LENGTH: int = Notice._meta.get_field("title").max_length or 0
#: A column travels as one array: a turn of the quarter tells thousands, and the ORM takes longer to write the statement
#: than the database to run it.
INSERT = f"""
    INSERT INTO {Notice._meta.db_table} (tenant_id, recipient_id, key, title, body, url, is_urgent)
    SELECT %s, told.*
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[]) AS told
    ON CONFLICT (tenant_id, recipient_id, key) DO NOTHING
"""  # noqa: S608 (the name of our own table)


@dataclass(frozen=True)
class Message:
    """One fact to tell of. `key` names it ("import:18"), `url` is an address of this site."""

    #: Ids of accounts.
    recipients: tuple[int, ...]
    key: str
    title: str
    body: str = ""
    url: str = ""
    #: Told outside the portal in the next office hour; all others wait for the day's digest.
    urgent: bool = False


def notice_send(*, recipients: Iterable[User], key: str, title: str, body: str = "", url: str = "") -> int:
    """Put one message into each recipient's 消息, as `notices_send` does several."""
    return notices_send([Message(tuple(user.pk for user in recipients), key, title, body, url)])


@transaction.atomic
def notices_send(messages: Iterable[Message]) -> int:
    """Put messages into their recipients' 消息, in the transaction of the facts they tell of; in one statement.

    A message sent again reaches nobody a second time, also when two workers send it at once. A title that is too long
    is cut: a message must never undo the fact. Returns how many a recipient did not have yet.
    """
    # In the order of recipients, so that two workers wait for each other instead of deadlocking.
    wanted = sorted({(recipient, each.key): each for each in messages for recipient in each.recipients}.items())
    if not wanted:
        return 0
    columns = (
        [recipient for (recipient, _), _ in wanted],
        [key for (_, key), _ in wanted],
        [_cut(message.title) for _, message in wanted],
        [message.body for _, message in wanted],
        [message.url for _, message in wanted],
        [message.urgent for _, message in wanted],
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [require_tenant_id(), *columns])
        return cursor.rowcount


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"


def notice_read(*, actor: Actor, notice: Notice, now: datetime) -> None:
    """Note that the actor has read a message of his; a second time changes nothing."""
    notice_list(actor=actor).filter(pk=notice.pk, read_at__isnull=True).update(read_at=now)


def notices_read_all(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has read all of his. Returns how many were new."""
    return notice_list(actor=actor).filter(read_at__isnull=True).update(read_at=now)
