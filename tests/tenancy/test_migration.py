"""Data migrations: the owner, too, sees rows only inside each tenant's scope."""

import pytest
from django.db import connections

from tenants.migration import for_each_tenant
from tenants.models import AuditEntry, Unit
from tenants.scope import current_tenant_id, tenant_scope
from tests import factories


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize("atomic", [True, False])
def test_backfill_reaches_every_tenants_rows(atomic: bool) -> None:
    tenants = [factories.city("shili"), factories.city("linshi")]
    for tenant in tenants:
        with tenant_scope(tenant):
            factories.unit("市财政局")
    with connections["owner"].schema_editor(atomic=atomic) as editor:
        rows = Unit._base_manager.using("owner")
        assert rows.update(name="没有人") == 0, "without the helper nothing is found, silently"
        for tenant_id in for_each_tenant(editor):
            assert current_tenant_id() == tenant_id
            assert rows.update(name=f"财政局 {tenant_id}") == 1
        assert current_tenant_id() is None
        assert rows.count() == 0
    for tenant in tenants:
        with tenant_scope(tenant):
            assert Unit.objects.get().name == f"财政局 {tenant.pk}"
            assert AuditEntry.objects.latest("id").request_id == "migration"
