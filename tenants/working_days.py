"""Chinese working days. Plain functions over dates: no clock, no database.

A day counts as a working day after the State Council's yearly notice, with its make-up workdays (调休). A year whose
notice is not known yet falls back to Monday to Friday; `calendar_known` tells, so that pages can warn.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

ONE_DAY = timedelta(days=1)


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
