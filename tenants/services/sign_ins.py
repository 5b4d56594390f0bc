"""What the audit trail keeps of sign-ins and refusals: who, when, from where, and whether it worked."""

from __future__ import annotations

from ..account_names import slug_of
from ..audit import record, record_platform
from ..models import AuditEntry, Tenant, User
from ..scope import bootstrap_scope, current_request_id, tenant_scope


def signed_in(*, user: User, address: str) -> None:
    """Record a completed sign-in; an operator's in the platform's trail."""
    _record(AuditEntry.Verb.SIGN_IN, user, address)


def signed_out(*, user: User, address: str) -> None:
    """Record a sign-out by the user himself."""
    _record(AuditEntry.Verb.SIGN_OUT, user, address)


def sign_in_failed(*, username: str, address: str, reason: str) -> None:
    """Record a failed sign-in with the tenant that the name belongs to, or else in the platform's trail.

    A name that nobody has is not kept: people type their password into the wrong field.
    """
    with bootstrap_scope():
        user = User.objects.filter(username=username).first()
        tenant = Tenant.objects.filter(slug=slug_of(username)).first()
    label = str(user) if user else "没有这个账号"
    if tenant is None:
        failed = AuditEntry.Verb.SIGN_IN_FAILED
        record_platform(failed, label=label, operator=user, details={"reason": reason}, address=address)
        return
    with tenant_scope(tenant, request_id=current_request_id()):
        record(
            AuditEntry.Verb.SIGN_IN_FAILED,
            label=label,
            obj=user,
            details={"reason": reason},
            address=address,
        )


def access_refused(*, user: User, act: str, address: str) -> None:
    """Record that somebody who is signed in was refused; `act` is the method and the address he asked for."""
    if user.tenant_id is None:
        record_platform(AuditEntry.Verb.REFUSED, label=act, operator=user, address=address)
    else:
        record(AuditEntry.Verb.REFUSED, label=act, address=address, actor_id=user.pk)


def _record(verb: AuditEntry.Verb, user: User, address: str) -> None:
    if user.tenant_id is None:
        record_platform(verb, label=str(user), operator=user, address=address)
        return
    with tenant_scope(user.tenant_id, actor_id=user.pk, request_id=current_request_id()):
        record(verb, label=str(user), obj=user, address=address)
