from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def empty_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home nobody used before. Not in `tmp_path`: every starting pytest closes that folder to PostgreSQL's user."""
    with TemporaryDirectory(prefix="portal-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "portal home"
        monkeypatch.setenv("PORTAL_HOME", str(home))
        yield home
