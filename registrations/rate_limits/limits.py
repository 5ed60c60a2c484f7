"""How often one network or one address may ask, counted in the database by one statement.

Nothing that names a person or a network is kept: keys are digests, and a count goes soon after its window.

A `Limit` counts acts in a window. A `Bucket` lets many come at once and then so many a minute, as a room where
everybody registers needs it; what turns out to be in order is given back to it. `Attempts` counts as a bucket does,
but in the memory of each process: for what is so frequent that writing it down would cost more than it protects.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from registrations.models import Tally

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
# How many networks a process remembers, the last that came: about a megabyte.
NETWORKS = 10_000

TALLIES = Tally._meta.db_table
# A window (its `count` is 1) begins anew when it is over. A bucket (its `count` is 0) follows the generic cell rate
# algorithm (ITU-T I.371, annex A): `ends_ms` is when it is empty again. An act that would overflow it changes nothing,
# so that trying again costs nothing: its row is not among those returned.
COUNT = f"""
INSERT INTO {TALLIES} AS known (key, ends_ms, count) VALUES {{rows}}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN excluded.count = 0 THEN 0 WHEN known.ends_ms <= %s THEN 1 ELSE known.count + 1 END,
    ends_ms = CASE
        WHEN excluded.count = 0 AND known.ends_ms > %s THEN known.ends_ms + excluded.ends_ms - %s
        WHEN known.ends_ms <= %s THEN excluded.ends_ms
        ELSE known.ends_ms
    END
WHERE excluded.count > 0 OR known.ends_ms + excluded.ends_ms - %s <= %s
RETURNING key, count
"""  # noqa: S608 - our own table
GIVE_BACK = f"UPDATE {TALLIES} SET ends_ms = ends_ms - %s WHERE key = %s AND ends_ms > %s"  # noqa: S608 - likewise
TAKE_BACK = f"UPDATE {TALLIES} SET count = count - 1 WHERE key IN ({{keys}}) AND count > 0"  # noqa: S608 - likewise


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

    @property
    def room_ms(self) -> int:
        return self.at_once * self.each_ms

    def take(self, *, at: dt.datetime, acts: int = 1) -> bool:
        """Count so many acts; False when there is no room for all, and none is counted. One statement."""
        return count(bucket=self, acts=acts, at=at).has_room

    def give_back(self, *, at: dt.datetime) -> None:
        """Take one act out again: it was in order, and no longer counts."""
        if self.who:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_BACK, [self.each_ms, self.key, _milliseconds(at)])


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Whether there was room in the bucket, and the first limit that was gone beyond; None when within all."""

    has_room: bool
    beyond: Limit | None


def _milliseconds(at: dt.datetime) -> int:
    return int(at.timestamp() * 1000)


def count(*limits: Limit, bucket: Bucket | None = None, acts: int = 1, at: dt.datetime) -> Counted:
    """Count one act under each of these limits and so many in a bucket: one statement.

    Always in the order of the keys, so that two requests never wait for each other in a ring.
    """
    now = _milliseconds(at)
    rows = {limit.key: (now + limit.window // dt.timedelta(milliseconds=1), 1) for limit in limits}
    room = 0
    if bucket is not None and bucket.who:
        if acts > bucket.at_once:
            return Counted(has_room=False, beyond=None)
        rows[bucket.key] = (now + acts * bucket.each_ms, 0)
        room = bucket.room_ms
    if not rows:
        return Counted(has_room=True, beyond=None)
    values = [value for key in sorted(rows) for value in (key, *rows[key])]
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(rows))),
            [*values, now, now, now, now, now, now + room],
        )
        counts = dict(cursor.fetchall())
    return Counted(
        has_room=len(counts) == len(rows),
        beyond=next((limit for limit in limits if counts[limit.key] > limit.most), None),
    )


def take_back(*limits: Limit) -> None:
    """Count one act less under each of these limits: what it was counted for was refused."""
    if limits:
        keys = sorted(limit.key for limit in limits)
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK.format(keys=", ".join(["%s"] * len(keys))), keys)


def passed(*limits: Limit, at: dt.datetime) -> Limit | None:
    """Count one act under each of these limits; return the first one that it goes beyond, None when within all."""
    return count(*limits, at=at).beyond


class Attempts:
    """Buckets in the memory of this process, of the networks that came last. Shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._empty_ms: OrderedDict[str, int] = OrderedDict()

    def clear(self) -> None:
        with self._lock:
            self._empty_ms.clear()

    def take(self, bucket: Bucket, *, at: dt.datetime) -> bool:
        """Count one act; False when there is no room for it, which then is not counted."""
        if not bucket.who:
            return True
        key, now = bucket.key, _milliseconds(at)
        with self._lock:
            full = max(self._empty_ms.pop(key, now), now) + bucket.each_ms
            has_room = full <= now + bucket.room_ms
            self._empty_ms[key] = full if has_room else full - bucket.each_ms
            if len(self._empty_ms) > NETWORKS:
                self._empty_ms.popitem(last=False)
            return has_room


attempts = Attempts()


def forget_past(*, at: dt.datetime) -> int:
    """Erase the counts whose window is over and the buckets that are empty; return how many."""
    return Tally.objects.filter(ends_ms__lte=_milliseconds(at)).delete()[0]
