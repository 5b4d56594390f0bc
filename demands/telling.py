"""The course of a demand in words: what each act is called afterwards, who reads of it, who is told.

No clock, no database.
"""

from __future__ import annotations

from enum import StrEnum

from .workflow import Action


class Audience(StrEnum):
    """Who is told of an act."""

    OFFICE = "office"
    LEAD = "lead"
    UNITS = "units"
    ENTERPRISE = "enterprise"


A, _O, _L, _U, _E = Action, Audience.OFFICE, Audience.LEAD, Audience.UNITS, Audience.ENTERPRISE

#: What somebody has done, after his name.
DONE: dict[Action, str] = {
    A.SUBMIT: "提交了诉求",
    A.RESUBMIT: "补正后重新提交",
    A.RETURN: "退回补正",
    A.ACCEPT: "受理",
    A.REFUSE: "不予受理",
    A.ASSIGN: "交办",
    A.SIGN: "签收，开始办理",
    A.SIGN_PART: "签收",
    A.OBJECT: "对交办提出异议",
    A.UPHOLD: "同意异议，改派",
    A.OVERRULE: "维持原交办",
    A.REASSIGN: "改派",
    A.NOTE: "记录了进展",
    A.REPLY: "首次回复企业",
    A.OPINION: "提交了办理意见",
    A.EXTEND: "申请延期",
    A.GRANT: "同意延期",
    A.DENY: "不同意延期",
    A.PAUSE: "挂起，等企业",
    A.RESUME: "恢复办理",
    A.SHELVE: "列入计划，挂账",
    A.RECHECK: "复查后续挂账",
    A.UNSHELVE: "销挂账，恢复办理",
    A.MERGE: "并案",
    A.RECATEGORISE: "重新分类",
    A.ANSWER: "答复企业",
    A.RATE: "作出评价",
    A.CLOSE: "销号（逾期未评价）",
    A.CALL_BACK: "回访企业",
    A.WITHDRAW: "撤回诉求",
    A.URGE: "催办",
    A.SUPERVISE: "列为督办",
    A.UNSUPERVISE: "解除督办",
}
#: What offices and units say among themselves; the enterprise does not read it.
INTERNAL = frozenset(
    {A.NOTE, A.OBJECT, A.UPHOLD, A.OVERRULE, A.OPINION, A.EXTEND, A.DENY, A.URGE, A.SUPERVISE, A.UNSUPERVISE}
)
#: Who is told of what.
TOLD: dict[Action, tuple[Audience, ...]] = {
    A.SUBMIT: (_O,),
    A.RESUBMIT: (_O,),
    A.RETURN: (_E,),
    A.ACCEPT: (_E,),
    A.REFUSE: (_E,),
    A.ASSIGN: (_U,),
    A.SIGN: (_E,),
    A.OBJECT: (_O,),
    A.UPHOLD: (_U,),
    A.OVERRULE: (_L,),
    A.REASSIGN: (_U,),
    A.REPLY: (_E,),
    A.OPINION: (_L,),
    A.EXTEND: (_O,),
    A.GRANT: (_L, _E),
    A.DENY: (_L,),
    A.PAUSE: (_E,),
    A.RESUME: (_L,),
    A.SHELVE: (_E, _O),
    A.RECHECK: (_E,),
    A.UNSHELVE: (_E, _L),
    A.MERGE: (_E,),
    A.ANSWER: (_E,),
    A.RATE: (_L, _O),
    A.CALL_BACK: (_L, _E),
    A.WITHDRAW: (_U, _O),
    A.URGE: (_U, _O),
    A.SUPERVISE: (_U,),
}
#: Acts that are handed over on paper, and what the paper is called.
PAPERS: dict[Action, str] = {A.ASSIGN: "任务书", A.UPHOLD: "任务书", A.REASSIGN: "任务书", A.URGE: "催办单"}
#: Acts that leave everybody else's work as it is: somebody who has not seen them may act all the same.
ASIDE = frozenset({A.NOTE, A.URGE, A.OPINION, A.SIGN_PART, A.SUPERVISE, A.UNSUPERVISE})
