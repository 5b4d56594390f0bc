"""The cache of sessions: copies of rows that the database keeps. Without Valkey everybody goes on working, slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class SessionCache(RedisCache):
    """A Valkey that does not answer is an empty one. Not for counters (sign-in attempts): those must be kept."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._tried(lambda: super(SessionCache, self).get(key, default, version), default)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        self._tried(lambda: super(SessionCache, self).set(key, value, *args, **kwargs), None)

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._tried(lambda: super(SessionCache, self).delete(key, version), False))

    def _tried(self, work: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return work()
        except RedisError as error:
            log.warning("session_cache_unreachable", error=str(error))
            return otherwise
