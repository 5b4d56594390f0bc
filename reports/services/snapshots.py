"""Freezing figures under a number, which papers quote and the dashboard shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from tenants.models import Region
from tenants.permissions import STAFF, Actor
from tenants.scope import require_tenant_id

from ..models import Snapshot
from ..overview import digest, to_json
from ..periods import Period
from ..permissions import RegionTree, region_tree
from ..selectors import cases_for, overview_for

#: First key of the advisory lock behind which numbers are given out; the second is the tenant.
NUMBERING = 20_001


def snapshot_freeze(*, actor: Actor, period: Period, region: Region) -> Snapshot:
    """Freeze the figures of a period and region under the next number (`KZ-2026-000012`).

    Raises `PermissionDenied` for a region that the actor may not look at.
    """
    data = figures_collect(actor=actor, period=period, region=region)
    lock_numbers()
    return snapshot_write(actor, data, region)


def figures_collect(*, actor: Actor, period: Period, region: Region) -> dict[str, Any]:
    """What a snapshot of now would hold, as JSON values. Writes nothing."""
    actor.require(*STAFF)
    tree = region_tree(actor)
    require_region(tree, region)
    today = timezone.localdate()
    overview = overview_for(actor=actor, period=period, region=region, today=today, tree=tree)
    return to_json(replace(overview, cases=cases_for(actor=actor, period=period, place=overview.place)))


def lock_numbers() -> None:
    """Hold the tenant's numbering until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, require_tenant_id() % 2**31])


def snapshot_write(actor: Actor, data: dict[str, Any], region: Region) -> Snapshot:
    """Keep `data` (from `figures_collect`) under the next number. The caller holds `lock_numbers`."""
    prefix = f"KZ-{timezone.localdate().year}-"
    last = Snapshot.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    number = f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"
    period_from, period_to = (date.fromisoformat(day) for day in data["period"])
    snapshot = Snapshot(
        number=number,
        region=region,
        period_from=period_from,
        period_to=period_to,
        figures=data,
        sha256=digest(data),
        created_by=person(actor),
    )
    snapshot.full_clean()
    snapshot.save()
    return snapshot


def require_region(tree: RegionTree, region: Region) -> None:
    """Raises `PermissionDenied` for a region beyond the actor's."""
    if tree.get(region.pk) is None:
        raise PermissionDenied("这个区域不在您的工作范围内。")


def person(actor: Actor) -> Any:
    """Whom a record names as its author: nobody when a command acts for the office."""
    return actor.user if actor.user.pk else None
