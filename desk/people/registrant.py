"""One person in one cycle: their dates with what can be done about each, and what else they registered for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles import access
from cycles.models import Session
from notifications.delivery import interventions
from notifications.models import Delivery
from registrations.booking import ALIVE, questions
from registrations.models import CycleRegistration, State
from registrations.pages.own import my_pages
from registrations.people.models import PersonNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from registrations.models import Question, Registration


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One session of the cycle for the person; `row` is None where they never had a place."""

    session: Session
    row: Registration | None
    can_cancel: bool
    can_take: bool
    # They wait for a place that the organisers can give all the same.
    can_give: bool


@dataclass(frozen=True, kw_only=True)
class Person:
    """One registration as its page shows it."""

    registration: CycleRegistration
    answers: tuple[tuple[Question, str], ...]
    stops: tuple[Stop, ...]
    position: int | None
    elsewhere: tuple[CycleRegistration, ...]
    lost: int

    @property
    def can_cancel(self) -> bool:
        return self.registration.state in (*ALIVE, State.IN_REVIEW)

    @property
    def can_give(self) -> bool:
        """True when they wait for a place in the cycle, which the organisers can give all the same."""
        return self.registration.state in (State.WAITLISTED, State.OFFERED)

    @property
    def confirmed_in_words(self) -> str:
        """What `confirmed_at` is the moment of: of the place once there is one, else of the address, or of nothing."""
        if self.registration.state in (State.CONFIRMED, State.CANCELLED):
            return _("Confirmed")
        return _("Address confirmed") if self.registration.source == CycleRegistration.Source.FORM else ""

    @property
    def can_restore(self) -> bool:
        """True when it was theirs once: an address that nobody proved opens nothing."""
        return self.registration.state == State.CANCELLED and self.registration.confirmed_at is not None


def load(registration: CycleRegistration, *, user: User | AnonymousUser, at: dt.datetime) -> Person:
    """Return what the page of a registration shows to somebody, in a fixed number of queries."""
    cycle, person = registration.cycle, registration.participant
    lost = Delivery.objects.filter(interventions.LOST, cycle_registration=registration)
    return Person(
        registration=registration,
        answers=answers(registration, cycle.questions.all()),
        stops=_stops(registration, at=at),
        position=my_pages.cycle_position(registration) if registration.state == State.WAITLISTED else None,
        elsewhere=tuple(
            person.cycle_registrations.filter(cycle__in=access.cycles(user, right=access.Right.PEOPLE))
            .exclude(pk=registration.pk)
            .select_related("cycle")
            .order_by("-requested_at", "-pk")
        ),
        lost=lost.count(),
    )


def answers(registration: CycleRegistration, asked: Iterable[Question]) -> tuple[tuple[Question, str], ...]:
    """Return what somebody answered to the questions of the form, question by question."""
    by_key = {str(question.pk): question for question in asked}
    return tuple(
        (by_key[pk], questions.words(value)) for pk, value in registration.answers.items() if pk in by_key
    )


def notes(registration: CycleRegistration, *, user: User | AnonymousUser) -> tuple[PersonNote, ...]:
    """Return what organisers noted of the person here and in the other cycles that somebody plans, newest first."""
    planned = access.cycles(user, right=access.Right.PLAN)
    rows = PersonNote.objects.filter(
        cycle_registration__participant=registration.participant_id, cycle_registration__cycle__in=planned
    )
    return tuple(rows.select_related("by", "cycle_registration__cycle"))


def _stops(registration: CycleRegistration, *, at: dt.datetime) -> tuple[Stop, ...]:
    """Return the person's sessions, and where they may choose, the others to come."""
    rows = registration.registrations.select_related("session").prefetch_related("attendances")
    own = {row.session_id: row for row in rows}
    may_choose = registration.state in (State.CONFIRMED, State.CANCELLED) and registration.confirmed_at
    ahead = set(registration.cycle.sessions.published().upcoming(at=at).values_list("pk", flat=True))
    results = []
    for session in registration.cycle.sessions.filter(pk__in=own.keys() | ahead).in_order():
        session.cycle = registration.cycle
        row = own.get(session.pk)
        is_mine = row is not None and row.state in ALIVE
        if row is not None or may_choose:
            is_open = session.pk in ahead
            is_postponed = session.status == Session.Status.POSTPONED
            results.append(
                Stop(
                    session=session,
                    row=row,
                    can_cancel=is_mine and (is_open or is_postponed),
                    can_take=not is_mine and is_open and bool(may_choose),
                    can_give=is_open and row is not None and row.state in (State.WAITLISTED, State.OFFERED),
                )
            )
    return tuple(results)
