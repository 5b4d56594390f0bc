"""Scheduled work of alliances."""

from celery import shared_task
from django.utils import timezone

from tenants.fan_out import send_to_tenants

from .services.turns import rotation_turn


@shared_task(name="alliances.rotations_turn", across_tenants=True)
def rotations_turn() -> None:
    """Fan out: one task per tenant brings its rotation up to date."""
    send_to_tenants("alliances.rotation_turn")


@shared_task(name="alliances.rotation_turn")
def rotation_turn_task(*, tenant_id: int) -> None:
    """Open and close one tenant's terms as of now."""
    rotation_turn(at=timezone.now())
