"""When a shared venue may be booked (四常两聚). Plain functions: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

#: How far ahead a venue is given away.
DAYS_AHEAD = 90


@dataclass(frozen=True)
class Span:
    """Some hours that are taken, from `starts_at` up to `ends_at`."""

    starts_at: datetime
    ends_at: datetime
    label: str = ""


@dataclass(frozen=True)
class Day:
    """A day of a venue's calendar with what is taken on it."""

    day: date
    spans: tuple[Span, ...]


def refusal(span: Span, *, opens: time, closes: time, now: datetime) -> str:
    """Why these hours cannot be booked, in words; empty when they can. All moments are local time."""
    if span.ends_at <= span.starts_at:
        return "结束时间要晚于开始时间。"
    if span.starts_at.date() != span.ends_at.date():
        return "一次只能预约同一天。要用几天的，请分别预约。"
    if span.starts_at < now:
        return "这个时间已经过去。请选以后的时间。"
    if span.starts_at.date() > now.date() + timedelta(days=DAYS_AHEAD):
        return f"最多提前 {DAYS_AHEAD} 天预约。"
    if span.starts_at.time() < opens or span.ends_at.time() > closes:
        return f"场地开放时间是 {opens:%H:%M} 到 {closes:%H:%M}。请改在开放时间内。"
    return ""


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a moment; one may begin when the other ends."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def taken_by(span: Span, taken: Iterable[Span]) -> Span | None:
    """The earliest of the taken spans that stands in the way."""
    hits = [each for each in taken if overlaps(span, each)]
    return min(hits, key=lambda each: each.starts_at, default=None)


def calendar(first: date, days: int, taken: Sequence[Span]) -> list[Day]:
    """The days from `first` on, each with what is taken, in order."""
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        spans = sorted((each for each in taken if each.starts_at.date() == day), key=lambda each: each.starts_at)
        found.append(Day(day, tuple(spans)))
    return found
