"""Reviewing typical cases: agreeing, sending back, compiling (docs/adr/0053)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tenants.permissions import STAFF, Actor

from .. import cases as rules
from ..cases import Action, Level
from ..cases import State as Stage
from ..models import CaseStep, TypicalCase
from ..permissions import kept_alliances
from ..selectors.cases import city_reviewers, level_of, step_list, writers_of
from ..selectors.handovers import secretaries_of
from .cases import locked_case, step_add, tell

WRITER = "这个案例是您填写或提交的，请换一位同志审核。"
NOT_YOURS = "这一步审核不由您办理。县（市、区）先审，市级再审。"


@transaction.atomic
def case_approve(*, actor: Actor, case: TypicalCase, seen: int, now: datetime) -> TypicalCase:
    """Agree to a case in one's review: the county's leads to the city's, the city's accepts it.

    `seen` is the number of steps on the actor's page. Raises `ValidationError` when somebody was quicker, and for
    what the actor wrote himself; `PermissionDenied` unless he reviews the alliance's cases.
    """
    current, steps = _taken_up(actor, case, seen)
    action = rules.approval(Stage(current.state))
    if action is None:
        raise ValidationError(f"案例是“{current.get_state_display()}”，不在审核中。")
    current.state = _judged(actor, current, steps, action)
    if action == Action.ACCEPT:
        current.accepted_at = now
    current.full_clean()
    current.save(update_fields=["state", "accepted_at"])
    step_add(current, actor, action, now)
    if action == Action.FORWARD:
        tell(current, city_reviewers() - writers_of(steps), "请审核典型案例")
    else:
        tell(current, _author_side(current, steps), "典型案例已采用")
    return current


@transaction.atomic
def case_return(*, actor: Actor, case: TypicalCase, reason: str, seen: int, now: datetime) -> TypicalCase:
    """Send a case back to its alliance, with the reason. The city may do so after it was accepted, too.

    Raises as `case_approve` does, and `ValidationError` without a reason.
    """
    current, steps = _taken_up(actor, case, seen)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "请写明哪里要改、怎么改，联盟秘书长会看到。"})
    current.state = _judged(actor, current, steps, Action.RETURN)
    current.returned_because, current.accepted_at = reason, None
    current.full_clean()
    current.save(update_fields=["state", "returned_because", "accepted_at"])
    step_add(current, actor, Action.RETURN, now, reason)
    tell(current, _author_side(current, steps), "典型案例被退回", f"原因：{reason}")
    return current


def cases_lock(*, actor: Actor, ids: Iterable[int]) -> list[TypicalCase]:
    """The rows of some cases in the order of their ids, which nobody changes until the end of the transaction."""
    _require_city(actor)
    return list(TypicalCase.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def cases_compiled(*, actor: Actor, cases: Iterable[TypicalCase], booklet: str, now: datetime) -> None:
    """Note that accepted cases, locked by `cases_lock`, stand in a booklet from now on.

    Raises `ValidationError` naming one that is no longer accepted.
    """
    _require_city(actor)
    for case in cases:
        state = rules.after_review(Stage(case.state), Action.COMPILE, level=Level.CITY, is_writer=False)
        if state is None:
            raise ValidationError(f"“{case.title}”现在是“{case.get_state_display()}”，不能收入汇编。请重新选择。")
        case.state = state
        case.save(update_fields=["state"])
        step_add(case, actor, Action.COMPILE, now, booklet)


def _require_city(actor: Actor) -> None:
    if level_of(actor) != Level.CITY:
        raise PermissionDenied("案例汇编由市级编制。")


def _taken_up(actor: Actor, case: TypicalCase, seen: int) -> tuple[TypicalCase, list[CaseStep]]:
    """A case as it is now, which nobody else reviews meanwhile, and its steps; those on the actor's page are all."""
    actor.require(*STAFF)
    if not kept_alliances(actor).filter(pk=case.alliance_id).exists():
        raise PermissionDenied(NOT_YOURS)
    current = locked_case(case)
    steps = step_list(current)
    if len(steps) != seen:
        last = steps[-1]
        raise ValidationError(
            f"您打开页面以后，{last.name}已经办理（{last.get_action_display()}），案例现在是“{current.get_state_display()}”。"
            "您这次没有办理，请看办理记录。"
        )
    return current, steps


def _judged(actor: Actor, case: TypicalCase, steps: list[CaseStep], action: Action) -> Stage:
    """The state that a reviewer's act leads to. Raises `ValidationError` when it is not his."""
    level, is_writer = level_of(actor), actor.user.pk in writers_of(steps)
    state = level and rules.after_review(Stage(case.state), action, level=level, is_writer=is_writer)
    if not state:
        raise ValidationError(WRITER if is_writer else NOT_YOURS)
    return state


def _author_side(case: TypicalCase, steps: list[CaseStep]) -> set[int]:
    """Who is told what became of a case: those who wrote it, and the alliance's secretaries."""
    return writers_of(steps) | set(secretaries_of([case.alliance_id])[case.alliance_id])
