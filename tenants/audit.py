"""Audit entries for acts that change no row: sign-ins, exports, reveals, refusals (security.md "People").

Row changes are written by the database itself (`audit_write` in tenants/schema.py).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from .models import AuditEntry
from .scope import current_actor_id, current_request_id


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
