"""Logs: JSON lines that tell request, tenant and user by id, and nothing about people."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django_structlog.middlewares import RequestMiddleware

from alliance_portal import logs
from tenants.scope import tenant_scope

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Collect what the root logger writes in the form of settings.LOGGING."""
    formatter = dict(settings.LOGGING["formatters"]["lines"])
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    root.removeHandler(handler)
    structlog.contextvars.clear_contextvars()


def test_request_is_one_line_with_its_id_and_without_query_or_address(client: Client, lines: Lines) -> None:
    client.get("/healthz?q=张三", headers={"user-agent": "Browser of 张三"})
    (line,) = lines()
    assert line["event"] == "request_finished"
    assert line["request"] == "GET /healthz"
    assert line["code"] == 200
    assert line["request_id"]
    assert line["level"] == "info"
    assert line["timestamp"]
    assert "张三" not in json.dumps(line, ensure_ascii=False)
    assert "127.0.0.1" not in json.dumps(line)


@pytest.mark.django_db
def test_lines_carry_the_tenant_of_the_open_scope(lines: Lines) -> None:
    with tenant_scope(7):
        structlog.get_logger("x").info("inside")
        logging.getLogger("library").warning("inside %s", "too")
    structlog.get_logger("x").info("outside")
    inside, library, outside = lines()
    assert inside["tenant_id"] == library["tenant_id"] == 7
    assert library["event"] == "inside too"
    assert "tenant_id" not in outside


@pytest.mark.django_db
def test_exception_tells_type_and_place_but_not_the_row(lines: Lines) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", ["李四"])
    except DatabaseError:
        structlog.get_logger("x").exception("structlog_failed")
        logging.getLogger("library").exception("library failed")
    written = lines()
    assert [line["event"] for line in written] == ["structlog_failed", "library failed"]
    for line in written:
        assert "李四" not in json.dumps(line, ensure_ascii=False)
        types = [part["type"] for part in line["exception"]]
        assert types == ["DataError", "InvalidTextRepresentation"]
        assert any("test_logs.py" in frame for frame in line["exception"][0]["at"])


def test_failed_request_says_which_and_where(lines: Lines) -> None:
    def view(request: object) -> None:
        raise ValueError("王五")

    middleware = RequestMiddleware(view)
    request = RequestFactory().get("/page?name=王五")
    with pytest.raises(ValueError, match="王五"):
        middleware(request)
    try:
        view(request)
    except ValueError as error:
        middleware._process_exception(request, error)
    failed = lines()[-1]
    assert (failed["event"], failed["request"], failed["code"]) == ("request_failed", "GET /page", 500)
    assert failed["exception"][0]["type"] == "ValueError"
    assert "王五" not in json.dumps(failed, ensure_ascii=False)


def test_failed_task_shows_no_message() -> None:
    event = {"event": "task_failed", "error": "赵六", "reason": ValueError("赵六"), "exc_info": None}
    assert logs.describe_exception(None, "error", event) == {"event": "task_failed", "reason": "ValueError"}


def test_development_writes_readable_lines() -> None:
    config = logs.config(json=False)
    renderer = config["formatters"]["lines"]["processors"][-1]
    assert isinstance(renderer, structlog.dev.ConsoleRenderer)
    logs.config(json=True)
