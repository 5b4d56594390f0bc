"""How far a demand has come: the state bar, and its light explained in words. No clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenants.working_days import WorkingCalendar

from .deadlines import AMBER_DAYS, Light

#: The steps of the state bar in order, each with the state in which it is being done (domain.md §4).
STEPS = (
    ("提出", "draft"),
    ("受理", "submitted"),
    ("交办", "accepted"),
    ("签收", "assigned"),
    ("办理", "in_progress"),
    ("答复", "in_progress"),
    ("评价", "answered"),
    ("销号", "closed"),
)

#: Side roads stand at the step from which they lead, with what they are called.
SIDE = {
    "returned": ("draft", "待补正"),
    "objected": ("assigned", "异议待定"),
    "paused": ("in_progress", "挂起"),
    "shelved": ("in_progress", "挂账"),
    "callback": ("answered", "待回访"),
}
#: Courses that end early: what the last step says.
EARLY = {"refused": "不予受理", "merged": "已并案"}


@dataclass(frozen=True)
class Step:
    """One step for `components/steps.html`: `state` is done, now or empty."""

    label: str
    state: str
    note: str = ""


def steps(
    *,
    state: str,
    raised_on: date,
    accepted_on: date | None,
    due_on: date | None,
    closed_on: date | None,
    rating: str,
) -> list[Step]:
    """The state bar of a demand in `state`; `rating` is what the enterprise said, in words.

    A closed demand that was never rated shows 评价 as open: closing does not make a rating.
    """
    if state in EARLY:
        return _early(state, raised_on, closed_on)
    state, aside = SIDE.get(state, (state, "等企业评价" if state == "answered" else ""))
    notes = {"提出": day(raised_on), "受理": day(accepted_on), "评价": rating, "销号": day(closed_on)}
    now = next(index for index, (_, each) in enumerate(STEPS) if each == state)
    found = []
    for index, (label, _) in enumerate(STEPS):
        done = index < now or state == "closed"
        if label == "评价" and state == "closed" and not rating:
            found.append(Step(label, "", "未评价"))
            continue
        note = notes.get(label, "")
        if index == now and not done and (aside or due_on):
            note = aside or f"应于 {day(due_on)}前办结"
        found.append(Step(label, "done" if done else "now" if index == now else "", note))
    return found


def _early(state: str, raised_on: date, closed_on: date | None) -> list[Step]:
    return [
        Step("提出", "done", day(raised_on)),
        *(Step(label, "") for label, _ in STEPS[1:-1]),
        Step(EARLY[state], "done", day(closed_on)),
    ]


def explanation(
    light: Light,
    *,
    started_on: date,
    due_on: date | None,
    closed_on: date | None,
    today: date,
    calendar: WorkingCalendar,
    settled_on: date | None = None,
) -> str:
    """Why the light is as it is, with the days behind it."""
    if closed_on is None and light.colour == "grey":
        return f"灰灯：{light.words}。停表期间不计办理时间。"
    if closed_on is None and light.words.startswith("挂账"):
        return f"红灯：{light.words}，请复查后续挂账或恢复办理。"
    if closed_on is None and settled_on is not None and light.colour == "green":
        return f"绿灯：{day(settled_on)}已经答复，等企业评价，办理时限是 {day(due_on) or '没有定过'}。"
    if closed_on is not None:
        if due_on is None:
            return f"{day(closed_on)}办结，没有定过办理时限。"
        answered = f"{day(settled_on)}答复，" if settled_on else ""
        return f"{answered}{day(closed_on)}办结，办理时限是 {day(due_on)}：{light.words}。"
    if due_on is None:
        return "还没有定办理时限，暂按绿灯管理。"
    term = calendar.working_days_between(started_on, due_on)
    left = calendar.working_days_between(today, due_on)
    words = {
        "red": f"红灯：办理时限 {day(due_on)}，已{light.words}，仍未办结。",
        "amber": f"黄灯：剩余 {left} 个工作日，不多于 {AMBER_DAYS} 个，也不多于全程 {term} 个工作日的三分之一。",
        "green": f"绿灯：剩余 {left} 个工作日，全程 {term} 个工作日。",
    }[light.colour]
    missing = [year for year in range(started_on.year, due_on.year + 1) if not calendar.calendar_known(year)]
    if missing:
        words += f"{'、'.join(f'{year}年' for year in missing)}的放假安排还没有收录，暂按周一至周五计算。"
    return words


def day(value: date | None) -> str:
    """`2026年3月1日`; empty for None."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""
