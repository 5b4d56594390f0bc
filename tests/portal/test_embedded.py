"""The embedded servers: started when needed, kept, shared, stopped on request (docs/adr/0002)."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from alliance_portal import embedded

PRINT_SETTINGS = """
import sys
from django.conf import settings
default, owner = settings.DATABASES["default"], settings.DATABASES["owner"]
print(default["USER"], default["HOST"], owner["USER"], settings.CELERY_BROKER_URL, settings.SECRET_KEY)
"""


@pytest.fixture
def started(empty_home: Path) -> Iterator[Path]:
    yield empty_home
    embedded.stop()


def _python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "alliance_portal.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | settings | environment,
        cwd=embedded.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def _dsn(url: str) -> dict[str, str]:
    role, _, rest = url.removeprefix("postgres://").partition("@/")
    host, _, database = rest.rpartition("/")
    return {"user": role, "host": host, "dbname": database}


def test_home_is_made_where_portal_home_says(empty_home: Path) -> None:
    assert embedded.home() == empty_home
    assert empty_home.is_dir()


def test_home_is_inside_the_project_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_HOME", raising=False)
    assert embedded.home() == embedded.PROJECT / ".portal"


def test_secret_key_is_made_once_and_private(empty_home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        keys = set(pool.map(lambda _: embedded.secret_key(), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (empty_home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_servers_start_once_keep_their_data_and_stop(started: Path) -> None:
    with ThreadPoolExecutor() as pool:
        urls = set(pool.map(lambda _: embedded.database_url("portal_owner"), range(3)))
    (owner,) = urls
    with psycopg.connect(**_dsn(owner)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS id")
    broker = embedded.redis_url()
    assert embedded.redis_url() == broker
    redis.Redis.from_url(broker).set("kept", "yes")

    embedded.stop()
    assert not (started / "postgres" / "postmaster.pid").exists()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(broker).ping()

    assert embedded.redis_url() == broker
    assert redis.Redis.from_url(broker).get("kept") == b"yes"
    with psycopg.connect(**_dsn(embedded.database_url("portal_app"))) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]


def test_embedded_servers_are_closed_to_strangers(started: Path) -> None:
    embedded.database_url("portal_app")
    assert (started / "postgres").stat().st_mode & 0o077 == 0
    broker = redis.Redis.from_url(embedded.redis_url().replace(":", ":wrong", 2).replace("wrong", "", 1))
    with pytest.raises(redis.AuthenticationError):
        broker.ping()


def test_roles_have_no_way_around_row_level_security(started: Path) -> None:
    with psycopg.connect(**_dsn(embedded.database_url("portal_app"))) as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
        )
        assert found.fetchall() == []
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert {("btree_gin",), ("btree_gist",), ("pg_trgm",)} <= set(extensions)


def test_valkey_moves_when_its_port_is_taken(started: Path) -> None:
    first = embedded.redis_url()
    embedded.stop()
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", int(first.rsplit(":", 1)[1])))
        assert embedded.redis_url() != first


def test_long_home_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    folder = embedded._socket_folder(tmp_path / ("x" * 100))
    assert len(os.fsencode(folder / embedded.SOCKET_NAME)) <= embedded.SOCKET_PATH_LIMIT


def test_failed_start_names_the_log(empty_home: Path) -> None:
    embedded.home()
    (empty_home / "postgres").mkdir()
    (empty_home / "postgres" / "PG_VERSION").write_text("9.6")
    with pytest.raises(embedded.EmbeddedServerError, match=r"postgres\.log"):
        embedded.database_url("portal_app")


def test_settings_prefer_the_servers_they_are_given(empty_home: Path) -> None:
    result = _python(
        "-c",
        PRINT_SETTINGS,
        DATABASE_URL="postgres://portal_app:secret@db.example:5432/portal",
        DATABASE_OWNER_URL="postgres://portal_owner:secret@db.example:5432/portal",
        REDIS_URL="redis://queue.example:6379",
        SECRET_KEY="given",
    )
    assert result.stdout.split() == [
        "portal_app", "db.example", "portal_owner", "redis://queue.example:6379/0", "given",
    ]  # fmt: skip
    assert not (empty_home / "postgres").exists()
    assert not (empty_home / "valkey").exists()


def test_environment_file_in_home_counts(empty_home: Path) -> None:
    empty_home.mkdir()
    (empty_home / ".env").write_text("DATABASE_URL=postgres://app@from-file:5432/portal\nREDIS_URL=redis://q\n")
    result = _python("-c", PRINT_SETTINGS)
    assert result.stdout.split()[:2] == ["app", "from-file"]


def test_stop_command_refuses_other_words(empty_home: Path) -> None:
    result = _python("-m", "alliance_portal.embedded", "start")
    assert result.returncode != 0
    assert "usage" in result.stderr
