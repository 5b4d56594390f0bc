"""Whether a policy is in force (domain.md §4). Plain functions over dates: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: A policy is 即将到期 during its last so many natural days.
EXPIRING_DAYS = 30


@dataclass(frozen=True)
class Validity:
    """`status` is upcoming, valid, expiring or expired; `words` tell the reader, days included."""

    status: str
    words: str


def validity(*, effective_on: date, valid_until: date | None, today: date) -> Validity:
    """The standing of a policy in force from `effective_on` until `valid_until` (inclusive; None: no end named)."""
    if today < effective_on:
        return Validity("upcoming", "尚未施行")
    if valid_until is None:
        return Validity("valid", "有效")
    left = (valid_until - today).days
    if left < 0:
        return Validity("expired", "已过期")
    if left < EXPIRING_DAYS:
        return Validity("expiring", f"还有 {left} 天到期" if left else "今天到期")
    return Validity("valid", "有效")


def expiring_before(today: date) -> date:
    """Policies in force whose last day lies before this one are 即将到期."""
    return today + timedelta(days=EXPIRING_DAYS)
