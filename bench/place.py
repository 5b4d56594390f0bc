"""Where the bench works: a database of its own, made by the owner, used as the application role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from alliance_portal.sample import REGIONS
from tenants.models import Tenant
from tenants.services import tenant_create

LEDGERS = settings.BASE_DIR / "data" / "jining"


@contextmanager
def bench_database() -> Iterator[None]:
    """An empty, migrated database behind alias `default`, dropped at the end."""
    setup_test_environment(debug=False)
    owner, application = connections["owner"], connections["default"]
    names = setup_databases(verbosity=0, interactive=False, aliases=["owner"])
    owner.close()
    application.close()
    application.creation.set_as_test_mirror(owner.settings_dict)
    try:
        yield
    finally:
        application.close()
        teardown_databases(names, verbosity=0)


def bench_tenant() -> Tenant:
    """The sample city without any ledger yet, and a neighbour whose rows must cost nothing."""
    tenant_create(slug="neighbour", name="邻市", body_name="邻市委社会工作部", regions=["甲县"], since=date(2021, 1, 1))
    return tenant_create(
        slug="jining",
        name="济宁市（样例）",
        body_name="济宁市（样例）委两新工委",
        regions=REGIONS,
        since=date(2021, 1, 1),
    )
