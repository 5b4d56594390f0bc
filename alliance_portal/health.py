"""What a load balancer, an operator and Prometheus ask. Nobody signs in for these, so they tell states, never data."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest

import structlog
from celery import current_app
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tenants.middleware import OPEN_PATHS
from tenants.models import Job, Tenant
from tenants.scope import cross_tenant, tenant_scope
from tenants.tasks import HEARTBEAT_KEY

log = structlog.get_logger(__name__)

#: Beat leaves its mark every 30 seconds; after this long without one, scheduled work has stopped.
BEAT_AGE_LIMIT = timedelta(minutes=3)
#: A job that nobody has claimed for this long means that no worker works.
JOB_WAIT_LIMIT = timedelta(minutes=10)
LOOPBACK = {"127.0.0.1", "::1"}


class MachinePagesMiddleware:
    """Pages for machines know no visitor: without his cookies nobody looks for his session, in no store."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS):
            request.COOKIES = {}
        return self.get_response(request)


class NotReadyError(Exception):
    """A part does not do its work; the text says how it looks from outside."""


@require_safe
@never_cache
@transaction.non_atomic_requests
def live(request: HttpRequest) -> HttpResponse:
    """`/healthz`: this process answers. Touches nothing else, so a database outage never restarts web servers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> HttpResponse:
    """`/readyz`: 200 when every part works, else 503; either way the state of each part."""
    parts = {name: _state(probe) for name, probe in PROBES.items()}
    ok = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ok else "failed", "parts": parts}, status=200 if ok else 503)


@require_safe
@transaction.non_atomic_requests
def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics` for Prometheus: with the METRICS_TOKEN as bearer, or straight from this machine; else 404.

    Behind a proxy everybody seems to come from this machine, hence a forwarded request needs the token.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(settings.METRICS_TOKEN) and compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    local = request.META.get("REMOTE_ADDR") in LOOPBACK and not request.headers.get("X-Forwarded-For")
    if not known and not local:
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _state(probe: Callable[[], None]) -> str:
    try:
        probe()
    except NotReadyError as problem:
        return str(problem)
    except (DatabaseError, RedisError, OperationalError, OSError):
        log.warning("probe_failed", probe=probe.__name__, exc_info=True)
        return "unreachable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    missing = _newest_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        raise NotReadyError(f"{len(missing)} apps not migrated")


@cache
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of each app's last migration in this code; fixed while the process runs."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _beat() -> None:
    seen = shared_cache.get(HEARTBEAT_KEY)
    if seen is None:
        raise NotReadyError("no heartbeat yet")
    age = timezone.now() - datetime.fromisoformat(seen)
    if age > BEAT_AGE_LIMIT:
        raise NotReadyError(f"last heartbeat {age.total_seconds():.0f} s ago")


def _jobs() -> None:
    """One small index look-up per tenant: no role can look into the jobs of all of them at once."""
    with cross_tenant(reason="health"):
        tenants = list(Tenant.objects.filter(is_active=True).values_list("pk", flat=True))
    limit = timezone.now() - JOB_WAIT_LIMIT
    waiting = 0
    for tenant in tenants:
        with tenant_scope(tenant):
            waiting += Job.objects.filter(state=Job.State.QUEUED, created_at__lt=limit).count()
    if waiting:
        raise NotReadyError(f"{waiting} jobs wait for more than {JOB_WAIT_LIMIT.total_seconds():.0f} s")


PROBES: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "beat": _beat,
    "jobs": _jobs,
}
