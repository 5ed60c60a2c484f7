"""Several dates changed together: one mail a person, of the dates that concern them and still hold."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from icalendar import Calendar

from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.models import Delivery, Occurrence
from notifications.plan import planner, policy
from registrations import booking
from registrations.models import CycleRegistration, Registration
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle, Session

pytestmark = pytest.mark.django_db

AT = paris(2026, 11, 2)
MINUTE = dt.timedelta(minutes=1)
WEEK = dt.timedelta(days=7)
DUE = AT + 11 * MINUTE


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour")


@pytest.fixture
def stops(cycle: Cycle) -> list[Session]:
    """Three stops, on the third Thursdays of November, December and January."""
    return [
        make.session(cycle=cycle, slug=f"escale-{number:02d}", number=number, starts_at=starts_at)
        for number, starts_at in enumerate(
            (paris(2026, 11, 19), paris(2026, 12, 17), paris(2027, 1, 21)), start=2
        )
    ]


def register(stops: list[Session], **fields: Any) -> CycleRegistration:
    person = make.participant(**fields)
    rows = [make.registration(session=stop, participant=person) for stop in stops]
    return rows[0].cycle_registration


def move_all(cycle: Cycle, stops: list[Session], *, at: dt.datetime = AT) -> None:
    moves = [
        planning.Move(session=stop, to=stop.starts_at + WEEK, until=stop.ends_at + WEEK, seen=None)
        for stop in stops
        if stop.starts_at and stop.ends_at
    ]
    planning.move_several(cycle, moves=moves, reason="Salle prise", by=None, at=at)


def run(at: dt.datetime) -> None:
    sending.tick(clock=at)
    sending.drain(clock=at)


def files(message: Any) -> dict[str, Calendar]:
    return {
        name: Calendar.from_ical(content)
        for name, content, kind in message.attachments
        if kind == "application/ics"
    }


def kinds(message: Any) -> list[str]:
    """Return the types of the alternatives of a mail."""
    mail: EmailMultiAlternatives = message
    return [str(kind) for _content, kind in mail.alternatives]


def sent() -> list[tuple[str, str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "state", "reason"))


def test_three_moves_are_one_mail_a_person(cycle: Cycle, stops: list[Session]) -> None:
    register(stops, email="tout@example.org", language="fr")
    register(stops[1:2], email="one@example.org", language="en")
    move_all(cycle, stops)
    run(DUE)
    run(DUE + 20 * MINUTE)
    one, everything = sorted(mail.outbox, key=lambda message: message.to)
    assert everything.subject == "3 dates changées\u202f: Le tour en 12 étapes"
    text = everything.body
    assert text.count("Avant\u202f:") == 3
    assert text.count("Salle prise") == 1
    assert "jeudi 26 novembre 2026" in text
    assert text.index("26 novembre") < text.index("24 décembre") < text.index("28 janvier")
    result = files(everything)
    assert sorted(result) == ["escale-02.ics", "escale-03.ics", "escale-04.ics"]
    assert {str(calendar["METHOD"]) for calendar in result.values()} == {"REQUEST"}
    event = result["escale-03.ics"].events[0]
    assert (event["SEQUENCE"], event.start) == (1, paris(2026, 12, 24))
    assert kinds(everything) == ["text/html"]
    # Of the three dates one concerns this person: the invitation is that of a single notice.
    assert one.subject == "1 date changed: The tour in 12 stages"
    assert (one.body.count("Before:"), sorted(files(one))) == (1, ["invite.ics"])
    assert kinds(one) == ["text/html", "text/calendar; method=REQUEST"]
    assert sent() == [("schedule_changed", "sent", "")] * 2


def test_one_move_keeps_its_own_mail(cycle: Cycle, stops: list[Session]) -> None:
    register(stops)
    move_all(cycle, stops[:1])
    run(DUE)
    assert [kind for kind, *_ in sent()] == ["session_moved"]


def test_changes_of_different_cycles_are_not_told_together(cycle: Cycle, stops: list[Session]) -> None:
    other = make.session(starts_at=paris(2026, 12, 3))
    for stop in (stops[0], other):
        register([stop])
    move_all(cycle, stops[:1])
    move_all(other.cycle, [other])
    run(DUE)
    assert [kind for kind, *_ in sent()] == ["session_moved"] * 2


def test_a_move_and_a_cancellation_are_told_together(cycle: Cycle, stops: list[Session]) -> None:
    register(stops, language="en")
    move_all(cycle, stops[:1])
    planning.cancel(stops[1], reason="Grève", by=None, at=AT)
    planning.postpone(stops[2], reason="Grippe", by=None, at=AT)
    run(DUE)
    (message,) = mail.outbox
    assert message.subject == "3 dates changed: The tour in 12 stages"
    for words in ("Cancelled: ", "Postponed: the new date is not known yet.", "Why: Grève", "Why: Grippe"):
        assert words in message.body
    methods = {name: str(calendar["METHOD"]) for name, calendar in files(message).items()}
    assert methods == {
        "escale-02.ics": "REQUEST",
        "escale-03.ics": "CANCEL",
        "escale-04.ics": "CANCEL",
    }


def test_a_date_that_comes_after_none_names_no_date_of_before(cycle: Cycle, stops: list[Session]) -> None:
    register(stops, language="en")
    planning.postpone(stops[2], reason="Grippe", by=None, at=AT)
    run(DUE)
    later = DUE + 20 * MINUTE
    move_all(cycle, stops[:1], at=later)
    planning.move(stops[2], to=paris(2027, 2, 4), until=paris(2027, 2, 4) + 90 * MINUTE, by=None, at=later)
    run(later + 11 * MINUTE)
    message: EmailMultiAlternatives = mail.outbox[-1]  # type: ignore[assignment]  # all of ours have an HTML body
    assert message.subject == "2 dates changed: The tour in 12 stages"
    for body in (message.body, str(message.alternatives[0][0])):
        assert (body.count("Before:"), body.count("Now:"), body.count("19 November 2026")) == (1, 2, 1)


def test_what_is_undone_in_the_grace_is_left_out(cycle: Cycle, stops: list[Session]) -> None:
    register(stops)
    move_all(cycle, stops)
    planning.undo(stops[1], by=None, at=AT + 5 * MINUTE)
    run(DUE)
    (message,) = mail.outbox
    assert sorted(files(message)) == ["escale-02.ics", "escale-04.ics"]
    assert list(stops[1].mailings.filter(step=None).values_list("state", flat=True)) == ["cancelled"]


def test_a_newer_change_leaves_the_digest_and_starts_from_the_date_in_mind(
    cycle: Cycle, stops: list[Session]
) -> None:
    register(stops[:2], language="en")
    move_all(cycle, stops[:2])
    sending.tick(clock=DUE)
    # The digest is owed and has not left: one of its dates moves on.
    planning.move(stops[0], to=paris(2026, 11, 27), by=None, at=DUE)
    sending.drain(clock=DUE)
    (digest,) = mail.outbox
    assert sorted(files(digest)) == ["invite.ics"]
    assert "Thursday 19 November" not in digest.body
    run(DUE + 11 * MINUTE)
    notice = mail.outbox[1]
    assert "Before: Thursday 19 November 2026" in notice.body
    assert "Now: Friday 27 November 2026" in notice.body


def test_a_digest_that_was_sent_is_what_people_have_in_mind(cycle: Cycle, stops: list[Session]) -> None:
    register(stops[:2], language="en")
    move_all(cycle, stops[:2])
    run(DUE)
    planning.move(stops[0], to=paris(2026, 11, 27), by=None, at=DUE + MINUTE)
    run(DUE + 12 * MINUTE)
    assert "Before: Thursday 26 November 2026" in mail.outbox[1].body


def test_a_digest_that_newer_changes_overtook_is_not_sent(cycle: Cycle, stops: list[Session]) -> None:
    register(stops[:2])
    move_all(cycle, stops[:2])
    sending.tick(clock=DUE)
    for stop in stops[:2]:
        stop.refresh_from_db()
    move_all(cycle, stops[:2], at=DUE)
    sending.drain(clock=DUE)
    assert (sent(), mail.outbox) == ([("schedule_changed", "skipped", "superseded")], [])
    run(DUE + 11 * MINUTE)
    (message,) = mail.outbox
    assert "19 novembre 2026" in message.body
    assert "3 décembre 2026" in message.body


def test_who_gave_the_places_back_is_told_nothing(cycle: Cycle, stops: list[Session]) -> None:
    whole, one = register(stops[:2]), register(stops[:1])
    move_all(cycle, stops[:2])
    sending.tick(clock=DUE)
    booking.cancel(Registration.objects.get(cycle_registration=one), at=DUE)
    booking.cancel_all(whole, at=DUE)
    mail.outbox.clear()
    sending.drain(clock=DUE)
    digests = Delivery.objects.filter(kind="schedule_changed")
    assert set(digests.values_list("state", "reason")) == {("skipped", "registration_gone")}


def test_who_registered_after_the_change_knows_the_new_dates(cycle: Cycle, stops: list[Session]) -> None:
    move_all(cycle, stops)
    row = register(stops)
    Registration.objects.filter(cycle_registration=row).update(confirmed_at=AT + MINUTE)
    run(DUE)
    assert sent() == []


def test_a_stopped_digest_is_not_sent(cycle: Cycle, stops: list[Session]) -> None:
    register(stops)
    move_all(cycle, stops)
    sending.tick(clock=DUE)
    digest = Occurrence.objects.get(kind="schedule_changed")
    assert policy.stop(digest, by=None, at=DUE).withdrawn == 1
    run(DUE + 20 * MINUTE)
    assert (sent(), mail.outbox) == ([("schedule_changed", "skipped", "stopped")], [])


def test_those_who_speak_are_told_of_their_own_dates(cycle: Cycle, stops: list[Session]) -> None:
    for stop in stops[:2]:
        make.slot(stop, contact_email="lou@example.org", contact_name="Lou", contact_language="en")
    move_all(cycle, stops)
    run(DUE)
    run(DUE + 20 * MINUTE)
    assert [message.to for message in mail.outbox] == [["lou@example.org"]] * 2
    assert [kind for kind, *_ in sent()] == ["speaker_moved"] * 2


def test_a_digest_that_nothing_sent_in_time_says_so(cycle: Cycle, stops: list[Session]) -> None:
    register(stops[:2])
    move_all(cycle, stops[:2])
    sending.tick(clock=DUE)
    ledger.defer(Delivery.objects.all(), until=DUE)
    sending.drain(clock=paris(2027, 2, 1))
    assert [(state, reason) for _kind, state, reason in sent()] == [("skipped", "too_late")]


def test_what_is_over_meanwhile_is_left_out(cycle: Cycle, stops: list[Session]) -> None:
    register(stops[:2])
    move_all(cycle, stops[:2])
    sending.tick(clock=DUE)
    sending.drain(clock=paris(2026, 12, 1))
    (message,) = mail.outbox
    assert "24 décembre" in message.body
    assert "26 novembre" not in message.body


@pytest.mark.parametrize("count", [2, 12])
def test_a_digest_counts_its_queries(
    cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    stops = [
        make.session(cycle=cycle, number=number, starts_at=AT + number * 4 * WEEK)
        for number in range(1, count + 1)
    ]
    register(stops)
    move_all(cycle, stops)
    planner.open_due(at=DUE)
    delivery = Delivery.objects.select_related("participant", "occurrence", "cycle_registration__cycle").get()
    compose.message(delivery, at=DUE)
    delivery = Delivery.objects.select_related("participant", "occurrence", "cycle_registration__cycle").get()
    with django_assert_num_queries(8):
        compose.message(delivery, at=DUE)
