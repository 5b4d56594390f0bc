"""Working days and the light of a demand (domain.md §4). Plain functions over dates: no clock, no database.

A day counts as a working day after the State Council's yearly notice, with its make-up workdays (调休). A year whose
notice is not known yet falls back to Monday to Friday; `calendar_known` tells, so that pages can warn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

#: A demand turns amber with this many working days left, or a third of its term if that is less.
AMBER_DAYS = 2
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Light:
    """`colour` is green, amber, red or done; `words` say the same to the reader: never colour alone."""

    colour: str
    words: str


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether offices work on `day`."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def calendar_known(year: int) -> bool:
    """Whether the official calendar of `year` is built in; otherwise only weekends are free."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def add_working_days(start: date, days: int) -> date:
    """The `days`-th working day after `start` (before it, when negative); `start` itself for 0."""
    step = ONE_DAY if days > 0 else -ONE_DAY
    day = start
    for _ in range(abs(days)):
        day = next(each for each in _days_from(day, step) if is_working_day(each))
    return day


def _days_from(day: date, step: timedelta) -> Iterator[date]:
    while True:
        day += step
        yield day


def light(*, started_on: date, due_on: date | None, closed_on: date | None, today: date) -> Light:
    """The light of a demand whose clock started on `started_on` and must be done by `due_on` (inclusive).

    Remaining time counts working days, an overdue one natural days, as offices say it ("超期 1 天").
    """
    if closed_on is not None:
        late = (closed_on - due_on).days if due_on else 0
        return Light("done", f"超期 {late} 天办结" if late > 0 else "按期办结" if due_on else "已办结")
    if due_on is None:
        return Light("green", "未定办理时限")
    if due_on < today:
        return Light("red", f"超期 {(today - due_on).days} 天")
    left = working_days_between(today, due_on)
    term = working_days_between(started_on, due_on)
    words = "今天到期" if due_on == today else f"还剩 {left} 个工作日" if left else "剩余不足 1 个工作日"
    return Light("amber" if left <= AMBER_DAYS and 3 * left <= term else "green", words)


@dataclass(frozen=True)
class AmberBand:
    """Open demands due in [`due_from`, `due_before`) are amber if their clock started before `started_before`."""

    due_from: date
    due_before: date
    started_before: date


def amber_bands(today: date) -> tuple[AmberBand, ...]:
    """The amber rule of `light` as a few dates, for use on whole tables.

    Due dates with r working days left lie between the r-th working day after today and the next. The term has at
    least 3 r working days exactly if the clock started before the 3 r-th working day counted back from there.
    """
    bands = [AmberBand(today, add_working_days(today, 1), date.max)]
    for left in range(1, AMBER_DAYS + 1):
        first = add_working_days(today, left)
        bands.append(AmberBand(first, add_working_days(first, 1), add_working_days(first, 1 - 3 * left)))
    return tuple(bands)
