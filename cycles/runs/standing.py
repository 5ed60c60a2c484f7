"""How a run stands for a visitor at a moment: when and where, whether one can register, with how many places.

Nothing here says that a run is open unless there is a way in: a form here, or an address elsewhere.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cycles.language import naming, wording
from cycles.models import Cycle, Session
from cycles.site.pages.facts import contact_of
from cycles.site.pages.stops import language, next_session, takes_registrations

from .lengths import in_hours

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.site.crowds import Seats


class State(enum.Enum):
    """Where a run stands; `label` is what people read."""

    OPEN = "open"
    FULL = "full"
    SOON = "soon"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    LIVE = "live"
    BEGUN = "begun"
    DONE = "done"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    ANNOUNCED = "announced"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    State.OPEN: gettext_lazy("registration open"),
    State.FULL: gettext_lazy("full, waiting list open"),
    State.SOON: gettext_lazy("registration not open yet"),
    State.CLOSED: gettext_lazy("registration closed"),
    State.ELSEWHERE: gettext_lazy("registration elsewhere"),
    State.LIVE: gettext_lazy("in progress"),
    State.BEGUN: gettext_lazy("begun"),
    State.DONE: gettext_lazy("past"),
    State.POSTPONED: gettext_lazy("postponed"),
    State.CANCELLED: gettext_lazy("cancelled"),
    State.ANNOUNCED: gettext_lazy("announced"),
}
# The class of each in the style sheet.
CSS = {
    State.OPEN: "next",
    State.LIVE: "live",
    State.DONE: "done",
    State.POSTPONED: "postponed",
    State.CANCELLED: "cancelled",
}
WITH_FORM = (State.OPEN, State.FULL)
# What is over, or will not be, stands below what is ahead.
BEHIND = (State.DONE, State.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run as a visitor sees it. `seats` is None without a limit of places."""

    cycle: Cycle
    sessions: tuple[Session, ...]
    state: State
    seats: Seats | None
    opens: str

    @property
    def css(self) -> str:
        return CSS.get(self.state, "confirmed")

    @property
    def name(self) -> str:
        """Return "Run 2", or what a workshop is called."""
        word = str(self.cycle.session_word)
        is_workshop = bool(self.sessions) and self.sessions[0].number is None
        return word if is_workshop and word else _("Run %(number)s") % {"number": self.cycle.run_number}

    @property
    def can_register(self) -> bool:
        return self.state in WITH_FORM

    @property
    def is_full(self) -> bool:
        return self.state == State.FULL

    @property
    def is_ahead(self) -> bool:
        return self.state not in BEHIND

    @property
    def first(self) -> Session | None:
        """Return the half-day that it begins with, of those that are held if there are any."""
        held = [s for s in self.sessions if s.is_held] or [s for s in self.sessions if s.starts_at]
        return held[0] if held else None

    @property
    def dates(self) -> str:
        """Say when, in words: of a run of ours by its half-days, of others by what was announced."""
        return dates(self.cycle, self.sessions)

    @property
    def length(self) -> str:
        """Say how long it is: "2 half-days, 7 h in all"; empty while nothing is planned."""
        held = [s for s in self.sessions if s.is_held and s.starts_at and s.ends_at and not s.is_all_day]
        if not held:
            return ""
        minutes = sum(
            int((s.ends_at - s.starts_at).total_seconds()) // 60 for s in held if s.ends_at and s.starts_at
        )
        hours = in_hours(minutes)
        if held[0].number is None and len(held) == 1:
            return hours
        count = ngettext("%(count)d half-day", "%(count)d half-days", len(held)) % {"count": len(held)}
        return _("%(count)s, %(hours)s in all") % {"count": count, "hours": hours}

    @property
    def where(self) -> str:
        """Say where, in words, naming each place once."""
        return wheres(self.sessions)

    @property
    def places(self) -> str:
        """Say how many places are left, or wait before a newcomer; empty where none are counted or nobody registers."""
        return self.seats.words if self.can_register and self.seats is not None else ""

    @property
    def contact(self) -> str:
        """Return the mailbox that answers about it: its own, its programme's, else the site's."""
        return contact_of(self.cycle)


def dates(cycle: Cycle, sessions: Sequence[Session]) -> str:
    """Say in words when a run is: by its half-days where it has any, by what was announced where others hold it."""
    held = [s for s in sessions if s.is_held] or sessions
    days = sorted({day for s in held if (day := s.local_date)})
    if not days:
        days = [day for day in (cycle.first_date, cycle.last_date) if day]
    if not days:
        return _("no date yet")
    if not sessions and cycle.last_date is None:
        return _("from %(date)s") % {"date": wording.long_date(days[0], language=language())}
    return wording.days(days[0], days[-1], language=language())


def wheres(sessions: Sequence[Session]) -> str:
    """Say where sessions are held, each place once, in their order."""
    held = [s for s in sessions if s.is_held] or list(sessions)
    return " · ".join(dict.fromkeys(naming.where(session) for session in held))


def run(cycle: Cycle, sessions: Sequence[Session], *, seats: Seats | None, at: dt.datetime) -> Run:
    """Return how a run stands; `sessions` are its public ones, in order. Reads nothing from the database."""
    for session in sessions:
        session.cycle = cycle
    state = _external(cycle, at=at) if cycle.is_external else _ours(cycle, sessions, seats=seats, at=at)
    return Run(
        cycle=cycle,
        sessions=tuple(sessions),
        state=state,
        seats=seats,
        opens=_opening(cycle, at=at) if state == State.SOON else "",
    )


def _ours(cycle: Cycle, sessions: Sequence[Session], *, seats: Seats | None, at: dt.datetime) -> State:
    if not sessions:
        return _by_dates(cycle, at=at) if cycle.first_date else State.ANNOUNCED
    if all(session.status == Session.Status.CANCELLED for session in sessions):
        return State.CANCELLED
    coming = next_session(sessions, at=at)
    if coming is None:
        waits = any(session.status == Session.Status.POSTPONED for session in sessions)
        return State.POSTPONED if waits else State.DONE
    if takes_registrations(cycle, at=at):
        return State.FULL if seats is not None and seats.is_full else State.OPEN
    if any(session.is_held and session.starts_at and session.starts_at <= at for session in sessions):
        return State.LIVE
    opens = cycle.registration_opens_at
    is_soon = opens is not None and opens > at and cycle.registration_mode != Cycle.RegistrationMode.CLOSED
    return State.SOON if is_soon and cycle.status == Cycle.Status.PUBLISHED else State.CLOSED


def _external(cycle: Cycle, *, at: dt.datetime) -> State:
    """Return where a run held elsewhere stands: by its dates, and open only where there is an address to go to."""
    state = _by_dates(cycle, at=at)
    return State.ELSEWHERE if state == State.ANNOUNCED and cycle.external_url else state


def _by_dates(cycle: Cycle, *, at: dt.datetime) -> State:
    today = at.astimezone(ZoneInfo(cycle.timezone)).date()
    last = cycle.last_date
    if last is not None and last < today:
        return State.DONE
    if cycle.first_date is not None and cycle.first_date <= today:
        # Without a last day nobody knows whether it still goes on: it is not said that it does.
        return State.LIVE if last is not None else State.BEGUN
    return State.ANNOUNCED


def _opening(cycle: Cycle, *, at: dt.datetime) -> str:
    moment = cycle.registration_opens_at
    return (
        wording.short_when(moment, zone=cycle.timezone, language=language()) if moment and moment > at else ""
    )
