"""How a figure is measured: work and reference in turn, the median of each, so that a slow minute hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import connection


@dataclass(frozen=True)
class Result:
    """One line of the table. `ratio <= limit` is good."""

    name: str
    value: float
    reference: float
    unit: str
    ratio: float
    limit: float

    @property
    def is_good(self) -> bool:
        return self.ratio <= self.limit

    def as_dict(self) -> dict[str, str | float]:
        return asdict(self)


def against(name: str, value: float, reference: float, *, unit: str, limit: float) -> Result:
    """A figure as a multiple of its reference."""
    return Result(name, round(value, 3), round(reference, 3), unit, round(value / reference, 3), limit)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(
    work: Callable[[], object],
    reference: Callable[[], object],
    *,
    runs: int = 5,
    between: Callable[[], object] | None = None,
) -> tuple[float, float]:
    """Median wall times in milliseconds of `work` and `reference`, run in turn after one warm-up each."""
    mine, theirs = [], []
    for number in range(runs + 1):
        theirs_now = seconds(reference)
        mine_now = seconds(work)
        if between is not None:
            between()
        if number:
            mine.append(mine_now)
            theirs.append(theirs_now)
    return statistics.median(mine) * 1000, statistics.median(theirs) * 1000


def database_milliseconds(sql: str, params: list[object], *, runs: int = 15) -> float:
    """Execution time that PostgreSQL itself reports, as the application role in the open scope.

    The shortest of some runs: without a reference beside it, what else the machine does would only add to it.
    """
    times = []
    with connection.cursor() as cursor:
        for _ in range(runs):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            times.append(cursor.fetchone()[0][0]["Execution Time"])
    return min(times)
