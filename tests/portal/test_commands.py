"""What all management commands of the portal have in common."""

from argparse import ArgumentParser

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from tenants.checks import OWN_APPS
from tenants.models import Tenant

OWN = {name: app for name, app in get_commands().items() if app in OWN_APPS}


def _parser(name: str) -> ArgumentParser:
    return load_command_class(OWN[name], name).create_parser("manage.py", name)


def _arguments(parser: ArgumentParser) -> list[str]:
    """Something for everything the command needs, and a tenant that does not exist."""
    values = {"quarter": "2026Q3", "start": "2026-07-01", "end": "2026-09-30"}
    needed = [action for action in parser._actions if action.required and action.dest != "tenant"]
    pairs = [[*action.option_strings[:1], values.get(action.dest, "/tmp")] for action in needed]
    return ["--tenant", "nirgends", *(part for pair in pairs for part in pair)]


FOR_ONE_TENANT = sorted(name for name in OWN if any(action.dest == "tenant" for action in _parser(name)._actions))


def test_commands_for_one_tenant_are_found() -> None:
    assert {"ledger_import", "figures", "briefing"} <= set(FOR_ONE_TENANT)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FOR_ONE_TENANT)
def test_an_unknown_tenant_is_named_with_those_that_exist(name: str, tenant: Tenant) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(name, *_arguments(_parser(name)))
    assert str(refused.value) == "没有单位代码为“nirgends”的租户。现有的代码：linshi、shili。"


@pytest.mark.django_db
def test_without_any_tenant_the_way_to_the_first_is_told() -> None:
    with pytest.raises(CommandError, match=r"还没有开通任何租户，请先执行 manage\.py tenant_create"):
        call_command("figures", *_arguments(_parser("figures")))
