"""How often one network or one address may ask, counted in the database by one statement.

Nothing that names a person or a network is kept: keys are digests, and a count goes soon after its window.

A `Limit` counts acts in a window. A `Bucket` lets many come at once and then so many a minute, as a room where
everybody registers needs it; what turns out to be in order is given back to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from registrations.booking.places import moment
from registrations.models import Level, Tally

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

TALLIES = Tally._meta.db_table
COUNT = f"""
INSERT INTO {TALLIES} AS known (key, ends_at, count) VALUES {{rows}}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.ends_at <= %s THEN 1 ELSE known.count + 1 END,
    ends_at = CASE WHEN known.ends_at <= %s THEN excluded.ends_at ELSE known.ends_at END
RETURNING key, count
"""  # noqa: S608 - our own table


LEVELS = Level._meta.db_table
# The generic cell rate algorithm (ITU-T I.371, annex A): a level is the moment, in milliseconds, at which the
# bucket is empty again. An act that would overflow it changes nothing, so that trying again costs nothing.
POUR = f"""
INSERT INTO {LEVELS} AS known (key, empty_ms) VALUES (%(key)s, %(now)s + %(each)s)
ON CONFLICT (key) DO UPDATE SET
    empty_ms = CASE WHEN known.empty_ms > %(now)s THEN known.empty_ms ELSE %(now)s END + %(each)s
WHERE known.empty_ms + %(each)s <= %(now)s + %(room)s
RETURNING key
"""  # noqa: S608 - our own table
GIVE_BACK = f"UPDATE {LEVELS} SET empty_ms = empty_ms - %s WHERE key = %s AND empty_ms > %s"  # noqa: S608 - likewise


def _key(name: str, who: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{name}:{who}".encode(), hashlib.sha256).hex()[:32]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` acts of a kind in a `window`, by one network or about one address (`who`)."""

    name: str
    who: str
    most: int
    window: dt.timedelta

    @property
    def key(self) -> str:
        return _key(self.name, self.who)


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Up to `at_once` acts of a kind by one network, and `a_minute` more each minute; at least one of each.

    Nobody (an empty `who`) is not limited: visitors whose network is unknown have nothing in common.
    """

    name: str
    who: str
    at_once: int
    a_minute: int

    @property
    def key(self) -> str:
        return _key(self.name, self.who)

    @property
    def each_ms(self) -> int:
        # Never nothing: a bucket that is always empty would have room for none of two who come in the same moment.
        return max(60_000 // self.a_minute, 1)

    def take(self, *, at: dt.datetime) -> bool:
        """Count one act; False when there is no room for it, which then is not counted. One statement."""
        if not self.who:
            return True
        values: dict[str, str | int] = {
            "key": self.key,
            "now": _milliseconds(at),
            "each": self.each_ms,
            "room": self.at_once * self.each_ms,
        }
        with connection.cursor() as cursor:
            cursor.execute(POUR, values)
            return cursor.fetchone() is not None

    def give_back(self, *, at: dt.datetime) -> None:
        """Take one act out again: it was in order, and no longer counts."""
        if self.who:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_BACK, [self.each_ms, self.key, _milliseconds(at)])


def _milliseconds(at: dt.datetime) -> int:
    return int(at.timestamp() * 1000)


def passed(*limits: Limit, at: dt.datetime) -> Limit | None:
    """Count one act under each of these limits; return the first one that it goes beyond, None when within all.

    Always in the order of the keys, so that two requests never wait for each other in a ring.
    """
    ends = {limit.key: limit for limit in limits}
    keys = sorted(ends)
    values: list[Any] = []
    for key in keys:
        values += [key, moment(at + ends[key].window)]
    rows = ", ".join(["(%s, %s, 1)"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(rows=rows), [*values, moment(at), moment(at)])
        counts = dict(cursor.fetchall())
    return next((limit for limit in limits if counts[limit.key] > limit.most), None)


def forget_past(*, at: dt.datetime) -> int:
    """Erase the counts whose window is over, and the levels of empty buckets; return how many."""
    empty = Level.objects.filter(empty_ms__lte=_milliseconds(at)).delete()[0]
    return Tally.objects.filter(ends_at__lte=at).delete()[0] + empty
