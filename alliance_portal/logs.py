"""Logs: one JSON object a line, with request (or job) id, tenant and user, and nobody's personal data.

Personal data gets into logs by three doors, closed here for every logger of the process: query strings (a search for
a name), exception messages (PostgreSQL quotes the offending row) and addresses of visitors.
"""

import sys
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from tenants.scope import current_tenant_id

_describe_exception = ExceptionDictTransformer(show_locals=False, max_frames=30)


def config(*, json: bool) -> dict[str, Any]:
    """Configure structlog and return the dictConfig for `LOGGING`; readable lines instead of JSON for development."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderers: list[Processor] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if not json:
        renderers = [structlog.dev.ConsoleRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
                "foreign_pre_chain": [structlog.contextvars.merge_contextvars, *_shared_processors()],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # django_structlog says the same of every request and every task, with its context.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "celery.app.trace": {"level": "CRITICAL"},
            # Its lines quote addresses that contain a robot's key; `notices.transport` says what went wrong.
            "apprise": {"level": "CRITICAL"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def _shared_processors() -> list[Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        add_tenant,
        strip_query,
        describe_exception,
    ]


def add_tenant(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Add the id of the tenant whose scope is open."""
    tenant_id = current_tenant_id()
    if tenant_id is not None:
        event["tenant_id"] = tenant_id
    return event


def strip_query(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Keep method and path of a request, drop its query string: people are searched by name."""
    if isinstance(event.get("request"), str):
        event["request"] = event["request"].partition("?")[0]
    return event


def describe_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace exceptions by their types and places. Their messages quote data, so they are left out everywhere."""
    event.pop("error", None)  # under this key django_structlog repeats a failed task's message
    failure = event.pop("exc_info", None)
    for key, value in event.items():
        if isinstance(value, BaseException):
            event[key] = type(value).__name__
    if failure is True:
        failure = sys.exc_info()
    if isinstance(failure, BaseException):
        failure = (type(failure), failure, failure.__traceback__)
    if failure and failure[0] is not None:
        event["exception"] = [
            {
                "type": found["exc_type"],
                "at": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in found["frames"]],
            }
            for found in _describe_exception(failure)
        ]
    return event
