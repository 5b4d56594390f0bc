"""Audit entries for acts that change no row: sign-ins, exports, reveals, refusals (security.md "People").

Row changes are written by the database itself (`audit_write` in tenants/schema.py).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from .models import AuditEntry, PlatformEntry, User
from .scope import cross_tenant, current_actor_id, current_request_id


def record(
    verb: AuditEntry.Verb,
    *,
    label: str,
    obj: models.Model | None = None,
    object_type: str = "",
    details: dict[str, Any] | None = None,
    address: str | None = None,
    actor_id: int | None = None,
) -> None:
    """Write one entry in the open tenant scope. `details` must hold no personal data in clear."""
    AuditEntry.objects.create(
        verb=verb,
        actor_id=actor_id or current_actor_id(),
        object_type=obj._meta.db_table if obj is not None else object_type,
        object_id=obj.pk if obj is not None else None,
        object_label=(label or str(obj or ""))[:200],
        changes=details or {},
        request_id=current_request_id(),
        address=address,
    )


def record_platform(
    verb: AuditEntry.Verb,
    *,
    label: str,
    operator: User | None = None,
    details: dict[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Write one entry of what belongs to no tenant, by `operator` or whoever acts here; outside any tenant's scope."""
    with cross_tenant(reason="platform trail"):
        PlatformEntry.objects.create(
            verb=verb,
            actor_id=operator.pk if operator else current_actor_id(),
            label=label[:200],
            details=details or {},
            request_id=current_request_id(),
            address=address,
        )
