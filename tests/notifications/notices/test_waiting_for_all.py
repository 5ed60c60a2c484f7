"""Whoever waits for a whole cycle, or for an answer, is told of its dates that change: no more than is true."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail

from cycles.schedule import planning
from desk.schedule import consequences
from notifications.delivery.run import sending
from notifications.models import Delivery, Occurrence
from notifications.plan import reach
from registrations import booking
from registrations.models import CycleRegistration, State
from tests import make
from tests.make import paris
from tests.notifications.notices.test_standing import PROMISES, entries, written

if TYPE_CHECKING:
    from cycles.models import Cycle, Session

pytestmark = pytest.mark.django_db

AT = paris(2026, 11, 2)
MINUTE = dt.timedelta(minutes=1)
WEEK = dt.timedelta(days=7)
DUE = AT + 11 * MINUTE
ALL, CHOSEN = CycleRegistration.Scope.ALL, CycleRegistration.Scope.CHOSEN


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", capacity=1)


@pytest.fixture
def stops(cycle: Cycle) -> list[Session]:
    return [
        make.session(cycle=cycle, slug=f"escale-{number:02d}", number=number, starts_at=starts_at)
        for number, starts_at in enumerate((paris(2026, 11, 19), paris(2026, 12, 17)), start=2)
    ]


def waits(cycle: Cycle, state: State = State.WAITLISTED, **fields: Any) -> CycleRegistration:
    """Somebody without a row at any date."""
    queued = {} if state == State.IN_REVIEW else {"queued_at": make.AT}
    offer = {"offer_ends_at": AT + WEEK} if state == State.OFFERED else {}
    language = fields.pop("language", "en")
    person = fields.pop("participant", None) or make.participant(language=language)
    return make.cycle_registration(
        cycle=cycle, participant=person, state=state, confirmed_at=make.AT, **queued, **offer, **fields
    )


def move(stop: Session, *, at: dt.datetime = AT) -> None:
    assert stop.starts_at is not None
    planning.move(stop, to=stop.starts_at + WEEK, by=None, at=at)


def outbox() -> list[Any]:
    return list(mail.outbox)


def run(at: dt.datetime = DUE) -> list[Any]:
    sending.tick(clock=at)
    sending.drain(clock=at)
    return outbox()


ACTS = {
    "session_moved": lambda stop: planning.move(stop, to=paris(2026, 11, 26), by=None, at=AT),
    "session_postponed": lambda stop: planning.postpone(stop, reason={"en": "Power cut"}, by=None, at=AT),
    "session_cancelled": lambda stop: planning.cancel(stop, reason={"en": "Power cut"}, by=None, at=AT),
}
STANDINGS = {
    State.WAITLISTED: "You keep your number on the waiting list",
    State.OFFERED: "A place was offered to you: take it or leave it",
    State.IN_REVIEW: "The organisers have not answered your request yet: no place is held for you before that.",
}


@pytest.mark.parametrize("kind", list(ACTS))
@pytest.mark.parametrize("state", list(STANDINGS))
def test_who_waits_is_told_once_and_in_true_words(
    cycle: Cycle, stops: list[Session], kind: str, state: State
) -> None:
    make.registration(session=stops[0])
    row = waits(cycle, state)
    ACTS[kind](stops[0])
    run()
    run(DUE + 20 * MINUTE)
    (told,) = [message for message in outbox() if message.to == [row.participant.email]]
    words = written(told)
    assert STANDINGS[state] in words
    assert PROMISES.findall(words) == []
    assert "attached" not in words
    assert "/join/" not in words
    assert (entries(told), len(told.alternatives)) == ([], 1)
    assert sorted(Delivery.objects.values_list("kind", "state")) == [(kind, "sent")] * 2


def test_several_dates_are_one_mail(cycle: Cycle, stops: list[Session]) -> None:
    for state in STANDINGS:
        waits(cycle, state)
    waits(cycle, scope=CHOSEN, requested_session_ids=[stops[1].pk])
    for stop in stops:
        move(stop)
    run()
    digest = Occurrence.objects.get(kind="schedule_changed")
    assert reach.people([digest], at=DUE) == {digest.pk: 4}
    told = outbox()
    assert (
        sorted(message.subject for message in told)
        == ["1 date changed: The tour in 12 stages"] + ["2 dates changed: The tour in 12 stages"] * 3
    )
    for message, words in zip(told, [*STANDINGS.values(), STANDINGS[State.WAITLISTED]], strict=True):
        assert words in written(message)
        assert PROMISES.findall(written(message)) == []
        assert entries(message) == []


@pytest.mark.usefixtures("stops")
def test_who_has_several_dates_cancelled_reads_that_they_still_wait(cycle: Cycle) -> None:
    waits(cycle)
    planning.cancel_all(cycle, reason={"en": "Over"}, by=None, at=AT)
    (told,) = run()
    assert told.subject == "2 dates cancelled: The tour in 12 stages"
    assert "We are sorry. You keep your number on the waiting list" in written(told)
    assert entries(told) == []


@pytest.mark.parametrize("number", [1, 3])
def test_only_who_asked_for_that_date_is_told(cycle: Cycle, stops: list[Session], number: int) -> None:
    """Not who chose another date, declined this one, asked after the change, left, was refused or has no address."""
    for _each in range(number):
        waits(cycle)
        waits(cycle, scope=CHOSEN, requested_session_ids=[stops[0].pk, stops[1].pk])
    waits(cycle, scope=CHOSEN, requested_session_ids=[stops[1].pk])
    declined = waits(cycle)
    make.registration(
        session=stops[0],
        participant=declined.participant,
        cycle_registration=declined,
        state=State.CANCELLED,
        cancelled_at=make.AT,
        is_opt_out=True,
    )
    waits(cycle, participant=make.participant(email="", email_key="nobody:1"))
    make.cycle_registration(cycle=cycle, state=State.CANCELLED, cancelled_at=make.AT)
    make.cycle_registration(cycle=cycle, state=State.REFUSED, decided_at=make.AT)
    make.cycle_registration(cycle=cycle, state=State.PENDING)
    waits(make.cycle(slug="other"))
    people = consequences.people(stops[0])
    assert (people.seated, people.waiting, people.told, people.unreachable) == (0, 2 * number, 2 * number, 1)
    move(stops[0])
    waits(cycle, requested_at=AT + MINUTE)
    notice = Occurrence.objects.get(kind="session_moved")
    assert reach.people([notice], at=AT) == {notice.pk: 2 * number}
    assert len(run()) == 2 * number


def test_who_left_meanwhile_gets_nothing(cycle: Cycle, stops: list[Session]) -> None:
    make.cycle_registration(cycle=cycle)
    left, chose, waiting = waits(cycle), waits(cycle), waits(cycle)
    move(stops[0])
    sending.tick(clock=DUE)
    booking.cancel_all(left, at=DUE)
    CycleRegistration.objects.filter(pk=chose.pk).update(scope=CHOSEN, requested_session_ids=[stops[1].pk])
    sending.drain(clock=DUE)
    moved = Delivery.objects.filter(kind="session_moved").order_by("cycle_registration")
    assert list(moved.values_list("cycle_registration", "state", "reason")) == [
        (left.pk, "skipped", "registration_gone"),
        (chose.pk, "skipped", "registration_gone"),
        (waiting.pk, "sent", ""),
    ]


def test_who_left_a_digest_meanwhile_gets_nothing(cycle: Cycle, stops: list[Session]) -> None:
    make.cycle_registration(cycle=cycle)
    left, waiting = waits(cycle), waits(cycle)
    for stop in stops:
        move(stop)
    sending.tick(clock=DUE)
    booking.cancel_all(left, at=DUE)
    sending.drain(clock=DUE)
    digest = Delivery.objects.filter(kind="schedule_changed").order_by("cycle_registration")
    assert list(digest.values_list("cycle_registration", "state")) == [
        (left.pk, "skipped"),
        (waiting.pk, "sent"),
    ]


def test_who_got_a_place_meanwhile_reads_that_it_is_kept(cycle: Cycle, stops: list[Session]) -> None:
    seated = make.cycle_registration(cycle=cycle)
    waiting = waits(cycle)
    move(stops[0])
    sending.tick(clock=DUE)
    booking.cancel_all(seated, at=DUE)
    sending.drain(clock=DUE)
    told = [message for message in outbox() if message.to == [waiting.participant.email]]
    (moved,) = [message for message in told if message.subject.startswith("New date")]
    assert "Your place is kept." in written(moved)
    assert entries(moved) == ["invite.ics"]


def test_nobody_is_told_twice_of_a_change(cycle: Cycle, stops: list[Session]) -> None:
    """Told at a place of their own; then they give it back and wait for the cycle, and the mailing passes once more."""
    seat = make.registration(session=stops[0])
    row = seat.cycle_registration
    move(stops[0])
    run()
    make.cycle_registration(cycle=cycle)
    booking.cancel_all(row, at=DUE)
    booking.undo_cancel_all(row, at=DUE + MINUTE)
    row.refresh_from_db()
    assert row.state == State.WAITLISTED
    run(DUE + 20 * MINUTE)
    assert Delivery.objects.filter(kind="session_moved").count() == 1


def test_a_speaker_who_waits_for_the_cycle_gets_one_mail_that_a_date_is_off(
    cycle: Cycle, stops: list[Session]
) -> None:
    make.slot(stops[0], state="accepted", contact_email="nadia@example.org")
    waits(cycle, participant=make.participant(email="nadia@example.org"))
    people = consequences.people(stops[0])
    assert (people.waiting, people.speakers, people.told) == (1, 0, 1)
    planning.cancel(stops[0], reason={"en": "Power cut"}, by=None, at=AT)
    notice = Occurrence.objects.get(kind="session_cancelled")
    assert reach.people([notice], at=AT) == {notice.pk: 1}
    run()
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["session_cancelled"]
