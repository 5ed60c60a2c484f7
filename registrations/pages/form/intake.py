"""What the form of a cycle is made of, and the page it makes: read and laid out once per change of the site.

Each process keeps both with the site's content version (cycles.site.page_cache.snapshots); while nothing changed,
opening the form asks the database how full it is and nothing else. What differs from visitor to visitor (the CSRF
token, the mark of when the page was opened) is filled in by `Mould`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from django.db import connection
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.models import Cycle, Session
from cycles.site.page_cache.bounded import BUDGETS, BoundedCache
from cycles.site.page_cache.snapshots import store
from registrations.booking import places
from registrations.models import Question, SourceCode

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Hashable, Mapping

    from django.db.models import Model

FULL_SESSIONS = f"""
SELECT session.id, (
    SELECT COUNT(*) FROM {places.ROWS} waiting
    WHERE waiting.session_id = session.id AND waiting.state = 'waitlisted')
FROM {places.SESSIONS} session WHERE session.id IN ({{ids}}) AND session.capacity <= (
    SELECT COUNT(*) FROM {places.ROWS} held
    WHERE held.session_id = session.id AND held.state IN ('confirmed', 'offered', 'waitlisted'))
"""  # noqa: S608 - our own tables
FULL_CYCLE = f"""
SELECT -cycle.id, (
    SELECT COUNT(*) FROM {places.PEOPLE} waiting
    WHERE waiting.cycle_id = cycle.id AND waiting.state = 'waitlisted')
FROM {places.CYCLES} cycle WHERE cycle.id = %s AND cycle.capacity <= (
    SELECT COUNT(*) FROM {places.PEOPLE} held
    WHERE held.cycle_id = cycle.id AND held.state IN ('confirmed', 'offered', 'waitlisted'))
"""  # noqa: S608 - our own tables


class Sized(Protocol):
    """What knows about how many bytes it takes in memory."""

    @property
    def size(self) -> int:
        raise NotImplementedError


Kept = TypeVar("Kept", bound=Sized)


@dataclass(frozen=True)
class Intake:
    """A cycle that registers people here, and everything its form asks. Shared by threads: read only."""

    cycle: Cycle
    sessions: tuple[Session, ...]
    # Cancelled or postponed: whoever comes by a link to one is told so.
    off: tuple[Session, ...]
    questions: tuple[Question, ...]
    codes: frozenset[str]

    def ahead(self, *, at: dt.datetime) -> list[Session]:
        """Return the sessions that are not over, soonest first."""
        return [session for session in self.sessions if session.ends_at and session.ends_at > at]

    @property
    def may_wait(self) -> bool:
        """True where somebody who registers may find no place left: the cycle or one of its dates counts them."""
        return self.cycle.capacity is not None or any(each.capacity is not None for each in self.sessions)

    @property
    def size(self) -> int:
        rows: list[Model] = [self.cycle, *self.sessions, *self.off, *self.questions]
        texts = (str(getattr(value, "data", value)) for row in rows for value in vars(row).values())
        return sum(map(sys.getsizeof, texts)) + sum(map(sys.getsizeof, self.codes))


@dataclass(frozen=True)
class Fullness:
    """Where somebody who registers now would wait: (session, how many wait there) each, and for the cycle itself.

    `cycle` is None where it is not full.
    """

    sessions: frozenset[tuple[int, int]] = frozenset()
    cycle: int | None = None

    @property
    def is_cycle(self) -> bool:
        return self.cycle is not None

    def words(self, session: int) -> str:
        """Return that a session is full and how many wait before a newcomer, in words; empty when it is not."""
        waiting = dict(self.sessions).get(session)
        return "" if waiting is None else _full(waiting)

    @property
    def cycle_words(self) -> str:
        """Say how many wait for a place in the cycle before a newcomer; empty when nobody does."""
        if not self.cycle:
            return ""
        return ngettext(
            "%(count)d person waits before you.", "%(count)d people wait before you.", self.cycle
        ) % {"count": self.cycle}


def _full(waiting: int) -> str:
    if not waiting:
        return _("full: waiting list (nobody before you)")
    return ngettext(
        "full: waiting list (%(count)d before you)", "full: waiting list (%(count)d before you)", waiting
    ) % {"count": waiting}


class Cache:
    """What one process keeps until the site's content changes, as much of it as BUDGETS says."""

    def __init__(self) -> None:
        self._kept: BoundedCache[tuple[int, Sized]] = BoundedCache(
            most_bytes=BUDGETS["registration forms"], size=lambda kept: kept[1].size
        )

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        self._kept.clear()

    def get(self, key: Hashable, build: Callable[[], Kept]) -> Kept:
        """Return what is kept under a key, or build it; what `build` raises is passed on and not kept."""
        version = store.version().number
        known = self._kept.get(key)
        if known is not None and known[0] == version:
            return known[1]  # type: ignore[return-value]  # each kind of key has one kind of value
        made = build()
        self._kept.put(key, (version, made))
        return made


cache = Cache()


def intake(slug: str) -> Intake:
    """Return what the form of a published cycle of ours is made of. Raises Http404."""
    return cache.get(("intake", slug), lambda: _read(slug))


def _read(slug: str) -> Intake:
    cycle = get_object_or_404(Cycle.objects.registrable().select_related("programme__picture"), slug=slug)
    every = list(Session.objects.published().filter(cycle=cycle).order_by("starts_at", "pk"))
    for session in every:
        session.cycle = cycle
    return Intake(
        cycle=cycle,
        sessions=tuple(session for session in every if session.is_held),
        off=tuple(session for session in every if not session.is_held),
        questions=tuple(Question.objects.filter(cycle=cycle, is_retired=False)),
        codes=frozenset(SourceCode.objects.filter(cycle=cycle).values_list("code", flat=True)),
    )


def fullness(found: Intake, *, at: dt.datetime) -> Fullness:
    """Return where there is no place left now: one query where places are counted, none elsewhere."""
    counted = [session.pk for session in found.ahead(at=at) if session.capacity is not None]
    statements, parameters = [], []
    if counted:
        statements.append(FULL_SESSIONS.format(ids=", ".join(["%s"] * len(counted))))
        parameters += counted
    if found.cycle.capacity is not None:
        statements.append(FULL_CYCLE)
        parameters.append(found.cycle.pk)
    if not statements:
        return Fullness()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), parameters)
        full = dict(cursor.fetchall())
    sessions = frozenset((pk, waiting) for pk, waiting in full.items() if pk > 0)
    return Fullness(sessions=sessions, cycle=full.get(-found.cycle.pk))


class Mould:
    """A page with holes: the text between marks that stand for what differs from one visitor to the next."""

    def __init__(self, page: str, *, marks: Collection[str]) -> None:
        self._parts: list[tuple[str, str]] = []
        rest = page
        while result := min(
            ((place, mark) for mark in marks if (place := rest.find(mark)) >= 0), default=None
        ):
            place, mark = result
            self._parts.append((rest[:place], mark))
            rest = rest[place + len(mark) :]
        self._rest = rest

    @property
    def size(self) -> int:
        return sum(sys.getsizeof(text) for text, _mark in self._parts) + sys.getsizeof(self._rest)

    def fill(self, values: Mapping[str, Callable[[], str]]) -> str:
        """Return the page with a value, ready for HTML, for each mark; only those that stand in it are made."""
        made = {mark: values[mark]() for mark in {mark for _text, mark in self._parts}}
        return "".join(text + made[mark] for text, mark in self._parts) + self._rest
