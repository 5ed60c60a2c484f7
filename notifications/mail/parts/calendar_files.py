"""The calendar entries that a mail carries (RFC 6047): a file each, as RFC 5546 allows one event a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cycles.calendars import entries
from cycles.calendars.rfc5545 import ical
from cycles.models import Session
from notifications.notices import queues
from registrations.links import personal_links
from registrations.models import WAITING, Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from django.core.mail import EmailMultiAlternatives

    from notifications.mail.draft import Draft
    from notifications.models import Delivery

# A mail with more files looks like a mistake; those dates are on the person's page, and in their private calendar.
MOST_FILES = 12
ONLY = "invite.ics"
Method = Literal["REQUEST", "CANCEL"] | None


@dataclass(frozen=True, kw_only=True)
class File:
    """An entry to attach. `url` is the reader's own way in, which a cancelled date does not need.

    The only one of a mail is shown by mail programs, too.
    """

    session: Session
    method: Method
    url: str = ""
    is_only: bool = True


def of_session(draft: Draft, _context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the entry of the session that a mail is about."""
    if draft.session is not None:
        yield from _of_seat(draft, draft.session)


def of_next(draft: Draft, _context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the entry of the next date at which the reader has a place."""
    for session in sessions_ahead(draft.delivery, at=draft.at)[:1]:
        yield from _of_seat(draft, session)


def of_session_or_next(draft: Draft, context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the entry of the session that a mail is about, else of the next one booked."""
    yield from of_session(draft, context) if draft.session is not None else of_next(draft, context)


def _of_seat(draft: Draft, session: Session) -> Iterator[File]:
    person, seat = draft.participant, draft.delivery.registration
    if seat is None:
        seat = Registration.objects.filter(session=session, participant=person).first()
    whole = draft.delivery.cycle_registration
    if any(place is not None and place.state in WAITING for place in (seat, whole)):
        # An entry in a calendar would say that there is a place.
        return
    url = personal_links.join(seat, language=draft.language, person=person) if seat else ""
    yield File(session=session, method=draft.kind.calendar, url=url)


def to_speaker(draft: Draft, context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the entry of someone who speaks, with their own page as the way in."""
    if draft.session is not None:
        yield File(session=draft.session, method=draft.kind.calendar, url=context["speaker_url"])


def ended(draft: Draft, _context: Mapping[str, Any]) -> Iterator[File]:
    """Yield what takes each date that was given up off a calendar."""
    rows = given_up(draft.delivery)
    for row in rows:
        yield File(session=row.session, method=draft.kind.calendar, is_only=len(rows) == 1)


def added(draft: Draft, _context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the dates that were added and are the reader's."""
    seats = list(queues.added_seats(draft.delivery, at=draft.at)[:MOST_FILES])
    for seat in seats:
        url = personal_links.join(seat, language=draft.language, person=draft.participant)
        yield File(session=seat.session, method=draft.kind.calendar, url=url, is_only=len(seats) == 1)


def of_parts(draft: Draft, context: Mapping[str, Any]) -> Iterator[File]:
    """Yield the entries of the dates of a digest at which the reader has a place."""
    for part in context["parts"]:
        if part.held is not None:
            url = personal_links.join(part.held, language=draft.language, person=draft.participant)
            is_only = len(context["parts"]) == 1
            yield File(session=part.notice.session, method=part.calendar, url=url, is_only=is_only)


def sessions_ahead(delivery: Delivery, *, at: dt.datetime) -> list[Session]:
    """Return the sessions at which someone has a place and that have not ended, soonest first."""
    rows = Registration.objects.filter(
        cycle_registration=delivery.cycle_registration_id, state=State.CONFIRMED
    )
    sessions = Session.objects.upcoming(at=at).filter(registrations__in=rows)
    return list(sessions.select_related("cycle"))


def given_up(delivery: Delivery) -> list[Registration]:
    """Return the places, held once, that ended with what a mail tells, soonest first: calendars may hold them."""
    if delivery.registration is not None:
        return [delivery.registration] if delivery.registration.confirmed_at else []
    rows = Registration.objects.filter(
        cycle_registration=delivery.cycle_registration_id,
        state=State.CANCELLED,
        cancelled_at=delivery.created_at,
        confirmed_at__isnull=False,
        session__ends_at__gt=delivery.created_at,
    )
    return list(rows.select_related("session__cycle").order_by("session__starts_at", "pk"))


def attach(mail: EmailMultiAlternatives, draft: Draft, file: File, *, attendee: str) -> None:
    """Attach an entry; a session that no calendar can show has none."""
    if file.method is None or entries.span(file.session) is None:
        return
    content = ical.invitation(
        entries.entry(
            file.session,
            language=draft.language,
            with_cycle=True,
            join_url=file.url if file.method == "REQUEST" else "",
            stamped_at=draft.delivery.created_at,
        ),
        method=file.method,
        organizer=ical.Address(email=draft.voice.contact, name=draft.voice.name),
        attendee=ical.Address(email=draft.delivery.to_address, name=attendee),
        language=draft.language,
    )
    if file.is_only:
        # Last of the alternatives and without a disposition, or Gmail shows no buttons; then a copy as a file.
        mail.attach_alternative(content.decode(), f"text/calendar; method={file.method}")
    name = ONLY if file.is_only else f"{file.session.slug}.ics"
    mail.attach(name, content, "application/ics")
