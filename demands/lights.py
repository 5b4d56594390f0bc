"""The light of whole tables of demands: `deadlines.light` as a database expression."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from .deadlines import amber_bands
from .models import Demand


def with_light(demands: QuerySet[Demand], *, today: date) -> QuerySet[Demand]:
    """The demands with `light` (green, amber, red, done) on `today`; the clock starts with 受理, or else 提出."""
    amber = Q()
    for band in amber_bands(today):
        amber |= Q(due_on__gte=band.due_from, due_on__lt=band.due_before, clock_started_on__lt=band.started_before)
    light = Case(
        When(closed_on__isnull=False, then=Value("done")),
        When(due_on__lt=today, then=Value("red")),
        When(amber, then=Value("amber")),
        default=Value("green"),
        output_field=CharField(),
    )
    return demands.alias(clock_started_on=Coalesce("accepted_on", "raised_on")).annotate(light=light)
