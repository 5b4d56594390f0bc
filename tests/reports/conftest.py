from collections.abc import Iterator

import pytest

from tenants.models import Tenant
from tenants.scope import tenant_scope

from . import city


@pytest.fixture
def built(tenant: Tenant, second_tenant: Tenant) -> Tenant:
    """The tenant with the rows of `city.build`, the other with those of `city.neighbour`; no scope open."""
    with tenant_scope(second_tenant):
        city.neighbour()
    with tenant_scope(tenant):
        city.build()
    return tenant


@pytest.fixture
def inside(built: Tenant) -> Iterator[Tenant]:
    """The same with the scope of the tenant open."""
    with tenant_scope(built):
        yield built
