"""What the page of somebody who speaks shows, worked out once before the template."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils.translation import get_language

from cycles.language import wording
from cycles.models import Segment, Session
from cycles.site import pages as cycle_pages
from registrations import rooms
from registrations.attendance.models import Attendance
from registrations.models import Registration
from registrations.pages.own.my_pages import ENTRY_CLOSES
from speakers.answers import board
from speakers.answers.standing import Standing
from speakers.models import SpeakerConsent
from speakers.people import access

if TYPE_CHECKING:
    from cycles.site.pages import Stop
    from speakers.models import Briefing, Contact

# Whose page shows the practical side: notes, rehearsal, room.
COMING = (Standing.CONFIRMED, Standing.ASKED_AGAIN)
# Below so many people no figure is told: it would be about persons.
FEWEST = 5


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class ConsentLine:
    """One purpose and the last word on it."""

    purpose: str
    label: str
    last: SpeakerConsent | None

    @property
    def is_given(self) -> bool:
        return self.last is not None and self.last.is_given and self.last.ended_at is None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One session on the page of somebody who speaks there."""

    session: Session
    stop: Stop
    seat: board.Seat
    when: str
    own_when: str
    segments: tuple[Segment, ...]
    mine: frozenset[int]
    briefing: Briefing | None
    rehearsal: str
    consents: tuple[ConsentLine, ...]
    is_over: bool
    has_begun: bool
    is_room_ready: bool
    registered: int
    came: int

    @property
    def standing(self) -> str:
        return str(self.seat.standing)

    @property
    def is_asked(self) -> bool:
        """True while the two buttons are the thing to do."""
        return self.may_answer and self.seat.standing in (
            Standing.SILENT,
            Standing.UNASKED,
            Standing.ASKED_AGAIN,
        )

    @property
    def may_answer(self) -> bool:
        return self.session.is_held and not self.has_begun

    @property
    def is_coming(self) -> bool:
        return self.seat.standing in COMING

    @property
    def may_enter(self) -> bool:
        return self.is_coming and self.session.is_held and self.session.has_room and not self.is_over


def parts(contact: Contact, *, at: dt.datetime) -> list[Part]:
    """Return the sessions of a contact: those to come by date, then those that are over, the last first.

    A fixed number of queries, whatever the number of sessions.
    """
    sessions = (
        access.sessions(contact)
        .exclude(status=Session.Status.DRAFT)
        .select_related("cycle__programme__picture", "briefing")
        .prefetch_related("segments__topic")
        .order_by("starts_at", "pk")
    )
    result = of_sessions(contact, list(sessions), at=at)
    ahead = [part for part in result if not part.is_over]
    return ahead + [part for part in reversed(result) if part.is_over]


def of_sessions(contact: Contact, sessions: list[Session], *, at: dt.datetime) -> list[Part]:
    """Return what the page of a contact says of these sessions; those at which no slot names them are left out."""
    counts = _figures([session for session in sessions if _is_over(session, at=at)])
    return [
        _part(contact, seat, counts=counts.get(seat.session.pk, (0, 0)), at=at)
        for one in board.boards(sessions, at=at)
        for seat in one.seats
        if seat.email == contact.email and seat.contact is not None
    ]


def _is_over(session: Session, *, at: dt.datetime) -> bool:
    return session.ends_at is not None and at >= session.ends_at + ENTRY_CLOSES


def _part(contact: Contact, seat: board.Seat, *, counts: tuple[int, int], at: dt.datetime) -> Part:
    session = seat.session
    zone = contact.timezone or session.cycle.timezone
    briefing = getattr(session, "briefing", None)
    return Part(
        session=session,
        stop=cycle_pages.stop(session, at=at),
        seat=seat,
        when=_when(session, session.cycle.timezone),
        own_when=_when(session, zone) if _differs(session, zone) else "",
        segments=tuple(session.segments.all()),
        mine=frozenset(slot.segment_id for slot in seat.slots),
        briefing=briefing,
        rehearsal=_rehearsal(briefing, zone),
        consents=tuple(
            ConsentLine(purpose=purpose.value, label=str(purpose.label), last=seat.consents.get(purpose))
            for purpose in SpeakerConsent.Purpose
        ),
        is_over=_is_over(session, at=at),
        has_begun=session.starts_at is not None and session.starts_at <= at,
        is_room_ready=rooms.is_ready(session),
        registered=counts[0],
        came=counts[1],
    )


def _when(session: Session, zone: str) -> str:
    if session.starts_at is None or session.ends_at is None:
        return ""
    return wording.long_when(
        session.starts_at, session.ends_at, zone=zone, all_day=session.is_all_day, language=language()
    )


def _differs(session: Session, zone: str) -> bool:
    if session.starts_at is None or session.is_all_day or zone == session.cycle.timezone:
        return False
    there = session.starts_at.astimezone(ZoneInfo(zone))
    return there.utcoffset() != session.starts_at.astimezone(session.zone).utcoffset()


def _rehearsal(briefing: Briefing | None, zone: str) -> str:
    if briefing is None or briefing.rehearsal_starts_at is None:
        return ""
    starts_at = briefing.rehearsal_starts_at
    ends_at = starts_at + dt.timedelta(minutes=briefing.rehearsal_minutes)
    return wording.long_when(starts_at, ends_at, zone=zone, all_day=False, language=language())


def _figures(sessions: list[Session]) -> dict[int, tuple[int, int]]:
    """Return how many had a place at each session and how many came; nothing for fewer than FEWEST."""
    if not sessions:
        return {}
    seats = Registration.objects.filter(session__in=sessions).confirmed()
    registered = dict(seats.order_by().values_list("session").annotate(Count("pk")))
    rows = Attendance.objects.filter(registration__session__in=sessions).came()
    came = dict(
        rows.order_by().values_list("registration__session").annotate(Count("registration", distinct=True))
    )

    def told(count: int) -> int:
        return count if count >= FEWEST else 0

    return {row.pk: (told(registered.get(row.pk, 0)), told(came.get(row.pk, 0))) for row in sessions}
