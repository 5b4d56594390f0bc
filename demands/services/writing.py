"""A case back into rows: the demand's own columns, its deadlines, units, pauses and request for more time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from tenants.models import Unit

from ..case import RUNS_ON, Case, Given
from ..clocks import Deadline, Step, nearest
from ..models import Assignment, Demand, DemandDeadline, DemandExtension, DemandPause
from ..progress import day
from ..selectors.course import deadline_of, deadline_rows
from ..workflow import ENDS, Action, Extension, Need, State, Transition

Part = Assignment.Part
#: What an action says about the demand itself: input → column.
COLUMNS: dict[Action, dict[Need, str]] = {
    Action.RESUBMIT: {Need.CONTENT: "content"},
    Action.RECATEGORISE: {Need.ELEMENT: "element"},
    Action.ANSWER: {
        Need.TEXT: "answer", Need.LOAN: "loan", Need.TALENT: "talent", Need.LAND: "land",
        Need.OTHER_OUTCOME: "other_outcome",
    },
    Action.SHELVE: {Need.TEXT: "answer", Need.PROMISED_ON: "promised_on"},
    Action.RECHECK: {Need.PROMISED_ON: "promised_on"},
    Action.RATE: {Need.RATING: "rating", Need.TEXT: "rating_note"},
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What the time line tells the changes of, in words."""

    state: str
    unit: str
    others: str
    element: str
    complexity: str
    due: str
    promised: str
    content: str

    LABELS = ("办理状态", "主办单位", "分办、协办单位", "诉求类别", "难易程度", "办理时限", "承诺日期", "诉求内容")


def facts_of(demand: Demand, case: Case) -> Facts:
    """The facts of a demand as they stand with a case."""
    names = dict(Unit.objects.filter(pk__in=case.units).values_list("pk", "name"))
    others = [names[pk] for pk in sorted(case.sharing | case.assisting)]
    return Facts(
        state=str(Demand.State(case.state).label),
        unit=names.get(case.lead or 0, ""),
        others="、".join(others),
        element=demand.element.label,
        complexity=str(Demand.Complexity(case.complexity).label) if case.complexity else "",
        due=day(case.resolve.due_on) if case.resolve else "",
        promised=day(demand.promised_on) if case.state is State.SHELVED else "",
        content=demand.content,
    )


def changes_between(before: Facts, after: Facts) -> list[list[str]]:
    """[what, before, after] of each fact that changed."""
    pairs = zip(Facts.LABELS, _values(before), _values(after), strict=True)
    return [[label, was, now] for label, was, now in pairs if was != now]


def _values(facts: Facts) -> list[str]:
    return [getattr(facts, name) for name in Facts.__dataclass_fields__]


def write_course(
    demand: Demand,
    before: Case,
    after: Case,
    row: Transition,
    given: Given,
    said: Mapping[Need, Any],
    now: datetime,
    *,
    into: Demand | None = None,
) -> None:
    """Write what an act made of a locked demand."""
    _write_deadlines(demand, after)
    _write_units(demand, after, row.action, given, said, now)
    _write_pauses(demand, row, after, said, now)
    _write_extension(demand, row.action, before, after, said, now)
    _write_columns(demand, before, after, row.action, said, localdate(now), into)


def _write_columns(
    demand: Demand, before: Case, after: Case, action: Action, said: Mapping[Need, Any], today: date,
    into: Demand | None,
) -> None:  # fmt: skip
    for need, column in COLUMNS.get(action, {}).items():
        if (value := said.get(need)) not in (None, ""):
            setattr(demand, column, value.strip() if isinstance(value, str) else value)
    demand.state, demand.result = after.state, after.result
    demand.complexity = after.complexity or ""
    demand.unit_id = after.lead
    demand.is_second, demand.is_supervised, demand.has_objected = (
        after.is_second,
        after.is_supervised,
        after.has_objected,
    )
    if action is Action.SUBMIT:
        demand.raised_on = today
    if action is Action.ACCEPT:
        demand.accepted_on = today
    if action is Action.ANSWER and after.result not in RUNS_ON and demand.settled_on is None:
        # The first answer that stops the clock decides whether it was in time; a second handling has its own term.
        demand.settled_on = today
    if action is Action.CLOSE:
        demand.rating_defaulted = True
    if after.state in ENDS:
        demand.closed_on = today
    resolve = after.resolve
    demand.due_on = None if after.state is State.MERGED else resolve.due_on if resolve else demand.due_on
    second = next((each for each in after.deadlines if each.step is Step.SECOND), None)
    demand.second_due_on = second.due_on if second else None
    if after.state is not State.SHELVED:
        demand.promised_on = None
    due = nearest(after.deadlines)
    demand.next_due_at = due.due_at if due else None
    demand.merged_into = into or demand.merged_into
    demand.version += 1
    demand.full_clean(exclude=["number"], validate_unique=False, validate_constraints=False)
    demand.save()


def _write_deadlines(demand: Demand, after: Case) -> None:
    """Rows stand in the order of the case; what the case has beyond them is new."""
    rows = deadline_rows(demand)
    for held, wanted in zip(rows, after.deadlines, strict=False):
        if deadline_of(held) != wanted:
            _fill(held, wanted).save()
    fresh = after.deadlines[len(rows) :]
    DemandDeadline.objects.bulk_create(_fill(DemandDeadline(demand=demand), each) for each in fresh)


def _fill(row: DemandDeadline, deadline: Deadline) -> DemandDeadline:
    row.step, row.unit_id = deadline.step, deadline.unit
    row.started_at, row.due_at, row.calendar_version = deadline.started_at, deadline.due_at, deadline.version
    row.paused_at, row.paused_days = deadline.paused_at, deadline.paused_days
    row.ended_at, row.is_met = deadline.ended_at, deadline.is_met
    return row


def _write_units(
    demand: Demand, after: Case, action: Action, given: Given, said: Mapping[Need, Any], now: datetime
) -> None:
    parts = dict.fromkeys(after.sharing, Part.SHARING) | dict.fromkeys(after.assisting, Part.ASSISTING)
    if after.lead is not None:
        parts[after.lead] = Part.LEAD
    held = {row.unit_id: row for row in demand.assignments.filter(ended_at__isnull=True)}
    gone = [row.pk for pk, row in held.items() if pk not in parts]
    Assignment.objects.filter(pk__in=gone).update(ended_at=now)
    # Who is in charge comes last: there is never a moment with two.
    for unit, part in sorted(parts.items(), key=lambda pair: pair[1] == Part.LEAD):
        row = held.get(unit) or Assignment(demand=demand, unit_id=unit, assigned_at=now)
        changed = row.pk is None or row.part != part
        if changed and part == Part.LEAD:
            row.signed_at = None
        row.part = part
        if unit == given.unit:
            if action in (Action.SIGN, Action.SIGN_PART, Action.OPINION) and row.signed_at is None:
                row.signed_at, changed = now, True
            if action is Action.OPINION:
                row.opinion, row.opined_at, changed = said[Need.TEXT].strip(), now, True
        if changed:
            row.save()


def _write_pauses(demand: Demand, row: Transition, after: Case, said: Mapping[Need, Any], now: datetime) -> None:
    if row.resumes or after.state in ENDS:
        demand.pauses.filter(ended_at__isnull=True).update(ended_at=now)
    if row.pauses:
        kind = DemandPause.Kind.SHELVED if row.action is Action.SHELVE else DemandPause.Kind.WAITING
        reason = said.get(Need.REASON) or said.get(Need.TEXT) or ""
        DemandPause.objects.create(demand=demand, kind=kind, reason=reason.strip(), started_at=now)


def _write_extension(
    demand: Demand, action: Action, before: Case, after: Case, said: Mapping[Need, Any], now: datetime
) -> None:
    if after.extension is before.extension:
        return
    if after.extension is Extension.ASKED:
        if before.resolve is not None and after.extension_to is not None:
            DemandExtension.objects.create(
                demand=demand,
                state=after.extension,
                reason=said[Need.REASON].strip(),
                asked_at=now,
                due_before=before.resolve.due_on,
                due_asked=after.extension_to,
            )
        return
    decision = (said.get(Need.REASON) or said.get(Need.TEXT) or "") if action in (Action.GRANT, Action.DENY) else ""
    demand.extensions.update(state=after.extension, decided_at=now, decision=decision.strip())
