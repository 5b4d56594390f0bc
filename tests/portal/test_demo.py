"""`make demo` as a newcomer meets it: from an empty folder to a sign-in page, and nothing left after Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from alliance_portal import embedded

Demo = subprocess.Popen[str]
WELCOME = "演示已就绪："


@pytest.fixture
def start(empty_home: Path) -> Iterator[Callable[..., Demo]]:
    """Start the demo in one fresh home, again on each call; whatever fails, it and its servers are ended."""
    started: list[Demo] = []

    def run(port: int = 0) -> Demo:
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=embedded.PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(demo)
        return demo

    yield run
    for demo in started:
        demo.terminate()  # no more than a question when it has ended already
        demo.wait()
        assert demo.stdout is not None
        demo.stdout.close()


def _url(demo: Demo) -> tuple[str, list[str]]:
    """(address, lines printed before) once the demo says that it is ready."""
    lines: list[str] = []
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith(WELCOME):
            return line.removeprefix(WELCOME).strip(), lines
        lines.append(line.strip())
    raise AssertionError("\n".join(lines))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _processes(home: Path) -> list[str]:
    """Commands of the processes whose environment or command names this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if os.fsencode(home) in known and folder.name != str(os.getpid()):
            found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.mark.journey
def test_demo_from_nothing_twice(start: Callable[..., Demo], empty_home: Path) -> None:
    first = start()
    url, lines = _url(first)
    assert "诉求台账.xlsx：导入 1162 行（新增 1162，更新 0，无变化 0），退回 7 行" in lines
    with urlopen(f"{url}/accounts/login/") as page:
        assert "登录" in page.read().decode()
    first.send_signal(signal.SIGINT)
    farewell, _ = first.communicate()
    assert "admin@jining" in farewell
    assert "已停止" in farewell
    assert first.returncode == 0
    assert _processes(empty_home) == []

    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        second = start(port=taken)
        url, lines = _url(second)
        assert not url.endswith(f":{taken}")
    assert not any("导入" in line for line in lines)
    (worker,) = [child for child in _children(second.pid) if "worker" in _command(child)]
    os.kill(worker, signal.SIGKILL)
    farewell, _ = second.communicate()
    assert "worker 意外退出" in farewell
    assert second.returncode == 1
    assert _processes(empty_home) == []
