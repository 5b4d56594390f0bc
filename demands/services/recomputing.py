"""Open deadlines of demands by the present working-day calendar: an administrator's act, never the calendar's own
(docs/adr/0060)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Prefetch, QuerySet

from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_at
from tenants.stored_deadlines import StoredDeadlines
from tenants.working_days import WorkingCalendar

from ..clocks import NATURAL, Step, nearest, recomputed
from ..models import Demand, DemandDeadline, DemandEvent, DemandExtension
from ..progress import day
from ..selectors.course import deadline_of
from ..workflow import Action

#: Demands written at once.
BATCH = 500


def _outdated(version: int) -> QuerySet[DemandDeadline]:
    """Open deadlines in working days that come from an older version of the calendar."""
    rows = DemandDeadline.objects.filter(ended_at__isnull=True, calendar_version__lt=version)
    return rows.exclude(step__in=NATURAL)


def outdated_count(version: int) -> int:
    """How many open deadlines come from an older version."""
    return _outdated(version).count()


def demands_recompute(*, actor: Actor, calendar: WorkingCalendar, token: UUID, now: datetime) -> int:
    """Bring the open deadlines of older versions to `calendar`; the time line of each demand tells what moved.

    In few statements for each `BATCH` demands, which are locked as every act locks them. Returns how many deadlines
    moved.
    """
    wanted = sorted(set(_outdated(calendar.version).values_list("demand", flat=True)))
    return sum(
        _recompute_some(actor, calendar, wanted[start : start + BATCH], token, now)
        for start in range(0, len(wanted), BATCH)
    )


def _recompute_some(actor: Actor, calendar: WorkingCalendar, ids: list[int], token: UUID, now: datetime) -> int:
    demands = Demand.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    # Read under the lock: an act may have moved or ended some of them meanwhile.
    rows = DemandDeadline.objects.filter(ended_at__isnull=True).order_by("pk")
    held = list(demands.prefetch_related(Prefetch("deadlines", rows, to_attr="open_rows")))
    granted = DemandExtension.objects.filter(demand__in=ids, state=DemandExtension.State.GRANTED)
    agreed = set(granted.values_list("demand", flat=True))
    touched: list[DemandDeadline] = []
    moved: dict[Demand, list[list[str]]] = defaultdict(list)
    for demand in held:
        for row in demand.open_rows:
            if row.step in NATURAL or row.calendar_version >= calendar.version:
                continue
            was = deadline_of(row)
            is_agreed = was.step is Step.RESOLVE and demand.pk in agreed
            found = recomputed(was, calendar_at(was.version), calendar, is_agreed=is_agreed)
            row.due_at, row.calendar_version = found.due_at, found.version
            touched.append(row)
            if found.due_at != was.due_at:
                moved[demand].append([_label(was.step), day(was.due_on), day(found.due_on)])
    DemandDeadline.objects.bulk_update(touched, ["due_at", "calendar_version"], batch_size=BATCH)
    for demand in moved:
        _follow(demand)
    Demand.objects.bulk_update(list(moved), ["due_on", "next_due_at", "version"], batch_size=BATCH)
    DemandEvent.objects.bulk_create(
        DemandEvent(
            demand=demand,
            action=Action.NOTE,
            at=now,
            actor=actor.user,
            who=f"{actor.user.unit or ''} {actor.user}".strip()[:140],
            text=f"工作日历已调整，按第 {calendar.version} 版重算时限。",
            changes=changes,
            form_token=uuid5(token, f"demand-{demand.pk}"),
        )
        for demand, changes in moved.items()
    )
    return sum(len(changes) for changes in moved.values())


def _follow(demand: Demand) -> None:
    """Let the demand's own columns say what its open deadlines now say."""
    deadlines = [deadline_of(row) for row in demand.open_rows]
    for each in deadlines:
        if each.step is Step.RESOLVE:
            demand.due_on = each.due_on
    due = nearest(deadlines)
    demand.next_due_at = due.due_at if due else None
    demand.version += 1


def _label(step: Step) -> str:
    return "办理时限" if step is Step.RESOLVE else f"{step.label}时限"


DEMAND_DEADLINES = StoredDeadlines("demands", "诉求的时限", outdated_count, demands_recompute)
