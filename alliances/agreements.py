"""Agreements and pairings of an alliance: how long they hold, and when to remind of their end (domain.md §5).

Plain functions over dates: no clock, no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Days before the last day on which the alliance's secretary is told; 0 stands for "it has run out".
REMINDERS = (30, 7, 0)
#: An agreement that ran out longer ago than this is no news any more.
STALE_DAYS = 30


@dataclass(frozen=True)
class Standing:
    """`status` is valid, expiring, expired, ended or renewed; `words` tell the reader, days included."""

    status: str
    colour: str
    words: str


def standing(*, valid_until: date | None, ended_on: date | None, is_renewed: bool, today: date) -> Standing:
    """How an agreement stands that holds until `valid_until` (inclusive; None: no end named)."""
    if ended_on is not None and ended_on <= today:
        return Standing("ended", "grey", f"{_day(ended_on)}终止")
    if is_renewed:
        return Standing("renewed", "done", "已续签")
    if valid_until is None:
        return Standing("valid", "green", "有效，未定期限")
    left = (valid_until - today).days
    if left < 0:
        return Standing("expired", "red", f"已到期 {-left} 天")
    if left <= REMINDERS[0]:
        return Standing("expiring", "amber", f"还有 {left} 天到期" if left else "今天到期")
    return Standing("valid", "green", "有效")


def reminder(valid_until: date, today: date) -> int | None:
    """Which reminder is due: the nearest of `REMINDERS` that has come; None when none has, or all are long past.

    A run that comes late tells once of what is due now, not of each day it missed.
    """
    left = (valid_until - today).days
    if left < -STALE_DAYS:
        return None
    if left < 0:
        return 0
    return next((step for step in sorted(REMINDERS) if step and left <= step), None)


def expiring_before(today: date) -> date:
    """Agreements in force whose last day lies before this one are 即将到期."""
    return date.fromordinal(today.toordinal() + REMINDERS[0] + 1)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"
