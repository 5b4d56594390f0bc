"""Rules of brand and demonstration projects (domain.md §5): one or two a year per alliance. No clock, no database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

#: How many projects an alliance has in a year at most; stopped ones leave their place.
YEARLY_MOST = 2
#: From this month on an alliance without a project is told that the year ends.
WARN_FROM_MONTH = 10
#: How far ahead a project is planned.
YEARS_AHEAD = 1

PLANNED, RUNNING, DONE, STOPPED = "planned", "running", "done", "stopped"
#: What may come after each state; what has ended stays.
NEXT: dict[str, tuple[str, ...]] = {
    PLANNED: (RUNNING, DONE, STOPPED),
    RUNNING: (DONE, STOPPED),
    DONE: (),
    STOPPED: (),
}


@dataclass(frozen=True)
class Shortage:
    """Too few projects: `colour` is amber or red, `words` say which year and what to do."""

    colour: str
    words: str


def free_place(taken: Collection[int]) -> int | None:
    """The lowest place of a year that no project holds; None when the year is full."""
    return next((place for place in range(1, YEARLY_MOST + 1) if place not in taken), None)


def shortage(*, year: int, count: int, founded_on: date, today: date) -> Shortage | None:
    """Whether an alliance with `count` projects in `year` has too few as of `today`.

    Amber in the last quarter of the year, red once the year is over; nothing is asked of the time before its founding.
    """
    if count or founded_on.year > year or founded_on > today:
        return None
    if today.year > year:
        return Shortage("red", f"{year}年没有品牌项目或示范项目")
    if today.year == year and today.month >= WARN_FROM_MONTH:
        left = (date(year, 12, 31) - today).days
        days = f"还剩 {left} 天" if left else "今天是最后一天"
        return Shortage("amber", f"{year}年还没有品牌项目或示范项目，{days}")
    return None


def year_refusal(*, year: int, founded_on: date, today: date) -> str:
    """Why a project cannot be of a year; empty when it can."""
    if year < founded_on.year:
        return f"联盟{founded_on.year}年才成立，不能登记{year}年的项目。请核对年份。"
    if year > today.year + YEARS_AHEAD:
        return f"最多只能登记到{today.year + YEARS_AHEAD}年的项目。请核对年份。"
    return ""
