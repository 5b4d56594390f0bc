"""Who may open what: the doors past one tenant's scope, found in the source itself.

A new place fails here until somebody has thought about it and added it to the list.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tenants.checks import OWN_APPS
from tenants.scope import CROSS_TENANT_REASONS

FOLDERS = sorted(OWN_APPS | {"alliance_portal"})
#: Door → modules that use it.
DOORS = {
    "cross_tenant": {
        "alliance_portal/health.py",
        "alliance_portal/sample.py",
        "tenants/audit.py",
        "tenants/fan_out.py",
        "tenants/management/commands/audit_prune.py",
        "tenants/migration.py",
        "tenants/selectors/__init__.py",
        "tenants/services/opening.py",
    },
    # Before it is known who is there: sign-in, and the selector by which commands turn a slug into a tenant.
    "bootstrap_scope": {
        "alliance_portal/sample.py",
        "tenants/accounts.py",
        "tenants/middleware.py",
        "tenants/selectors/__init__.py",
        "tenants/services/opening.py",
        "tenants/services/sign_ins.py",
        "tenants/services/tokens.py",
    },
    "tenantless_scope": {"tenants/middleware.py"},
    # Managers that do not ask for a scope. `none()` only, where the OpenAPI schema is made.
    "_base_manager": {"tenants/api_rows.py"},
    "_default_manager": set(),
    # The owner's connection: also that of migrations that fill in data, tenant by tenant.
    "using": {
        "alliances/migrations/0010_appointment.py",
        "tenants/management/commands/audit_prune.py",
        "tenants/migration.py",
        "tenants/migrations/0006_calendar_of_each_tenant.py",
    },
    "set_autocommit": set(),
}


@cache
def _nodes() -> dict[str, list[ast.AST]]:
    """Every node of every module, by its path."""
    root = Path(settings.BASE_DIR)
    files = [file for folder in FOLDERS for file in sorted((root / folder).rglob("*.py"))]
    return {file.relative_to(root).as_posix(): list(ast.walk(ast.parse(file.read_text()))) for file in files}


def _name(node: ast.AST) -> str:
    """`name` for `name(…)`, `….name(…)`, and for the attribute `…._name`."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") or getattr(node.func, "attr", "")
    return node.attr if isinstance(node, ast.Attribute) and node.attr.startswith("_") else ""


@cache
def _users() -> dict[str, set[str]]:
    """Door → the modules that use it; scope.py, which makes them, left out."""
    users: dict[str, set[str]] = {door: set() for door in DOORS}
    for module, nodes in _nodes().items():
        for door in {_name(node) for node in nodes} & DOORS.keys():
            users[door].add(module)
    return {door: modules - {"tenants/scope.py"} for door, modules in users.items()}


@pytest.mark.parametrize("door", DOORS)
def test_door_is_used_where_it_may_be(door: str) -> None:
    assert _users()[door] <= DOORS[door]


def test_no_place_is_listed_in_vain() -> None:
    assert {door: modules - _users()[door] for door, modules in DOORS.items()} == {door: set() for door in DOORS}


def test_each_reason_to_look_across_tenants_is_given_somewhere() -> None:
    reasons = {
        keyword.value.value
        for nodes in _nodes().values()
        for node in nodes
        if _name(node) == "cross_tenant"
        for keyword in node.keywords
        if keyword.arg == "reason"
    }
    assert reasons == CROSS_TENANT_REASONS


def test_settings_of_the_policies_are_written_in_one_place() -> None:
    """`set_config('app.…')` or `SET app.…` anywhere else could outlive its transaction."""
    writers = {
        module
        for module, nodes in _nodes().items()
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ("set_config(" in node.value or "SET app." in node.value or "row_security" in node.value)
    }
    assert writers <= {"tenants/scope.py", "tenants/checks.py"}


def test_sql_is_put_together_from_names_of_models_only() -> None:
    """Anything but a constant handed to `execute` is read by a person first, and its module listed here."""
    joined = {
        module
        for module, nodes in _nodes().items()
        for node in nodes
        if _name(node) in ("execute", "executemany", "RawSQL", "raw", "extra")
        and isinstance(node, ast.Call)
        and node.args
        and not isinstance(node.args[0], ast.Constant | ast.Name)
    }
    assert joined <= {"demands/numbers.py", "ledgers/storing.py", "tenants/schema.py", "tenants/scope.py"}


def test_markup_is_trusted_where_a_person_has_read_it_only() -> None:
    """Django escapes whatever a template shows; each way round that is listed here."""
    trusting = {
        module for module, nodes in _nodes().items() for node in nodes if _name(node) in ("mark_safe", "SafeString")
    }
    assert trusting <= {"reports/papers.py", "tenants/templatetags/portal.py"}
    templates = Path(settings.BASE_DIR) / "templates"
    unescaped = {
        file.relative_to(templates).as_posix()
        for file in templates.rglob("*.html")
        if "|safe" in (text := file.read_text()) or "autoescape" in text
    }
    # What stands under a field is written in the forms' own source.
    assert unescaped <= {"components/field_notes.html"}


def test_papers_are_laid_out_by_workers_and_commands_only() -> None:
    """A long one would hold a web server up for minutes."""
    printing = {
        module for module, nodes in _nodes().items() for node in nodes if _name(node) in ("print_pdf", "briefing_issue")
    }
    assert {module.rpartition("/")[2] for module in printing} & {"views.py", "api.py", "forms.py"} == set()
    assert not [module for module in printing if "/views/" in module or "/api" in module]
    assert printing, "the names above are those of the source"
