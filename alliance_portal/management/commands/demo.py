"""`make demo`: the whole portal with sample data on this machine, until Ctrl-C."""

import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from alliance_portal import embedded, sample
from alliance_portal.children import ChildEndedError, Children

START_SECONDS = 180  # a small machine under load; a crash is noticed at once
#: What running requests and tasks get to finish; a task that needs longer starts again with the next demo.
STOP_SECONDS = 20


class Command(BaseCommand):
    help = "启动演示：准备数据库和示例数据，运行网站、后台任务和定时任务，Ctrl-C 停止全部进程。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.DEMO_PORT, help="网站端口；被占用时另选一个。")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger().setLevel(logging.WARNING)  # the steps below are told in words
        children = Children(embedded.home() / "logs")
        # A closed terminal and `kill` end the demo the same way as Ctrl-C, which a shell's background job would ignore.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _interrupt)
        try:
            self._prepare()
            url = self._start(children, _free_port(options["port"]))
            self._welcome(url)
            children.watch()
        except KeyboardInterrupt:
            self.stdout.write("\n正在停止……")
        except ChildEndedError as problem:
            raise CommandError(str(problem)) from problem
        finally:
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            connections.close_all()
            children.stop(STOP_SECONDS)
            embedded.stop()
        self.stdout.write("已停止。数据保留在 " + str(embedded.home()))

    def _prepare(self) -> None:
        self.stdout.write(f"数据文件夹：{embedded.home()}")
        with self._step("更新数据库结构"):
            call_command("migrate", verbosity=0)
        if not sample.is_complete():
            with self._step("建立示例单位"):
                tenant = sample.tenant_ensure()
            with self._step("导入示例台账"):
                sample.ledgers_import(self.stdout)
            with self._step("建立示例账号"):
                sample.accounts_ensure(tenant)

    def _start(self, children: Children, port: int) -> str:
        python, home = sys.executable, embedded.home()
        url = f"http://127.0.0.1:{port}"
        environment = {"BIND": f"127.0.0.1:{port}", "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics")}
        celery = [python, "-m", "celery", "-A", "alliance_portal"]
        commands = {
            "web": [python, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "alliance_portal.wsgi"],
            "worker": [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "--schedule", str(home / "beat-schedule"), "--pidfile="],
        }
        with self._step("启动网站、后台任务、定时任务"):
            for name, command in commands.items():
                children.start(name, command, environment=environment, folder=settings.BASE_DIR)
                if name == "web":  # the others load while the first page is being read
                    _wait_for(url, children)
        return url

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self.stdout.write(f"· {title}")
        self.stdout.flush()
        started = time.monotonic()
        yield
        self.stdout.write(f"  {time.monotonic() - started:.1f} 秒")

    def _welcome(self, url: str) -> None:
        lines = [f"{label:　<10}{username}" for label, username in sample.sign_ins()]
        self.stdout.write(
            f"\n{self.style.SUCCESS('演示已就绪')}：{url}\n\n账号（密码都是 {sample.password()}）\n"
            + "\n".join(f"  {line}" for line in lines)
            + f"\n\n日志在 {embedded.home() / 'logs'}，按 Ctrl-C 停止。"
        )
        self.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
            return chosen
    raise CommandError("本机没有可用的端口。")


def _wait_for(url: str, children: Children) -> None:
    """Until the web server answers. :raises ChildEndedError: when a child ends meanwhile."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        children.check()
        try:
            with urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 our own address
                return
        except (URLError, OSError) as problem:
            if time.monotonic() > deadline:
                raise CommandError(f"网站在 {START_SECONDS} 秒内没有响应，日志见 {embedded.home()}/logs") from problem
            time.sleep(0.1)
