"""Reads of a demand's course: its case for the rules, its time line, its units, whose work it is now."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import make_aware

from enterprises.models import EnterprisePermission
from enterprises.permissions import OPERATE
from tenants.models import Role, RoleAssignment, Unit, User
from tenants.permissions import Actor

from ..case import Case
from ..clocks import Complexity, Deadline, Step, end_of
from ..models import Assignment, Demand, DemandDeadline, DemandEvent, DemandExtension
from ..permissions import visible_demands
from ..telling import INTERNAL, PAPERS
from ..workflow import Extension, State

Part = Assignment.Part
MORNING = time(9, 0)


def case_of(demand: Demand) -> Case:
    """A demand as its rules see it. A row of a ledger has no deadlines yet: its due day stands for that of 办结."""
    handed = list(demand.assignments.filter(ended_at__isnull=True))
    extension = demand.extensions.first()
    deadlines = [deadline_of(row) for row in deadline_rows(demand)]
    if demand.due_on and not any(each.step is Step.RESOLVE for each in deadlines):
        deadlines.append(_ledger_deadline(demand, demand.due_on))
    return Case(
        state=State(demand.state),
        result=demand.result,
        complexity=Complexity(demand.complexity) if demand.complexity else None,
        lead=demand.unit_id,
        sharing=frozenset(each.unit_id for each in handed if each.part == Part.SHARING),
        assisting=frozenset(each.unit_id for each in handed if each.part == Part.ASSISTING),
        deadlines=tuple(deadlines),
        extension=Extension(extension.state) if extension else Extension.NONE,
        extension_to=extension.due_asked if extension else None,
        has_objected=demand.has_objected,
        is_second=demand.is_second,
        is_supervised=demand.is_supervised,
    )


def deadline_rows(demand: Demand) -> list[DemandDeadline]:
    """All deadlines of a demand in the order in which they began."""
    return list(demand.deadlines.order_by("pk"))


def deadline_of(row: DemandDeadline) -> Deadline:
    """A row as the rules see it."""
    return Deadline(
        step=Step(row.step),
        started_at=row.started_at,
        due_at=row.due_at,
        version=row.calendar_version,
        unit=row.unit_id,
        paused_at=row.paused_at,
        ended_at=row.ended_at,
        is_met=row.is_met,
        paused_days=row.paused_days,
    )


def _ledger_deadline(demand: Demand, due_on: date) -> Deadline:
    started = make_aware(datetime.combine(demand.accepted_on or demand.raised_on, MORNING))
    closed = demand.settled_on or demand.closed_on
    # Ledgers stop no clock: one that says 挂起 or 挂账 goes on from its due day.
    ended_at = end_of(closed) if closed else None
    return Deadline(Step.RESOLVE, started, end_of(due_on), 0, ended_at=ended_at, is_met=closed is not None)


def events(*, actor: Actor, demand: Demand, insider: bool) -> QuerySet[DemandEvent]:
    """The time line of a demand that the actor may see, the newest first; to an enterprise without what offices and
    units say among themselves."""
    rows = demand.events.select_related("unit").order_by("-pk")
    return rows if insider else rows.exclude(action__in=INTERNAL)


def assignments(demand: Demand) -> list[Assignment]:
    """The units it is handed to now: in charge first."""
    order = {Part.LEAD: 0, Part.SHARING: 1, Part.ASSISTING: 2}
    rows = demand.assignments.filter(ended_at__isnull=True).select_related("unit")
    return sorted(rows, key=lambda each: (order[Part(each.part)], each.pk))


def open_deadlines(demand: Demand) -> list[DemandDeadline]:
    """What is due now, the earliest first."""
    return list(demand.deadlines.filter(ended_at__isnull=True).select_related("unit").order_by("due_at", "pk"))


def extension(demand: Demand) -> DemandExtension | None:
    """The request for more time, if there was one."""
    return demand.extensions.first()


def paper_event_get(*, actor: Actor, pk: int) -> DemandEvent:
    """An act that is handed over on paper, of a demand that the actor may see, or 404."""
    events = DemandEvent.objects.filter(action__in=PAPERS, demand__in=visible_demands(actor))
    return get_object_or_404(events.select_related("demand__enterprise"), pk=pk)


def facts_at(event: DemandEvent) -> dict[str, str]:
    """What the time line had said of a demand up to an act: label → the latest value, in words."""
    facts: dict[str, str] = {}
    for changes in event.demand.events.filter(pk__lte=event.pk).order_by("pk").values_list("changes", flat=True):
        facts |= {what: after for what, _, after in changes}
    return facts


def unit_candidates() -> QuerySet[Unit]:
    """The units to which demands are handed."""
    return Unit.objects.filter(is_active=True).order_by("kind", "pk")


def merge_candidate(*, actor: Actor, number: str) -> Demand | None:
    """The demand of a number into which another may be merged, as far as the actor may see it."""
    return visible_demands(actor).filter(number=number.strip().upper()).first()


# Whose work it is


def inbox(*, actor: Actor) -> QuerySet[Demand]:
    """What waits for the actor's units, and for the office: open, and the next step is theirs."""
    mine = Q(pk__in=[])
    if actor.unit_ids:
        handed = Assignment.objects.filter(unit__in=actor.unit_ids, ended_at__isnull=True)
        in_charge = Q(unit__in=actor.unit_ids)
        mine |= in_charge & Q(state__in=(State.ASSIGNED, State.IN_PROGRESS, State.PAUSED, State.SHELVED))
        mine |= Q(pk__in=handed.exclude(part=Part.LEAD).filter(opined_at__isnull=True).values("demand"))
    if actor.is_staff:
        asked = DemandExtension.objects.filter(state=DemandExtension.State.ASKED)
        mine |= Q(state__in=(State.SUBMITTED, State.ACCEPTED, State.OBJECTED, State.CALLBACK))
        mine |= Q(pk__in=asked.values("demand"))
    return visible_demands(actor).filter(mine, closed_on__isnull=True)


def supervised(*, actor: Actor) -> QuerySet[Demand]:
    """The demands under 督办 that are not closed."""
    return visible_demands(actor).filter(is_supervised=True, closed_on__isnull=True)


def shelved(*, actor: Actor) -> QuerySet[Demand]:
    """The demands on the long list (挂账)."""
    return visible_demands(actor).filter(state=State.SHELVED)


# Whom to tell


def unit_accounts(units: set[int]) -> list[User]:
    """The accounts of some units."""
    held = RoleAssignment.objects.filter(unit__in=units, role=Role.DEPARTMENT)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def enterprise_accounts(demand: Demand) -> list[User]:
    """The accounts of the enterprise, and of whoever entered the demand for it."""
    operating = EnterprisePermission.objects.filter(content_object=demand.enterprise_id, permission__codename=OPERATE)
    told = Q(pk__in=operating.values("user")) | Q(pk=demand.entered_by_id)
    return list(User.objects.filter(told, is_active=True).order_by("pk"))


def office_accounts(demand: Demand) -> list[User]:
    """The office that accepts and assigns: the staff of the enterprise's region; the city's where it has none."""
    places = [each.path for each in (demand.enterprise.region, demand.enterprise.park) if each]
    county = RoleAssignment.objects.filter(role=Role.COUNTY_STAFF).select_related("region")
    told = {
        held.user_id for held in county if held.region and any(path.startswith(held.region.path) for path in places)
    }
    if not told:
        told = set(RoleAssignment.objects.filter(role=Role.CITY_STAFF).values_list("user", flat=True))
    return list(User.objects.filter(pk__in=told, is_active=True).order_by("pk"))
