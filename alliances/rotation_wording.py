"""Why a unit has a term, in words for clerks. Plain functions over the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .rotation import Reason, Term

SENTENCES = {
    Reason.FIRST: "轮值首任，按名单第一位。",
    Reason.ORDER: "按轮值名单顺序。",
    Reason.NEWCOMER: "新入盟单位，排在本轮末位。",
    Reason.MOVED_UP: "{units}经批准顺延，本单位提前轮值。",
    Reason.MADE_UP: "上一季度经批准顺延，本季度补轮。",
    Reason.SWAPPED: "经批准与{units}对调。",
    Reason.RENEWAL: "符合条件的只有一个单位，连任。",
    Reason.STAND_IN: "接替{units}，任至本期结束。",
}
KEEPS_TURN = "剩余时间不足一半，保留本单位下一次轮值。"


def in_words(day: date) -> str:
    """2027年1月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def explained(term: Term, names: Mapping[int, str]) -> str:
    """The reason of a term in a sentence or two; `names` are those of all units it may mention."""
    units = "、".join(names[holder] for holder in term.because_of)
    return SENTENCES[term.reason].format(units=units) + ("" if term.uses_turn else KEEPS_TURN)
