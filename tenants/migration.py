"""For migrations that fill in data."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from .models import Tenant
from .scope import cross_tenant, tenant_scope


def for_each_tenant(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[int]:
    """Enter each tenant's scope in turn, as the database owner, and give its id.

    Row-level security is forced on the owner too, so a data migration without it changes no row and says nothing:

        def fill(apps, schema_editor):
            for _ in for_each_tenant(schema_editor):
                apps.get_model("demands", "Demand").objects.using(schema_editor.connection.alias).update(…)

    Each tenant is one transaction (a savepoint in an atomic migration).
    """
    alias = schema_editor.connection.alias
    with cross_tenant(reason="operator command", using=alias):
        tenants = list(Tenant.objects.using(alias).order_by("pk").values_list("pk", flat=True))
    for tenant in tenants:
        with tenant_scope(tenant, request_id="migration", using=alias):
            yield tenant
