"""Showing personal data in full: only for a stated reason, and never without a trace."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Model

from ..audit import record
from ..models import AuditEntry
from ..permissions import Actor

REASON_LENGTH = 100


def reveal(*, actor: Actor, obj: Model, field: str, reason: str, address: str | None = None) -> str:
    """The plain text of a masked field of an object that the actor may see; leaves an audit entry without it.

    Raises `ValidationError` when no reason is given.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "请写明查看的原因，例如“联系企业核实诉求”。"})
    if len(reason) > REASON_LENGTH:
        raise ValidationError({"reason": f"原因请控制在 {REASON_LENGTH} 个字以内。"})
    name = str(obj._meta.get_field(field).verbose_name)
    record(
        AuditEntry.Verb.REVEAL,
        label=str(obj),
        obj=obj,
        details={"field": name, "reason": reason},
        address=address,
        actor_id=actor.user.pk,
    )
    return str(getattr(obj, field))
