"""Scheduled work of alliances."""

from celery import shared_task
from django.utils import timezone

from tenants.fan_out import send_to_tenants

from .services.agreements import agreements_remind
from .services.meetings import meetings_ahead
from .services.turns import rotation_turn


@shared_task(name="alliances.rotations_turn", across_tenants=True)
def rotations_turn() -> None:
    """Fan out: one task per tenant brings its rotation up to date."""
    send_to_tenants("alliances.rotation_turn")


@shared_task(name="alliances.rotation_turn")
def rotation_turn_task(*, tenant_id: int) -> None:
    """Open and close one tenant's terms as of now."""
    rotation_turn(at=timezone.now())


@shared_task(name="alliances.meetings_ahead", across_tenants=True)
def meetings_ahead_all() -> None:
    """Fan out: one task per tenant lays its calendar of meetings ahead and asks for topics."""
    send_to_tenants("alliances.tenant_meetings_ahead")


@shared_task(name="alliances.tenant_meetings_ahead")
def meetings_ahead_task(*, tenant_id: int) -> None:
    """Plan one tenant's meetings and ask for topics as of now."""
    meetings_ahead(now=timezone.now())


@shared_task(name="alliances.agreements_remind", across_tenants=True)
def agreements_remind_all() -> None:
    """Fan out: one task per tenant tells of agreements that end."""
    send_to_tenants("alliances.tenant_agreements_remind")


@shared_task(name="alliances.tenant_agreements_remind")
def agreements_remind_task(*, tenant_id: int) -> None:
    """Tell one tenant's secretaries of agreements that end, as of today."""
    agreements_remind(today=timezone.localdate())
