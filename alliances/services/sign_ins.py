"""Writes about signing in at activities by a QR code: no account, no name of a person (docs/adr/0057)."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from tenants.audit import record
from tenants.crypto import digest, encrypt
from tenants.models import AuditEntry
from tenants.permissions import Actor

from ..models import Activity, ActivityEnterprise, ActivitySignIn, SignInEntry
from ..selectors import concerned
from ..selectors.sign_ins import tally_of
from .activities import locked_activity

TOKEN_BYTES = 24
#: More phones than an activity can have; after that somebody is playing.
ENTRIES_MOST = 2_000
FULL = "签到人数已到上限。请找现场工作人员登记。"


def closed_because(activity: Activity, today: date) -> str:
    """Why nobody can sign in at an activity today; empty when everybody can."""
    day = activity.held_on
    if today < day:
        return f"还没到签到时间。{day.year}年{day.month}月{day.day}日活动当天可以签到。"
    return "活动已经结束，签到关闭了。" if today > day else ""


@transaction.atomic
def sign_in_open(*, actor: Actor, activity: Activity, now: datetime) -> ActivitySignIn:
    """Open the sign-in of an activity under a new code; an earlier one stops working, what it gathered stays.

    Raises `ValidationError` for an activity that is withdrawn or over, `PermissionDenied` unless the actor records
    those of its alliance.
    """
    current = locked_activity(actor, activity)
    if current.state == Activity.State.WITHDRAWN:
        raise ValidationError("这条活动已经撤回，不能开启签到。")
    if current.held_on < localdate(now):
        raise ValidationError("活动已经结束，不能再开启签到。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"token_digest": digest(token), "sealed_token": encrypt(token), "is_open": True, "opened_at": now}
    return ActivitySignIn.objects.update_or_create(activity=current, defaults=values)[0]


@transaction.atomic
def sign_in_close(*, actor: Actor, activity: Activity) -> None:
    """Stop the sign-in; a second time changes nothing."""
    current = locked_activity(actor, activity)
    ActivitySignIn.objects.filter(activity=current, is_open=True).update(is_open=False)


@transaction.atomic
def sign_in(
    *, code: ActivitySignIn, device: UUID, unit_name: str, head_count: int, now: datetime, today: date
) -> SignInEntry:
    """What one phone says at the door; said again from the same phone, it replaces what it said before.

    Raises `ValidationError` when the code is closed by now, on other days, and when it is full.
    """
    # The lock makes phones wait for each other for a moment: the bound holds, and a double tap is one entry.
    held = ActivitySignIn.objects.select_for_update(no_key=True, of=("self",)).select_related("activity__alliance")
    code = held.get(pk=code.pk)
    if refusal := closed_because(code.activity, today) or ("" if code.is_open else "签到已经关闭。"):
        raise ValidationError(refusal)
    is_new = not code.entries.filter(device=device).exists()
    if is_new and code.entries.count() >= ENTRIES_MOST:
        raise ValidationError(FULL)
    known = list(concerned(code.activity).filter(name=unit_name)[:2])
    values = {
        "unit_name": unit_name,
        "enterprise": known[0] if len(known) == 1 else None,
        "head_count": head_count,
        "signed_at": now,
    }
    return SignInEntry.objects.update_or_create(sign_in=code, device=device, defaults=values)[0]


@transaction.atomic
def sign_in_apply(*, actor: Actor, activity: Activity) -> tuple[int, int]:
    """Take what the phones said into the activity: its known enterprises join the participants, the heads become the
    head count. Returns how many participants were new, and the heads. A second time changes nothing.

    Raises `ValidationError` when nobody has signed in.
    """
    current = locked_activity(actor, activity)
    tally = tally_of(ActivitySignIn.objects.filter(activity=current).first())
    if not tally.entries:
        raise ValidationError("还没有人签到。")
    there = set(current.enterprises.values_list("pk", flat=True))
    joined = [each for each in tally.enterprises if each.pk not in there]
    ActivityEnterprise.objects.bulk_create(ActivityEnterprise(activity=current, enterprise=each) for each in joined)
    if joined:
        names = "、".join(each.name for each in joined)
        record(AuditEntry.Verb.UPDATE, label=str(current), obj=current, details={"按签到增加的参加企业": ["", names]})
    if current.head_count != tally.heads:
        current.head_count = tally.heads
        current.save(update_fields=["head_count"])
    return len(joined), tally.heads
