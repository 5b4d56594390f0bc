"""What a demand's page shows of its course, for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current

from .. import clocks
from ..course import allowed
from ..models import Demand, DemandDeadline, DemandEvent
from ..permissions import parties
from ..selectors import course
from ..telling import DONE, PAPERS
from ..workflow import Action, Party, State

TONES = {
    Action.ANSWER: "green",
    Action.REFUSE: "red",
    Action.OBJECT: "amber",
    Action.URGE: "amber",
    Action.SUPERVISE: "red",
}
STATE = "办理状态"
ASKERS = frozenset({Party.ENTERPRISE, Party.DEPUTY})


@dataclass(frozen=True)
class Line:
    """One act for the time line."""

    at: datetime
    who: str
    text: str
    note: str
    tone: str
    paper: str = ""
    event: int = 0


def course_context(actor: Actor, demand: Demand) -> dict[str, Any]:
    """Buttons, units, deadlines and time line of a demand that the actor may see."""
    now, days, case = timezone.now(), calendar_current(), course.case_of(demand)
    held, unit = parties(actor, demand, case)
    # Who is nothing but the asker does not read what offices and units say among themselves.
    insider = bool(held - ASKERS) or not held & ASKERS
    rows = allowed(case, held, now, days, unit)
    resolve = case.resolve
    return {
        "actions": [
            {"label": row.label, "url": reverse("demands:act", args=[demand.number, row.action.value])} for row in rows
        ],
        "insider": insider,
        "is_draft": case.state is State.DRAFT,
        "assignments": course.assignments(demand),
        "deadlines": [_due(row, now) for row in course.open_deadlines(demand)] if insider else [],
        "extension": course.extension(demand) if insider else None,
        "elapsed": clocks.elapsed(resolve, now, days) if resolve else None,
        "lines": [_line(event, insider) for event in course.events(actor=actor, demand=demand, insider=insider)],
    }


def _due(row: DemandDeadline, now: datetime) -> dict[str, Any]:
    deadline = course.deadline_of(row)
    if deadline.paused_at:
        tone, words = "grey", "停表"
    elif deadline.is_late(now):
        tone, words = "red", "已超时"
    else:
        tone, words = "green", "未到时限"
    return {"row": row, "tone": tone, "words": words}


def _line(event: DemandEvent, insider: bool) -> Line:
    action = Action(event.action)
    # The act itself says where the demand went.
    changes = "；".join(_change(*change) for change in event.changes if change[0] != STATE)
    note = "\n".join(part for part in (event.text, changes) if part)
    return Line(
        at=event.at,
        who=event.who,
        text=DONE[action],
        note=note,
        tone=TONES.get(action, ""),
        paper=PAPERS.get(action, "") if insider else "",
        event=event.pk,
    )


def _change(what: str, before: str, after: str) -> str:
    if not before:
        return f"{what}：{after}"
    return f"{what} 由 {before} 改为 {after}" if after else f"{what}：不再是 {before}"
