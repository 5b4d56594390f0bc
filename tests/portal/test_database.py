"""Two roles: the application's, which every test uses, and the owner's (docs/adr/0003)."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import DatabaseError, connection, connections

from alliance_portal.checks import application_role_is_bound, refuse_unbound_role
from tenants.models import User
from tenants.scope import bootstrap_scope, cross_tenant


def _user(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db(databases=["default", "owner"])
def test_tests_work_as_the_application_role_in_the_owners_database() -> None:
    assert _user("default") == connections["default"].settings_dict["USER"] != _user("owner")
    assert connections["default"].settings_dict["NAME"] == connections["owner"].settings_dict["NAME"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE tenants_region DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON tenants_region",
        "TRUNCATE tenants_region",
        "SET ROLE portal_owner",
        "UPDATE tenants_auditentry SET verb = ''",
        "DELETE FROM tenants_auditentry",
    ],
)
def test_application_role_can_not_touch_what_protects_tenants(statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "owner"])
def test_migrate_uses_the_owner_unless_told_otherwise() -> None:
    out = StringIO()
    call_command("migrate", "--plan", stdout=out)
    assert "No planned migration operations" in out.getvalue()
    call_command("migrate", "tenants", verbosity=0)
    with pytest.raises(DatabaseError):
        call_command("migrate", "tenants", "zero", database="default", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_flush_empties_business_tables_and_keeps_permissions() -> None:
    permissions = Permission.objects.count()
    assert permissions > 0
    with cross_tenant(reason="operator command"):
        User.objects.create(username="operator", is_operator=True)
    call_command("flush", interactive=False, verbosity=0)
    with bootstrap_scope():
        assert not User.objects.exists()
    assert Permission.objects.count() == permissions


@pytest.mark.django_db(transaction=True)
def test_flush_asks_before_it_deletes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    with pytest.raises(CommandError, match="没有清空"):
        call_command("flush")


@pytest.mark.django_db
def test_application_role_passes_the_check() -> None:
    assert application_role_is_bound(databases=["default"]) == []
    assert application_role_is_bound(databases=None) == []
    refuse_unbound_role()


@pytest.fixture
def default_is_the_owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """DATABASE_URL names the owner by mistake."""
    connections["default"].close()
    monkeypatch.setitem(connections["default"].settings_dict, "USER", connections["owner"].settings_dict["USER"])
    yield
    connections["default"].close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("default_is_the_owner")
def test_server_does_not_start_as_the_owner_of_the_tables() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"拥有 .* 张表"):
        refuse_unbound_role()
    with pytest.raises(SystemCheckError, match=r"portal\.E001"):
        call_command("check", databases=["default"])
