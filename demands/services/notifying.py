"""Telling those concerned of an act on a demand, in the transaction of the act."""

from __future__ import annotations

from django.urls import reverse

from notices.services import notice_send
from tenants.models import User

from ..models import DemandEvent
from ..selectors import course
from ..telling import DONE, INTERNAL, TOLD, Audience
from ..workflow import Action


def address(number: str) -> str:
    """The page of a demand."""
    return reverse("demands:detail", args=[number])


def tell(event: DemandEvent) -> int:
    """Tell whom the act concerns, but not whoever did it. Returns how many messages are new."""
    demand, action = event.demand, Action(event.action)
    told: dict[int, User] = {}
    for audience in TOLD.get(action, ()):
        told |= {user.pk: user for user in _accounts(event, audience)}
    told.pop(event.actor_id or 0, None)
    changed = "".join(f"{what}：{after}。" for what, before, after in event.changes if what in SHOWN and after)
    return notice_send(
        recipients=told.values(),
        key=f"demand-event:{event.pk}",
        title=f"{demand.number} {DONE[action]}",
        body=f"{demand.enterprise.name}：{demand.content[:60]}\n{event.who}{DONE[action]}。{changed}{event.text}".strip(),
        url=address(demand.number),
    )


SHOWN = frozenset({"办理时限", "主办单位", "承诺日期"})


def _accounts(event: DemandEvent, audience: Audience) -> list[User]:
    demand = event.demand
    if audience is Audience.OFFICE:
        return course.office_accounts(demand)
    if audience is Audience.ENTERPRISE:
        # Nobody who enters a demand for an enterprise reads more than it does.
        return [] if Action(event.action) in INTERNAL else course.enterprise_accounts(demand)
    if audience is Audience.LEAD:
        return course.unit_accounts({demand.unit_id} if demand.unit_id else set())
    return course.unit_accounts({row.unit_id for row in course.assignments(demand)})
