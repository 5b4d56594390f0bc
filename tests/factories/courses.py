"""Rows of a demand's course."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from demands.models import Assignment, Demand, DemandDeadline, DemandEvent, DemandExtension, DemandPause
from reports.models import DemandPaper
from reports.services.demand_papers import DEMAND_PAPER_TASK
from tenants.models import Unit, User

from . import ground


def assignment(demand: Demand, unit: Unit, **values: Any) -> Assignment:
    """The demand is in that unit's hands."""
    return Assignment.objects.create(
        demand=demand, unit=unit, **({"part": Assignment.Part.LEAD, "assigned_at": timezone.now()} | values)
    )


def course(demand: Demand, actor: User) -> DemandEvent:
    """A past of a demand: handed out, a deadline, a pause and more time, all over; returns an act."""
    if demand.unit:
        assignment(demand, demand.unit)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    DemandDeadline.objects.create(
        demand=demand, step="accept", started_at=at, due_at=at, calendar_version=0, ended_at=at, is_met=True
    )
    DemandPause.objects.create(demand=demand, kind="waiting", reason="等企业补材料", started_at=at, ended_at=at)
    days = {"due_before": date(2026, 3, 9), "due_asked": date(2026, 3, 20)}
    DemandExtension.objects.create(demand=demand, state="denied", reason="要招标", asked_at=at, **days)
    event = DemandEvent.objects.create(
        demand=demand, action="urge", at=at, actor=actor, who="任城区 李敏", text="请抓紧办理", form_token=uuid4()
    )
    file = ground.stored_file(f"催办单_{demand.number}.pdf", content=demand.content.encode())
    DemandPaper.objects.create(event=event, job=ground.job(DEMAND_PAPER_TASK, started_by=actor), file=file, pages=1)
    return event
