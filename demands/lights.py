"""The light of demands: of those at hand, and of whole tables as a database expression."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, CharField, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import localdate

from tenants.selectors.calendar import calendar_current

from . import deadlines
from .models import Demand

State = Demand.State
#: States whose own step is short: the light counts to that step, not to 办结.
OWN_STEP = (State.SUBMITTED, State.CALLBACK)
#: Whom a demand waits for while its clock stands still.
WAITS = {State.PAUSED: "挂起，等企业", State.RETURNED: "等企业补正"}
#: Done within the term of 办结: the answer that stopped the clock decides, or else the closing day.
ON_TIME = Q(closed_on__lte=F("due_on")) | Q(settled_on__lte=F("due_on"))
#: The answer stopped the clock, and the enterprise has not rated it yet.
SETTLED = Q(state=State.ANSWERED, settled_on__isnull=False)


def with_light(demands: QuerySet[Demand], *, today: date) -> QuerySet[Demand]:
    """The demands with `light` (green, amber, red, grey, done) on `today`; the clock starts with 受理, or else 提出."""
    amber = Q()
    for band in deadlines.amber_bands(today, calendar_current()):
        amber |= Q(
            counts_to__gte=band.due_from, counts_to__lt=band.due_before, clock_started_on__lt=band.started_before
        )
    light = Case(
        When(closed_on__isnull=False, then=Value("done")),
        When(state=State.SHELVED, promised_on__lt=today, then=Value("red")),
        When(state__in=[*WAITS, State.SHELVED], then=Value("grey")),
        When(SETTLED, then=Value("green")),
        When(counts_to__lt=today, then=Value("red")),
        When(amber, then=Value("amber")),
        default=Value("green"),
        output_field=CharField(),
    )
    counts_to = Case(
        When(state__in=OWN_STEP, then=Coalesce(TruncDate("next_due_at"), "due_on")),
        When(is_second=True, then=Coalesce("second_due_on", "due_on")),
        default="due_on",
        output_field=DateField(),
    )
    return demands.alias(clock_started_on=Coalesce("accepted_on", "raised_on"), counts_to=counts_to).annotate(
        light=light
    )


def light_up(demands: Iterable[Demand], *, today: date) -> None:
    """Give each demand its `light` (`deadlines.Light`) of `today`."""
    for demand in demands:
        demand.light = light_of(demand, today)


def light_of(demand: Demand, today: date) -> deadlines.Light:
    """The light of one demand, as `with_light` says of many."""
    state = State(demand.state)
    if state == State.SHELVED and demand.promised_on and demand.closed_on is None:
        late = (today - demand.promised_on).days
        promised = f"{demand.promised_on.year}年{demand.promised_on.month}月{demand.promised_on.day}日"
        if late > 0:
            return deadlines.Light("red", f"挂账超过承诺日期 {late} 天")
        return deadlines.Light("grey", f"挂账，承诺{promised}")
    return deadlines.light(
        started_on=started_on(demand),
        due_on=counts_to(demand),
        closed_on=demand.closed_on,
        today=today,
        calendar=calendar_current(),
        settled_on=demand.settled_on if state in (State.ANSWERED, State.CLOSED) else None,
        waits=WAITS.get(state, ""),
    )


def counts_to(demand: Demand) -> date | None:
    """The day to which the light counts: of a closed demand that of 办结, otherwise the step that is next."""
    if demand.closed_on is None and demand.state in OWN_STEP and demand.next_due_at:
        return localdate(demand.next_due_at)
    if demand.closed_on is None and demand.is_second and demand.second_due_on:
        return demand.second_due_on
    return demand.due_on


def started_on(demand: Demand) -> date:
    """The day on which the clock started: 受理, or 提出 where that is not recorded."""
    return demand.accepted_on or demand.raised_on
