"""Import of 企业名册: 3,412 rows read, cleaned, checked, written and audited; beside bare reading plus COPY."""

from __future__ import annotations

from functools import partial

from django.db import connection, connections
from django.utils import timezone
from python_calamine import CalamineWorkbook

from bench.measuring import Result, against, paired
from bench.place import LEDGERS
from ledgers.importing import check, import_folder, store
from ledgers.registry import ledger
from tenants.models import Tenant
from tenants.scope import tenant_scope

ROSTER = LEDGERS / "企业名册.xlsx"
LIMIT = 4.5


def measure(tenant: Tenant) -> list[Result]:
    """The roster into an empty register, five times; afterwards all eight ledgers stay for the other parts."""
    with tenant_scope(tenant):
        import_folder(LEDGERS)
    work = partial(_import, tenant)
    _forget(tenant)
    mine, reference = paired(work, _read_and_copy, runs=5, between=partial(_forget, tenant))
    with tenant_scope(tenant):
        import_folder(LEDGERS)
    _analyse()
    return [against("企业名册导入 3,412 行", mine, reference, unit="ms", limit=LIMIT)]


def _import(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        reading = check(ROSTER, ledger("enterprises"))
        store(ledger("enterprises"), reading, today=timezone.localdate(), name=ROSTER.name)


def _forget(tenant: Tenant) -> None:
    """Empty the tables that the roster fills (alliances stay: the roster refers to them)."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE alliances_alliance SET initiator_id = NULL")
        cursor.execute(
            "TRUNCATE enterprises_enterprise, alliances_membership, alliances_activity, demands_demand, "
            "demands_resource, tenants_searchdocument, tenants_auditentry CASCADE"
        )


def _read_and_copy() -> None:
    """What nobody can do without: calamine reads the cells, COPY writes them into a plain table."""
    rows = CalamineWorkbook.from_path(str(ROSTER)).get_sheet_by_index(0).to_python()[3:-3]
    columns = ", ".join(f"c{number} text" for number in range(len(rows[0])))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_roster")
        cursor.execute(f"CREATE TEMPORARY TABLE bare_roster ({columns})")
        with cursor.copy("COPY bare_roster FROM STDIN") as copy:
            for row in rows:
                copy.write_row([None if cell == "" else str(cell) for cell in row])


def _analyse() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
