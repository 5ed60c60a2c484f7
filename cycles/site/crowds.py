"""How many places dates have left, how many people wait, and how many come: counted by the app that registers people.

Named questions with an answer, asked downwards: pages of this app show the numbers without knowing who registers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cycles.models import Session

# How long a page may tell of places that somebody has taken since, and of people who came since.
PLACES_HOLD = dt.timedelta(minutes=1)
CROWD_HOLD = dt.timedelta(minutes=10)
# Fewer people are not told of: their colleagues would know who they are.
FEWEST_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class Seats:
    """The places of a date for whoever comes now: how many are `left`, and how many wait before them."""

    left: int
    waiting: int

    @property
    def is_full(self) -> bool:
        return self.left == 0

    @property
    def words(self) -> str:
        """Say "3 places left", or how long the waiting list is."""
        if self.left:
            return ngettext("%(count)d place left", "%(count)d places left", self.left) % {"count": self.left}
        if not self.waiting:
            return _("Full · waiting list (nobody before you)")
        return ngettext(
            "Full · waiting list (%(count)d before you)",
            "Full · waiting list (%(count)d before you)",
            self.waiting,
        ) % {"count": self.waiting}


def needed_together(seats: Iterable[Seats]) -> Seats | None:
    """Return the places of whoever needs one at each of these dates: the smallest number; None where none count."""
    listed = list(seats)
    if not listed:
        return None
    return Seats(left=min(each.left for each in listed), waiting=max(each.waiting for each in listed))


class Crowd(NamedTuple):
    """How many people have a place, and from how many organisations."""

    people: int
    organisations: int

    @property
    def words(self) -> str:
        """Say "46 people from 22 organisations"; empty for too few to be told of."""
        if self.people < FEWEST_TOLD:
            return ""
        people = ngettext("%(count)d person", "%(count)d people", self.people) % {"count": self.people}
        if not self.organisations:
            return people
        return ngettext(
            "%(people)s from %(count)d organisation",
            "%(people)s from %(count)d organisations",
            self.organisations,
        ) % {"people": people, "count": self.organisations}


class Counter(Protocol):
    """Who counts. Each answer takes a number of queries that depends on nothing's number."""

    def seats(self, sessions: Iterable[Session]) -> Mapping[int, Seats]:
        """Return {session: its places} for those that count any, of their own or of their cycle."""

    def of_cycle(self, cycle: int) -> Crowd:
        """Return who has a place in a cycle."""

    def of_session(self, session: int) -> Crowd:
        """Return who has a place at a session."""


_counters: list[Counter] = []

# Counting a hundred thousand takes longer than everything else on a page: those of more people than MANY are counted
# once in CROWD_HOLD, however often the page is built, and at most so many of them are kept.
MANY = 1000
MOST_KEPT = 1000
_kept: dict[tuple[str, int], tuple[dt.datetime, Crowd]] = {}


def count_with(counter: Counter) -> None:
    """Name who counts."""
    _counters[:] = [counter]


def seats(sessions: Iterable[Session]) -> Mapping[int, Seats]:
    """Return {session: its places} for those that count any; no query when none does."""
    counted = [s for s in sessions if s.capacity is not None or s.cycle.capacity is not None]
    return _counters[0].seats(counted) if _counters and counted else {}


def of_cycle(cycle: int, *, at: dt.datetime) -> Crowd:
    """Return who has a place in a cycle; one query at most."""
    return _counted("cycle", cycle, _counters[0].of_cycle, at=at) if _counters else Crowd(0, 0)


def of_session(session: int, *, at: dt.datetime) -> Crowd:
    """Return who has a place at a session; one query at most."""
    return _counted("session", session, _counters[0].of_session, at=at) if _counters else Crowd(0, 0)


def _counted(sort: str, number: int, count: Callable[[int], Crowd], *, at: dt.datetime) -> Crowd:
    counted_at, crowd = _kept.get((sort, number), (at, None))
    if crowd is not None and counted_at <= at < counted_at + CROWD_HOLD:
        return crowd
    crowd = count(number)
    if crowd.people > MANY:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[sort, number] = (at, crowd)
    return crowd


def holds_until(
    until: dt.datetime, *, at: dt.datetime, counts: bool, crowd: Crowd | None = None
) -> dt.datetime:
    """Return when a page that tells these numbers is to be built again, `until` at the latest.

    `counts` says that it tells of places.
    """
    if counts:
        return min(until, at + PLACES_HOLD)
    return min(until, at + CROWD_HOLD) if crowd is not None else until
