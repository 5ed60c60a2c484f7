"""Public pages and feeds, built once per change and served as stored bytes.

A page that is the same for everyone is kept by each process with the site's content version it was built from and
the instant at which the clock alone makes it untrue (a session begins, midnight). The version is read from the
database at most five times a second; while nothing changed a request touches no database, and when the database is
in trouble the last good bytes are served. `StoredFirst` answers from here before anything else of the site runs. See
docs/decisions/0004.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gzip
import hashlib
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language

from cycles.calendars.readers import audience
from cycles.content import content_version
from web.counters import counters

from . import answering, rebuilding
from .bounded import BUDGETS, BoundedCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from django.http import HttpRequest

P = ParamSpec("P")

VERSION_SECONDS = 0.2
ASKED_AGAIN_SECONDS = 1.0
SMALLEST_TO_COMPRESS = 500
PAGE_CACHING = "public, max-age=0, must-revalidate"
FEED_CACHING = "public, max-age=300"


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a builder gives: the bytes, and the instant at which the clock alone makes them untrue.

    `changed_at` is only given when the bytes may have changed later than the last saved change.
    """

    body: bytes
    content_type: str
    true_until: dt.datetime
    changed_at: dt.datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Stored:
    """An answer as it is kept: plain and packed bytes, and every header of either."""

    version: int
    true_until: dt.datetime
    etag: str
    last_modified: int | None
    plain: bytes
    packed: bytes | None
    # Of a 304, and of a whole answer.
    validators: dict[str, str]
    headers: dict[str, str]
    # Where to count a fetch: a calendar's path. Empty for pages and single downloads.
    counted_as: str = ""

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed or b"")


class _Turn:
    """The lock of one page while it is built, and how many wait for it or hold it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0


class Store:
    """The pages of one process, the least recently used dropped first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._building: dict[str, _Turn] = {}
        self._kept: BoundedCache[Stored] = BoundedCache(
            most_bytes=BUDGETS["pages"], size=lambda kept: kept.size
        )
        self._version = content_version.Version(0, content_version.EPOCH)
        self._read_at = float("-inf")
        # When the database last named the version, and the versions that came after others: (number, since when at
        # most it may have been there). On the monotonic clock.
        self._confirmed_at = float("-inf")
        self._risen: deque[tuple[int, float]] = deque()
        self._reading = threading.Lock()
        self._is_down = False

    def clear(self) -> None:
        """Forget everything, the version too (tests, and the process that made a change)."""
        self._kept.clear()
        rebuilding.budget.fill()
        with self._lock:
            self._read_at = float("-inf")
            self._risen.clear()
            self._is_down = False

    def version(self) -> content_version.Version:
        """Return the site's content version, at most VERSION_SECONDS old. Raises DatabaseError.

        Only the first request that meets a database in trouble waits for it: those beside it get the last known
        version, those after it the error at once, until a thread of its own has found the database again.
        """
        if time.monotonic() - self._read_at < VERSION_SECONDS:
            return self._version
        if self._is_down:
            msg = "the database did not answer a moment ago"
            raise DatabaseError(msg)
        if self._reading.acquire(blocking=False):
            try:
                self._learn(content_version.version())
            except (DatabaseError, InterfaceError):
                self._look_out()
                raise
            finally:
                self._reading.release()
        return self._version

    def _learn(self, version: content_version.Version) -> None:
        now = time.monotonic()
        with self._lock:
            if version.number < self._version.number:  # another database
                self._risen.clear()
            elif version.number > self._version.number:
                self._risen.append((version.number, self._confirmed_at))
            # Of those that are too old to be forgiven one is enough to know it.
            while len(self._risen) > 1 and now - self._risen[1][1] > rebuilding.OLDEST_SECONDS:
                self._risen.popleft()
            self._version, self._read_at, self._is_down = version, now, False
            self._confirmed_at = now

    def untrue_since(self, version: int) -> float:
        """Return from when on at the earliest another version than this one held, on the monotonic clock."""
        with self._lock:
            return next((since for number, since in self._risen if number > version), float("-inf"))

    def _look_out(self) -> None:
        """Ask in the background until the database answers: a pool makes each who asks wait for seconds."""
        self._is_down = True
        threading.Thread(target=self._ask_until_it_answers, name="content-version", daemon=True).start()

    def _ask_until_it_answers(self) -> None:
        while True:
            time.sleep(ASKED_AGAIN_SECONDS)
            if not self._is_down:
                # Somebody else found it: one who asked all the same would be in the way.
                return
            with contextlib.suppress(Exception):
                self._learn(content_version.version())
            connections.close_all()

    def recheck(self) -> None:
        """Read the version at the next request: a change was committed in this process."""
        self._read_at = float("-inf")

    @contextlib.contextmanager
    def building(self, key: str) -> Iterator[None]:
        """Hold the lock of one page: after a change it is built once, not once per waiting request.

        Nothing is left of the lock when the last who needs it is done, whatever became of the page.
        """
        with self._lock:
            turn = self._building.setdefault(key, _Turn())
            turn.users += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.users -= 1
                if not turn.users:
                    del self._building[key]

    @property
    def held_bytes(self) -> int:
        return self._kept.held_bytes

    def get(self, key: str) -> Stored | None:
        return self._kept.get(key)

    def put(self, key: str, kept: Stored) -> None:
        self._kept.put(key, kept)


store = Store()
content_version.on_change(store.recheck)


class StoredFirst:
    """Middleware: answer a page that is stored and still true, before sessions, languages and addresses cost anything.

    Only what `snapshot` keeps is answered here, so nothing of a request but its path, method, conditions and
    accepted encodings can matter. The first request after a change goes through to the view, which builds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            kept = store.get(request.path)
            if kept is not None and (_is_servable(kept) or _may_stay(request, kept)):
                if kept.counted_as:
                    audience.note(request, kept.counted_as)
                counters.add("escale_page_cache_total", answer="stored")
                return answering.answer(request, kept)
        return self.get_response(request)


def next_midnight(at: dt.datetime, *, zone: dt.tzinfo) -> dt.datetime:
    """Return the next local midnight: when "tomorrow" and "in 3 days" become untrue."""
    day = at.astimezone(zone).date() + dt.timedelta(days=1)
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)


def snapshot(
    *, caching: str = PAGE_CACHING
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], Built]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """Turn a builder of bytes into a view that serves them from the store.

    The builder must depend on the path and the database only: never on a cookie, a header or the query. It is run
    again when the content version rose or `true_until` passed. Http404 is answered as usual and not kept.
    """

    def wrap(
        build: Callable[Concatenate[HttpRequest, P], Built],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            kept = _current(request, build, caching, *args, **kwargs)
            if kept.counted_as:
                audience.note(request, kept.counted_as)
            return answering.answer(request, kept)

        functools.update_wrapper(view, build)
        # Nothing to protect, and a POST must be answered by 405 rather than by a page about cookies. Django's decorator
        # would wrap the view once more, and `__wrapped__` would no longer be the builder.
        view.csrf_exempt = True  # type: ignore[attr-defined] # as Django marks it
        return view

    return wrap


def _current(
    request: HttpRequest,
    build: Callable[Concatenate[HttpRequest, P], Built],
    caching: str,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Stored:
    key = request.path
    kept = store.get(key)
    try:
        if kept is not None and _is_true(kept):
            return kept
        with store.building(key):
            kept = store.get(key)
            if kept is None or not _is_true(kept):
                version = store.version()
                # A page that nobody asked for before must be built, whatever is left to spend.
                with rebuilding.budget.spending() if kept is not None else contextlib.nullcontext():
                    kept = _keep(build(request, *args, **kwargs), version, caching, path=key)
                store.put(key, kept)
                counters.add("escale_page_cache_total", answer="built")
        return kept  # noqa: TRY300 - the except clause is for all of it
    except (DatabaseError, InterfaceError):
        # Better a page that was true a moment ago than an error: a calendar client switches a feed off on a 5xx.
        if kept is None:
            raise
        return kept


def _is_servable(kept: Stored) -> bool:
    """Tell whether stored bytes may be served as they are: still true, or nobody can know because of a database."""
    try:
        return _is_true(kept)
    except (DatabaseError, InterfaceError):
        return True


def _may_stay(request: HttpRequest, kept: Stored) -> bool:
    """Tell whether bytes that only a change made untrue, not the clock, are good enough for now."""
    return timezone.now() < kept.true_until and rebuilding.may_stay(
        request, untrue_since=store.untrue_since(kept.version)
    )


def _is_true(kept: Stored) -> bool:
    return kept.version == store.version().number and timezone.now() < kept.true_until


def _keep(built: Built, version: content_version.Version, caching: str, *, path: str) -> Stored:
    is_calendar = built.content_type.startswith("text/calendar")
    is_download = any(name == "Content-Disposition" for name, _value in built.headers)
    return stored(
        built.body,
        content_type=built.content_type,
        caching=caching,
        etag=weak_etag(built.body),
        headers={
            # What the language middleware would add; a stored answer does not pass it.
            "Content-Language": get_language() or settings.LANGUAGE_CODE,
            **dict(built.headers),
        },
        version=version.number,
        changed_at=max(version.changed_at, built.changed_at or content_version.EPOCH),
        true_until=built.true_until,
        counted_as=path if is_calendar and not is_download else "",
    )


def weak_etag(content: bytes) -> str:
    """Return an entity tag (RFC 9110, 8.8.3) for what a body is, or is made of; weak: packed bytes share it."""
    return f"W/{quote_etag(hashlib.blake2b(content, digest_size=16).hexdigest())}"


def stored(
    body: bytes,
    *,
    content_type: str,
    caching: str,
    etag: str,
    headers: Mapping[str, str],
    version: int = 0,
    changed_at: dt.datetime | None = None,
    true_until: dt.datetime = content_version.EPOCH,
    counted_as: str = "",
) -> Stored:
    """Return an answer that is ready to be sent any number of times; without `changed_at`, no Last-Modified.

    Last-Modified is the whole second after the change: within the second of a change there may be another one, of
    which a date would know nothing (RFC 9110, 8.8.2.2). Until then the second before is said, and no date matches.
    """
    validators = {"ETag": etag, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    last_modified = None if changed_at is None else int(changed_at.timestamp()) + 1
    if last_modified is not None:
        validators["Last-Modified"] = http_date(last_modified)
    return Stored(
        version=version,
        true_until=true_until,
        etag=etag,
        last_modified=last_modified,
        plain=body,
        packed=gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_TO_COMPRESS else None,
        validators=validators,
        headers={"Content-Type": content_type, **headers, **validators},
        counted_as=counted_as,
    )
