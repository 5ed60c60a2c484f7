"""Booking: what each verb leaves in the database and whom it tells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from cycles.content import editing
from cycles.models import Cycle, Session
from cycles.schedule import planning
from registrations import booking
from registrations.events import QueueMoved, RegistrationChanged
from registrations.models import Consent, CycleRegistration, Participant, Registration, State
from registrations.people import participants
from registrations.people.data import rights
from tests import make
from tests.hearing import hearing
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
ALL = CycleRegistration.Scope.ALL
CHOSEN = CycleRegistration.Scope.CHOSEN
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)

Told = list[tuple[str, int, list[int]]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Everything that the events said: (kind, cycle registration, rows)."""
    heard: Told = []

    def listen(event: RegistrationChanged) -> None:
        heard.append((event.kind, event.registration.pk, list(event.registration_ids)))

    def listen_to_queue(event: QueueMoved) -> None:
        heard.extend((event.kind, pk, list(rows)) for pk, rows in event.people.items())

    with hearing(RegistrationChanged, listen), hearing(QueueMoved, listen_to_queue):
        yield heard


def applicant(email: str = "amina@asso-test.example.org", **fields: Any) -> booking.Applicant:
    fields.setdefault("given_name", "Amina")
    fields.setdefault("family_name", "Diallo-Lefèvre")
    return booking.Applicant(email=email, **fields)


def cycle_of(count: int, **fields: Any) -> tuple[Cycle, list[Session]]:
    """A cycle with `count` monthly sessions from 22 October on."""
    cycle = make.cycle()
    first = make.paris(2026, 10, 22)
    return cycle, [
        make.session(cycle=cycle, number=n + 1, starts_at=first + n * 28 * DAY, **fields)
        for n in range(count)
    ]


def confirmed(cycle: Cycle, email: str, *, at: dt.datetime = AT, **wish: Any) -> CycleRegistration:
    wish.setdefault("scope", ALL)
    return booking.confirm(booking.register(cycle, applicant=applicant(email), at=at, **wish), at=at)


def states(registration: CycleRegistration) -> list[tuple[int | None, str]]:
    return list(
        registration.registrations.order_by("session__number").values_list("session__number", "state")
    )


def test_a_request_gives_no_place_before_it_is_confirmed(told: Told) -> None:
    cycle, _ = cycle_of(3)
    registration = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    assert (registration.state, registration.request_number) == (State.PENDING, 1)
    assert not Registration.objects.exists()
    assert registration.participant.confirmed_at is None
    assert told == [("requested", registration.pk, [])]


@pytest.mark.parametrize("count", [1, 3])
def test_confirming_gives_every_session_ahead(told: Told, count: int) -> None:
    cycle, sessions = cycle_of(count)
    make.session(cycle=cycle, number=20, status=Session.Status.CANCELLED)
    make.session(cycle=cycle, number=21, status=Session.Status.DRAFT)
    make.session(cycle=cycle, number=22, starts_at=AT - DAY)
    make.session()
    registration = confirmed(cycle, "amina@example.org")
    assert states(registration) == [(n + 1, State.CONFIRMED) for n in range(len(sessions))]
    ids = list(Registration.objects.order_by("pk").values_list("pk", flat=True))
    assert told[-1] == ("confirmed", registration.pk, ids)
    person = Participant.objects.get()
    assert (person.confirmed_at, person.version) == (AT, 2)


def test_confirming_twice_changes_nothing(told: Told) -> None:
    cycle, _ = cycle_of(2)
    registration = confirmed(cycle, "amina@example.org")
    before = list(Registration.objects.values())
    booking.confirm(registration, at=AT + DAY)
    assert list(Registration.objects.values()) == before
    assert [kind for kind, *_ in told] == ["requested", "confirmed"]


def test_chosen_sessions_only() -> None:
    cycle, sessions = cycle_of(3)
    registration = confirmed(cycle, "zoe@example.org", scope=CHOSEN, session_ids=[sessions[1].pk])
    assert states(registration) == [(2, State.CONFIRMED)]


def test_a_session_in_progress_can_still_be_joined_and_one_that_is_over_cannot() -> None:
    cycle, sessions = cycle_of(2)
    assert sessions[0].starts_at is not None
    running = confirmed(cycle, "late@example.org", at=sessions[0].starts_at + 5 * MINUTE)
    over = confirmed(cycle, "later@example.org", at=sessions[0].starts_at + 90 * MINUTE)
    assert [states(running), states(over)] == [
        [(1, State.CONFIRMED), (2, State.CONFIRMED)],
        [(2, State.CONFIRMED)],
    ]


def test_the_same_address_in_other_letters_is_the_same_person(told: Told) -> None:
    cycle, _ = cycle_of(1)
    registration = confirmed(cycle, "amina@example.org")
    again = booking.register(
        cycle,
        applicant=applicant(" AMINA@Example.ORG ", given_name="Mallory", family_name="Intruder"),
        scope=CHOSEN,
        wants_newsletter=True,
        at=AT + DAY,
    )
    assert again == registration
    assert CycleRegistration.objects.get().scope == ALL
    person = Participant.objects.get()
    assert (person.given_name, person.email) == ("Amina", "amina@example.org")
    assert told[-1] == ("repeated", registration.pk, [])
    assert not participants.has_newsletter(person)


def test_a_stranger_changes_nothing_of_a_confirmed_person_in_another_cycle() -> None:
    cycle, _ = cycle_of(1)
    confirmed(cycle, "amina@example.org")
    other, _ = cycle_of(1)
    booking.register(other, applicant=applicant("amina@example.org", given_name="Mallory"), scope=ALL, at=AT)
    assert Participant.objects.get().given_name == "Amina"


def test_before_the_confirmation_the_last_thing_typed_counts(told: Told) -> None:
    cycle, sessions = cycle_of(2)
    booking.register(cycle, applicant=applicant(given_name="Amnia"), scope=ALL, at=AT)
    registration = booking.register(
        cycle, applicant=applicant(), scope=CHOSEN, session_ids=[sessions[0].pk], at=AT + 5 * MINUTE
    )
    assert Participant.objects.get().given_name == "Amina"
    assert states(booking.confirm(registration, at=AT + DAY)) == [(1, State.CONFIRMED)]
    assert [kind for kind, *_ in told] == ["requested", "requested", "confirmed"]


def test_a_double_click_asks_for_one_mail(told: Told) -> None:
    cycle, _ = cycle_of(1)
    first = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    second = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    assert (first.pk, second.request_number) == (second.pk, 1)
    assert [kind for kind, *_ in told] == ["requested"]


def test_a_new_link_after_the_old_one_expired(told: Told) -> None:
    cycle, _ = cycle_of(1)
    registration = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    booking.resend(registration, at=AT + 8 * DAY)
    registration.refresh_from_db()
    assert (registration.request_number, registration.requested_at) == (2, AT + 8 * DAY)
    booking.confirm(registration, at=AT + 8 * DAY)
    booking.resend(registration, at=AT + 9 * DAY)
    assert [kind for kind, *_ in told] == ["requested", "requested", "confirmed"]


def test_consents_are_kept_with_the_words_shown() -> None:
    cycle, _ = cycle_of(1)
    confirmed(cycle, "amina@example.org")
    confirmed(cycle, "zoe@example.org", wants_newsletter=True)
    assert list(
        Consent.objects.order_by("participant__email", "text__purpose").values_list(
            "participant__email", "text__purpose", "text__version", "form", "given_at"
        )
    ) == [
        ("amina@example.org", "notice", 1, "registration", AT),
        ("zoe@example.org", "newsletter", 1, "registration", AT),
        ("zoe@example.org", "notice", 1, "registration", AT),
    ]


def test_an_opt_out_survives_every_fan_out(told: Told) -> None:
    cycle, sessions = cycle_of(3)
    registration = confirmed(cycle, "amina@example.org")
    booking.cancel(Registration.objects.get(session=sessions[1]), at=AT)
    added = make.session(cycle=cycle, number=4, starts_at=make.paris(2027, 3, 18))
    booking.join_added_sessions(cycle, session_ids=[s.pk for s in [*sessions, added]], at=AT)
    kept = [(1, State.CONFIRMED), (2, State.CANCELLED), (3, State.CONFIRMED), (4, State.CONFIRMED)]
    assert states(registration) == kept
    booking.cancel_all(registration, at=AT + DAY)
    booking.confirm(
        booking.register(cycle, applicant=applicant("amina@example.org"), scope=ALL, at=AT + DAY), at=AT + DAY
    )
    assert states(registration) == kept
    assert [kind for kind, *_ in told] == [
        "requested",
        "confirmed",
        "cancelled",
        "cancelled",
        "requested",
        "confirmed",
    ]


def test_planning_more_sessions_brings_in_whole_cycle_registrations_only() -> None:
    cycle = make.cycle(first_date=dt.date(2026, 10, 1), last_date=dt.date(2026, 12, 31))
    whole = confirmed(cycle, "amina@example.org")
    chosen = confirmed(cycle, "zoe@example.org", scope=CHOSEN)
    pending = booking.register(cycle, applicant=applicant("payet@example.org"), scope=ALL, at=AT)
    gone = booking.cancel_all(confirmed(cycle, "gone@example.org"), at=AT)
    planning.confirm(cycle, by=None, at=AT)
    assert states(whole) == [(1, State.CONFIRMED), (2, State.CONFIRMED), (3, State.CONFIRMED)]
    assert [states(chosen), states(pending), states(gone)] == [[], [], []]


def test_cancel_twice_is_cancel_once(told: Told) -> None:
    cycle, _ = cycle_of(1)
    registration = confirmed(cycle, "amina@example.org")
    row = Registration.objects.get()
    booking.cancel(row, at=AT + MINUTE)
    booking.cancel(row, at=AT + DAY)
    assert Registration.objects.get().cancelled_at == AT + MINUTE
    assert told[2:] == [("cancelled", registration.pk, [row.pk])]


def take_back(row: Registration, *, at: dt.datetime) -> Registration | None:
    return booking.take(row.cycle_registration, session=row.session, at=at)


def test_undo_a_cancellation(told: Told) -> None:
    cycle, _ = cycle_of(1)
    registration = confirmed(cycle, "amina@example.org")
    row = booking.cancel(Registration.objects.get(), at=AT + MINUTE)
    back = take_back(row, at=AT + 2 * MINUTE)
    assert back is not None
    assert (back.pk, back.state, back.cancelled_at, back.is_opt_out, back.queued_at) == (
        row.pk,
        State.CONFIRMED,
        None,
        False,
        row.queued_at,
    )
    take_back(row, at=AT + DAY)
    assert told[3:] == [("restored", registration.pk, [row.pk])]


@pytest.mark.parametrize("status", [Session.Status.CANCELLED, Session.Status.POSTPONED])
def test_no_way_back_into_a_session_that_is_off(status: str) -> None:
    cycle, sessions = cycle_of(1)
    confirmed(cycle, "amina@example.org")
    row = booking.cancel(Registration.objects.get(), at=AT)
    Session.objects.filter(pk=sessions[0].pk).update(status=status)
    with pytest.raises(booking.BookingError):
        take_back(row, at=AT)
    assert Registration.objects.get().state == State.CANCELLED


def test_no_way_back_into_a_session_that_is_over() -> None:
    cycle, sessions = cycle_of(1)
    confirmed(cycle, "amina@example.org")
    row = booking.cancel(Registration.objects.get(), at=AT)
    assert sessions[0].ends_at is not None
    with pytest.raises(booking.BookingError):
        take_back(row, at=sessions[0].ends_at)


def test_take_needs_a_confirmed_address_and_a_session_of_the_cycle() -> None:
    cycle, sessions = cycle_of(1)
    pending = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    with pytest.raises(booking.BookingError):
        booking.take(pending, session=sessions[0], at=AT)
    with pytest.raises(booking.BookingError):
        booking.take_all(pending, at=AT)
    booking.confirm(pending, at=AT)
    with pytest.raises(booking.BookingError):
        booking.take(pending, session=make.session(), at=AT)


def test_from_one_session_to_another_and_to_the_whole_cycle(told: Told) -> None:
    cycle, sessions = cycle_of(3)
    registration = confirmed(cycle, "zoe@example.org", scope=CHOSEN, session_ids=[sessions[0].pk])
    booking.take(registration, session=sessions[1], at=AT)
    assert states(registration) == [(1, State.CONFIRMED), (2, State.CONFIRMED)]
    registration = booking.take_all(registration, at=AT)
    assert registration.scope == ALL
    assert states(registration) == [(n, State.CONFIRMED) for n in (1, 2, 3)]
    booking.take_all(registration, at=AT)
    assert [kind for kind, *_ in told] == ["requested", "confirmed", "taken", "confirmed"]


def test_coming_back_for_one_session_after_cancelling_all() -> None:
    cycle, sessions = cycle_of(2)
    registration = booking.cancel_all(confirmed(cycle, "amina@example.org"), at=AT)
    assert states(registration) == [(1, State.CANCELLED), (2, State.CANCELLED)]
    booking.take(registration, session=sessions[1], at=AT)
    registration.refresh_from_db()
    assert (registration.state, registration.scope) == (State.CONFIRMED, CHOSEN)
    assert states(registration) == [(1, State.CANCELLED), (2, State.CONFIRMED)]


def test_cancelling_all_keeps_what_was_attended() -> None:
    cycle, sessions = cycle_of(2)
    registration = confirmed(cycle, "amina@example.org")
    assert sessions[0].ends_at is not None
    booking.cancel_all(registration, at=sessions[0].ends_at)
    assert states(registration) == [(1, State.CONFIRMED), (2, State.CANCELLED)]


def test_places_are_counted_and_the_rest_wait_in_order(told: Told) -> None:
    cycle, sessions = cycle_of(1, capacity=2)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(4)]
    assert [states(p)[0][1] for p in people] == [State.CONFIRMED] * 2 + [State.WAITLISTED] * 2
    first = Registration.objects.get(cycle_registration=people[0])
    third = Registration.objects.get(cycle_registration=people[2])
    del told[:]
    booking.cancel(first, at=AT + DAY)
    assert [states(p)[0][1] for p in people] == [
        State.CANCELLED,
        State.CONFIRMED,
        State.CONFIRMED,
        State.WAITLISTED,
    ]
    assert told == [("cancelled", people[0].pk, [first.pk]), ("promoted", people[2].pk, [third.pk])]
    # Back again, and no mistake that is undone: at the end of the queue, behind the fourth.
    take_back(first, at=AT + DAY + 11 * MINUTE)
    assert booking.cancel(third, at=AT + 2 * DAY).state == State.CANCELLED
    assert [states(p)[0][1] for p in people] == [
        State.WAITLISTED,
        State.CONFIRMED,
        State.CANCELLED,
        State.CONFIRMED,
    ]
    assert Registration.objects.seated().filter(session=sessions[0]).count() == 2


def test_somebody_who_gave_up_waiting_is_not_promoted() -> None:
    cycle, _ = cycle_of(1, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(3)]
    booking.cancel(Registration.objects.get(cycle_registration=people[1]), at=AT + DAY)
    booking.cancel(Registration.objects.get(cycle_registration=people[0]), at=AT + DAY)
    assert [states(p)[0][1] for p in people] == [State.CANCELLED, State.CANCELLED, State.CONFIRMED]


def test_cancelling_all_frees_every_place_that_is_counted(told: Told) -> None:
    cycle, _ = cycle_of(3, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(2)]
    del told[:]
    booking.cancel_all(people[0], at=AT + DAY)
    assert states(people[1]) == [(1, State.CONFIRMED), (2, State.CONFIRMED), (3, State.CONFIRMED)]
    # One mail, however many dates became free.
    rows = list(people[1].registrations.order_by("pk").values_list("pk", flat=True))
    assert [(kind, ids) for kind, _, ids in told if kind == "promoted"] == [("promoted", rows)]


def test_too_late_to_pass_a_place_on_once_the_session_began() -> None:
    cycle, sessions = cycle_of(1, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(2)]
    assert sessions[0].starts_at is not None
    row = booking.cancel(Registration.objects.get(cycle_registration=people[0]), at=sessions[0].starts_at)
    assert (row.state, row.is_opt_out) == (State.CANCELLED, True)
    assert states(people[1]) == [(1, State.WAITLISTED)]


def test_more_places_seat_those_who_wait_and_fewer_unseat_nobody(told: Told) -> None:
    cycle, sessions = cycle_of(1, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(4)]
    del told[:]
    editing.edit(sessions[0], values={"capacity": 2}, by=None, at=AT)
    assert [kind for kind, *_ in told] == ["promoted"]
    editing.edit(sessions[0], values={"capacity": 1}, by=None, at=AT)
    assert [states(p)[0][1] for p in people] == [State.CONFIRMED] * 2 + [State.WAITLISTED] * 2
    editing.edit(sessions[0], values={"capacity": None}, by=None, at=AT)
    assert [states(p)[0][1] for p in people] == [State.CONFIRMED] * 4


def test_requests_that_nobody_confirmed_are_erased_after_a_week() -> None:
    cycle, _ = cycle_of(1)
    booking.register(cycle, applicant=applicant("never@example.org"), scope=ALL, at=AT)
    booking.register(cycle, applicant=applicant("soon@example.org"), scope=ALL, at=AT + DAY)
    back = booking.cancel_all(confirmed(cycle, "back@example.org"), at=AT)
    booking.register(cycle, applicant=applicant("back@example.org"), scope=ALL, at=AT)
    at = AT + 7 * DAY + MINUTE
    assert booking.purge_unconfirmed(at=at) == 2
    assert booking.purge_unconfirmed(at=at) == 0
    assert sorted(Participant.objects.values_list("email", flat=True)) == [
        "back@example.org",
        "soon@example.org",
    ]
    back.refresh_from_db()
    assert (back.state, back.cancelled_at) == (State.CANCELLED, at)


def test_erasing_a_person_frees_their_place_and_leaves_nothing(told: Told) -> None:
    cycle, _ = cycle_of(1, capacity=1)
    amina = confirmed(cycle, "amina@example.org")
    zoe = confirmed(cycle, "zoe@example.org", at=AT + MINUTE)
    del told[:]
    rights.erase(amina.participant, at=AT + DAY)
    assert Participant.objects.get() == zoe.participant
    assert states(zoe) == [(1, State.CONFIRMED)]
    assert [kind for kind, *_ in told] == ["promoted"]


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("others", [0, 5])
def test_queries_do_not_grow(
    django_assert_num_queries: DjangoAssertNumQueries, count: int, others: int
) -> None:
    cycle, _ = cycle_of(count, capacity=2)
    for n in range(others):
        confirmed(cycle, f"p{n}@example.org")
    confirmed(make.cycle(), "first@example.org")  # writes the consent text
    with django_assert_num_queries(5):
        registration = booking.register(cycle, applicant=applicant(), scope=ALL, at=AT)
    with django_assert_num_queries(13 if others < 2 else 12):
        booking.confirm(registration, at=AT)
