"""The one door to a tenant's data (architecture.md "Tenant isolation", 3, 4, 7, 8).

The boundary itself is the database's row-level security; this module sets what its policies read:

=====================  ==========================================================================
`app.tenant_id`        the tenant whose rows may be read and written
`app.actor_id`         the user behind the change, for the audit trail
`app.request_id`       the request or job behind it
`app.bootstrap`        'on' while nobody is known yet: users, tenants and invitations may be read
`app.cross_tenant`     'on' inside `cross_tenant()`: the list of tenants may be read and written
=====================  ==========================================================================

All of them are set transaction-locally, so they never leak to the next user of a pooled connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.db import connection, transaction

if TYPE_CHECKING:
    from .models import Tenant

log = structlog.get_logger(__name__)


class ScopeRequiredError(RuntimeError):
    """A tenant's rows were asked for outside any tenant scope."""


class CrossTenantRefusedError(RuntimeError):
    """The escape hatch was used from a place that is not on its list."""


@dataclass(frozen=True)
class _Scope:
    tenant_id: int
    actor_id: int | None = None
    request_id: str = ""


_current: ContextVar[_Scope | None] = ContextVar("tenant_scope", default=None)

#: Who may look across tenants, and for what. Anything else is refused (`CrossTenantRefusedError`).
CROSS_TENANT_REASONS = frozenset({"operator page", "operator command", "fan-out over tenants", "health"})


def current_tenant_id() -> int | None:
    """The tenant of the scope that is open here; None outside any."""
    scope = _current.get()
    return scope.tenant_id if scope else None


def current_actor_id() -> int | None:
    """The user who acts in the open scope; None for jobs and outside any scope."""
    scope = _current.get()
    return scope.actor_id if scope else None


def current_request_id() -> str:
    """The request or job behind the open scope; empty outside any."""
    scope = _current.get()
    return scope.request_id if scope else ""


def require_tenant_id() -> int:
    """The tenant of the open scope. Raises `ScopeRequiredError` where there is none."""
    tenant_id = current_tenant_id()
    if tenant_id is None:
        raise ScopeRequiredError("这里没有进入任何租户的范围，不能读写业务数据。")
    return tenant_id


def set_local(**values: str) -> None:
    """Set `app.<name>` for the rest of the transaction, all in one statement."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in values)
    params = [part for name, value in values.items() for part in (f"app.{name}", value)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", params)  # noqa: S608 (only placeholders are joined)


def _apply(scope: _Scope | None) -> None:
    set_local(
        tenant_id=str(scope.tenant_id) if scope else "",
        actor_id=str(scope.actor_id or "") if scope else "",
        request_id=scope.request_id if scope else "",
        bootstrap="",
    )


@contextmanager
def tenant_scope(tenant: Tenant | int, *, actor_id: int | None = None, request_id: str = "") -> Iterator[None]:
    """Open one transaction in which exactly `tenant`'s rows are visible and writable.

    May be nested; the outer scope is back afterwards, also inside one outer transaction. Rows must be read before the
    scope closes: a lazy queryset or an iterator that is consumed later sees nothing.
    """
    scope = _Scope(tenant if isinstance(tenant, int) else tenant.pk, actor_id, request_id)
    outer, nested = _current.get(), connection.in_atomic_block
    with transaction.atomic():
        _apply(scope)
        token = _current.set(scope)
        try:
            yield
        finally:
            _current.reset(token)
        # A released savepoint keeps the inner setting; a rolled-back one restores the outer by itself.
        if nested and not connection.needs_rollback:
            _apply(outer)


@contextmanager
def bootstrap_scope() -> Iterator[None]:
    """Let users, tenants and invitations be looked up before it is known who is there. Sign-in code only."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        set_local(bootstrap="on")
        yield
        if nested and not connection.needs_rollback:
            set_local(bootstrap="")


@contextmanager
def cross_tenant(*, reason: str) -> Iterator[None]:
    """Let the list of tenants (never their business rows) be read and written. Logged.

    Raises `CrossTenantRefusedError` for a reason that is not in `CROSS_TENANT_REASONS`.
    """
    if reason not in CROSS_TENANT_REASONS:
        raise CrossTenantRefusedError(f"不允许跨租户访问：{reason}")
    log.info("cross_tenant", reason=reason)
    nested = connection.in_atomic_block
    with transaction.atomic():
        set_local(cross_tenant="on")
        yield
        if nested and not connection.needs_rollback:
            set_local(cross_tenant="")


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: what one tenant caches, another can never read."""
    return f"{current_tenant_id() or 'global'}:{key_prefix}:{version}:{key}"
