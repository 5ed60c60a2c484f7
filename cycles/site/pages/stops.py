"""One session as it stands at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from cycles.models import Cycle, CycleException, Session, SpeakerSlot
from cycles.schedule import first_dates
from cycles.site import crowds
from cycles.site.page_cache.snapshots import next_midnight

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from i18nfield.strings import LazyI18nString

    from cycles.models import News


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class DateBlock:
    """The leaf of a calendar: month, day and weekday as short words."""

    weekday: str
    day: str
    month: str


def date_block(session: Session) -> DateBlock | None:
    date = session.local_date
    if date is None:
        return None
    return DateBlock(
        weekday=wording.short_weekday_name(date, language=language()),
        day=str(date.day),
        month=wording.short_month_name(date, language=language()),
    )


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop of the line as it stands at a moment."""

    session: Session
    block: DateBlock | None
    state: str  # its class: next, live, done, confirmed, tentative, postponed, cancelled
    state_word: str
    is_next: bool
    rank: str
    # Why dates that the rule gave were left, by date.
    reasons: Mapping[dt.date, LazyI18nString]
    countdown: str
    slots: tuple[SpeakerSlot, ...]
    recap: News | None = None
    year: str = ""  # on the first stop of a year only
    # Of a date that takes registrations and counts places.
    seats: crowds.Seats | None = None
    # Why it stands beside the rule; None for a date that the rule gave.
    added: CycleException | None = None

    @property
    def css(self) -> str:
        """The classes of `li.stop`; a stop whose theme is unknown is lighter."""
        return self.state if self.session.has_theme else f"{self.state} todo"

    @cached_property
    def left(self) -> first_dates.Left | None:
        """From which day it was moved: read when a page shows it, for most lists do not."""
        return first_dates.left(self.session)

    @property
    def is_moved(self) -> bool:
        return self.left is not None

    @property
    def planned(self) -> dt.date | None:
        return self.left.date if self.left else None

    @property
    def reason(self) -> LazyI18nString | str | None:
        """Why it was moved."""
        return self.left.reason or self.reasons.get(self.left.date) if self.left else None

    @property
    def is_unsure(self) -> bool:
        """True for the next one whose date is not confirmed: “next” alone would hide it."""
        return self.is_next and self.session.status == self.session.Status.TENTATIVE

    @property
    def hours(self) -> str:
        """Say from when to when, with the zone where it is not the site's own; empty without a date."""
        session = self.session
        if session.starts_at is None or session.ends_at is None:
            return ""
        if session.is_all_day:
            return naming.hour_note(session) or _("whole day")
        zone = session.cycle.timezone
        hours = wording.hours(session.starts_at, session.ends_at, zone=zone, language=language())
        if zone == settings.TIME_ZONE:
            return hours
        return f"{hours} ({wording.zone_name(zone, language=language())})"


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A date of the rule on which nothing is held, shown in its place on the line."""

    date: dt.date
    reason: LazyI18nString


def stop(
    session: Session,
    *,
    at: dt.datetime,
    is_next: bool = False,
    reasons: dict[dt.date, LazyI18nString] | None = None,
    slots: Iterable[SpeakerSlot] = (),
    recap: News | None = None,
    year: str = "",
    seats: crowds.Seats | None = None,
    added: CycleException | None = None,
) -> Stop:
    """Return how a session stands at `at`; `reasons` says why planned dates were left, by date."""
    phase = session.phase(at=at)
    is_coming = phase in (Session.Phase.TENTATIVE, Session.Phase.CONFIRMED)
    is_next = is_next and is_coming
    return Stop(
        session=session,
        block=date_block(session),
        state="next" if is_next else str(phase),
        state_word=_("next") if is_next else str(phase.label),
        is_next=is_next,
        rank=_rank(session),
        reasons=reasons or {},
        countdown=(
            wording.countdown(at, session.starts_at, zone=session.cycle.timezone, language=language())
            if session.starts_at and is_coming
            else ""
        ),
        slots=tuple(slots),
        recap=recap,
        year=year,
        seats=seats,
        added=added,
    )


def _rank(session: Session) -> str:
    """Say which Thursday it is where the rule counts them: a date beside the rule has no place in it."""
    if session.local_date is None or session.planned_date is None:
        return ""
    return wording.nth_in_words(session.local_date, language=language())


def speakers_of(sessions: Iterable[Session]) -> QuerySet[SpeakerSlot]:
    """Return who speaks in sessions, in the order of their agendas, as far as the public is told."""
    return (
        SpeakerSlot.objects.announced()
        .filter(segment__session__in=[s.pk for s in sessions])
        .select_related("segment__topic", "person__organisation", "organisation", "illustrates")
        .order_by("segment__session", "segment__order", "order")
    )


def reasons_of(sessions: Iterable[Session]) -> dict[dt.date, LazyI18nString]:
    """Return {planned date: why it was left} for the moved ones among sessions of one cycle; one query, or none."""
    moved = [(s.cycle_id, s.planned_date) for s in sessions if s.is_off_rule]
    if not moved:
        return {}
    exceptions = CycleException.objects.filter(
        cycle__in={cycle for cycle, _date in moved}, planned_date__in=[date for _cycle, date in moved]
    )
    return {e.planned_date: e.reason for e in exceptions if str(e.reason)}


def next_session(sessions: Iterable[Session], *, at: dt.datetime) -> Session | None:
    """Return the first held session that has not ended."""
    held = [s for s in sessions if s.is_held and s.starts_at and s.ends_at and s.ends_at > at]
    return min(held, key=lambda s: (s.starts_at, s.pk), default=None)


def true_until(sessions: Iterable[Session], *, zone: dt.tzinfo, at: dt.datetime) -> dt.datetime:
    """Return when the clock alone makes a page untrue: a session begins or ends, or midnight comes in `zone`."""
    moments = [moment for s in sessions for moment in (s.starts_at, s.ends_at) if moment and moment > at]
    return min([*moments, next_midnight(at, zone=zone)])


def is_registrable(session: Session, *, at: dt.datetime) -> bool:
    """Say whether the page offers to register: held, not over, in a cycle that registers here and now."""
    return (
        takes_registrations(session.cycle, at=at)
        and session.is_held
        and bool(session.ends_at and session.ends_at > at)
    )


def takes_registrations(cycle: Cycle, *, at: dt.datetime) -> bool:
    """Say whether a cycle registers people here at `at`: published, ours, open, inside its window."""
    return (
        cycle.status == Cycle.Status.PUBLISHED
        and not cycle.is_external
        and cycle.kind in Cycle.Kind.with_registration()
        and cycle.registration_mode != Cycle.RegistrationMode.CLOSED
        and (cycle.registration_opens_at is None or cycle.registration_opens_at <= at)
        and (cycle.registration_closes_at is None or at < cycle.registration_closes_at)
    )


def seats_of(sessions: Iterable[Session], *, at: dt.datetime) -> Mapping[int, crowds.Seats]:
    """Return {session: its places} for those that take registrations and count them; two queries, or none."""
    return crowds.seats([session for session in sessions if is_registrable(session, at=at)])
