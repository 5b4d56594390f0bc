"""Child processes of one command: started together, stopped together, none left behind."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

POLL_SECONDS = 0.2


class ChildEndedError(Exception):
    """A child ended by itself. `name` says which, the text shows the end of its log."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        tail = log.read_text(errors="replace").splitlines()[-15:]
        super().__init__("\n".join([f"{name} 意外退出（代码 {code}），日志 {log} 的末尾：", *tail]))
        self.name = name


class Children:
    """Runs commands as children whose output goes to `logs`; each in a process group of its own.

    A Ctrl-C in the terminal therefore reaches only the parent, which ends them in order, one SIGTERM each: Celery
    takes a second one as an order to drop its work.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> None:
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 our own commands
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                cwd=folder,
                start_new_session=True,
            )

    def check(self) -> None:
        """:raises ChildEndedError: when one of them has ended."""
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                raise ChildEndedError(name, code, self._log(name))

    def watch(self) -> None:
        """Wait for ever. :raises ChildEndedError: as soon as one ends."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self, seconds: float) -> None:
        """Ask all to finish, the last started first; after `seconds` end what is left of them, grandchildren too."""
        for process in reversed(self._running.values()):
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"
