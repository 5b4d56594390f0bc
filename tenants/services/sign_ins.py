"""What the audit trail keeps of sign-ins: who, when, from where, and whether it worked."""

from __future__ import annotations

import structlog

from ..account_names import slug_of
from ..audit import record
from ..models import AuditEntry, Tenant, User
from ..scope import bootstrap_scope, current_request_id, tenant_scope

log = structlog.get_logger(__name__)


def signed_in(*, user: User, address: str) -> None:
    """Record a completed sign-in. An operator has no tenant and so stands in the server's log only."""
    _record(AuditEntry.Verb.SIGN_IN, user, address)


def signed_out(*, user: User, address: str) -> None:
    """Record a sign-out by the user himself."""
    _record(AuditEntry.Verb.SIGN_OUT, user, address)


def sign_in_failed(*, username: str, address: str, reason: str) -> None:
    """Record a failed sign-in with the tenant that the name belongs to.

    A name that nobody has is not kept: people type their password into the wrong field.
    """
    with bootstrap_scope():
        user = User.objects.filter(username=username).first()
        tenant = Tenant.objects.filter(slug=slug_of(username)).first()
    if tenant is None:
        log.info("sign_in_failed", user=user.pk if user else None, reason=reason)
        return
    with tenant_scope(tenant, request_id=current_request_id()):
        record(
            AuditEntry.Verb.SIGN_IN_FAILED,
            label=str(user) if user else "没有这个账号",
            obj=user,
            details={"reason": reason},
            address=address,
        )


def _record(verb: AuditEntry.Verb, user: User, address: str) -> None:
    if user.tenant_id is None:
        log.info("operator_account", verb=verb, user=user.pk)
        return
    with tenant_scope(user.tenant_id, actor_id=user.pk, request_id=current_request_id()):
        record(verb, label=str(user), obj=user, address=address)
