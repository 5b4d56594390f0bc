"""The copy of the front-end packages and their lock file."""

import json
from pathlib import Path

import pytest

from scripts.vendor_static import FILES, copy

from .chromium83 import ROOT


def test_copies_exactly_the_listed_files_without_source_maps(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.js").write_text("left over")
    written = copy(packages=ROOT / "node_modules", target=target)
    assert sorted(path.name for path in target.iterdir()) == sorted(Path(name).name for name in FILES)
    assert all(b"sourceMappingURL" not in path.read_bytes() for path in written)


def test_a_missing_package_leaves_the_former_copy(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "htmx.min.js").write_text("former")
    with pytest.raises(FileNotFoundError):
        copy(packages=tmp_path / "nowhere", target=tmp_path / "vendor")
    assert (tmp_path / "vendor" / "htmx.min.js").read_text() == "former"


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and not package.keys() & {"integrity", "inBundle"}] == []
