"""How calendars are being read: which programs, when last, by about how many. Nobody is recorded.

A fetch costs a dictionary entry in the process that answers it. A thread of each web process adds what was gathered
to one row a feed, family and day, every minute (`start`); what a network and a program's name say of someone stays in
memory until then, and leaves a mark that cannot be read back (`clients`). See docs/decisions/0006.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone

from cycles.models import FeedDay, FeedFetch
from web.requests import networks

from . import clients

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

GATHERED_SECONDS = 60
# Of one minute and process; more than that are counted as fetches of nobody in particular.
MOST_GATHERED = 20_000
KEPT = dt.timedelta(days=90)
# "About 40 subscribers" is the most that any of these days saw: programs are not all switched on every day.
LOOKED_BACK = dt.timedelta(days=7)
PRIVATE = "private"


class _Asked(NamedTuple):
    """Who asked for what, as far as a request says; kept in memory for a minute at most."""

    address: str
    user_agent: str
    who: str


class _Gathered:
    """What one process was asked since it last told the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fetches: dict[_Asked, tuple[int, float]] = {}

    def add(self, asked: _Asked, *, moment: float, count: int = 1) -> None:
        with self._lock:
            known = self._fetches.get(asked)
            if known is None and len(self._fetches) >= MOST_GATHERED:
                # Neither is what a flood calls itself: the family of a program is all that is counted of it.
                asked = asked._replace(who="", user_agent=clients.family(asked.user_agent))
                known = self._fetches.get(asked)
            self._fetches[asked] = (count + known[0], max(moment, known[1])) if known else (count, moment)

    def take(self) -> dict[_Asked, tuple[int, float]]:
        with self._lock:
            taken, self._fetches = self._fetches, {}
            return taken


_gathered = _Gathered()


def note(request: HttpRequest, address: str, *, who: str | None = None) -> None:
    """Count one fetch of a feed; costs no more than a dictionary. `who` stands for a person known otherwise."""
    meta = request.META
    _gathered.add(
        _Asked(address, meta.get("HTTP_USER_AGENT", "")[:200], _visitor(request) if who is None else who),
        moment=time.time(),
    )


def discard() -> None:
    """Forget what this process gathered and has not told: a test begins with none."""
    _gathered.take()


def _visitor(request: HttpRequest) -> str:
    """Return the visitor's address in one writing, whatever a proxy makes of it."""
    return str(networks.visitor(request) or "")


@dataclass
class _Sum:
    """What one minute adds to one row."""

    fetches: int
    last: float
    places: set[int]


def tell(*, at: dt.datetime) -> int:
    """Add what this process gathered to the day of `at`; return how many rows that touched.

    Raises DatabaseError, after which what was gathered is still there.
    """
    taken = _gathered.take()
    if not taken:
        return 0
    try:
        with transaction.atomic():
            return _write(taken, day=at.astimezone(dt.UTC).date())
    except Exception:
        for asked, (count, moment) in taken.items():
            _gathered.add(asked, moment=moment, count=count)
        raise


def _write(taken: dict[_Asked, tuple[int, float]], *, day: dt.date) -> int:
    key = _key(day)
    sums: dict[tuple[str, str], _Sum] = defaultdict(lambda: _Sum(0, 0.0, set()))
    for asked, (count, moment) in taken.items():
        row = sums[asked.address, clients.family(asked.user_agent)]
        row.fetches += count
        row.last = max(row.last, moment)
        if asked.who:
            row.places.add(clients.place(f"{asked.who}\n{asked.user_agent}", key=key))
    new = [
        FeedFetch(address=address, family=family, day=day, last_at=_instant(row.last))
        for (address, family), row in sums.items()
    ]
    FeedFetch.objects.bulk_create(new, ignore_conflicts=True)
    rows = FeedFetch.objects.select_for_update().filter(day=day, address__in={a for a, _f in sums})
    changed = []
    for fetch in rows.order_by("pk"):
        if (fetch.address, fetch.family) in sums:
            row = sums[fetch.address, fetch.family]
            fetch.fetches += row.fetches
            fetch.last_at = max(fetch.last_at, _instant(row.last))
            fetch.marks = clients.marked(bytes(fetch.marks), row.places)
            fetch.readers = clients.readers(fetch.marks)
            changed.append(fetch)
    FeedFetch.objects.bulk_update(changed, ["fetches", "last_at", "marks", "readers"])
    return len(changed)


def _key(day: dt.date) -> bytes:
    FeedDay.objects.bulk_create([FeedDay(day=day, key=secrets.token_bytes(32))], ignore_conflicts=True)
    return bytes(FeedDay.objects.get(day=day).key)


def _instant(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(moment), tz=dt.UTC)


def forget(*, at: dt.datetime) -> None:
    """Throw away the keys and marks of days that are over, and counts older than `KEPT`."""
    today = at.astimezone(dt.UTC).date()
    FeedDay.objects.filter(day__lt=today).delete()
    FeedFetch.objects.filter(day__lt=today).exclude(marks=b"").update(marks=b"")
    FeedFetch.objects.filter(day__lt=today - KEPT).delete()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One family of programs: when it last fetched, how often the day before, and about how many read."""

    family: str
    last_at: dt.datetime
    readers: int
    fetches: int

    @property
    def is_shared(self) -> bool:
        """True for a service that fetches once for all its people."""
        return self.family in clients.SHARED

    @property
    def is_passing(self) -> bool:
        """True for browsers and scripts, which are no subscriptions."""
        return self.family in clients.PASSING


def readings(addresses: Collection[str], *, at: dt.datetime) -> list[Reading]:
    """Return the families that fetched any of these feeds within `KEPT`, the last to fetch first; one query."""
    today = at.astimezone(dt.UTC).date()
    rows = FeedFetch.objects.filter(address__in=addresses, day__gt=today - KEPT).values_list(
        "family", "day", "last_at", "readers", "fetches"
    )
    last: dict[str, dt.datetime] = {}
    per_day: dict[str, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    fetched: dict[str, int] = defaultdict(int)
    for family, day, last_at, readers, fetches in rows.order_by(F("last_at").desc()):
        last.setdefault(family, last_at)
        if day > today - LOOKED_BACK:
            per_day[family][day] += readers
            fetched[family] += fetches
    return [
        Reading(
            family=family,
            last_at=last_at,
            readers=max(per_day[family].values(), default=0),
            fetches=fetched[family],
        )
        for family, last_at in last.items()
    ]


def start() -> None:
    """Let this process tell the database every minute, until it ends. For web servers (config/wsgi.py)."""
    threading.Thread(target=_tell_for_ever, name="feed-audience", daemon=True).start()


def _tell_for_ever() -> None:
    while True:
        time.sleep(GATHERED_SECONDS)
        try:
            tell(at=timezone.now())
        except Exception:  # a database in trouble: what was gathered waits for the next minute
            logger.warning("Who reads the calendars could not be counted; it is tried again", exc_info=True)
        finally:
            connections.close_all()
