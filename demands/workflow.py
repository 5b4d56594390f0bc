"""The course of a demand (domain.md §4): who does what in which state, what it needs, which clock it moves.

`TRANSITIONS` is the one table; pages, services and tests read it. Plain functions over frozen values: no clock, no
database. `apply` is the only way from one state to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from . import clocks
from .clocks import Complexity, Deadline, Step, WorkingDays


class State(StrEnum):
    """Where a demand stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    OBJECTED = "objected"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SHELVED = "shelved"
    ANSWERED = "answered"
    CALLBACK = "callback"
    CLOSED = "closed"
    REFUSED = "refused"
    MERGED = "merged"


#: Where the course ends.
ENDS: Final = frozenset({State.CLOSED, State.REFUSED, State.MERGED})
#: Accepted and not ended.
IN_HAND: Final = frozenset(
    {State.ACCEPTED, State.ASSIGNED, State.OBJECTED, State.IN_PROGRESS, State.PAUSED, State.SHELVED, State.ANSWERED,
     State.CALLBACK}
)  # fmt: skip


class Party(StrEnum):
    """What somebody is to a demand. One person may be several."""

    ENTERPRISE = "enterprise"
    ACCEPTOR = "acceptor"
    ASSIGNER = "assigner"
    LEAD = "lead"
    SHARING = "sharing"
    ASSISTING = "assisting"
    SECRETARY = "secretary"
    SUPERVISOR = "supervisor"


class Action(StrEnum):
    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ASSIGN = "assign"
    SIGN = "sign"
    SIGN_PART = "sign-part"
    OBJECT = "object"
    UPHOLD = "uphold"
    OVERRULE = "overrule"
    REASSIGN = "reassign"
    NOTE = "note"
    REPLY = "reply"
    OPINION = "opinion"
    EXTEND = "extend"
    GRANT = "grant"
    DENY = "deny"
    PAUSE = "pause"
    RESUME = "resume"
    SHELVE = "shelve"
    RECHECK = "recheck"
    UNSHELVE = "unshelve"
    MERGE = "merge"
    RECATEGORISE = "recategorise"
    ANSWER = "answer"
    RATE = "rate"
    CLOSE = "close"
    CALL_BACK = "call-back"
    WITHDRAW = "withdraw"
    URGE = "urge"
    SUPERVISE = "supervise"
    UNSUPERVISE = "unsupervise"


class Need(StrEnum):
    """What has to be said with an action; the names of the form's fields."""

    REASON = "reason"
    TEXT = "text"
    CONTENT = "content"
    RESPONSIBLE = "responsible"
    ELEMENT = "element"
    COMPLEXITY = "complexity"
    LEAD = "lead"
    SHARING = "sharing"
    ASSISTING = "assisting"
    NEW_DUE_ON = "new_due_on"
    PROMISED_ON = "promised_on"
    INTO = "into"
    RESULT = "result"
    LOAN = "loan"
    TALENT = "talent"
    LAND = "land"
    OTHER_OUTCOME = "other_outcome"
    RATING = "rating"
    AGAIN = "again"


class Extension(StrEnum):
    """What became of a unit's request for more time."""

    NONE = ""
    ASKED = "asked"
    GRANTED = "granted"
    DENIED = "denied"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Transition:
    """One row of the table. No target: the state stays. Several: `apply` says which and why.

    `starts` and `stops` are clocks; `pauses` lets those of `clocks.PAUSABLE` stand still, `resumes` lets them go on.
    """

    action: Action
    label: str
    by: frozenset[Party]
    sources: frozenset[State]
    targets: tuple[State, ...] = ()
    needs: tuple[Need, ...] = ()
    takes: tuple[Need, ...] = ()
    starts: tuple[Step, ...] = ()
    stops: tuple[Step, ...] = ()
    pauses: bool = False
    resumes: bool = False


def _row(
    action: Action, label: str, by: set[Party], sources: set[State] | frozenset[State], *targets: State,
    needs: tuple[Need, ...] = (), takes: tuple[Need, ...] = (), starts: tuple[Step, ...] = (),
    stops: tuple[Step, ...] = (), pauses: bool = False, resumes: bool = False,
) -> Transition:  # fmt: skip
    return Transition(
        action, label, frozenset(by), frozenset(sources), targets, needs, takes, starts, stops, pauses, resumes
    )


_S, _P, _N, _A = State, Party, Need, Action
_UNITS = {_P.LEAD, _P.SHARING, _P.ASSISTING}
_PARTS = {_P.SHARING, _P.ASSISTING}
_OUTCOMES = (_N.LOAN, _N.TALENT, _N.LAND, _N.OTHER_OUTCOME)
_WITH_UNITS = {_S.ASSIGNED, _S.IN_PROGRESS, _S.PAUSED, _S.SHELVED}

#: action · label · who · from · to · what is needed · which clock. The order is that of the buttons.
TABLE: Final[tuple[Transition, ...]] = (
    _row(_A.SUBMIT, "提交", {_P.ENTERPRISE}, {_S.DRAFT}, _S.SUBMITTED, starts=(Step.ACCEPT,)),
    _row(_A.RESUBMIT, "补正后提交", {_P.ENTERPRISE}, {_S.RETURNED}, _S.SUBMITTED,
         needs=(_N.CONTENT,), starts=(Step.ACCEPT,)),
    _row(_A.ACCEPT, "受理", {_P.ACCEPTOR}, {_S.SUBMITTED}, _S.ACCEPTED,
         needs=(_N.COMPLEXITY,), starts=(Step.ASSIGN, Step.RESOLVE), stops=(Step.ACCEPT,)),
    _row(_A.RETURN, "退回补正", {_P.ACCEPTOR}, {_S.SUBMITTED}, _S.RETURNED,
         needs=(_N.REASON,), stops=(Step.ACCEPT,)),
    _row(_A.REFUSE, "不予受理", {_P.ACCEPTOR}, {_S.SUBMITTED}, _S.REFUSED,
         needs=(_N.REASON, _N.RESPONSIBLE), stops=(Step.ACCEPT,)),
    _row(_A.ASSIGN, "交办", {_P.ASSIGNER}, {_S.ACCEPTED}, _S.ASSIGNED,
         needs=(_N.LEAD,), takes=(_N.SHARING, _N.ASSISTING, _N.TEXT), starts=(Step.SIGN, Step.ASSIST),
         stops=(Step.ASSIGN,)),
    _row(_A.SIGN, "签收", {_P.LEAD}, {_S.ASSIGNED}, _S.IN_PROGRESS, starts=(Step.REPLY,), stops=(Step.SIGN,)),
    _row(_A.SIGN_PART, "签收", _PARTS, _WITH_UNITS, stops=(Step.SIGN,)),
    _row(_A.OBJECT, "提出异议", {_P.LEAD}, {_S.ASSIGNED}, _S.OBJECTED,
         needs=(_N.REASON,), starts=(Step.DECIDE,), stops=(Step.SIGN,)),
    _row(_A.UPHOLD, "同意改派", {_P.ASSIGNER}, {_S.OBJECTED}, _S.ASSIGNED,
         needs=(_N.LEAD, _N.REASON), starts=(Step.SIGN,), stops=(Step.DECIDE,)),
    _row(_A.OVERRULE, "维持原交办", {_P.ASSIGNER}, {_S.OBJECTED}, _S.ASSIGNED,
         needs=(_N.REASON,), starts=(Step.SIGN,), stops=(Step.DECIDE,)),
    _row(_A.ANSWER, "答复企业、报结果", {_P.LEAD}, {_S.IN_PROGRESS, _S.SHELVED, _S.ANSWERED}, _S.ANSWERED,
         needs=(_N.RESULT, _N.TEXT), takes=_OUTCOMES, starts=(Step.RATE,),
         stops=(Step.REPLY, Step.ASSIST, Step.PROMISE, Step.SECOND), resumes=True),
    _row(_A.REPLY, "首次回复企业", {_P.LEAD}, {_S.IN_PROGRESS}, needs=(_N.TEXT,), stops=(Step.REPLY,)),
    _row(_A.OPINION, "提交办理意见", _PARTS, _WITH_UNITS, needs=(_N.TEXT,), stops=(Step.SIGN, Step.ASSIST)),
    _row(_A.NOTE, "记录进展", {*_UNITS, _P.ASSIGNER}, {*_WITH_UNITS, _S.OBJECTED, _S.CALLBACK}, needs=(_N.TEXT,)),
    _row(_A.EXTEND, "申请延期", {_P.LEAD}, {_S.IN_PROGRESS}, needs=(_N.NEW_DUE_ON, _N.REASON)),
    _row(_A.GRANT, "同意延期", {_P.ASSIGNER}, {_S.IN_PROGRESS}, takes=(_N.TEXT,)),
    _row(_A.DENY, "不同意延期", {_P.ASSIGNER}, {_S.IN_PROGRESS}, needs=(_N.REASON,)),
    _row(_A.PAUSE, "挂起，等企业", {_P.LEAD, _P.ASSIGNER}, {_S.IN_PROGRESS}, _S.PAUSED,
         needs=(_N.REASON,), pauses=True),
    _row(_A.RESUME, "恢复办理", {_P.LEAD, _P.ASSIGNER, _P.ENTERPRISE}, {_S.PAUSED}, _S.IN_PROGRESS,
         needs=(_N.TEXT,), resumes=True),
    _row(_A.SHELVE, "列入计划、挂账", {_P.LEAD, _P.ASSIGNER}, {_S.IN_PROGRESS}, _S.SHELVED,
         needs=(_N.PROMISED_ON, _N.TEXT), starts=(Step.PROMISE,), stops=(Step.REPLY,), pauses=True),
    _row(_A.RECHECK, "复查，续挂账", {_P.ASSIGNER}, {_S.SHELVED}, _S.SHELVED,
         needs=(_N.PROMISED_ON, _N.REASON), starts=(Step.PROMISE,), stops=(Step.PROMISE,)),
    _row(_A.UNSHELVE, "销挂账，恢复办理", {_P.ASSIGNER, _P.LEAD}, {_S.SHELVED}, _S.IN_PROGRESS,
         needs=(_N.REASON,), stops=(Step.PROMISE,), resumes=True),
    _row(_A.REASSIGN, "改派", {_P.ASSIGNER}, {_S.ASSIGNED, _S.IN_PROGRESS}, _S.ASSIGNED,
         needs=(_N.LEAD, _N.REASON), takes=(_N.SHARING, _N.ASSISTING), starts=(Step.SIGN, Step.ASSIST)),
    _row(_A.RECATEGORISE, "重新分类", {_P.ACCEPTOR, _P.ASSIGNER}, {_S.ACCEPTED, _S.ASSIGNED, _S.IN_PROGRESS},
         needs=(_N.ELEMENT, _N.COMPLEXITY, _N.REASON)),
    _row(_A.MERGE, "并案", {_P.ASSIGNER}, {_S.SUBMITTED, _S.ACCEPTED, _S.ASSIGNED, _S.IN_PROGRESS}, _S.MERGED,
         needs=(_N.INTO, _N.REASON)),
    _row(_A.RATE, "评价", {_P.ENTERPRISE}, {_S.ANSWERED}, _S.CLOSED, _S.CALLBACK,
         needs=(_N.RATING,), takes=(_N.TEXT,), starts=(Step.CALLBACK,), stops=(Step.RATE,)),
    _row(_A.CLOSE, "销号（逾期未评价）", {_P.ACCEPTOR, _P.ASSIGNER}, {_S.ANSWERED}, _S.CLOSED, stops=(Step.RATE,)),
    _row(_A.CALL_BACK, "登记回访", {_P.ACCEPTOR, _P.ASSIGNER}, {_S.CALLBACK}, _S.IN_PROGRESS, _S.CLOSED,
         needs=(_N.AGAIN, _N.TEXT), starts=(Step.SECOND,), stops=(Step.CALLBACK,)),
    _row(_A.URGE, "催办", {_P.SUPERVISOR, _P.SECRETARY},
         {_S.SUBMITTED, _S.ACCEPTED, _S.ASSIGNED, _S.OBJECTED, _S.IN_PROGRESS, _S.SHELVED, _S.CALLBACK},
         needs=(_N.TEXT,)),
    _row(_A.SUPERVISE, "列为督办", {_P.SUPERVISOR}, IN_HAND, needs=(_N.REASON,)),
    _row(_A.UNSUPERVISE, "解除督办", {_P.SUPERVISOR}, IN_HAND, needs=(_N.REASON,)),
    _row(_A.WITHDRAW, "撤回诉求", {_P.ENTERPRISE},
         {_S.SUBMITTED, _S.RETURNED, _S.ACCEPTED, _S.ASSIGNED, _S.OBJECTED, _S.IN_PROGRESS, _S.PAUSED, _S.SHELVED},
         _S.CLOSED, needs=(_N.REASON,)),
)  # fmt: skip
TRANSITIONS: Final[Mapping[Action, Transition]] = {row.action: row for row in TABLE}

#: Results that a unit may answer with. 列入计划 is said by shelving with its date, 企业撤回 by the enterprise.
ANSWERS: Final = ("solved", "partly", "explained", "referred")
#: With these the clock of 办结 runs on: what is solved in part is still to be solved.
RUNS_ON: Final = frozenset({"partly"})
PLANNED, WITHDRAWN = "planned", "withdrawn"
#: 非常满意, 满意, 基本满意: at least this; below it somebody calls back.
CONTENT_FROM = 3
#: Belongs to one unit: another unit's act does not end it.
_OF_A_UNIT = frozenset({Step.SIGN, Step.ASSIST})


@dataclass(frozen=True)
class Case:
    """A demand as its course sees it. Units are ids."""

    state: State = State.DRAFT
    result: str = ""
    complexity: Complexity | None = None
    lead: int | None = None
    sharing: frozenset[int] = frozenset()
    assisting: frozenset[int] = frozenset()
    deadlines: tuple[Deadline, ...] = ()
    extension: Extension = Extension.NONE
    #: The day asked for.
    extension_to: date | None = None
    #: The unit in charge has objected to this assignment already.
    has_objected: bool = False
    is_second: bool = False
    is_supervised: bool = False

    @property
    def units(self) -> frozenset[int]:
        """All units it was handed to."""
        return self.sharing | self.assisting | ({self.lead} if self.lead is not None else set())

    def open(self, step: Step) -> Deadline | None:
        """The open deadline of a step, running or standing still."""
        return next((each for each in self.deadlines if each.step is step and each.is_open), None)

    @property
    def resolve(self) -> Deadline | None:
        """The deadline of 办结, open or ended; None before 受理."""
        return next((each for each in self.deadlines if each.step is Step.RESOLVE), None)


@dataclass(frozen=True)
class Given:
    """What somebody said with an action, as far as it decides the course."""

    #: The unit for which he acts.
    unit: int | None = None
    lead: int | None = None
    sharing: frozenset[int] = field(default_factory=frozenset)
    assisting: frozenset[int] = field(default_factory=frozenset)
    complexity: Complexity | None = None
    new_due_on: date | None = None
    promised_on: date | None = None
    result: str = ""
    rating: int | None = None
    again: bool = False
    into: Case | None = None


class RefusedError(Exception):
    """An action that the course does not allow now. `words` tell why and what to do; `need` names the input."""

    def __init__(self, words: str, need: Need | None = None) -> None:
        super().__init__(words)
        self.words, self.need = words, need


def parties_of(case: Case, unit: int) -> frozenset[Party]:
    """What a unit is to a demand."""
    held = {Party.LEAD: unit == case.lead, Party.SHARING: unit in case.sharing, Party.ASSISTING: unit in case.assisting}
    return frozenset(party for party, is_held in held.items() if is_held)


def allowed(
    case: Case, parties: frozenset[Party], at: datetime, calendar: WorkingDays, unit: int | None = None
) -> list[Transition]:
    """The rows that somebody with these parts, for `unit`, may follow now, in the table's order: the action bar."""
    return [
        row
        for row in TABLE
        if case.state in row.sources and row.by & parties and not obstacle(case, row.action, at, calendar, unit)
    ]


def obstacle(case: Case, action: Action, at: datetime, calendar: WorkingDays, unit: int | None = None) -> str:
    """Why a row cannot be followed whatever is said with it; empty when it can. The state is judged elsewhere."""
    if action is Action.SIGN_PART:
        waits = any(each.step is Step.SIGN and each.is_open and each.unit == unit for each in case.deadlines)
        return "" if waits else "本单位已经签收过了。"
    check = _OBSTACLES.get(action)
    return check(case, at, calendar) if check else ""


def _pending(case: Case, at: datetime, calendar: WorkingDays) -> str:
    return "承办单位申请了延期，还没有答复。请先决定是否同意延期。" if case.extension is Extension.ASKED else ""


def _objection(case: Case, at: datetime, calendar: WorkingDays) -> str:
    if case.has_objected:
        return "这次交办已经提过异议，维持原交办后不能再提。请签收办理。"
    due = case.open(Step.SIGN)
    late = due is not None and due.is_late(at)
    return "异议要在交办后 1 个工作日内提出，现在已经过了。请签收办理，确需改派请联系交办单位。" if late else ""


def _extension(case: Case, at: datetime, calendar: WorkingDays) -> str:
    if case.is_second:
        return "二次办理不能延期。"
    if case.extension is not Extension.NONE:
        return "延期只能申请一次，这件诉求已经申请过。"
    due = case.open(Step.RESOLVE)
    if due is None:
        return "这件诉求没有办结时限，不用延期。"
    late = calendar.working_days_between(clocks.day_of(at), due.due_on) < 1
    return "延期要在到期前至少 1 个工作日申请，现在已经来不及。请尽快办结。" if late else ""


def _asked(case: Case, at: datetime, calendar: WorkingDays) -> str:
    return "" if case.extension is Extension.ASKED else "没有等待答复的延期申请。"


def _unrated(case: Case, at: datetime, calendar: WorkingDays) -> str:
    due = case.open(Step.RATE)
    waits = due is not None and at <= due.due_at
    return f"企业可以评价到{clocks.in_words(due.due_on)}，过后仍未评价才能销号。" if due and waits else ""


def _answer(case: Case, at: datetime, calendar: WorkingDays) -> str:
    settled = case.state is State.ANSWERED and case.result not in RUNS_ON
    return "已经答复，等企业评价。" if settled else ""


def _first_round(case: Case, at: datetime, calendar: WorkingDays) -> str:
    return "二次办理的诉求不能这样处理。" if case.is_second else _pending(case, at, calendar)


def _has(*steps: Step) -> Callable[[Case, datetime, WorkingDays], str]:
    def check(case: Case, at: datetime, calendar: WorkingDays) -> str:
        return "" if any(case.open(step) for step in steps) else "已经做过了。"

    return check


_OBSTACLES: Final[dict[Action, Callable[[Case, datetime, WorkingDays], str]]] = {
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


def apply(case: Case, action: Action, given: Given, at: datetime, calendar: WorkingDays) -> Case:
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


def _check_units(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    if given.lead is None:
        raise RefusedError("请选择主办单位。", Need.LEAD)
    if given.lead in given.sharing | given.assisting:
        raise RefusedError("同一个单位不能既主办又分办、协办。请去掉重复的单位。", Need.LEAD)
    if given.sharing & given.assisting:
        raise RefusedError("同一个单位不能既分办又协办。请去掉重复的单位。", Need.ASSISTING)


def _check_other_lead(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    _check_units(case, given, at, calendar)
    if given.lead == case.lead:
        raise RefusedError("改派要换一个主办单位。请另选。", Need.LEAD)


def _check_complexity(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    if given.complexity is None:
        raise RefusedError("请选择难易程度，办结时限由它决定。", Need.COMPLEXITY)


def _check_extension(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    due = case.open(Step.RESOLVE)
    if given.new_due_on is None or due is None:
        raise RefusedError("请填写新的办结时限。", Need.NEW_DUE_ON)
    if words := clocks.extension_fault(due, given.new_due_on, at, calendar):
        raise RefusedError(words, Need.NEW_DUE_ON)


def _check_promise(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    if given.promised_on is None or given.promised_on <= clocks.day_of(at):
        raise RefusedError("承诺日期要在今天以后。请改日期。", Need.PROMISED_ON)


def _check_result(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    if given.result not in ANSWERS:
        raise RefusedError("请选择办理结果。", Need.RESULT)


def _check_rating(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    if given.rating not in range(1, 6):
        raise RefusedError("请选择评价。", Need.RATING)


def _check_into(case: Case, given: Given, at: datetime, calendar: WorkingDays) -> None:
    into = given.into
    if into is None:
        raise RefusedError("请填写并入哪件诉求。", Need.INTO)
    if into.state not in (State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS) or into.is_second:
        raise RefusedError("只能并入已受理、正在办理的诉求。请核对编号。", Need.INTO)


_INPUTS: Final[dict[Action, Callable[[Case, Given, datetime, WorkingDays], None]]] = {
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
    case: Case, after: Case, row: Transition, given: Given, at: datetime, calendar: WorkingDays
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
    return action is Action.ANSWER or deadline.step not in _OF_A_UNIT or deadline.unit == actor


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


def _moved(deadline: Deadline, case: Case, action: Action, given: Given, calendar: WorkingDays) -> Deadline:
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
    case: Case, after: Case, row: Transition, given: Given, at: datetime, calendar: WorkingDays
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
            if after.complexity is not None:
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
