"""The rules R1 to R10 of the default cadence, one test each and its edges.

R11 is in tests/desk/reminders/test_reminders.py, R12 in test_texts.py.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, Occurrence, ReminderStep, Suppression
from notifications.plan import defaults, planner, policy
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration
from registrations.people import participants
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from cycles.models import Cycle, Session
    from registrations.models import Participant

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
START = paris(2026, 11, 19)


def planned(cycle: Cycle | None = None, *, starts_at: dt.datetime = START, **fields: object) -> Session:
    session = make.session(cycle=cycle, starts_at=starts_at, **fields)
    defaults.default_steps(session.cycle)
    planner.replan(session)
    return session


def leaving(at: dt.datetime) -> list[tuple[str, str]]:
    """Tick and send at an instant; return (address, subject) of what left."""
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return sorted((message.to[0], str(message.subject)) for message in mail.outbox)


def reached(at: dt.datetime) -> list[str]:
    return [address for address, _subject in leaving(at)]


def person(name: str, **fields: object) -> Participant:
    return make.participant(email=f"{name}@example.org", **fields)


def test_r1_nobody_gets_a_reminder_due_before_they_registered() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina"))
    make.registration(session=session, participant=person("zoe"), confirmed_at=START - DAY - HOUR)
    make.registration(session=session, participant=person("jean"), confirmed_at=START - 30 * MINUTE)
    assert reached(START - 7 * DAY) == ["amina@example.org"]
    assert reached(START - DAY) == ["amina@example.org", "zoe@example.org"]
    assert reached(START - HOUR) == ["amina@example.org", "zoe@example.org"]
    assert reached(START - 20 * MINUTE) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (59 * MINUTE, "Plus aucun rappel ne viendra"),
        (-20 * MINUTE, "Cela vient de commencer"),
        (61 * MINUTE, "C’est aujourd’hui."),
        (DAY, None),
    ],
)
def test_r1_on_its_day_the_confirmation_itself_carries_the_link(
    before: dt.timedelta, words: str | None
) -> None:
    session = planned()
    applicant = booking.Applicant(email="jean@example.org", given_name="Jean", family_name="Essai")
    row = booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    booking.confirm(row, at=START - before)
    leaving(START - before)
    (message,) = [message for message in mail.outbox if "inscrit" in str(message.subject)]
    body = str(message.body)
    assert (words in body if words else "/fr/join/" not in body) is True
    assert ("/fr/join/" in body) is (words is not None)


def test_r2_one_mail_a_person_step_and_schedule_is_held_by_the_database() -> None:
    make.registration(session=planned())
    planner.open_due(at=START - 7 * DAY)
    sent = Delivery.objects.get()
    sent.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        sent.save(force_insert=True)
    assert Delivery.objects.count() == 1


def test_r2_a_line_changed_after_it_left_does_not_leave_again() -> None:
    session = planned()
    make.registration(session=session)
    step = ReminderStep.objects.get(code="j-7")
    assert len(leaving(START - 7 * DAY)) == 1
    policy.change(step, timing=policy.Timing(count=5, unit="days"), values={}, by=None, at=START - 6 * DAY)
    assert leaving(START - 5 * DAY) == []


def test_r3_a_move_starts_the_reminders_anew_for_the_new_date_only() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina"))
    assert len(leaving(START - 7 * DAY)) == 1
    moved_at = START - 6 * DAY
    planning.move(session, to=START + 14 * DAY, by=None, at=moved_at)
    assert [subject[:13] for _, subject in leaving(moved_at + planning.grace())] == ["Nouvelle date"]
    assert leaving(START - DAY) == leaving(START - HOUR) == []
    assert [len(leaving(START + days * DAY)) for days in (7, 13)] == [1, 1]


def test_r3_a_reminder_does_not_overtake_the_mail_about_the_change() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina", language="en"))
    moved_at = START - 3 * DAY
    soon = moved_at + 64 * MINUTE
    planning.move(session, to=soon, by=None, at=moved_at)
    assert leaving(soon - HOUR) == []
    told = [subject for _address, subject in leaving(moved_at + 10 * MINUTE)]
    assert [subject.partition(" ")[0] for subject in told] == ["New", "Today"]


def test_r3_what_is_undone_in_time_reminds_nobody_of_a_date_that_is_none() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina"))
    moved_at = START - 3 * DAY
    planning.move(session, to=moved_at + 64 * MINUTE, by=None, at=moved_at)
    assert leaving(moved_at + 5 * MINUTE) == []
    session.refresh_from_db()
    planning.move(session, to=START, by=None, at=moved_at + 6 * MINUTE)
    assert leaving(moved_at + 20 * MINUTE) == []
    assert reached(START - DAY) == ["amina@example.org"]


def test_r4_a_cancellation_stops_everything_and_is_told_once() -> None:
    session = planned()
    make.registration(session=session)
    cancelled_at = START - 3 * DAY
    planning.cancel(session, reason="Grève", by=None, at=cancelled_at)
    later = [leaving(cancelled_at + hours * HOUR) for hours in (1, 30, 48, 71, 96, 120)]
    assert [len(mails) for mails in later] == [1, 0, 0, 0, 0, 0]
    assert later[0][0][1].startswith("Annulé")


@pytest.mark.parametrize(
    ("code", "last", "first_too_late"),
    [
        ("j-7", START - 6 * DAY - MINUTE, START - 6 * DAY),
        ("j-1", START - 12 * HOUR - MINUTE, START - 12 * HOUR),
        ("h-1", START + 9 * MINUTE, START + 10 * MINUTE),
        ("m-10", START + 4 * MINUTE, START + 5 * MINUTE),
        ("follow-up", START + 97 * HOUR, START + 97.5 * HOUR),
    ],
)
def test_r5_a_step_is_caught_up_inside_its_window_only(
    code: str, last: dt.datetime, first_too_late: dt.datetime
) -> None:
    session = planned(starts_at=START)
    ReminderStep.objects.exclude(code=code).update(is_enabled=False)
    ReminderStep.objects.filter(code=code).update(is_enabled=True)
    planner.replan(session)
    make.registration(session=session)
    mailing = session.mailings.get(step__code=code)
    with transaction.atomic():
        assert planner.open_due(at=last) == 1
        transaction.set_rollback(True)
    assert planner.open_due(at=first_too_late) == 0
    mailing.refresh_from_db()
    assert mailing.state == "missed"
    # Nobody is forgotten in silence: each row says why.
    assert list(mailing.deliveries.values_list("state", "reason")) == [("skipped", "too_late")]


def test_r6_day_steps_keep_quiet_hours_and_hour_steps_do_not() -> None:
    early = planned(starts_at=paris(2026, 11, 19, 7))
    due = {mailing.step.code: mailing.due_at for mailing in early.mailings.all() if mailing.step}
    assert due == {
        "chase-21": paris(2026, 10, 29, 8),
        "chase-14": paris(2026, 11, 5, 8),
        "chase-7": paris(2026, 11, 12, 8),
        "speakers-j-3": paris(2026, 11, 16, 8),
        "speakers-h-1": paris(2026, 11, 19, 6),
        "speakers-thanks": paris(2026, 11, 20, 8, 30),
        "j-7": paris(2026, 11, 12, 8),
        "j-1": paris(2026, 11, 18, 8),
        "h-1": paris(2026, 11, 19, 6),
        "thanks": paris(2026, 11, 19, 10, 30),
        "missed": paris(2026, 11, 19, 10, 30),
        "follow-up": paris(2026, 11, 20, 8, 30),
    }


def test_r6_a_step_may_avoid_weekends_and_holidays() -> None:
    # Tuesday 10 November 2026; the 11th is a holiday, the 7th and 8th a week-end.
    session = planned(starts_at=paris(2026, 11, 9))
    values = {"avoids_weekends": True, "avoids_holidays": True}
    policy.add(session.cycle, timing=policy.Timing(count=2, unit="days"), values=values, by=None, at=AT)
    assert session.mailings.get(step__code="j-2").due_at == paris(2026, 11, 6)
    tuesday = planned(session.cycle, starts_at=paris(2026, 11, 10))
    assert tuesday.mailings.get(step__code="follow-up").due_at == paris(2026, 11, 12, 8)


def test_r7_of_two_sessions_close_together_only_the_first_reminds() -> None:
    first = planned()
    close = planned(first.cycle, starts_at=START + 90 * MINUTE + 89 * MINUTE)
    far = planned(first.cycle, starts_at=START + 7 * HOUR)
    both, second_only = person("amina"), person("zoe")
    for session in (first, close, far):
        make.registration(session=session, participant=both)
    make.registration(session=close, participant=second_only)
    planner.open_due(at=START - DAY + 7 * HOUR)
    owed = Delivery.objects.values_list("session", "to_address").order_by("session", "to_address")
    assert list(owed.filter(occurrence__step__code="j-1")) == [
        (first.pk, "amina@example.org"),
        (close.pk, "zoe@example.org"),
        (far.pk, "amina@example.org"),
    ]


def test_r7_the_one_reminder_speaks_of_both_and_has_both_links() -> None:
    first = planned(number=1)
    second = planned(first.cycle, starts_at=START + 2 * HOUR, number=2)
    both, first_only = person("amina"), person("zoe")
    rows = [make.registration(session=session, participant=both) for session in (first, second)]
    make.registration(session=first, participant=first_only)
    leaving(START - HOUR)
    texts = {message.to[0]: str(message.body) for message in mail.outbox}
    for row in rows:
        assert personal_links.join(row, language="fr") in texts["amina@example.org"]
    assert "Et juste après" in texts["amina@example.org"]
    assert "Et juste après" not in texts["zoe@example.org"]


def test_r7_who_was_too_late_for_the_first_is_reminded_of_the_second() -> None:
    first = planned()
    second = planned(first.cycle, starts_at=START + 2 * HOUR)
    late = person("amina")
    make.registration(session=first, participant=late, confirmed_at=START - DAY + MINUTE)
    make.registration(session=second, participant=late)
    planner.open_due(at=START - DAY + 3 * HOUR)
    waiting = Delivery.objects.filter(state="pending")
    assert list(waiting.values_list("session", flat=True)) == [second.pk]


def test_r8_one_address_is_one_person_and_gets_one_mail_a_purpose() -> None:
    session = planned()
    for typed in ("Zoe@Example.org", "zoe@example.ORG "):
        applicant = booking.Applicant(email=typed, given_name="Zoé", family_name="Essai")
        row = booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
        if row.state == "pending":
            booking.confirm(row, at=AT)
    planner.open_due(at=START - 7 * DAY)
    assert list(Delivery.objects.filter(kind="reminder").values_list("to_address", flat=True)) == [
        "Zoe@example.org"
    ]


def test_r9_stopping_reminders_keeps_the_registration_and_the_notices() -> None:
    session = planned()
    row = make.registration(session=session, participant=person("amina"))
    participants.stop_reminders(row.participant, at=AT)
    assert leaving(START - 7 * DAY) == []
    row.refresh_from_db()
    assert row.state == "confirmed"
    planning.cancel(session, reason="Grève", by=None, at=START - 3 * DAY)
    assert reached(START - 2 * DAY) == ["amina@example.org"]


def test_r10_a_permanent_bounce_stops_the_address_and_flags_the_mail() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina"))
    ledger.suppress("amina@example.org", reason=Suppression.Reason.BOUNCE, at=AT)
    assert leaving(START - 7 * DAY) == []
    assert list(Delivery.objects.values_list("state", flat=True)) == ["suppressed"]


def test_r10_one_temporary_error_stops_no_later_step() -> None:
    session = planned()
    make.registration(session=session, participant=person("amina"))
    planner.open_due(at=START - 7 * DAY)
    Delivery.objects.update(state="failed", last_code=451)
    assert reached(START - DAY) == ["amina@example.org"]


def test_a_late_step_is_listed_as_not_owed() -> None:
    session = planned()
    make.registration(session=session)
    policy.add(
        session.cycle, timing=policy.Timing(count=3, unit="days"), values={}, by=None, at=START - 2 * DAY
    )
    mailing = Occurrence.objects.get(step__code="j-3")
    assert (mailing.state, mailing.due_at) == ("missed", START - 3 * DAY)
    assert leaving(START - 2 * DAY) == []
