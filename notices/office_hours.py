"""When messages may leave the portal, and what they say. Plain functions: no clock, no database.

In the portal a message is there at once. Outside, by e-mail or in a group chat, nobody is told out of hours: urgent
messages wait for the next office hour, all others for the one digest of a day (domain.md §4 "reminders").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

OPENS, CLOSES = time(8, 30), time(17, 30)
#: What was told by this time of a working day is in that day's digest, however late the digest itself is.
DIGEST_AT = time(9, 0)
#: Wait after the first, second… failure; after the last there is no further attempt.
WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
#: Lines of a digest; what is beyond is told by its number.
MOST_LINES = 20


@dataclass(frozen=True)
class Line:
    """One message as it leaves the portal: its title alone. The text may name people, and stays inside."""

    key: str
    title: str


def is_office_hour(now: datetime, is_working_day: Callable[[date], bool]) -> bool:
    """Whether people may be told at `now` (local time)."""
    return OPENS <= now.time() < CLOSES and is_working_day(now.date())


def digest_until(now: datetime) -> datetime | None:
    """Up to when today's digest reaches, once it is time for it; None before that."""
    until = now.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return until if now >= until else None


def next_attempt(failures: int, now: datetime) -> datetime | None:
    """When to try again after so many failures (1 or more); None to give up."""
    return now + WAITS[failures - 1] if failures <= len(WAITS) else None


def subject(lines: Sequence[Line], *, digest_on: date | None) -> str:
    """The heading of what is sent: one message names itself, several are counted."""
    told = _distinct(lines)
    if digest_on is None and len(told) == 1:
        return f"【急】{told[0]}"
    if digest_on is None:
        return f"【急】{len(told)} 条紧急消息"
    return f"{digest_on.month}月{digest_on.day}日有 {len(told)} 条未读消息"


def body(lines: Sequence[Line], *, address: str) -> str:
    """The text: a line for each message, told once however many colleagues got it, and where to read on."""
    told = _distinct(lines)
    shown = [f"{number}. {title}" for number, title in enumerate(told[:MOST_LINES], 1)]
    if len(told) > MOST_LINES:
        shown.append(f"另有 {len(told) - MOST_LINES} 条，请登录查看。")
    shown.append(f"详情请登录产业链党建联盟平台查看：{address}" if address else "详情请登录产业链党建联盟平台查看。")
    return "\n".join(shown)


def _distinct(lines: Iterable[Line]) -> list[str]:
    return list({line.key: line.title for line in lines}.values())
