"""Import of 企业名册: 3,412 rows read, cleaned, checked, written, audited, indexed; beside bare reading plus COPY."""

from __future__ import annotations

from functools import partial

from django.db import connection, connections, transaction
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
        import_folder(LEDGERS, only={"alliances", "enterprises"})
    rows = _bare_table(tenant)
    forget = partial(_forget, tenant)
    forget()
    mine, reference = paired(partial(_import, tenant), partial(_read_and_copy, rows), runs=5, between=forget)
    with tenant_scope(tenant):
        import_folder(LEDGERS)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [against("企业名册导入 3,412 行", mine, reference, unit="ms", limit=LIMIT)]


def _import(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        reading = check(ROSTER, ledger("enterprises"))
        store(ledger("enterprises"), reading, today=timezone.localdate(), name=ROSTER.name)


def _forget(tenant: Tenant) -> None:
    """Take the roster's rows out again (alliances stay: the roster refers to them)."""
    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute("UPDATE alliances_alliance SET initiator_id = NULL")
        for table in ("alliances_membership", "enterprises_enterprise"):
            cursor.execute(f"DELETE FROM {table}")
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE tenants_searchdocument, tenants_auditentry")
        for table in ("alliances_membership", "enterprises_enterprise"):
            cursor.execute(f"VACUUM {table}")


def _bare_table(tenant: Tenant) -> list[tuple[object, ...]]:
    """A table with the register's columns and indexes, but no policy, reference or trigger; and the register's rows.

    With indexes, because rows that nobody can find again are not imported: reading and COPY of 10,000 such rows take
    about the 0.66 s that the agreed floor gives. A table without any index would take half the COPY's time.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bare_roster (LIKE enterprises_enterprise INCLUDING ALL)")
        cursor.execute("GRANT INSERT, TRUNCATE ON bare_roster TO PUBLIC")
    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM enterprises_enterprise")
        return cursor.fetchall()


def _read_and_copy(rows: list[tuple[object, ...]]) -> None:
    """What nobody can do without: calamine reads the cells, COPY writes the rows they make into a table like theirs."""
    CalamineWorkbook.from_path(str(ROSTER)).get_sheet_by_index(0).to_python()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE bare_roster")
        with cursor.copy("COPY bare_roster FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
