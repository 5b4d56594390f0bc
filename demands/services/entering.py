"""Entering demands: by the enterprise, for it by whoever assists it, by the office for a caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from alliances.models import Membership
from enterprises.models import Enterprise
from enterprises.permissions import OPERATE, holds
from tenants import search
from tenants.models import DictionaryEntry
from tenants.permissions import Actor

from ..models import Demand
from ..numbers import numbers_take
from ..permissions import may_ask
from ..workflow import Action
from .acting import demand_begin

Source, State = Demand.Source, Demand.State


@dataclass(frozen=True)
class DemandEntry:
    """What an enterprise needs."""

    element: DictionaryEntry
    content: str


@transaction.atomic
def demand_enter(
    *, actor: Actor, enterprise: Enterprise, entry: DemandEntry, submit: bool, token: UUID, now: datetime
) -> tuple[Demand, bool]:
    """Enter a demand, as a draft or submitted at once; also tells whether this call made it: a form (`token`) sent
    twice makes one.

    Raises `PermissionDenied` unless the actor may ask for this enterprise.
    """
    if not may_ask(actor, enterprise):
        raise PermissionDenied("诉求由企业自己、派驻它的指导员和两新工委填报。如工作需要，请联系本单位的系统管理员。")
    if made := Demand.objects.filter(form_token=token, enterprise=enterprise).first():
        return made, False
    today = localdate(now)
    demand = Demand(
        number=numbers_take([today.year])[0],
        enterprise=enterprise,
        alliance_id=_alliance_of(enterprise),
        element=entry.element,
        content=entry.content.strip(),
        source=_source(actor, enterprise),
        state=State.DRAFT,
        raised_on=today,
        entered_by=actor.user,
        form_token=token,
    )
    demand.full_clean(exclude=["number"])
    try:
        with transaction.atomic():
            demand.save()
    except IntegrityError as error:
        # The other half of a double submit was quicker.
        made = Demand.objects.filter(form_token=token, enterprise=enterprise).first()
        if made is None:
            raise ValidationError("这张表单已经用过，请重新打开后再填。") from error
        return made, False
    search.index([demand])
    if submit:
        demand = demand_begin(actor=actor, demand=demand, token=uuid5(token, Action.SUBMIT), now=now)
    return demand, True


@transaction.atomic
def draft_update(*, actor: Actor, demand: Demand, entry: DemandEntry) -> Demand:
    """Change a draft. Raises `ValidationError` when it was submitted meanwhile."""
    current = _draft(actor, demand)
    current.element, current.content = entry.element, entry.content.strip()
    current.full_clean(exclude=["number"])
    current.save(update_fields=["element", "content"])
    search.index([current])
    return current


@transaction.atomic
def draft_discard(*, actor: Actor, demand: Demand) -> None:
    """Throw a draft away. Raises `ValidationError` when it was submitted meanwhile."""
    _draft(actor, demand).delete()


def _draft(actor: Actor, demand: Demand) -> Demand:
    current = Demand.objects.select_for_update(of=("self",)).select_related("enterprise").filter(pk=demand.pk).first()
    if current is None or current.state != State.DRAFT:
        raise ValidationError("这件诉求已经提交或删除，不再是草稿。请回到诉求列表查看。")
    if not may_ask(actor, current.enterprise):
        raise PermissionDenied("草稿由填报人和企业自己修改。")
    return current


def _source(actor: Actor, enterprise: Enterprise) -> str:
    """By whom it came."""
    if holds(actor, enterprise, OPERATE):
        return Source.ENTERPRISE
    return Source.HOTLINE if actor.is_staff else Source.CADRE


def _alliance_of(enterprise: Enterprise) -> int | None:
    """The alliance through which its demands come: the one it joined first."""
    member = Membership.objects.filter(enterprise=enterprise, left_on__isnull=True).order_by("joined_on", "pk")
    return member.values_list("alliance_id", flat=True).first()
