"""How a demand walks the table of `demands.workflow`: what may be done now, and what an act makes of it.

`apply` is the only way from one `Case` to the next. Plain functions over frozen values: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from tenants.working_days import WorkingCalendar

from . import clocks
from .case import ANSWERS, CONTENT_FROM, OF_A_UNIT, PLANNED, RUNS_ON, WITHDRAWN, Case, Given, RefusedError
from .clocks import Deadline, Step
from .workflow import ENDS, TABLE, TRANSITIONS, Action, Extension, Need, Party, State, Transition


def parties_of(case: Case, unit: int) -> frozenset[Party]:
    """What a unit is to a demand."""
    held = {Party.LEAD: unit == case.lead, Party.SHARING: unit in case.sharing, Party.ASSISTING: unit in case.assisting}
    return frozenset(party for party, is_held in held.items() if is_held)


def allowed(
    case: Case, parties: frozenset[Party], at: datetime, calendar: WorkingCalendar, unit: int | None = None
) -> list[Transition]:
    """The rows that somebody with these parts, for `unit`, may follow now, in the table's order: the action bar."""
    return [
        row
        for row in TABLE
        if case.state in row.sources and row.by & parties and not obstacle(case, row.action, at, calendar, unit)
    ]


def obstacle(case: Case, action: Action, at: datetime, calendar: WorkingCalendar, unit: int | None = None) -> str:
    """Why a row cannot be followed whatever is said with it; empty when it can. The state is judged elsewhere."""
    if action is Action.SIGN_PART:
        waits = any(each.step is Step.SIGN and each.is_open and each.unit == unit for each in case.deadlines)
        return "" if waits else "本单位已经签收过了。"
    check = _OBSTACLES.get(action)
    return check(case, at, calendar) if check else ""


def _pending(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    return "承办单位申请了延期，还没有答复。请先决定是否同意延期。" if case.extension is Extension.ASKED else ""


def _objection(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    if case.has_objected:
        return "这次交办已经提过异议，维持原交办后不能再提。请签收办理。"
    due = case.open(Step.SIGN)
    late = due is not None and due.is_late(at)
    return "异议要在交办后 1 个工作日内提出，现在已经过了。请签收办理，确需改派请联系交办单位。" if late else ""


def _extension(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    if case.is_second:
        return "二次办理不能延期。"
    if case.extension is not Extension.NONE:
        return "延期只能申请一次，这件诉求已经申请过。"
    due = case.open(Step.RESOLVE)
    if due is None:
        return "这件诉求没有办结时限，不用延期。"
    late = calendar.working_days_between(clocks.day_of(at), due.due_on) < 1
    return "延期要在到期前至少 1 个工作日申请，现在已经来不及。请尽快办结。" if late else ""


def _asked(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    return "" if case.extension is Extension.ASKED else "没有等待答复的延期申请。"


def _unrated(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    due = case.open(Step.RATE)
    waits = due is not None and at <= due.due_at
    return f"企业可以评价到{clocks.in_words(due.due_on)}，过后仍未评价才能销号。" if due and waits else ""


def _answer(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    settled = case.state is State.ANSWERED and case.result not in RUNS_ON
    return "已经答复，等企业评价。" if settled else ""


def _first_round(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
    return "二次办理的诉求不能这样处理。" if case.is_second else _pending(case, at, calendar)


def _has(*steps: Step) -> Callable[[Case, datetime, WorkingCalendar], str]:
    def check(case: Case, at: datetime, calendar: WorkingCalendar) -> str:
        return "" if any(case.open(step) for step in steps) else "已经做过了。"

    return check


_OBSTACLES: Final[dict[Action, Callable[[Case, datetime, WorkingCalendar], str]]] = {
    Action.OBJECT: _objection,
    Action.EXTEND: _extension,
    Action.GRANT: _asked,
    Action.DENY: _asked,
    Action.PAUSE: _first_round,
    Action.SHELVE: _first_round,
    Action.REASSIGN: _pending,
    Action.RECATEGORISE: _first_round,
    Action.MERGE: _first_round,
    Action.CLOSE: _unrated,
    Action.ANSWER: _answer,
    Action.REPLY: _has(Step.REPLY),
    Action.SUPERVISE: lambda case, at, calendar: "已经在督办。" if case.is_supervised else "",
    Action.UNSUPERVISE: lambda case, at, calendar: "" if case.is_supervised else "没有列为督办。",
}


def apply(case: Case, action: Action, given: Given, at: datetime, calendar: WorkingCalendar) -> Case:
    """The demand after an action at `at`. Raises `RefusedError` when its state, or what was said, does not allow it.

    Who may act is judged before (`allowed`); the merged-into demand is changed by `absorb`.
    """
    row = TRANSITIONS[action]
    if case.state not in row.sources:
        raise RefusedError(f"现在不能{row.label}。")
    if words := obstacle(case, action, at, calendar, given.unit):
        raise RefusedError(words)
    if check := _INPUTS.get(action):
        check(case, given, at, calendar)
    after = replace(_changed(case, action, given), state=_target(case, row, given))
    return replace(after, deadlines=_deadlines(case, after, row, given, at, calendar))


# What was said


def _check_units(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    if given.lead is None:
        raise RefusedError("请选择主办单位。", Need.LEAD)
    if given.lead in given.sharing | given.assisting:
        raise RefusedError("同一个单位不能既主办又分办、协办。请去掉重复的单位。", Need.LEAD)
    if given.sharing & given.assisting:
        raise RefusedError("同一个单位不能既分办又协办。请去掉重复的单位。", Need.ASSISTING)


def _check_other_lead(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    _check_units(case, given, at, calendar)
    if given.lead == case.lead:
        raise RefusedError("改派要换一个主办单位。请另选。", Need.LEAD)


def _check_complexity(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    if given.complexity is None:
        raise RefusedError("请选择难易程度，办结时限由它决定。", Need.COMPLEXITY)


def _check_extension(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    due = case.open(Step.RESOLVE)
    if given.new_due_on is None or due is None:
        raise RefusedError("请填写新的办结时限。", Need.NEW_DUE_ON)
    if words := clocks.extension_fault(due, given.new_due_on, at, calendar):
        raise RefusedError(words, Need.NEW_DUE_ON)


def _check_promise(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    if given.promised_on is None or given.promised_on <= clocks.day_of(at):
        raise RefusedError("承诺日期要在今天以后。请改日期。", Need.PROMISED_ON)


def _check_result(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    if given.result not in ANSWERS:
        raise RefusedError("请选择办理结果。", Need.RESULT)


def _check_rating(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    if given.rating not in range(1, 6):
        raise RefusedError("请选择评价。", Need.RATING)


def _check_into(case: Case, given: Given, at: datetime, calendar: WorkingCalendar) -> None:
    into = given.into
    if into is None:
        raise RefusedError("请填写并入哪件诉求。", Need.INTO)
    if into.state not in (State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS) or into.is_second:
        raise RefusedError("只能并入已受理、正在办理的诉求。请核对编号。", Need.INTO)


_INPUTS: Final[dict[Action, Callable[[Case, Given, datetime, WorkingCalendar], None]]] = {
    Action.ACCEPT: _check_complexity,
    Action.RECATEGORISE: _check_complexity,
    Action.ASSIGN: _check_units,
    Action.UPHOLD: _check_other_lead,
    Action.REASSIGN: _check_other_lead,
    Action.EXTEND: _check_extension,
    Action.SHELVE: _check_promise,
    Action.RECHECK: _check_promise,
    Action.ANSWER: _check_result,
    Action.RATE: _check_rating,
    Action.MERGE: _check_into,
}


# What changes


def _target(case: Case, row: Transition, given: Given) -> State:
    if not row.targets:
        return case.state
    if row.action is Action.RATE and (given.rating or 0) < CONTENT_FROM and not case.is_second:
        # Second handling happens once: after it a bad rating stands, and the demand is closed.
        return State.CALLBACK
    if row.action is Action.CALL_BACK and not given.again:
        return State.CLOSED
    return row.targets[0]


def _changed(case: Case, action: Action, given: Given) -> Case:
    """The demand's own facts after an action, without state and clocks."""
    if action in (Action.ASSIGN, Action.REASSIGN):
        return replace(case, lead=given.lead, sharing=given.sharing, assisting=given.assisting, has_objected=False)
    if action is Action.UPHOLD:
        # The new unit in charge may have shared or assisted so far.
        sharing, assisting = case.sharing - {given.lead}, case.assisting - {given.lead}
        return replace(case, lead=given.lead, sharing=sharing, assisting=assisting, has_objected=False)
    if action is Action.OBJECT:
        return replace(case, has_objected=True)
    if action in (Action.ACCEPT, Action.RECATEGORISE):
        return replace(case, complexity=given.complexity)
    if action is Action.EXTEND:
        return replace(case, extension=Extension.ASKED, extension_to=given.new_due_on)
    if action in (Action.GRANT, Action.DENY):
        return replace(case, extension=Extension.GRANTED if action is Action.GRANT else Extension.DENIED)
    if action in (Action.SUPERVISE, Action.UNSUPERVISE):
        return replace(case, is_supervised=action is Action.SUPERVISE)
    results = {Action.ANSWER: given.result, Action.SHELVE: PLANNED, Action.WITHDRAW: WITHDRAWN, Action.UNSHELVE: ""}
    after = replace(case, result=results.get(action, case.result))
    if action in (Action.ANSWER, Action.WITHDRAW) and case.extension is Extension.ASKED:
        after = replace(after, extension=Extension.LAPSED)
    if action is Action.CALL_BACK and given.again:
        after = replace(after, is_second=True, result="")
    return after


def _deadlines(
    case: Case, after: Case, row: Transition, given: Given, at: datetime, calendar: WorkingCalendar
) -> tuple[Deadline, ...]:
    """The clocks after an action: some go on, some stand still, some end, some begin."""
    found = list(case.deadlines)
    if row.resumes:
        found = [clocks.resume(each, at, calendar) for each in found]
    found = [_moved(each, case, row.action, given, calendar) for each in found]
    stops = set(row.stops)
    if row.action is Action.ANSWER:
        # A fuller answer replaces the one that was waiting for its rating.
        stops |= {Step.RATE} if given.result in RUNS_ON else {Step.RATE, Step.RESOLVE}
    actor = case.lead if given.unit is None else given.unit
    for index, each in enumerate(found):
        if after.state in ENDS:
            # A closed demand's 办结 is done; of others, what was still open fell away with them.
            done = after.state is State.CLOSED and after.result != WITHDRAWN
            found[index] = clocks.end(each, at, is_met=each.step in stops or (done and each.step is Step.RESOLVE))
        elif each.step in stops and _concerns(each, row.action, actor):
            found[index] = clocks.end(each, at, is_met=_is_met(each, row.action))
        elif _is_orphaned(each, after):
            found[index] = clocks.end(each, at, is_met=False)
        elif row.pauses:
            found[index] = clocks.pause(each, at)
    return (*found, *_begun(case, after, row, given, at, calendar))


def _concerns(deadline: Deadline, action: Action, actor: int | None) -> bool:
    """Whether an act of one unit ends this deadline: its own, and with an answer those of all."""
    return action is Action.ANSWER or deadline.step not in OF_A_UNIT or deadline.unit == actor


def _is_met(deadline: Deadline, action: Action) -> bool:
    """Whether an action does what was due, rather than making it pointless."""
    if action is Action.ANSWER:
        return deadline.step not in (Step.RATE, Step.ASSIST)
    return action is not Action.OBJECT


def _is_orphaned(deadline: Deadline, after: Case) -> bool:
    """Whether the unit whose deadline it is has no longer the part to which it belongs."""
    if deadline.step is Step.ASSIST:
        return deadline.unit not in after.assisting
    return deadline.step is Step.SIGN and deadline.unit not in after.units


def _moved(deadline: Deadline, case: Case, action: Action, given: Given, calendar: WorkingCalendar) -> Deadline:
    """A deadline of 办结 that an action puts elsewhere. The elapsed time stays what it is."""
    if deadline.step is not Step.RESOLVE or not deadline.is_open:
        return deadline
    if action is Action.GRANT and case.extension_to is not None:
        return clocks.extended(deadline, case.extension_to, calendar)
    if action is Action.RECATEGORISE and given.complexity and case.complexity:
        days = given.complexity.days - case.complexity.days
        return clocks.moved_by(deadline, days, calendar) if days else deadline
    return deadline


def _begun(
    case: Case, after: Case, row: Transition, given: Given, at: datetime, calendar: WorkingCalendar
) -> list[Deadline]:
    if after.state in ENDS:
        return []
    begun = []
    for step in row.starts:
        if step is Step.SIGN:
            # The unit in charge signs anew; others that signed already, or are about to, keep what they have.
            waiting = {each.unit for each in case.deadlines if each.step is step and each.is_open}
            fresh = ((after.units - case.units) | ({after.lead} if after.lead is not None else set())) - waiting
            begun += [clocks.start(step, at, calendar, unit=unit) for unit in sorted(fresh)]
        elif step is Step.ASSIST:
            fresh = after.assisting - case.assisting
            begun += [clocks.start(step, at, calendar, unit=unit) for unit in sorted(fresh)]
        elif step is Step.REPLY:
            # The enterprise hears once; another unit takes over what is left of the time.
            if not any(each.step is step for each in case.deadlines):
                begun.append(clocks.start(step, at, calendar))
        elif step is Step.RESOLVE:
            # A row of a ledger may have none until somebody says how difficult it is.
            if after.complexity is not None and case.resolve is None:
                begun.append(clocks.start(step, at, calendar, days=after.complexity.days))
        elif step is Step.PROMISE:
            if given.promised_on is not None:
                begun.append(clocks.promise(at, given.promised_on, calendar))
        else:
            begun.append(clocks.start(step, at, calendar))
    return begun


def absorb(into: Case, merged: Case) -> Case:
    """The demand that another was merged into: it takes over the earlier of the two deadlines of 办结.

    `merged` is the other demand before it was merged.
    """
    theirs = merged.open(Step.RESOLVE)
    if theirs is None:
        return into
    if into.resolve is None:
        return replace(into, deadlines=(*into.deadlines, theirs))
    earlier = tuple(
        replace(each, due_at=min(each.due_at, theirs.due_at)) if each.step is Step.RESOLVE and each.is_open else each
        for each in into.deadlines
    )
    return replace(into, deadlines=earlier)
