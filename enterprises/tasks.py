"""Scheduled work of enterprises."""

from celery import shared_task
from django.utils.timezone import localdate

from tenants.fan_out import send_to_tenants

from .services.certificates import certificates_remind


@shared_task(name="enterprises.certificates_remind", across_tenants=True)
def certificates_remind_all() -> None:
    """Fan out: one task per tenant reminds of certificates."""
    send_to_tenants("enterprises.tenant_certificates_remind")


@shared_task(name="enterprises.tenant_certificates_remind")
def certificates_remind_task(*, tenant_id: int) -> None:
    """Remind of one tenant's certificates as of today."""
    certificates_remind(today=localdate())
