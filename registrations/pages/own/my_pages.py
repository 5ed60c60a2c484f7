"""What a person's own pages show, worked out once before the template."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language

from cycles.language import wording
from cycles.models import Cycle, Session
from cycles.site import pages as cycle_pages
from registrations import places_left, rooms
from registrations.booking import ALIVE
from registrations.links import personal_links
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.own import standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registrations.models import Participant

ENTRY_CLOSES = dt.timedelta(hours=1)


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def own_time(session: Session, zone: str) -> str:
    """Return when a session is in the reader's own zone; empty where that says nothing new."""
    if not zone or session.starts_at is None or session.ends_at is None or session.is_all_day:
        return ""
    if (
        session.starts_at.astimezone(ZoneInfo(zone)).utcoffset()
        == session.starts_at.astimezone(session.zone).utcoffset()
    ):
        return ""
    return wording.long_when(
        session.starts_at, session.ends_at, zone=zone, all_day=False, language=language()
    )


def may_wait(cycle: Cycle) -> bool:
    """Tell whether somebody who registers may find no place left: places are counted somewhere in the cycle."""
    return cycle.capacity is not None or cycle.sessions.exclude(capacity=None).exists()


@dataclass(frozen=True, kw_only=True)
class MyStop:
    """One session of a cycle for one person."""

    stop: cycle_pages.Stop
    row: Registration | None
    own_time: str
    join_path: str
    may_sign: bool
    can_cancel: bool
    can_take: bool
    # Whoever takes it waits for a place.
    is_full: bool
    # Held, and not over; past is what has ended, or was to end before now.
    is_held_ahead: bool
    is_past: bool
    standing: str

    @property
    def is_mine(self) -> bool:
        return self.row is not None and self.row.state in ALIVE


@dataclass(frozen=True, kw_only=True)
class MyCycle:
    """One cycle that a person registered for, with its line; `position` on its own waiting list."""

    registration: CycleRegistration
    line: tuple[MyStop, ...]
    position: int | None
    offer_path: str
    offer_until: str
    # Cancelled, and whoever gets into the cycle now waits for a place.
    is_full: bool

    @property
    def ahead(self) -> tuple[MyStop, ...]:
        return tuple(stop for stop in self.line if not stop.is_past)

    @property
    def past(self) -> tuple[MyStop, ...]:
        return tuple(stop for stop in self.line if stop.is_past)

    @property
    def is_live(self) -> bool:
        return self.registration.state == State.CONFIRMED

    @property
    def can_cancel_all(self) -> bool:
        """True when there is a place, or the wish for one, to give up: not once every date is past."""
        is_wished = self.registration.state in (*ALIVE, State.IN_REVIEW)
        return is_wished and (bool(self.ahead) or not self.line)

    @property
    def can_take_all(self) -> bool:
        """True when there is more to register for at once than is held."""
        is_whole = self.is_live and self.registration.scope == CycleRegistration.Scope.ALL
        return not is_whole and self.may_return and any(stop.can_take for stop in self.line)

    @property
    def was_whole(self) -> bool:
        """True when coming back as before is coming back for the whole cycle."""
        is_whole = self.registration.scope == CycleRegistration.Scope.ALL
        return is_whole and self.registration.state == State.CANCELLED

    @property
    def can_restore(self) -> bool:
        """True when what was cancelled can be taken up again as it was."""
        is_cancelled = self.registration.state == State.CANCELLED
        return is_cancelled and any(stop.can_take for stop in self.line)

    @property
    def would_wait(self) -> bool:
        """True when coming back would only be waiting: the cycle is full by now, or each of its dates is."""
        open_dates = [stop for stop in self.line if stop.can_take]
        is_full = self.is_full or all(stop.is_full for stop in open_dates)
        return self.can_restore and is_full and not self.would_ask

    @property
    def would_ask(self) -> bool:
        """True when coming back is asking: an organiser decides, and has not decided yet."""
        is_decided = self.registration.decided_at is not None
        mode = self.registration.cycle.registration_mode
        return self.can_restore and mode == Cycle.RegistrationMode.APPROVAL and not is_decided

    @property
    def may_choose(self) -> bool:
        """False in a run, and for somebody who waits for a place in the cycle, or for a decision, or was refused."""
        return not self.registration.cycle.is_run and self.may_return

    @property
    def may_return(self) -> bool:
        return self.registration.state in (State.CONFIRMED, State.CANCELLED)


def my_cycles(participant: Participant, *, zone: str = "", at: dt.datetime) -> tuple[MyCycle, ...]:
    """Return a person's cycles, each with its line; a fixed number of queries."""
    registrations = list(
        participant.cycle_registrations.filter(confirmed_at__isnull=False)
        .select_related("cycle__programme__picture")
        .order_by("-confirmed_at", "-pk")
    )
    by_cycle: dict[int, list[Session]] = defaultdict(list)
    sessions = Session.objects.published().filter(cycle__in=[r.cycle_id for r in registrations])
    for session in sessions.select_related("cycle", "territory").in_order():
        by_cycle[session.cycle_id].append(session)
    rows = {row.session_id: row for row in participant.registrations.all()}
    positions = waiting_positions(row.session_id for row in rows.values() if row.state == State.WAITLISTED)
    full = places_left.full_dates(
        session
        for sessions in by_cycle.values()
        for session in sessions
        if _is_ahead(session, at=at) and not _is_mine(rows.get(session.pk))
    )
    full_cycles = places_left.full_cycles(r.cycle for r in registrations if r.state == State.CANCELLED)
    results = []
    for registration in registrations:
        line = cycle_pages.in_date_order(by_cycle[registration.cycle_id])
        coming = [s for s in line if s.is_held and s.ends_at and s.ends_at > at]
        first = min(coming, key=lambda s: (s.starts_at, s.pk), default=None)
        results.append(
            MyCycle(
                registration=registration,
                position=cycle_position(registration) if registration.state == State.WAITLISTED else None,
                offer_path=personal_links.path("offer", personal_links.offer_token(registration)),
                offer_until=until(
                    registration.offer_ends_at, zone=participant.timezone or registration.cycle.timezone
                ),
                is_full=_is_full(registration, full_cycles),
                line=tuple(
                    _my_stop(
                        session,
                        row=rows.get(session.pk),
                        registration=registration,
                        positions=positions,
                        zone=zone or participant.timezone,
                        is_next=session is first,
                        is_full=session.pk in full or _is_full(registration, full_cycles),
                        at=at,
                    )
                    for session in line
                ),
            )
        )
    return tuple(results)


def _my_stop(
    session: Session,
    *,
    row: Registration | None,
    registration: CycleRegistration,
    positions: dict[int, int],
    zone: str,
    is_next: bool,
    is_full: bool,
    at: dt.datetime,
) -> MyStop:
    is_ahead, is_mine = _is_ahead(session, at=at), _is_mine(row)
    is_past = session.ends_at is not None and session.ends_at <= at
    offer_until = until(row.offer_ends_at, zone=zone or session.cycle.timezone) if row else ""
    return MyStop(
        stop=cycle_pages.stop(session, at=at, is_next=is_next),
        row=row,
        standing=standing.words(
            session,
            row=row,
            registration=registration,
            position=positions.get(row.pk) if row else None,
            offer_until=offer_until,
            is_past=is_past,
        ),
        own_time=own_time(session, zone),
        join_path=(
            personal_links.path("join", personal_links.join_token(row))
            if row is not None and row.state == State.CONFIRMED and is_ahead and session.has_room
            else ""
        ),
        may_sign=row is not None and row.state == State.CONFIRMED and _is_signed_for_now(session, at=at),
        can_cancel=is_mine
        and not session.cycle.is_run
        and (is_ahead or session.status == Session.Status.POSTPONED),
        can_take=not is_mine and is_ahead,
        is_full=is_full,
        is_held_ahead=is_ahead,
        is_past=is_past,
    )


def _is_full(registration: CycleRegistration, full_cycles: frozenset[int]) -> bool:
    return registration.state == State.CANCELLED and registration.cycle_id in full_cycles


def _is_ahead(session: Session, *, at: dt.datetime) -> bool:
    return session.is_held and session.ends_at is not None and session.ends_at > at


def _is_mine(row: Registration | None) -> bool:
    return row is not None and row.state in ALIVE


def _is_signed_for_now(session: Session, *, at: dt.datetime) -> bool:
    """Tell whether the way to sign for a half-day is worth a button: from the day before to an hour after its end."""
    return (
        session.legal_frame == Session.LegalFrame.TRAINING
        and session.is_held
        and session.starts_at is not None
        and session.ends_at is not None
        and session.starts_at - dt.timedelta(days=1) <= at <= session.ends_at + dt.timedelta(hours=1)
    )


def waiting_positions(session_ids: Iterable[int]) -> dict[int, int]:
    """Return {registration: its place in the queue, from 1} of the sessions given; one query, or none."""
    wanted = set(session_ids)
    if not wanted:
        return {}
    seen: dict[int, int] = defaultdict(int)
    positions = {}
    waiting = Registration.objects.filter(session__in=wanted, state=State.WAITLISTED)
    for pk, session_id in waiting.order_by("queued_at", "pk").values_list("pk", "session_id"):
        seen[session_id] += 1
        positions[pk] = seen[session_id]
    return positions


def cycle_position(registration: CycleRegistration) -> int:
    """Return somebody's number, from 1, on the waiting list of the cycle itself."""
    queue = CycleRegistration.objects.filter(cycle=registration.cycle_id, state=State.WAITLISTED)
    before = Q(queued_at__lt=registration.queued_at) | Q(
        queued_at=registration.queued_at, pk__lte=registration.pk
    )
    return queue.filter(before).count()


def given_up_by_all(registration: CycleRegistration, *, at: dt.datetime) -> list[Registration]:
    """Return the places, had or waited for, that cancelling a whole registration gives back, soonest first."""
    rows = registration.registrations.filter(state__in=ALIVE).exclude(session__ends_at__lte=at)
    return list(rows.select_related("session__cycle").order_by("session__starts_at", "pk"))


class Door(StrEnum):
    """How the door of a room stands for one person."""

    NO_PLACE = "no_place"
    OFFERED = "offered"
    WAITING_LIST = "waiting_list"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    EARLY = "early"
    OPEN = "open"
    NO_ROOM = "no_room"
    ON_SITE = "on_site"
    NO_ANSWER = "no_answer"
    OVER = "over"


# Where pressing the button may lead somewhere, now or in a moment.
WITH_BUTTON = (Door.EARLY, Door.OPEN, Door.NO_ROOM, Door.NO_ANSWER)


def opens_at(session: Session) -> dt.datetime | None:
    return session.starts_at - dt.timedelta(minutes=session.room_opens_minutes) if session.starts_at else None


def seconds_to_opening(session: Session, *, at: dt.datetime) -> int:
    """Return the whole seconds until the room opens, 0 once it is open: never too few."""
    opening = opens_at(session)
    return max(math.ceil((opening - at).total_seconds()), 0) if opening else 0


def opening_hour(session: Session, *, zone: str = "") -> str:
    """Return when the room opens, in words."""
    opening = opens_at(session)
    return hour(opening, session, zone=zone) if opening else ""


def hour(moment: dt.datetime, session: Session, *, zone: str = "") -> str:
    """Return an hour of a session's day, in the cycle's zone and in words: «12 h 45 (heure de Paris)».

    The hour of the reader's `zone` follows where it is another one.
    """
    zones = [session.cycle.timezone, *([zone] if own_time(session, zone) else [])]
    return " · ".join(
        f"{wording.clock(moment.astimezone(ZoneInfo(one)), language=language())} "
        f"({wording.zone_name(one, language=language())})"
        for one in zones
    )


def contact(cycle: Cycle) -> str:
    """Return the address that somebody reads when something of a cycle fails: its own, its programme's, the site's."""
    programme = cycle.programme
    own = cycle.contact_email or (programme.contact_email if programme is not None else "")
    return own or settings.ESCALE_CONTACT_EMAIL


def opening_day(session: Session) -> str:
    """Return the day on which the room opens, in the cycle's zone and in words; empty without a date."""
    opening = opens_at(session)
    return wording.long_date(opening.astimezone(session.zone).date(), language=language()) if opening else ""


def until(moment: dt.datetime | None, *, zone: str) -> str:
    """Return until when an offer holds, in words and with the zone's name; empty when there is none."""
    if moment is None:
        return ""
    words = wording.short_when(moment, zone=zone, language=language())
    return f"{words} ({wording.zone_name(zone, language=language())})"


def opening(cycle: Cycle, *, at: dt.datetime) -> str:
    """Return when registration will open, in words; empty when that is past or not planned."""
    moment = cycle.registration_opens_at
    return (
        wording.short_when(moment, zone=cycle.timezone, language=language()) if moment and moment > at else ""
    )


def door(registration: Registration, *, at: dt.datetime) -> Door:
    """Return how the door stands at `at`. A room stays open a while after the end: a session often runs over."""
    session = registration.session
    if not session.is_held or session.ends_at is None:
        return Door.CANCELLED if session.status == Session.Status.CANCELLED else Door.POSTPONED
    if registration.state != State.CONFIRMED:
        queued = {State.WAITLISTED: Door.WAITING_LIST, State.OFFERED: Door.OFFERED}
        is_over = at >= session.ends_at
        return Door.OVER if is_over else queued.get(State(registration.state), Door.NO_PLACE)
    is_ready = session.has_room and rooms.is_ready(session)
    if at >= session.ends_at + (ENTRY_CLOSES if is_ready else dt.timedelta()):
        return Door.OVER
    if not session.has_room:
        return Door.ON_SITE
    opening = opens_at(session)
    if opening is not None and at < opening:
        return Door.EARLY
    return Door.OPEN if is_ready else Door.NO_ROOM
