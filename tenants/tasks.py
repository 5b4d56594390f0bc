"""Scheduled work of the ground floor."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from .fan_out import send_to_tenants
from .jobs import jobs_resend

HEARTBEAT_KEY = "beat-heartbeat"


@shared_task(name="tenants.beat_heartbeat", across_tenants=True)
def beat_heartbeat() -> None:
    """Leave the time at which beat and a worker were last seen together, for `/readyz`."""
    cache.set(HEARTBEAT_KEY, timezone.now().isoformat(), timeout=None)


@shared_task(name="tenants.jobs_relay", across_tenants=True)
def jobs_relay() -> None:
    """Fan out: one task per tenant looks for jobs whose message was lost."""
    send_to_tenants("tenants.jobs_resend")


@shared_task(name="tenants.jobs_resend")
def jobs_resend_task(*, tenant_id: int) -> int:
    """Send one tenant's lost jobs again."""
    return jobs_resend(now=timezone.now())
