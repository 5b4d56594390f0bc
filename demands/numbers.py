"""Demand numbers `XQ-2026-000123`: unique per tenant, counted per year, safe when many take one at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import connection

from tenants.scope import require_tenant_id

from .models import DemandCounter


def numbers_take(years: Sequence[int]) -> list[str]:
    """The next number for each of `years`, in that order. The counters stay locked until the transaction ends."""
    firsts: dict[int, int] = {}
    # Always in the order of years, so that two transactions cannot wait for each other.
    for year, wanted in sorted(Counter(years).items()):
        firsts[year] = _advance(year, wanted) - wanted
    numbers = []
    for year in years:
        firsts[year] += 1
        numbers.append(f"XQ-{year}-{firsts[year]:06d}")
    return numbers


def _advance(year: int, wanted: int) -> int:
    table = DemandCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (tenant_id, year, last) VALUES (%s, %s, %s) "  # noqa: S608 (our own table's name)
            f"ON CONFLICT (tenant_id, year) DO UPDATE SET last = {table}.last + EXCLUDED.last RETURNING last",
            [require_tenant_id(), year, wanted],
        )
        (last,) = cursor.fetchone()
    return int(last)
