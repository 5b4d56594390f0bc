"""The one door to a tenant's data (architecture.md "Tenant isolation", 3, 4, 7, 8).

The boundary itself is the database's row-level security; this module sets what its policies read:

=====================  ==========================================================================
`app.tenant_id`        the tenant whose rows may be read and written
`app.actor_id`         the user behind the change, for the audit trail
`app.request_id`       the request or job behind it
`app.bootstrap`        'on' while nobody is known yet: users, tenants and invitations may be read
`app.cross_tenant`     'on' inside `cross_tenant()`: the list of tenants may be read and written
=====================  ==========================================================================

All of them are set transaction-locally and together, so they never leak to the next user of a pooled connection, and
an inner scope gives the outer one back exactly what it had.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction

if TYPE_CHECKING:
    from .models import Tenant

log = structlog.get_logger(__name__)


class ScopeRequiredError(RuntimeError):
    """A tenant's rows were asked for outside any tenant scope."""


class CrossTenantRefusedError(RuntimeError):
    """The escape hatch was used from a place that is not on its list."""


@dataclass(frozen=True)
class _Scope:
    tenant_id: int | None = None
    actor_id: int | None = None
    request_id: str = ""
    bootstrap: bool = False
    cross_tenant: bool = False
    found: dict[str, Any] = field(default_factory=dict, init=False, compare=False)

    def settings(self) -> dict[str, str]:
        return {
            "app.tenant_id": str(self.tenant_id or ""),
            "app.actor_id": str(self.actor_id or ""),
            "app.request_id": self.request_id,
            "app.bootstrap": "on" if self.bootstrap else "",
            "app.cross_tenant": "on" if self.cross_tenant else "",
        }


_NOWHERE = _Scope()
_current: ContextVar[_Scope] = ContextVar("scope", default=_NOWHERE)

#: Who may look across tenants, and for what. Anything else is refused (`CrossTenantRefusedError`), and
#: tests/tenancy/test_source.py holds the modules that may call `cross_tenant` at all.
CROSS_TENANT_REASONS = frozenset(
    {"operator page", "operator command", "fan-out over tenants", "health", "platform trail"}
)
#: Sessions are looked up by their secret key before it is known whose they are, so their cached copies are global:
#: under a tenant's key, a sign-out inside the scope would leave the copy that the next request reads.
GLOBAL_CACHE_KEYS = ("django.contrib.sessions.",)


def current_tenant_id() -> int | None:
    """The tenant of the scope that is open here; None outside any."""
    return _current.get().tenant_id


def current_actor_id() -> int | None:
    """The user who acts in the open scope; None for jobs and outside any scope."""
    return _current.get().actor_id


def current_request_id() -> str:
    """The request or job behind the open scope; empty outside any."""
    return _current.get().request_id


def require_tenant_id() -> int:
    """The tenant of the open scope. Raises `ScopeRequiredError` where there is none."""
    tenant_id = current_tenant_id()
    if tenant_id is None:
        raise ScopeRequiredError("这里没有进入任何租户的范围，不能读写业务数据。")
    return tenant_id


def scope_memory() -> dict[str, Any]:
    """What was looked up in the open tenant scope and is asked again and again; gone with the scope."""
    require_tenant_id()
    return _current.get().found


@contextmanager
def _entered(scope: _Scope, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    outer, nested = _current.get(), connections[using].in_atomic_block
    with transaction.atomic(using=using):
        _apply(scope, using)
        token = _current.set(scope)
        try:
            yield
        finally:
            _current.reset(token)
        # A released savepoint keeps the inner settings; a rolled-back one restores the outer ones by itself.
        if nested and not connections[using].needs_rollback:
            _apply(outer, using)


def _apply(scope: _Scope, using: str) -> None:
    settings = scope.settings()
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])


@contextmanager
def tenant_scope(
    tenant: Tenant | int, *, actor_id: int | None = None, request_id: str = "", using: str = DEFAULT_DB_ALIAS
) -> Iterator[None]:
    """Open one transaction in which exactly `tenant`'s rows are visible and writable.

    May be nested; the outer scope is back afterwards, also inside one outer transaction. Rows must be read before the
    scope closes: a lazy queryset or an iterator that is consumed later sees nothing.
    """
    with _entered(_Scope(tenant if isinstance(tenant, int) else tenant.pk, actor_id, request_id), using):
        yield


@contextmanager
def tenantless_scope(*, actor_id: int | None = None, request_id: str = "") -> Iterator[None]:
    """A transaction for somebody without a tenant: an operator, who sees himself only, or a stranger."""
    with _entered(_Scope(None, actor_id, request_id)):
        yield


@contextmanager
def bootstrap_scope(*, request_id: str = "") -> Iterator[None]:
    """Let users, tenants and invitations be looked up before it is known who is there. Sign-in code only."""
    outer = _current.get()
    with _entered(replace(outer, bootstrap=True, request_id=request_id or outer.request_id)):
        yield


@contextmanager
def cross_tenant(*, reason: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let the list of tenants and operators' accounts (never business rows) be read and written. Logged.

    Raises `CrossTenantRefusedError` for a reason that is not in `CROSS_TENANT_REASONS`, and inside a tenant's scope:
    whoever works for one tenant has nothing to look for in the others.
    """
    if reason not in CROSS_TENANT_REASONS or current_tenant_id() is not None:
        raise CrossTenantRefusedError(f"不允许跨租户访问：{reason}")
    log.info("cross_tenant", reason=reason)
    with _entered(replace(_current.get(), cross_tenant=True), using):
        yield


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION: what one tenant caches, another can never read."""
    owner = "global" if key.startswith(GLOBAL_CACHE_KEYS) else current_tenant_id() or "global"
    return f"{owner}:{key_prefix}:{version}:{key}"
