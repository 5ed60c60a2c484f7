"""What cycles tell the apps above, inside the transaction of the change (see accounts/events.py). `at` is UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.events import Event

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from cycles.models import Cycle, News, Session, SessionChange


@dataclass(frozen=True, kw_only=True)
class ScheduleChanged(Event):
    """A session was moved, postponed, cancelled or restored."""

    change: SessionChange
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SessionsAdded(Event):
    """Sessions of a cycle were created, or published."""

    cycle: Cycle
    session_ids: Collection[int]
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SessionLeaving(Event):
    """A session is about to be deleted, unless something speaks against it (cycles/questions.py)."""

    session: Session


@dataclass(frozen=True, kw_only=True)
class PlacesChanged(Event):
    """The number of places of a session, or of the whole cycle, is another."""

    cycle_id: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class NewsPublished(Event):
    """A post, such as a recap, became visible to everyone."""

    news: News
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SessionAnnounced(Event):
    """A date that is sure has a theme, which it did not have before."""

    session: Session
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class SpeakersChanged(Event):
    """The agenda was written anew: who speaks, or their addresses, may have changed."""

    session_id: int
    at: dt.datetime
