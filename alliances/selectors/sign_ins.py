"""Reads about signing in at activities by a QR code."""

from __future__ import annotations

from dataclasses import dataclass

from enterprises.models import Enterprise
from tenants.crypto import decrypt, digest

from ..models import Activity, ActivitySignIn, SignInEntry


@dataclass(frozen=True)
class Tally:
    """What the phones said: the entries, the enterprises among them that the books know, and the heads in all."""

    entries: list[SignInEntry]
    enterprises: list[Enterprise]
    heads: int


def sign_in_of(activity: Activity) -> ActivitySignIn | None:
    """The code of a visible activity, once its secretary has ever opened it."""
    return ActivitySignIn.objects.filter(activity=activity).first()


def sign_in_token(sign_in: ActivitySignIn) -> str:
    """What the code says, to draw it again."""
    return decrypt(sign_in.sealed_token)


def sign_in_find(token: str) -> ActivitySignIn | None:
    """The open code of that token in the open tenant scope. Whoever has it may sign in: it is the whole proof."""
    held = ActivitySignIn.objects.filter(token_digest=digest(token), is_open=True)
    return held.exclude(activity__state=Activity.State.WITHDRAWN).select_related("activity__alliance").first()


def tally_of(sign_in: ActivitySignIn | None) -> Tally:
    """What was said so far, the earliest first."""
    entries = list(sign_in.entries.select_related("enterprise").order_by("pk")) if sign_in else []
    known = {each.enterprise_id: each.enterprise for each in entries if each.enterprise is not None}
    return Tally(entries, list(known.values()), sum(each.head_count for each in entries))
