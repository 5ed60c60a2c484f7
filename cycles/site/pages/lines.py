"""A cycle as a line: its stops in order, how far it has come, what comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.models import CycleException
from cycles.schedule import first_dates
from cycles.site.look.route import Route, route

from .stops import Skipped, Stop, next_session, stop, takes_registrations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cycles.models import Cycle, News, Session, SpeakerSlot
    from cycles.site.crowds import Seats


class HasSession(Protocol):
    @property
    def session(self) -> Session: ...


OnLine = TypeVar("OnLine", bound=HasSession)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A cycle at a moment: the stops with the skipped dates between them, the drawn route, the progress in words."""

    cycle: Cycle
    items: tuple[Stop | Skipped, ...]
    next_stop: Stop | None
    route: Route | None
    progress: str
    can_register: bool

    @property
    def is_full(self) -> bool:
        """True when no date to come has a place left: whoever registers now waits."""
        ahead = [
            s for s in self.items if isinstance(s, Stop) and s.state in ("next", "confirmed", "tentative")
        ]
        return bool(ahead) and all(s.seats is not None and s.seats.is_full for s in ahead)

    @property
    def is_past_and_bare(self) -> bool:
        """True when all is over and no theme was kept: then the leaves of the calendar say it all."""
        return bool(self.items) and all(
            isinstance(item, Stop) and item.state == "done" and not item.session.has_theme
            for item in self.items
        )


def line(
    cycle: Cycle,
    sessions: Sequence[Session],
    *,
    at: dt.datetime,
    exceptions: Iterable[CycleException] = (),
    slots: Mapping[int, Sequence[SpeakerSlot]] | None = None,
    recaps: Mapping[int, News] | None = None,
    seats: Mapping[int, Seats] | None = None,
) -> Line:
    """Return the line of a cycle from its published sessions, in the order of their dates; reads no database."""
    exceptions = list(exceptions)
    sessions = in_date_order(sessions)
    added = {e.planned_date: e for e in exceptions if e.kind == CycleException.Kind.ADDED}
    reasons = {e.planned_date: e.reason for e in exceptions if str(e.reason)}
    coming = next_session(sessions, at=at)
    years = _first_of_years(sessions)
    stops = []
    for session in sessions:
        session.cycle = cycle
        stops.append(
            stop(
                session,
                at=at,
                is_next=session is coming,
                reasons=reasons,
                slots=(slots or {}).get(session.pk, ()),
                recap=(recaps or {}).get(session.pk),
                year=years.get(session.pk, ""),
                seats=(seats or {}).get(session.pk),
                added=_added(session, added),
            )
        )
    return Line(
        cycle=cycle,
        items=tuple(in_place(stops, exceptions)),
        next_stop=next((s for s in stops if s.is_next or s.state == "live"), None),
        route=route([s.state for s in stops]) if len(stops) > 1 else None,
        progress=_progress(stops),
        can_register=coming is not None and takes_registrations(cycle, at=at),
    )


def _added(session: Session, added: Mapping[dt.date, CycleException]) -> CycleException | None:
    """Return why a date stands beside the rule, kept under the day that it was added on."""
    # Where no date was added, which many lists do not even read, nothing is asked about the changes of a session.
    if not added or session.local_date is None or session.planned_date is not None:
        return None
    date = first_dates.first_date(session)
    return added.get(date) if date else None


def in_date_order(sessions: Sequence[Session]) -> list[Session]:
    """Return sessions by date, whatever their numbers: one that was added later stands between its neighbours.

    One without a date (postponed) keeps its place: that of the day the rule gave, else behind the one before it.
    """
    keys: dict[int, tuple[dt.date, bool]] = {}
    before = dt.date.min
    for session in sessions:
        day = session.local_date or session.planned_date
        keys[session.pk] = (day or before, day is None)
        before = max(before, day) if day else before
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(sessions, key=lambda s: (*keys[s.pk], s.starts_at or far))


def _first_of_years(sessions: Sequence[Session]) -> dict[int, str]:
    """Return {session: year} for the first session of each year after the first one of the line."""
    result: dict[int, str] = {}
    year: int | None = None
    for session in sessions:
        date = session.local_date
        if date is None:
            continue
        if year is not None and date.year != year:
            result[session.pk] = str(date.year)
        year = date.year
    return result


def in_place(stops: Sequence[OnLine], exceptions: Iterable[CycleException]) -> list[OnLine | Skipped]:
    """Return the line with each date left out before the first later stop."""
    results: list[OnLine | Skipped] = []
    skipped = [
        Skipped(date=e.planned_date, reason=e.reason)
        for e in exceptions
        if e.kind == CycleException.Kind.SKIPPED
    ]
    waiting = sorted(skipped, key=lambda s: s.date)
    for item in stops:
        day = item.session.local_date or item.session.planned_date
        while waiting and day and waiting[0].date < day:
            results.append(waiting.pop(0))
        results.append(item)
    return [*results, *waiting]


def _progress(stops: Sequence[Stop]) -> str:
    """Return "12 dates: 2 past, 10 to come" in words; cancelled ones are said so."""
    done = sum(s.state == "done" for s in stops)
    cancelled = sum(s.state == "cancelled" for s in stops)
    ahead = len(stops) - done - cancelled
    parts = []
    if done:
        parts.append(ngettext("%(count)d past", "%(count)d past", done) % {"count": done})
    if cancelled:
        parts.append(ngettext("%(count)d cancelled", "%(count)d cancelled", cancelled) % {"count": cancelled})
    if ahead:
        parts.append(ngettext("%(count)d to come", "%(count)d to come", ahead) % {"count": ahead})
    if not parts:
        return ""
    total = ngettext("%(count)d date", "%(count)d dates", len(stops)) % {"count": len(stops)}
    return _("%(total)s: %(parts)s") % {"total": total, "parts": ", ".join(parts)}
