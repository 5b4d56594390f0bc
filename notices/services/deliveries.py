"""The outbox: what leaves the portal, each message once through each channel (docs/adr/0067).

Three steps, each a transaction of its own, so that a worker may die at any line: what is waiting is written down as a
sending; a sending is claimed; what became of it is noted. A claim that is never settled runs out and is taken over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.timezone import localtime

from tenants.crypto import UnreadableError, decrypt
from tenants.scope import tenant_scope
from tenants.selectors.calendar import calendar_current

from ..models import Channel, DeliveredNotice, Delivery, Notice
from ..office_hours import Line, body, digest_until, is_office_hour, next_attempt, subject

State = Delivery.State
#: Longer than any sending takes (`settings.EMAIL_TIMEOUT`, Apprise's own).
CLAIM = timedelta(minutes=5)
#: What nobody has read for so long is no news any more.
STALE = timedelta(days=14)
TEST_SUBJECT, TEST_BODY = "测试消息", "这是产业链党建联盟平台的测试消息，收到说明设置正确。"
UNREADABLE = "密钥打不开，请重新填写机器人的密钥。"
NO_ADDRESS = "账号没有邮箱。"


class DeliveryError(Exception):
    """It could not be sent; the text says why, in words for the administrator."""


@dataclass(frozen=True)
class Letter:
    """What is to be sent: to the address of an e-mail or with the key of a robot."""

    kind: str
    to: str
    subject: str
    body: str
    #: The same at each attempt, so that a mail server may recognise what it has already.
    reference: str


Send = Callable[[Letter], None]


def deliver(tenant_id: int, *, send: Send, clock: Callable[[], datetime] = timezone.now) -> int:
    """Send what is due in one tenant. Returns how many were sent. Opens scopes of its own: never inside another."""
    with tenant_scope(tenant_id):
        deliveries_prepare(now=clock())
        due = deliveries_due(now=clock())
    sent = 0
    for pk in due:
        with tenant_scope(tenant_id):
            letter = delivery_claim(pk=pk, now=clock())
        if letter is None:
            continue
        error = ""
        try:
            send(letter)
            sent += 1
        except DeliveryError as failure:
            error = str(failure)
        with tenant_scope(tenant_id):
            delivery_settle(pk=pk, error=error, now=clock())
    return sent


@transaction.atomic
def deliveries_prepare(*, now: datetime) -> int:
    """Write down what is to leave through which channel; out of hours nothing. Returns the number of new sendings."""
    local = localtime(now)
    if not is_office_hour(local, calendar_current().is_working_day):
        return 0
    # Locked in one order: two workers at once wait for each other, and the second finds nothing left to do.
    channels = Channel.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    ids = [channel.pk for channel in channels]
    waiting = _waiting(ids, now)
    until = digest_until(local)
    have_one = set(Delivery.objects.filter(channel__in=ids, digest_on=local.date()).values_list("channel", flat=True))
    told: dict[tuple[int, date | None], list[int]] = defaultdict(list)
    for channel, notice, created_at, is_urgent in waiting:
        if is_urgent:
            told[channel, None].append(notice)
        elif until and created_at < until and channel not in have_one:
            told[channel, local.date()].append(notice)
    deliveries = Delivery.objects.bulk_create(
        Delivery(channel_id=channel, digest_on=digest_on, due_at=now) for channel, digest_on in sorted(told, key=str)
    )
    DeliveredNotice.objects.bulk_create(
        DeliveredNotice(delivery=delivery, channel_id=delivery.channel_id, notice_id=notice)
        for delivery in deliveries
        for notice in told[delivery.channel_id, delivery.digest_on]
    )
    return len(deliveries)


def _waiting(channels: list[int], now: datetime) -> Iterable[tuple[int, int, datetime, bool]]:
    """(channel, message, time, urgent) of unread messages that have not left through that channel yet.

    What was told before a channel was registered is none of its business.
    """
    if not channels:
        return []
    unread = Notice.objects.filter(read_at__isnull=True, created_at__gte=now - STALE, recipient__is_active=True)
    found: list[tuple[int, int, datetime, bool]] = []
    for path in ("recipient__channels", "recipient__unit__channels"):
        left = DeliveredNotice.objects.filter(notice=OuterRef("pk"), channel=OuterRef(path))
        rows = unread.filter(~Exists(left), Q(**{f"{path}__in": channels}), created_at__gte=F(f"{path}__created_at"))
        found += rows.order_by("pk").values_list(path, "pk", "created_at", "is_urgent")
    return found


def deliveries_due(*, now: datetime) -> list[int]:
    """Ids of the sendings to be claimed now, the oldest first; out of hours tests only."""
    return list(_due(now).order_by("pk").values_list("pk", flat=True))


def _due(now: datetime) -> QuerySet[Delivery]:
    lost = Q(state=State.SENDING, claimed_until__lt=now)
    due = Delivery.objects.filter(Q(state=State.QUEUED, due_at__lte=now) | lost, channel__is_active=True)
    is_open = is_office_hour(localtime(now), calendar_current().is_working_day)
    return due if is_open else due.filter(is_test=True)


@transaction.atomic
def delivery_claim(*, pk: int, now: datetime) -> Letter | None:
    """Take a sending for this worker; None when somebody else has it, or when there is nothing left to tell."""
    taken = Delivery.objects.filter(pk__in=_due(now).filter(pk=pk).values("pk"))
    if not taken.update(state=State.SENDING, claimed_until=now + CLAIM):
        return None
    delivery = Delivery.objects.select_related("channel__user").get(pk=pk)
    told = Notice.objects.filter(deliveries__delivery=delivery).order_by("pk")
    lines = [Line(key, title) for key, title in told.filter(read_at__isnull=True).values_list("key", "title")]
    if not lines and not delivery.is_test:
        # All was read in the portal meanwhile.
        Delivery.objects.filter(pk=pk).update(state=State.SENT, claimed_until=None, sent_at=now)
        return None
    channel = delivery.channel
    try:
        to = channel.user.email if channel.user else decrypt(channel.sealed_key)
    except UnreadableError:
        to = ""
    if not to:
        delivery_settle(pk=pk, error=NO_ADDRESS if channel.user else UNREADABLE, now=now)
        return None
    return Letter(
        kind=channel.kind,
        to=to,
        subject=TEST_SUBJECT if delivery.is_test else subject(lines, digest_on=delivery.digest_on),
        body=TEST_BODY if delivery.is_test else body(lines, address=settings.PORTAL_URL),
        reference=f"delivery-{delivery.tenant_id}-{delivery.pk}",
    )


@transaction.atomic
def delivery_settle(*, pk: int, error: str, now: datetime) -> None:
    """Note what became of a claimed sending: sent, to be tried again later, or given up."""
    delivery = Delivery.objects.select_for_update().get(pk=pk)
    if delivery.state != State.SENDING:
        return  # Somebody took it over and was quicker.
    delivery.claimed_until = None
    if not error:
        delivery.state, delivery.sent_at, delivery.error = State.SENT, now, ""
    else:
        delivery.failures += 1
        again = None if delivery.is_test else next_attempt(delivery.failures, now)
        delivery.state, delivery.due_at = (State.QUEUED, again) if again else (State.FAILED, delivery.due_at)
        delivery.error = error[:200]
    delivery.save()
