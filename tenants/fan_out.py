"""One scheduled task for every tenant."""

from celery import current_app

from .models import Tenant
from .scope import cross_tenant


def send_to_tenants(task: str) -> None:
    """Send `task` once for each active tenant; each message opens that tenant's scope only."""
    with cross_tenant(reason="fan-out over tenants"):
        tenant_ids = list(Tenant.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenant_ids:
        current_app.send_task(task, kwargs={"tenant_id": tenant_id})
