"""The light of demands: of those at hand, and of whole tables as a database expression."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from . import deadlines
from .models import Demand


def with_light(demands: QuerySet[Demand], *, today: date) -> QuerySet[Demand]:
    """The demands with `light` (green, amber, red, done) on `today`; the clock starts with 受理, or else 提出."""
    amber = Q()
    for band in deadlines.amber_bands(today):
        amber |= Q(due_on__gte=band.due_from, due_on__lt=band.due_before, clock_started_on__lt=band.started_before)
    light = Case(
        When(closed_on__isnull=False, then=Value("done")),
        When(due_on__lt=today, then=Value("red")),
        When(amber, then=Value("amber")),
        default=Value("green"),
        output_field=CharField(),
    )
    return demands.alias(clock_started_on=Coalesce("accepted_on", "raised_on")).annotate(light=light)


def light_up(demands: Iterable[Demand], *, today: date) -> None:
    """Give each demand its `light` (`deadlines.Light`) of `today`."""
    for demand in demands:
        demand.light = deadlines.light(
            started_on=started_on(demand), due_on=demand.due_on, closed_on=demand.closed_on, today=today
        )


def started_on(demand: Demand) -> date:
    """The day on which the clock started: 受理, or 提出 where that is not recorded."""
    return demand.accepted_on or demand.raised_on
