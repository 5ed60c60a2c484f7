"""The calendar entries of one person: the dates at which they have a place, and those that they wait for.

A place is confirmed or it is not: whoever waits, is offered a place or awaits the organisers' answer has a tentative
entry that says so, without the link to join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.utils import translation
from django.utils.translation import gettext as _

from cycles.calendars import entries
from cycles.calendars.feeds import CANCELLED_KEPT
from cycles.models import Session
from cycles.schedule import last_dates
from registrations.links import personal_links
from registrations.models import WAITING, CycleRegistration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from cycles.calendars.rfc5545 import ical
    from registrations.models import Participant, Registration


def of_person(person: Participant, *, alarm_minutes: int | None, at: dt.datetime) -> list[ical.Entry]:
    """Return a person's entries at `at` by date, one a session, in a fixed number of queries for each cycle."""
    listed: dict[int, ical.Entry] = {}
    # What somebody asks for anew stands before what they gave back.
    for row in _rows(person, at=at):
        listed[row.session_id] = _entry(row, person, alarm_minutes=alarm_minutes)
    for registration in person.cycle_registrations.filter(state__in=WAITING, confirmed_at__isnull=False):
        listed |= dict(_entries_of_cycle(registration, person, at=at))
    return sorted(listed.values(), key=lambda entry: (entry.starts_at, entry.uid))


def _rows(person: Participant, *, at: dt.datetime) -> QuerySet[Registration]:
    """Return the places that a person has or waits for, and for thirty days those given back or cancelled."""
    had = (
        Q(state=State.CONFIRMED) | Q(state__in=WAITING) | Q(state=State.CANCELLED, confirmed_at__isnull=False)
    )
    off = (Session.Status.CANCELLED, Session.Status.POSTPONED)
    recent = last_dates.annotated(Session.objects.exclude(status=Session.Status.DRAFT)).filter(
        last_dates.ends_after(at - CANCELLED_KEPT)
    )
    is_off = Q(state=State.CANCELLED) | Q(session__status__in=off)
    return (
        person.registrations.filter(had)
        .exclude(session__status=Session.Status.DRAFT)
        .filter(Q(~is_off, session__starts_at__isnull=False) | Q(session__in=recent.values("pk")))
        .prefetch_related(Prefetch("session", entries.loaded(Session.objects.all())))
        .order_by("pk")
    )


def _entry(row: Registration, person: Participant, *, alarm_minutes: int | None) -> ical.Entry:
    moments = (row.queued_at, row.confirmed_at, row.cancelled_at, person.feed_changed_at)
    return entries.entry(
        row.session,
        language=person.language,
        with_cycle=True,
        join_url=personal_links.join(row, language=person.language, person=person),
        standing=_standing(row.state, language=person.language),
        alarm_minutes=alarm_minutes,
        is_withdrawn=row.state == State.CANCELLED,
        changed_at=max(moment for moment in moments if moment is not None),
    )


def _entries_of_cycle(
    registration: CycleRegistration, person: Participant, *, at: dt.datetime
) -> Iterator[tuple[int, ical.Entry]]:
    """Yield the dates of somebody who waits for a whole cycle, or for an answer: they have no row at any yet."""
    wanted = Session.objects.published().upcoming(at=at).filter(cycle=registration.cycle_id)
    if registration.scope == CycleRegistration.Scope.CHOSEN:
        wanted = wanted.filter(pk__in=registration.requested_session_ids)
    moments = (
        registration.requested_at,
        registration.confirmed_at,
        registration.queued_at,
        person.feed_changed_at,
    )
    for session in entries.loaded(wanted):
        yield (
            session.pk,
            entries.entry(
                session,
                language=person.language,
                with_cycle=True,
                standing=_standing(registration.state, language=person.language),
                changed_at=max(moment for moment in moments if moment is not None),
            ),
        )


def _standing(state: str, *, language: str) -> entries.Standing | None:
    with translation.override(language):
        match state:
            case State.WAITLISTED:
                return entries.Standing(
                    label=_("Waiting list"),
                    sentence=_(
                        "You have no place yet: you are on the waiting list. An email tells you when a place is free."
                    ),
                )
            case State.OFFERED:
                return entries.Standing(
                    label=_("Place offered"),
                    sentence=_(
                        "A place is held for you for a while, but you have not taken it: see your email."
                    ),
                )
            case State.IN_REVIEW:
                return entries.Standing(
                    label=_("Awaiting an answer"),
                    sentence=_("You have no place yet: the organisers have not answered your request."),
                )
    return None
