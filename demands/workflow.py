"""The course of a demand (domain.md §4) as one table: who does what in which state, with what, moving which clock.

Pages, services and tests read it; `demands.course` walks it. Plain values: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .clocks import Step


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
    #: Who speaks for it without being it: its 红帆指导员, 驻企干部.
    DEPUTY = "deputy"
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
    """One row of the table. No target: the state stays. Several: `course.apply` says which and why.

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
_ASKERS = {_P.ENTERPRISE, _P.DEPUTY}
_UNITS = {_P.LEAD, _P.SHARING, _P.ASSISTING}
_PARTS = {_P.SHARING, _P.ASSISTING}
_OUTCOMES = (_N.LOAN, _N.TALENT, _N.LAND, _N.OTHER_OUTCOME)
_WITH_UNITS = {_S.ASSIGNED, _S.IN_PROGRESS, _S.PAUSED, _S.SHELVED}

#: action · label · who · from · to · what is needed · which clock. The order is that of the buttons.
TABLE: Final[tuple[Transition, ...]] = (
    _row(_A.SUBMIT, "提交", _ASKERS, {_S.DRAFT}, _S.SUBMITTED, starts=(Step.ACCEPT,)),
    _row(_A.RESUBMIT, "补正后提交", _ASKERS, {_S.RETURNED}, _S.SUBMITTED,
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
    _row(_A.EXTEND, "申请延期", {_P.LEAD}, {_S.IN_PROGRESS}, needs=(_N.NEW_DUE_ON, _N.REASON)),
    _row(_A.GRANT, "同意延期", {_P.ASSIGNER}, {_S.IN_PROGRESS}, takes=(_N.TEXT,)),
    _row(_A.DENY, "不同意延期", {_P.ASSIGNER}, {_S.IN_PROGRESS}, needs=(_N.REASON,)),
    _row(_A.PAUSE, "挂起，等企业", {_P.LEAD, _P.ASSIGNER}, {_S.IN_PROGRESS}, _S.PAUSED,
         needs=(_N.REASON,), pauses=True),
    _row(_A.RESUME, "恢复办理", {_P.LEAD, _P.ASSIGNER, *_ASKERS}, {_S.PAUSED}, _S.IN_PROGRESS,
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
         needs=(_N.ELEMENT, _N.COMPLEXITY, _N.REASON), starts=(Step.RESOLVE,)),
    _row(_A.MERGE, "并案", {_P.ASSIGNER}, {_S.SUBMITTED, _S.ACCEPTED, _S.ASSIGNED, _S.IN_PROGRESS}, _S.MERGED,
         needs=(_N.INTO, _N.REASON)),
    _row(_A.RATE, "评价", {_P.ENTERPRISE}, {_S.ANSWERED}, _S.CLOSED, _S.CALLBACK,
         needs=(_N.RATING,), takes=(_N.TEXT,), starts=(Step.CALLBACK,), stops=(Step.RATE,)),
    _row(_A.CLOSE, "销号（逾期未评价）", {_P.ACCEPTOR, _P.ASSIGNER}, {_S.ANSWERED}, _S.CLOSED, stops=(Step.RATE,)),
    _row(_A.CALL_BACK, "登记回访", {_P.ACCEPTOR, _P.ASSIGNER}, {_S.CALLBACK}, _S.IN_PROGRESS, _S.CLOSED,
         needs=(_N.AGAIN, _N.TEXT), starts=(Step.SECOND,), stops=(Step.CALLBACK,)),
    _row(_A.NOTE, "记录进展", {*_UNITS, _P.ASSIGNER}, {*_WITH_UNITS, _S.OBJECTED, _S.CALLBACK}, needs=(_N.TEXT,)),
    _row(_A.URGE, "催办", {_P.SUPERVISOR, _P.SECRETARY},
         {_S.SUBMITTED, _S.ACCEPTED, _S.ASSIGNED, _S.OBJECTED, _S.IN_PROGRESS, _S.SHELVED, _S.CALLBACK},
         needs=(_N.TEXT,)),
    _row(_A.SUPERVISE, "列为督办", {_P.SUPERVISOR}, IN_HAND, needs=(_N.REASON,)),
    _row(_A.UNSUPERVISE, "解除督办", {_P.SUPERVISOR}, IN_HAND, needs=(_N.REASON,)),
    _row(_A.WITHDRAW, "撤回诉求", _ASKERS,
         {_S.SUBMITTED, _S.RETURNED, _S.ACCEPTED, _S.ASSIGNED, _S.OBJECTED, _S.IN_PROGRESS, _S.PAUSED, _S.SHELVED},
         _S.CLOSED, needs=(_N.REASON,)),
)  # fmt: skip
TRANSITIONS: Final[Mapping[Action, Transition]] = {row.action: row for row in TABLE}
