"""Writes of the support forces: visits to enterprises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tenants import search
from tenants.permissions import Actor

from ..models import Enterprise, SupportGroup, Visit
from ..permissions import may_visit
from ..selectors import visit_get

#: A visit that is entered later than this is a slip in the year.
DAYS_AFTER_MOST = 366


@dataclass(frozen=True)
class VisitEntry:
    """What somebody says about a visit."""

    visited_on: date
    visitors: str
    content: str
    needs: str = ""
    group: SupportGroup | None = None


@transaction.atomic
def visit_record(*, actor: Actor, enterprise: Enterprise, entry: VisitEntry, token: UUID, today: date) -> Visit:
    """Record a visit; a form (`token`) sent twice makes one row.

    Raises `ValidationError` for a day to come or long past and for a group that does not serve the enterprise,
    `PermissionDenied` unless the actor may record visits to it.
    """
    _require(actor, enterprise)
    if made := Visit.objects.filter(form_token=token, enterprise=enterprise).first():
        return made
    if entry.visited_on > today:
        raise ValidationError({"visited_on": "走访日期还没有到。走访以后再登记。"})
    if (today - entry.visited_on).days > DAYS_AFTER_MOST:
        raise ValidationError({"visited_on": "走访日期在一年以前。请核对年份。"})
    if entry.group and not entry.group.served.filter(enterprise=enterprise).exists():
        raise ValidationError({"group": f"{entry.group.name}不服务这家企业。请选服务它的小组，或不选。"})
    visit = Visit(
        enterprise=enterprise,
        visited_on=entry.visited_on,
        visitors=entry.visitors.strip(),
        group=entry.group,
        content=entry.content.strip(),
        needs=entry.needs.strip(),
        recorded_by=actor.user,
        form_token=token,
    )
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        # The other half of a double submit was quicker.
        made = Visit.objects.filter(form_token=token, enterprise=enterprise).first()
        if made is None:
            raise ValidationError("这张表单已经用过，请重新打开后再填。") from error
        return made
    search.index([visit])
    return visit


@transaction.atomic
def visit_withdraw(*, actor: Actor, visit: Visit, reason: str) -> None:
    """Withdraw a visit with the reason; it is no longer counted and stays in the log.

    Raises `ValidationError` without a reason, 404 for a visit that is withdrawn already, `PermissionDenied` unless the
    actor may record visits to its enterprise.
    """
    Visit.objects.select_for_update().filter(pk=visit.pk).first()
    visit = visit_get(actor=actor, pk=visit.pk)
    _require(actor, visit.enterprise)
    if not reason.strip():
        raise ValidationError({"reason": "请写明撤回的原因。"})
    visit.is_withdrawn, visit.withdrawn_because = True, reason.strip()
    visit.save(update_fields=["is_withdrawn", "withdrawn_because"])


def _require(actor: Actor, enterprise: Enterprise) -> None:
    if not may_visit(actor, enterprise):
        raise PermissionDenied("走访由两新工委和派驻这家企业的指导员登记。如工作需要，请联系本单位的系统管理员。")
