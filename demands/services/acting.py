"""Acting on a demand: the one door through which its course moves (`demands.course`), one act at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime

from tenants import search
from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current
from tenants.working_days import WorkingCalendar

from ..case import Case, Given, RefusedError
from ..clocks import Complexity
from ..course import absorb, apply
from ..models import Demand, DemandEvent
from ..permissions import parties
from ..selectors.course import case_of, merge_candidate
from ..telling import ASIDE, DONE
from ..workflow import TRANSITIONS, Action, Need, Party, Transition
from .notifying import tell
from .writing import changes_between, facts_of, write_course

#: Who does what, for those who may not.
OFFICES = {
    Party.ENTERPRISE: "企业", Party.DEPUTY: "派驻企业的指导员", Party.ACCEPTOR: "受理单位", Party.ASSIGNER: "交办单位",
    Party.LEAD: "主办单位", Party.SHARING: "分办单位", Party.ASSISTING: "协办单位", Party.SECRETARY: "联盟秘书长",
    Party.SUPERVISOR: "督办单位",
}  # fmt: skip
Said = Mapping[Need, Any]


class MovedError(ValidationError):
    """Somebody has acted since the form was opened. `version` is what a second, knowing attempt has to say."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


@transaction.atomic
def demand_act(
    *, actor: Actor, demand: Demand, action: Action, said: Said, version: int, token: UUID, now: datetime
) -> tuple[Demand, bool]:
    """Do one act of the table; also tells whether this call did it: a form (`token`) sent twice acts once.

    The state is judged under a lock. Raises `ValidationError` by field for what the course does not allow,
    `MovedError` when somebody acted after the actor had looked (`version`), `PermissionDenied` for whom the table
    does not name.
    """
    current, into = _lock(actor, demand, said.get(Need.INTO))
    if DemandEvent.objects.filter(demand=current, form_token=token).exists():
        return current, False
    days, row = calendar_current(), TRANSITIONS[action]
    case = case_of(current)
    held, unit = parties(actor, current, case)
    moved = current.version != version
    if not row.by & held:
        if moved:
            raise MovedError(f"{_since(current, version)}现在{row.label}已经不归您办。", current.version)
        deny(row)
    if case.state not in row.sources:
        raise MovedError(f"{_since(current, version)}不能再{row.label}。", current.version)
    if moved and action not in ASIDE and (seen := _since(current, version, only_course=True)):
        raise MovedError(f"{seen}请看过再决定；仍要{row.label}，请再提交一次。", current.version)
    _require(row, said)
    given = _given(said, unit, case_of(into) if into else None)
    return _act(actor, current, case, action, given, said, token, now, days, into=into), True


def demand_begin(*, actor: Actor, demand: Demand, token: UUID, now: datetime) -> Demand:
    """Submit a demand that was just entered, by whoever entered it."""
    return _act(actor, demand, case_of(demand), Action.SUBMIT, Given(), {}, token, now, calendar_current())


def _act(
    actor: Actor, demand: Demand, case: Case, action: Action, given: Given, said: Said, token: UUID, now: datetime,
    days: WorkingCalendar, *, into: Demand | None = None,
) -> Demand:  # fmt: skip
    try:
        after = apply(case, action, given, now, days)
    except RefusedError as refusal:
        words = refusal.words
        raise ValidationError({refusal.need.value: words} if refusal.need else words) from refusal
    before = facts_of(demand, case)
    if into is not None:
        _take_over(actor, demand, into, given, case, token, now)
    write_course(demand, case, after, TRANSITIONS[action], given, said, now, into=into)
    event = _record(
        actor, demand, action, given.unit, said, changes_between(before, facts_of(demand, after)), token, now
    )
    if action in (Action.RESUBMIT, Action.RECATEGORISE):
        search.index([demand])
    tell(event)
    return demand


def _lock(actor: Actor, demand: Demand, number: str | None) -> tuple[Demand, Demand | None]:
    """The demand, and the one it is to be merged into, as they are now; nobody else acts on them meanwhile."""
    into = merge_candidate(actor=actor, number=number) if number else None
    if number and into is None:
        raise ValidationError({Need.INTO.value: "没有这个编号的诉求，或您不能查看。请核对编号。"})
    if into and into.pk == demand.pk:
        raise ValidationError({Need.INTO.value: "不能并入它自己。请填另一件诉求的编号。"})
    wanted = {demand.pk} | ({into.pk} if into else set())
    rows = Demand.objects.select_for_update(of=("self",)).select_related(
        "enterprise__region", "enterprise__park", "element", "unit", "alliance"
    )
    # Always in the same order, so that two who merge each into the other's do not wait for each other.
    found = {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
    if demand.pk not in found:
        raise ValidationError("这件诉求已经删除。")
    return found[demand.pk], found.get(into.pk) if into else None


def _take_over(
    actor: Actor, merged: Demand, into: Demand, given: Given, case: Case, token: UUID, now: datetime
) -> None:
    """The demand that another is merged into: its deadline becomes the earlier one; its time line says so."""
    if given.into is None:
        return
    before = facts_of(into, given.into)
    after = absorb(given.into, case)
    row = TRANSITIONS[Action.NOTE]
    write_course(into, given.into, after, row, Given(), {}, now)
    text = {Need.TEXT: f"{merged.number}（{merged.enterprise.name}）并入本件，一并办理。"}
    _record(
        actor, into, Action.NOTE, None, text, changes_between(before, facts_of(into, after)), uuid5(token, "into"), now
    )


def _record(
    actor: Actor, demand: Demand, action: Action, unit: int | None, said: Said, changes: list[list[str]], token: UUID,
    now: datetime,
) -> DemandEvent:  # fmt: skip
    return DemandEvent.objects.create(
        demand=demand,
        action=action,
        at=now,
        actor=actor.user,
        who=_who(actor, demand, unit),
        unit_id=unit,
        text=_text(action, said),
        changes=changes,
        form_token=token,
    )


def _text(action: Action, said: Said) -> str:
    """What was said, in one text."""
    parts = [str(said[need]).strip() for need in (Need.REASON, Need.TEXT) if said.get(need)]
    if said.get(Need.RESPONSIBLE):
        parts.append(f"应由{said[Need.RESPONSIBLE].strip()}负责。")
    if said.get(Need.INTO):
        parts.append(f"并入 {said[Need.INTO].strip().upper()}。")
    if action is Action.CALL_BACK:
        parts.append("进入二次办理。" if said.get(Need.AGAIN) else "企业认可，结案。")
    return "\n".join(part for part in parts if part)


def _who(actor: Actor, demand: Demand, unit: int | None) -> str:
    """ "市财政局 李敏"."""
    if unit is not None:
        handed = demand.assignments.filter(unit=unit).select_related("unit").first()
        name = handed.unit.name if handed else (demand.unit.name if demand.unit else "")
    elif actor.is_staff:
        name = "、".join(actor.region_names) or (actor.user.unit.name if actor.user.unit else "")
    else:
        name = demand.enterprise.name if actor.roles & {"enterprise"} else ""
    return f"{name} {actor.user}".strip()[:140]


def _given(said: Said, unit: int | None, into: Case | None) -> Given:
    lead, complexity = said.get(Need.LEAD), said.get(Need.COMPLEXITY)
    return Given(
        unit=unit,
        lead=lead.pk if lead else None,
        sharing=frozenset(each.pk for each in said.get(Need.SHARING) or ()),
        assisting=frozenset(each.pk for each in said.get(Need.ASSISTING) or ()),
        complexity=Complexity(complexity) if complexity else None,
        new_due_on=said.get(Need.NEW_DUE_ON),
        promised_on=said.get(Need.PROMISED_ON),
        result=said.get(Need.RESULT) or "",
        rating=said.get(Need.RATING),
        again=bool(said.get(Need.AGAIN)),
        into=into,
    )


def _require(row: Transition, said: Said) -> None:
    missing = {
        need.value: "这一项要填写。" for need in row.needs if said.get(need) is None or not str(said[need]).strip()
    }
    if missing:
        raise ValidationError(missing)


def _since(demand: Demand, version: int, *, only_course: bool = False) -> str:
    """What happened since somebody looked, in a sentence; empty when only things aside did and those are left out."""
    count = max(demand.version - version, 0)
    events = list(demand.events.order_by("-pk")[:count])
    if only_course:
        events = [event for event in events if event.action not in ASIDE]
        if not events:
            return ""
    state = f"这件诉求现在是“{demand.get_state_display()}”，"
    if not events:
        return state
    last = events[0]
    return f"您打开这个页面以后，{last.who}已在 {localtime(last.at):%m-%d %H:%M} {DONE[Action(last.action)]}。{state}"


def deny(row: Transition) -> NoReturn:
    who = "、".join(label for party, label in OFFICES.items() if party in row.by)
    raise PermissionDenied(f"“{row.label}”由{who}办理。如工作需要，请联系本单位的系统管理员。")
