"""Scheduled work of messages."""

from celery import shared_task

from tenants.fan_out import send_to_tenants

from . import transport
from .services import deliver


@shared_task(name="notices.deliveries", across_tenants=True)
def deliveries_all() -> None:
    """Fan out: one task per tenant sends what is due."""
    send_to_tenants("notices.tenant_deliveries")


@shared_task(name="notices.tenant_deliveries", own_scope=True)
def deliveries_task(*, tenant_id: int) -> int:
    """Send one tenant's digests and urgent messages as of now."""
    return deliver(tenant_id, send=transport.send)
