"""J4, the mails: from seven days before the first stop to the recap a week after it.

The journey of the source, shifted by six years: escale 1 is on Thursday 22 October 2026, 13:00 in Paris; the
clocks go back on the 25th. Amina registered on the 1st, Zoë the day before at noon, Jean-Noël half an hour before.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from cycles.events import NewsPublished
from cycles.models import Cycle, News, NewsLink, Session
from notifications.delivery.run import sending
from notifications.models import Delivery, Occurrence
from notifications.plan import defaults, planner
from registrations import booking
from registrations.attendance import noting
from registrations.links import personal_links
from registrations.models import CycleRegistration, Registration
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

START = paris(2026, 10, 22)
END = paris(2026, 10, 22, 14, 30)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
REGISTERED = {
    "amina": paris(2026, 10, 1, 9),
    "zoe": paris(2026, 10, 21, 12),
    "jean.noel": paris(2026, 10, 22, 12, 30),
}


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})
    defaults.default_steps(cycle)
    for number, start in ((1, START), (2, paris(2026, 11, 19))):
        session = make.session(
            cycle=cycle,
            number=number,
            slug=f"escale-{number:02d}",
            starts_at=start,
            title={"fr": f"Thème {number}"},
            room_url="https://meet.example.org/salle",
        )
        planner.replan(session)
    return cycle


@pytest.fixture
def session(cycle: Cycle) -> Session:
    return Session.objects.get(cycle=cycle, number=1)


def register(cycle: Cycle, name: str) -> None:
    at = REGISTERED[name]
    applicant = booking.Applicant(email=f"{name}@example.org", given_name=name.title(), family_name="Essai")
    row = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
    booking.confirm(row, at=at)
    leaving(at)


def leaving(at: dt.datetime) -> list[tuple[str, str]]:
    """Let beat and worker run at an instant; return (who, subject) of what left."""
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return sorted((message.to[0].partition("@")[0], str(message.subject)) for message in mail.outbox)


def reached(at: dt.datetime) -> list[str]:
    return [who for who, _subject in leaving(at)]


def seat(session: Session, name: str) -> Registration:
    return Registration.objects.get(session=session, participant__email=f"{name}@example.org")


def came(session: Session, *, at: dt.datetime, **states: str) -> None:
    """Note who came, by hand, as an organiser would after a report."""
    noted: dict[int, tuple[str, int | None]] = {
        seat(session, name.replace("_", ".")).pk: (state, None) for name, state in states.items()
    }
    noting.note(session, values=noted, by=make.user(), at=at)


def test_each_gets_what_is_still_ahead_and_nothing_else(cycle: Cycle, session: Session) -> None:
    register(cycle, "amina")
    assert leaving(START - 7 * DAY) == [("amina", "Jeudi 22 octobre, 13\u202fh\u202f: Thème 1")]
    register(cycle, "zoe")
    assert leaving(START - DAY) == [
        ("amina", "Demain 13\u202fh\u202f: Thème 1"),
        ("zoe", "Demain 13\u202fh\u202f: Thème 1"),
    ]
    assert reached(START - HOUR) == ["amina", "zoe"]
    register(cycle, "jean.noel")
    confirmation = Delivery.objects.get(
        kind="registration_confirmed", participant__email="jean.noel@example.org"
    )
    assert confirmation.state == "sent"
    assert reached(START - 20 * MINUTE) == []
    assert not Delivery.objects.filter(
        kind="reminder", participant=confirmation.participant, session=session
    ).exists()


def test_the_late_confirmation_carries_the_link(cycle: Cycle, session: Session) -> None:
    at = REGISTERED["jean.noel"]
    applicant = booking.Applicant(email="jean.noel@example.org", given_name="Jean", family_name="Essai")
    row = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
    booking.confirm(row, at=at)
    leaving(at)
    body = next(str(message.body) for message in mail.outbox if "/join/" in str(message.body))
    assert personal_links.join(seat(session, "jean.noel"), language="fr") in body


def test_who_came_is_thanked_and_who_did_not_gets_the_replay(cycle: Cycle, session: Session) -> None:
    session.replay_url = "https://video.example.org/1"
    session.save()
    for name in REGISTERED:
        register(cycle, name)
    came(session, at=END + 5 * MINUTE, amina="present", zoe="partial", jean_noel="absent")
    assert reached(END + 119 * MINUTE) == []
    assert leaving(END + 2 * HOUR) == [
        ("amina", "Merci d’être venu·e\u202f: Thème 1"),
        ("jean.noel", "Pour vous, le replay\u202f: Thème 1"),
        ("zoe", "Merci d’être venu·e\u202f: Thème 1"),
    ]
    body = next(str(message.body) for message in mail.outbox if message.to[0].startswith("jean"))
    assert "https://video.example.org/1" in body
    assert "jeudi 19 novembre 2026" in body
    assert reached(END + 25 * HOUR) == []


def test_attendance_that_is_never_known_gives_the_neutral_follow_up(cycle: Cycle, session: Session) -> None:
    register(cycle, "amina")
    register(cycle, "zoe")
    came(session, at=END, zoe="excused")
    assert reached(END + 2 * HOUR) == []
    assert leaving(END + 24 * HOUR) == [
        ("amina", "Après la séance\u202f: Thème 1"),
        ("zoe", "Après la séance\u202f: Thème 1"),
    ]


def test_attendance_known_late_still_thanks_and_nobody_gets_two_follow_ups(
    cycle: Cycle, session: Session
) -> None:
    register(cycle, "amina")
    register(cycle, "zoe")
    for hours in (2, 3, 4):
        assert reached(END + hours * HOUR) == []
    came(session, at=END + 20 * HOUR, amina="present")
    assert leaving(END + 20 * HOUR) == [("amina", "Merci d’être venu·e\u202f: Thème 1")]
    assert reached(END + 24 * HOUR) == ["zoe"]
    came(session, at=END + 30 * HOUR, zoe="absent")
    assert reached(END + 30 * HOUR) == []
    came(session, at=END + 80 * HOUR, amina="absent")
    assert reached(END + 80 * HOUR) == []


def test_a_click_on_the_personal_link_is_enough_to_be_thanked(
    client: Client, cycle: Cycle, session: Session
) -> None:
    register(cycle, "amina")
    address = personal_links.join(seat(session, "amina"), language="fr").removeprefix("http://testserver")
    with time_machine.travel(START - 5 * MINUTE, tick=False):
        for _twice in range(2):
            assert client.post(address).status_code == 302
    assert reached(END + 2 * HOUR) == ["amina"]


def test_beat_stopped_over_the_hour_before_catches_up_once_and_not_after_the_start(
    cycle: Cycle, session: Session
) -> None:
    register(cycle, "amina")
    leaving(START - DAY)
    assert reached(START - 40 * MINUTE) == ["amina"]
    assert reached(START - 39 * MINUTE) == []
    assert session.mailings.get(step__code="h-1").state in ("open", "closed")


def test_beat_stopped_until_a_quarter_past_says_too_late(cycle: Cycle, session: Session) -> None:
    register(cycle, "amina")
    leaving(START - DAY)
    assert reached(START + 15 * MINUTE) == []
    assert session.mailings.get(step__code="h-1").state == "missed"


def test_two_workers_send_one_mail_each_person(cycle: Cycle) -> None:
    register(cycle, "amina")
    for _beat in range(2):
        sending.tick(clock=START - HOUR)
    mail.outbox.clear()
    assert [sending.drain(clock=START - HOUR) for _worker in range(2)] == [1, 0]
    assert len(mail.outbox) == 1


def test_seven_days_after_keeps_the_local_hour_over_the_clock_change(cycle: Cycle, session: Session) -> None:
    from notifications.plan import policy  # noqa: PLC0415 - only this test changes the plan

    register(cycle, "amina")
    timing = policy.Timing(count=7, unit="days", is_after=True)
    values = {"kind": "note", "audience": "confirmed"}
    policy.add(cycle, timing=timing, values=values, by=None, at=REGISTERED["amina"])
    assert Occurrence.objects.get(session=session, step__code="j-plus-7").due_at == paris(2026, 10, 29)
    # Seven times twenty-four hours would be noon: the clocks went back in between.
    assert START.astimezone(dt.UTC) + 7 * DAY == paris(2026, 10, 29, 12)


def test_the_recap_is_one_mail_with_the_next_date(cycle: Cycle, session: Session) -> None:
    register(cycle, "amina")
    register(cycle, "zoe")
    leaving(END + 24 * HOUR)
    news = News.objects.create(slug="retour", kind=News.Kind.RECAP, title={"fr": "Retour sur l’escale 1"})
    NewsLink.objects.create(news=news, relation=NewsLink.Relation.ABOUT, session=session)
    at = paris(2026, 10, 29, 10)
    NewsPublished(news=news, at=at).send()
    subject = "Retour sur l’escale 1 · prochaine date\u202f: jeudi 19 novembre"
    assert leaving(at + 10 * MINUTE) == [("amina", subject), ("zoe", subject)]
    assert leaving(at + 40 * MINUTE) == []
