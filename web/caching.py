"""The two caches of a site, in the database and in Redis: what counts attempts is neither lost nor waited for."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.db import connections
from redis.exceptions import RedisError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

logger = logging.getLogger(__name__)

# How long Redis is left alone once it failed: a request waits for it at most once in so many seconds.
LEFT_ALONE_SECONDS = 30.0


class CountingCache(DatabaseCache):
    """Django's, except that a full table loses only what has expired.

    Django's own drops a third of all entries, whatever they are, once there are 300: a flood of made-up addresses
    would wipe out the counts that limit it. How many entries there can be is bounded by those limits themselves.
    """

    def _cull(self, db: str, cursor: Any, now: dt.datetime, num: int) -> None:  # noqa: ARG002 - Django's signature
        connection = connections[db]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]  # not in the stubs
        moment = connection.ops.adapt_datetimefield_value(now)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [moment])  # noqa: S608 - our own table


class PatientRedisCache(RedisCache):
    """Redis, and while it is away the memory of this process: limits still count, and nobody waits for it.

    Redis may be down, swallow what it is sent, or refuse the password: all of it is known after the second that its
    socket may take (`OPTIONS`), by one request in LEFT_ALONE_SECONDS.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._meanwhile = LocMemCache("redis is away", params)

    def is_away(self) -> bool:
        """Tell whether Redis failed lately, and this process remembers by itself."""
        return time.monotonic() < _away.until

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not self.is_away():
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                _away.until = time.monotonic() + LEFT_ALONE_SECONDS
                # The kind alone: what Redis says may hold its address.
                logger.warning(
                    "Redis does not answer (%s): this process remembers meanwhile", type(error).__name__
                )
        return getattr(self._meanwhile, name)(*args, **kwargs)


class _Away:
    """Until when Redis is left alone, on the monotonic clock; of the whole process, as Django has a cache a thread."""

    until = 0.0


_away = _Away()


def _by_either(name: str) -> Callable[..., Any]:
    def act(self: PatientRedisCache, *args: Any, **kwargs: Any) -> Any:
        return self._either(name, *args, **kwargs)

    act.__name__ = name
    return act


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(PatientRedisCache, _name, _by_either(_name))
