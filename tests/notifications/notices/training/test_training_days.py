"""Whoever trains at a run is reminded once a day, of all their half-days of it, whatever is moved."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import translation

from cycles.models import Session
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, Occurrence
from notifications.plan import audiences, defaults, planner, reach
from tests import make
from tests.make import paris
from tests.training import build

pytestmark = pytest.mark.django_db
# Monday 5 October 2026, the day before.
MORNING_DUE, AFTERNOON_DUE = paris(2026, 10, 5, 9, 1), paris(2026, 10, 5, 14, 1)
LONG_AGO = paris(2026, 9, 1)
KIND = "speaker_reminder"


@pytest.fixture
def run() -> build.Run:
    """Return a run whose plan is the day before, to the trainers, with Marc at both half-days."""
    run = build.run(names=())
    Session.objects.update(created_at=LONG_AGO)
    make.contact(build.MARC)
    defaults.default_steps(run.cycle)
    run.cycle.reminder_steps.exclude(code="speakers-j-1").delete()
    planner.replan_all([run.morning.pk, run.afternoon.pk])
    return run


def go(at: dt.datetime) -> list[mail.EmailMultiAlternatives]:
    """Plan and send; return the reminders that have left since."""
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return [
        one
        for one in mail.outbox
        if isinstance(one, mail.EmailMultiAlternatives) and "vous intervenez" in one.subject
    ]


def move(session: Session, to: dt.datetime, *, at: dt.datetime) -> None:
    session.refresh_from_db()
    planning.move(session, to=to, reason="", by=None, at=at)


def outcomes() -> list[tuple[str, str]]:
    return list(Delivery.objects.filter(kind=KIND).order_by("pk").values_list("state", "reason"))


@pytest.mark.usefixtures("run")
def test_one_mail_tells_of_all_half_days_of_the_day() -> None:
    (message,) = go(MORNING_DUE)
    text, html = str(message.body), str(message.alternatives[0][0])
    for words in ("Comprendre", "Agir", "Et le même jour", "La feuille d’émargement de chaque demi-journée"):
        assert (words in text, words in html) == (True, True), words
    assert message.subject.startswith("Demain 9\u202fh")
    names = [str(part[0]) for part in message.attachments]
    assert names == ["demi-journee-1.ics", "demi-journee-2.ics"]
    assert go(AFTERNOON_DUE) == []
    assert outcomes() == [("sent", "")]


def test_who_trains_in_the_afternoon_alone_is_reminded_of_it(run: build.Run) -> None:
    make.slot(run.afternoon, contact_name="Ana", contact_email="ana@example.org")
    make.contact("ana@example.org")
    assert [one.to for one in go(MORNING_DUE)] == [[build.MARC]]
    (message,) = go(AFTERNOON_DUE)
    assert (message.to, "Comprendre" in str(message.body)) == (["ana@example.org"], False)


def test_each_day_has_its_own(run: build.Run) -> None:
    move(run.afternoon, paris(2026, 10, 7, 14), at=LONG_AGO)
    go(LONG_AGO + dt.timedelta(hours=1))
    assert [len(go(at)) for at in (MORNING_DUE, AFTERNOON_DUE, paris(2026, 10, 6, 14, 1))] == [1, 0, 1]


@pytest.mark.parametrize("hour", [10, 15])
def test_a_morning_moved_within_the_day_is_not_reminded_of_again(run: build.Run, hour: int) -> None:
    go(MORNING_DUE)
    move(run.morning, paris(2026, 10, 6, hour), at=MORNING_DUE + dt.timedelta(minutes=5))
    later = [go(paris(2026, 10, 5, clock, 30)) for clock in (9, 10, 14, 15)]
    assert later == [[], [], [], []]


def test_an_afternoon_is_not_told_again_when_the_morning_leaves_the_day(run: build.Run) -> None:
    go(MORNING_DUE)
    move(run.morning, paris(2026, 10, 9, 9), at=MORNING_DUE + dt.timedelta(minutes=5))
    assert [len(go(at)) for at in (AFTERNOON_DUE, paris(2026, 10, 8, 9, 1))] == [0, 1]


def test_a_day_whose_first_half_day_goes_before_the_mail_left_is_told_by_the_next(run: build.Run) -> None:
    sending.tick(clock=MORNING_DUE)
    assert outcomes() == [("pending", "")]
    run.morning.refresh_from_db()
    planning.cancel(run.morning, reason="La salle est prise", by=None, at=MORNING_DUE)
    (message,) = go(AFTERNOON_DUE)
    assert ("Comprendre" in str(message.body), "Agir" in str(message.body)) == (False, True)
    assert outcomes() == [("skipped", "superseded"), ("sent", "")]


def test_what_an_older_version_told_is_not_told_again(run: build.Run) -> None:
    """It owed one mail for each half-day: the second pass owes none, and the afternoon's names the afternoon alone."""
    morning = Occurrence.objects.get(session=run.morning)
    Delivery.objects.create(
        key=f"{planner.key_prefix(morning)}s{ledger.address_hash(build.MARC)[:32]}",
        kind=KIND,
        occurrence=morning,
        session=run.morning,
        cycle=run.cycle,
        revision=0,
        to_address=build.MARC,
        language="fr",
        state="sent",
        sent_at=MORNING_DUE,
        created_at=MORNING_DUE,
        next_at=MORNING_DUE,
    )
    assert go(MORNING_DUE + dt.timedelta(minutes=20)) == []
    (message,) = go(AFTERNOON_DUE)
    assert ("Comprendre" in str(message.body), "Agir" in str(message.body)) == (False, True)
    assert go(AFTERNOON_DUE + dt.timedelta(minutes=20)) == []


def test_pages_count_whom_each_mailing_really_writes_to(run: build.Run) -> None:
    step = run.cycle.reminder_steps.get()
    sessions = [run.morning, run.afternoon]
    mailings = list(Occurrence.objects.select_related("step").order_by("due_at"))
    at = LONG_AGO
    assert list(audiences.counts(step, sessions, at=at).values()) == [1, 0]
    assert [audiences.count(step, one, due_at=at) for one in sessions] == [1, 0]
    assert list(reach.people(mailings, at=at).values()) == [1, 0]


def test_in_english(run: build.Run) -> None:
    for session in (run.morning, run.afternoon):
        for segment in session.segments.all():
            segment.slots.update(contact_language="en")
    mail.outbox.clear()
    with translation.override("en"):
        sending.tick(clock=MORNING_DUE)
        sending.drain(clock=MORNING_DUE)
    (message,) = mail.outbox
    assert "And the same day" in str(message.body)
    assert "The sign-in sheet of each half-day is on your page" in str(message.body)
