"""A tenant for a test, never alone: a second one with the same rows stands beside it, so that leaks show."""

from collections.abc import Iterator

import pytest

from tenants.models import Tenant
from tenants.scope import tenant_scope

from . import Sample, city, fill


@pytest.fixture
def second_tenant(db: None) -> Tenant:
    """Another city with the rows of `sample`, made first: its ids are the lower ones."""
    tenant = city("linshi", "邻市")
    with tenant_scope(tenant):
        fill()
    return tenant


@pytest.fixture
def tenant(second_tenant: Tenant) -> Tenant:
    """The city under test, with its regions and dictionaries only."""
    return city()


@pytest.fixture
def scope(tenant: Tenant) -> Iterator[Tenant]:
    """The scope of `tenant`, open during the whole test."""
    with tenant_scope(tenant):
        yield tenant


@pytest.fixture
def sample(tenant: Tenant) -> Sample:
    """At least one row of every model in `tenant`; no scope is left open."""
    with tenant_scope(tenant):
        return fill()
