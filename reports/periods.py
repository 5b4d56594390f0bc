"""Periods of figures: quarters, years, free ranges; and the period before. Plain functions over dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

QUARTERS = "一二三四"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both days included. Raises `ValueError` with a sentence when they are the wrong way."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("开始日期不能晚于结束日期，请对调或改正。")

    @property
    def label(self) -> str:
        """`2026年第三季度`, `2025年`, `2025年10月—2026年9月`, or the two days."""
        first, last = self.start, self.end
        if not self._is_whole_months:
            return f"{cn_date(first)}—{cn_date(last)}"
        if self._months == 12 and first.month == 1:
            return f"{first.year}年"
        if self._months == 3 and first.month % 3 == 1:
            return f"{first.year}年第{QUARTERS[first.month // 3]}季度"
        if self._months == 1:
            return f"{first.year}年{first.month}月"
        return f"{first.year}年{first.month}月—{last.year}年{last.month}月"

    @property
    def previous(self) -> Period:
        """The period of the same length just before: by months where the period is made of whole months."""
        end = self.start - ONE_DAY
        if self._is_whole_months:
            return Period(add_months(self.start, -self._months), end)
        return Period(end - (self.end - self.start), end)

    @property
    def months(self) -> list[date]:
        """The first days of all months that it touches."""
        first = self.start.replace(day=1)
        count = (self.end.year - first.year) * 12 + self.end.month - first.month + 1
        return [add_months(first, n) for n in range(count)]

    @property
    def quarter(self) -> tuple[int, int] | None:
        """(year, quarter) when it is exactly a natural quarter."""
        year, quarter = self.start.year, (self.start.month + 2) // 3
        return (year, quarter) if self == quarter_period(year, quarter) else None

    @property
    def _is_whole_months(self) -> bool:
        return self.start.day == 1 and (self.end + ONE_DAY).day == 1

    @property
    def _months(self) -> int:
        return len(self.months)


def cn_date(day: date) -> str:
    """`2026年9月30日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def add_months(first: date, count: int) -> date:
    """The first day of the month `count` months after that of `first`."""
    month = first.year * 12 + first.month - 1 + count
    return date(month // 12, month % 12 + 1, 1)


def last_day(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return add_months(first, 1) - ONE_DAY


def quarter_period(year: int, quarter: int) -> Period:
    """A natural quarter."""
    start = date(year, 3 * quarter - 2, 1)
    return Period(start, last_day(add_months(start, 2)))


def quarter_parse(text: str) -> tuple[int, int]:
    """`2026Q3` → (2026, 3). Raises `ValueError` with a sentence for anything else."""
    found = re.fullmatch(r"(20\d\d)[Qq]([1-4])", text.strip())
    if not found:
        raise ValueError(f"季度“{text}”无法识别，请写成 2026Q3 的样子。")
    return int(found[1]), int(found[2])


def quarters_until(today: date, count: int) -> list[tuple[int, int]]:
    """The last `count` quarters, the current one first."""
    index = today.year * 4 + (today.month - 1) // 3
    return [((index - n) // 4, (index - n) % 4 + 1) for n in range(count)]


def period_parse(key: str) -> Period:
    """A period as it stands in an address: `2026Q3`, `2026`, or `12M-2026Q3` for the four quarters up to it.

    Raises `ValueError` with a sentence for anything else.
    """
    if re.fullmatch(r"20\d\d", key):
        return Period(date(int(key), 1, 1), date(int(key), 12, 31))
    period = quarter_period(*quarter_parse(key.removeprefix("12M-")))
    return Period(add_months(period.start, -9), period.end) if key.startswith("12M-") else period


def presets(today: date) -> list[tuple[str, str]]:
    """Keys and labels of what a dashboard offers: four full quarters (its default), six quarters, three years."""
    quarters = quarters_until(today, 6)
    rolling = "12M-{}Q{}".format(*quarters[1])
    out = [(rolling, f"近四个季度（{period_parse(rolling).label}）")]
    for number, (year, quarter) in enumerate(quarters):
        note = ("（本季度）", "（上季度）")[number] if number < 2 else ""
        out.append((f"{year}Q{quarter}", quarter_period(year, quarter).label + note))
    return out + [(str(year), f"{year}年") for year in range(today.year, today.year - 3, -1)]
