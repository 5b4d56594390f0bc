"""Child processes of `make demo`: watched together, ended together, grandchildren included."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance_portal.children import ChildEndedError, Children

WAITING = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"
)
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
)
WITH_GRANDCHILD = (
    "import subprocess, sys, signal\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print('up', child.pid, flush=True)\n"
    "signal.pause()"
)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path / "logs")
    yield children
    children.stop(0)


def _start(children: Children, tmp_path: Path, name: str, program: str) -> str:
    """Start and return the first line it prints."""
    children.start(name, [sys.executable, "-c", program], environment={"MARK": "seen"}, folder=tmp_path)
    log = tmp_path / "logs" / f"{name}.log"
    while not log.read_text().endswith("\n"):
        children.check()
    return log.read_text().strip()


def _alive(pid: int) -> bool:
    """Whether the process exists and is more than the remains nobody has collected yet."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_children_end_when_asked(children: Children, tmp_path: Path) -> None:
    _start(children, tmp_path, "one", WAITING)
    _start(children, tmp_path, "two", WAITING)
    children.check()
    started = time.monotonic()
    children.stop(30)
    assert time.monotonic() - started < 10


def test_child_that_does_not_listen_is_ended(children: Children, tmp_path: Path) -> None:
    _start(children, tmp_path, "stubborn", STUBBORN)
    children.stop(0.2)


def test_grandchildren_end_too(children: Children, tmp_path: Path) -> None:
    grandchild = int(_start(children, tmp_path, "parent", WITH_GRANDCHILD).split()[1])
    assert _alive(grandchild)
    children.stop(10)
    deadline = time.monotonic() + 10
    while _alive(grandchild):
        assert time.monotonic() < deadline


def test_crash_is_reported_with_the_end_of_the_log(children: Children, tmp_path: Path) -> None:
    _start(children, tmp_path, "well", WAITING)
    program = "print('line', flush=True); raise SystemExit('cannot go on')"
    children.start("broken", [sys.executable, "-c", program], environment={}, folder=tmp_path)
    with pytest.raises(ChildEndedError, match=r"broken 意外退出（代码 1）[\s\S]*cannot go on") as caught:
        children.watch()
    assert caught.value.name == "broken"


def test_children_get_environment_and_folder_but_not_the_terminal(children: Children, tmp_path: Path) -> None:
    program = "import os, sys; print(os.environ['MARK'], os.getcwd(), os.getsid(0) == os.getpid()); sys.stdin.read()"
    children.start("one", [sys.executable, "-c", program], environment={"MARK": "seen"}, folder=tmp_path)
    with pytest.raises(ChildEndedError):
        children.watch()
    assert (tmp_path / "logs" / "one.log").read_text().split() == ["seen", str(tmp_path), "True"]
