"""No dependency older than the oldest version known to be safe (deploy/minimum-versions.toml)."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

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
