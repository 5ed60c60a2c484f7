"""What moves by itself: freed places, offers, the waiting list of a cycle, sessions that are added."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from cycles.content import editing
from cycles.events import SessionsAdded
from cycles.schedule import planning
from notifications.mail import compose
from notifications.models import Delivery, Occurrence
from notifications.plan import defaults
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, Registration, State
from registrations.pages.own import my_pages
from tests import make
from tests.make import AT

from .test_booking import CHOSEN, DAY, MINUTE, confirmed, cycle_of, states, take_back

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def mails(*kinds: str) -> list[tuple[str, str]]:
    """Everything owed since the last time: (kind, address), of these kinds only if any is named."""
    rows = Delivery.objects.order_by("pk")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return list(rows.values_list("kind", "to_address"))


def person(registration: CycleRegistration) -> str:
    registration.refresh_from_db()
    return registration.state


def offering_cycle(people: int) -> tuple[Cycle, list[CycleRegistration]]:
    """One session of one place, offered for 48 hours; the first person has it, the others wait."""
    cycle, _ = cycle_of(1, capacity=1)
    cycle.offer_hours = 48
    cycle.save(update_fields=["offer_hours"])
    return cycle, [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(people)]


def test_a_freed_place_is_held_for_the_first_who_waits() -> None:
    _, people = offering_cycle(3)
    booking.cancel(people[0].registrations.get(), at=AT + DAY)
    row = people[1].registrations.get()
    assert (row.state, row.offer_ends_at) == (State.OFFERED, AT + DAY + 48 * HOUR)
    assert states(people[2]) == [(1, State.WAITLISTED)]
    assert mails("place_offered", "place_given") == [("place_offered", "p1@example.org")]
    offer = Delivery.objects.get(kind="place_offered")
    assert offer.not_after == row.offer_ends_at
    assert (
        "jusqu’au dim. 4 oct. 2026, 9\u202fh\u202f00 (heure de Paris)"
        in compose.message(offer, at=AT + DAY).body
    )
    booking.accept_offer(row, at=AT + 2 * DAY)
    booking.accept_offer(row, at=AT + 9 * DAY)
    row.refresh_from_db()
    assert (row.state, row.offer_ends_at, row.confirmed_at) == (State.CONFIRMED, None, AT + 2 * DAY)
    assert mails("place_given") == [("place_given", "p1@example.org")]


def test_an_offer_that_nobody_takes_passes_on_once() -> None:
    _, people = offering_cycle(3)
    booking.cancel(people[0].registrations.get(), at=AT + DAY)
    ends_at = AT + DAY + 48 * HOUR
    assert booking.settle_due(at=ends_at - MINUTE) == 0
    assert booking.settle_due(at=ends_at) == 1
    assert booking.settle_due(at=ends_at) == 0
    assert [states(p)[0][1] for p in people] == [State.CANCELLED, State.CANCELLED, State.OFFERED]
    assert mails("place_offered", "offer_ended") == [
        ("place_offered", "p1@example.org"),
        ("offer_ended", "p1@example.org"),
        ("place_offered", "p2@example.org"),
    ]
    with pytest.raises(booking.BookingError):
        booking.accept_offer(people[1].registrations.get(), at=ends_at)
    # Asking again is allowed, and is the end of the queue; nothing brings them back by itself.
    booking.settle_due(at=ends_at + 48 * HOUR)
    assert [states(p)[0][1] for p in people] == [State.CANCELLED] * 3
    take_back(people[1].registrations.get(), at=ends_at + 3 * DAY)
    assert states(people[1]) == [(1, State.CONFIRMED)]


def test_an_offer_that_ran_out_cannot_be_accepted_before_the_task_comes_by() -> None:
    _, people = offering_cycle(2)
    booking.cancel(people[0].registrations.get(), at=AT)
    row = people[1].registrations.get()
    with pytest.raises(booking.BookingError):
        booking.accept_offer(row, at=AT + 48 * HOUR)
    assert states(people[1]) == [(1, State.OFFERED)]


def test_an_offer_declined_goes_on_at_once() -> None:
    _, people = offering_cycle(3)
    booking.cancel(people[0].registrations.get(), at=AT + DAY)
    booking.decline_offer(people[1].registrations.get(), at=AT + DAY)
    booking.decline_offer(people[1].registrations.get(), at=AT + DAY)
    assert [states(p)[0][1] for p in people] == [State.CANCELLED, State.CANCELLED, State.OFFERED]


def test_no_offer_when_no_time_is_left_to_pass_it_on() -> None:
    _, people = offering_cycle(2)
    starts_at = make.paris(2026, 10, 22)
    booking.cancel(people[0].registrations.get(), at=starts_at - 48 * HOUR)
    assert states(people[1]) == [(1, State.CONFIRMED)]


def test_the_offer_is_accepted_by_a_button_and_not_by_a_visit(client: Client) -> None:
    _, people = offering_cycle(3)
    booking.cancel(people[0].registrations.get(), at=AT + DAY)
    row = people[1].registrations.get()
    Registration.objects.filter(pk=row.pk).update(offer_ends_at=make.paris(2099, 1, 1))
    token = personal_links.offer_token(people[1])
    page = client.get(reverse("registrations:offer", args=[token]))
    assert page.status_code == 200
    assert states(people[1]) == [(1, State.OFFERED)]
    accept = reverse("registrations:offer-accept", args=[token, row.pk])
    assert client.get(accept).status_code == 405
    other = people[2].registrations.get()
    assert client.post(reverse("registrations:offer-accept", args=[token, other.pk])).status_code == 404
    assert client.post(accept).status_code == 302
    assert states(people[1]) == [(1, State.CONFIRMED)]
    assert (
        client.get(
            reverse("registrations:offer", args=[personal_links.manage_token(people[1].participant)])
        ).status_code
        == 404
    )


def full_cycle(*, offer_hours: int | None = None) -> tuple[Cycle, list[CycleRegistration]]:
    """A cycle of two sessions with one place in all of it: the first person has it, two wait."""
    cycle, sessions = cycle_of(2)
    cycle.capacity, cycle.offer_hours = 1, offer_hours
    cycle.save(update_fields=["capacity", "offer_hours"])
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(2)]
    people.append(
        confirmed(cycle, "p2@example.org", at=AT + 2 * MINUTE, scope=CHOSEN, session_ids=[sessions[1].pk])
    )
    return cycle, people


def test_a_full_cycle_keeps_a_waiting_list_of_its_own() -> None:
    _, people = full_cycle()
    assert [person(p) for p in people] == [State.CONFIRMED, State.WAITLISTED, State.WAITLISTED]
    assert [states(p) for p in people[1:]] == [[], []]
    assert [my_pages.cycle_position(p) for p in people[1:]] == [1, 2]
    assert mails("waiting_list") == [("waiting_list", "p1@example.org"), ("waiting_list", "p2@example.org")]


def test_a_place_in_the_cycle_goes_to_the_first_with_the_dates_they_chose() -> None:
    cycle, people = full_cycle()
    booking.cancel_all(people[0], at=AT + DAY)
    assert [person(p) for p in people] == [State.CANCELLED, State.CONFIRMED, State.WAITLISTED]
    assert states(people[1]) == [(1, State.CONFIRMED), (2, State.CONFIRMED)]
    booking.cancel_all(people[1], at=AT + 2 * DAY)
    assert states(people[2]) == [(2, State.CONFIRMED)]
    assert mails("place_given") == [("place_given", "p1@example.org"), ("place_given", "p2@example.org")]
    # Coming back means waiting again, behind nobody now.
    booking.take_all(people[0], at=AT + 3 * DAY)
    assert [person(p) for p in people] == [State.WAITLISTED, State.CANCELLED, State.CONFIRMED]
    cycle.capacity = None
    cycle.save(update_fields=["capacity"])
    booking.settle(cycle.pk, at=AT + 4 * DAY)
    assert states(people[0]) == [(1, State.CONFIRMED), (2, State.CONFIRMED)]


def test_a_place_in_the_cycle_can_be_offered_too(client: Client) -> None:
    _, people = full_cycle(offer_hours=48)
    booking.cancel_all(people[0], at=AT + DAY)
    assert [person(p) for p in people[1:]] == [State.OFFERED, State.WAITLISTED]
    assert states(people[1]) == []
    booking.settle_due(at=AT + 3 * DAY)
    assert [person(p) for p in people[1:]] == [State.CANCELLED, State.OFFERED]
    CycleRegistration.objects.filter(pk=people[2].pk).update(offer_ends_at=make.paris(2099, 1, 1))
    token = personal_links.offer_token(people[2])
    assert client.get(reverse("registrations:offer", args=[token])).status_code == 200
    client.post(reverse("registrations:offer-accept-cycle", args=[token]))
    assert person(people[2]) == State.CONFIRMED


def test_more_places_given_in_the_desk_go_to_those_who_wait() -> None:
    cycle, sessions = cycle_of(1, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(3)]
    editing.edit(sessions[0], values={"capacity": 2}, by=None, at=AT + DAY)
    assert [states(p)[0][1] for p in people] == [State.CONFIRMED, State.CONFIRMED, State.WAITLISTED]
    assert mails("place_given") == [("place_given", "p1@example.org")]


def test_what_nobody_passed_on_is_healed() -> None:
    cycle, sessions = cycle_of(1, capacity=1)
    people = [confirmed(cycle, f"p{n}@example.org", at=AT + n * MINUTE) for n in range(2)]
    sessions[0].capacity = 5
    sessions[0].save(update_fields=["capacity"])
    assert [booking.settle_due(at=AT + DAY), booking.settle_due(at=AT + DAY)] == [1, 0]
    assert states(people[1]) == [(1, State.CONFIRMED)]


def test_the_command_settles(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pass_places_on")
    assert capsys.readouterr().out == "0 cycles settled\n"


def added(cycle: Cycle, count: int, *, at: dt.datetime) -> None:
    for n in range(count):
        starts_at = make.paris(2027, 3, 4) + n * 7 * DAY
        planning.add(
            cycle, starts_at=starts_at, ends_at=starts_at + HOUR, title={"fr": f"Plus {n}"}, by=None, at=at
        )


def test_sessions_added_are_joined_with_one_mail_each_person() -> None:
    cycle, sessions = cycle_of(2)
    whole = [confirmed(cycle, f"p{n}@example.org", at=AT) for n in range(2)]
    confirmed(cycle, "chosen@example.org", scope=CHOSEN, session_ids=[sessions[0].pk])
    booking.cancel(whole[0].registrations.earliest("pk"), at=AT)
    added(cycle, 3, at=AT + DAY)
    assert mails("sessions_added") == [
        ("sessions_added", "p0@example.org"),
        ("sessions_added", "p1@example.org"),
    ]
    assert states(whole[0]) == [(1, State.CANCELLED), *((n, State.CONFIRMED) for n in range(2, 6))]
    mail = compose.message(Delivery.objects.filter(kind="sessions_added").earliest("pk"), at=AT + DAY + HOUR)
    assert mail.subject == "De nouvelles dates\u202f: Le tour en 12 étapes"
    assert [f"Plus {n}" in mail.body for n in range(3)] == [True] * 3
    # The next batch, once that mail has left, has a mail of its own, of its own dates only.
    Delivery.objects.filter(kind="sessions_added").update(state="sent", sent_at=AT + DAY + HOUR)
    starts_at = make.paris(2027, 6, 3)
    planning.add(
        cycle, starts_at=starts_at, ends_at=starts_at + HOUR, title={"fr": "Juin"}, by=None, at=AT + 2 * DAY
    )
    mail = compose.message(Delivery.objects.filter(kind="sessions_added").latest("pk"), at=AT + 2 * DAY)
    assert ("Juin" in mail.body, "Plus 0" in mail.body) == (True, False)


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("count", [1, 12])
def test_joining_added_sessions_costs_the_same_for_many(
    django_assert_num_queries: DjangoAssertNumQueries, people: int, count: int
) -> None:
    cycle, _ = cycle_of(1)
    defaults.default_steps(cycle)
    for n in range(people):
        confirmed(cycle, f"p{n}@example.org")
    made = [
        make.session(cycle=cycle, number=50 + n, starts_at=make.paris(2027, 3, 4) + n * DAY)
        for n in range(count)
    ]
    ids = [session.pk for session in made]
    steps = cycle.reminder_steps.filter(is_enabled=True).count()
    # One for each portion of dates that the database takes in one statement: all on PostgreSQL, some on SQLite.
    fields = [field for field in Occurrence._meta.concrete_fields if not field.primary_key]
    portions = -(-steps * count // connection.ops.bulk_batch_size(fields, range(steps * count)))
    with django_assert_num_queries(9 + portions):
        SessionsAdded(cycle=cycle, session_ids=ids, at=AT + DAY).send()
    assert Occurrence.objects.filter(session__in=ids).count() == steps * count
    assert Registration.objects.filter(session__in=ids, state=State.CONFIRMED).count() == people * count
    assert len(mails("sessions_added")) == people


def test_dates_taken_one_by_one_are_told_in_one_mail() -> None:
    cycle, sessions = cycle_of(4)
    registration = confirmed(cycle, "zoe@example.org", scope=CHOSEN, session_ids=[sessions[0].pk])
    Delivery.objects.update(state="sent", sent_at=AT)
    for minutes, session in enumerate(sessions[1:]):
        booking.take(registration, session=session, at=AT + HOUR + minutes * MINUTE)
    [mail] = Delivery.objects.filter(state="pending")
    assert (mail.kind, mail.next_at) == ("registration_confirmed", AT + HOUR + 10 * MINUTE)
    assert compose.message(mail, at=mail.next_at).body.count("* ") == 4
    # Once it has left, a date taken later has a mail of its own.
    Delivery.objects.update(state="sent", sent_at=AT)
    take_back(booking.cancel(registration.registrations.earliest("pk"), at=AT + DAY), at=AT + DAY)
    assert mails()[-1] == ("registration_cancelled", "zoe@example.org")
    Delivery.objects.filter(state="pending").update(state="sent", sent_at=AT + DAY)
    booking.cancel(registration.registrations.latest("pk"), at=AT + 2 * DAY)
    assert len(mails("registration_confirmed")) == 2


def test_a_date_that_begins_soon_is_told_at_once() -> None:
    cycle, sessions = cycle_of(2)
    assert sessions[1].starts_at is not None
    registration = confirmed(cycle, "zoe@example.org", scope=CHOSEN, session_ids=[sessions[0].pk])
    Delivery.objects.update(state="sent", sent_at=AT)
    at = sessions[1].starts_at - HOUR
    booking.take(registration, session=sessions[1], at=at)
    assert Delivery.objects.get(state="pending").next_at == at
