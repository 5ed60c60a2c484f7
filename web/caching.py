"""The cache in the database, for a site without Redis: what counts attempts is never thrown away before its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections

if TYPE_CHECKING:
    import datetime as dt


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
