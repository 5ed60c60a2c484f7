"""Every rule: what goes, what stays, counts that stay true, and nothing left for a second run."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Value

from accounts.models import AuditEntry
from cycles.models import Session
from notifications import tasks
from notifications.delivery import ledger, retention
from notifications.models import Delivery, GroupMessage
from registrations.attendance import noting
from registrations.attendance.models import Attendance, AttendanceReport
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.people import participants
from registrations.people.data import retention_periods
from speakers.models import Contact
from tests import make

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
END = START + dt.timedelta(minutes=90)
DAY = dt.timedelta(days=1)


def cycle(**fields: Any) -> Any:
    return make.cycle(first_date=dt.date(2026, 10, 1), last_date=dt.date(2026, 10, 31), **fields)


def visit(**session: Any) -> Registration:
    """Return somebody who came to the only session of a cycle that ended with October 2026."""
    session.setdefault("cycle", cycle())
    row = make.registration(session=make.session(starts_at=START, **session))
    noting.join(row, at=START)
    return row


def counts(row: Registration) -> tuple[int, dict[str, int]]:
    session = row.session_id
    return Registration.objects.confirmed().filter(session=session).count(), noting.tallies([session])[
        session
    ].states


def run(at: dt.datetime) -> dict[str, int]:
    """Return the rules that found something; a second run must find nothing."""
    result = retention.run(at=at)
    assert set(retention.run(at=at).values()) == {0}
    return {code: count for code, count in result.items() if count}


@pytest.mark.parametrize(
    ("moment", "count", "expected"),
    [
        (dt.datetime(2026, 3, 31), -1, dt.datetime(2026, 2, 28)),
        (dt.datetime(2028, 1, 31), 1, dt.datetime(2028, 2, 29)),
        (dt.datetime(2026, 10, 22), 72, dt.datetime(2032, 10, 22)),
        (dt.datetime(2026, 1, 1), -12, dt.datetime(2025, 1, 1)),
    ],
)
def test_months_are_those_of_the_calendar(moment: dt.datetime, count: int, expected: dt.datetime) -> None:
    assert retention_periods.months(moment, count) == expected


def test_who_came_becomes_how_many_after_three_months() -> None:
    row = visit()
    before = counts(row)
    assert before == (1, {"present": 1})
    assert run(make.paris(2027, 1, 31)) == {}
    assert run(make.paris(2027, 2, 2)) == {"attendance": 1}
    assert (Attendance.objects.count(), Registration.objects.get().joined_at) == (0, None)
    assert counts(row) == before


def test_registrations_are_nobodys_after_twelve_months() -> None:
    row = visit()
    person = row.participant
    before = counts(row)
    assert "registrations" not in run(make.paris(2027, 10, 31))
    assert run(make.paris(2027, 11, 2)) == {"registrations": 1}
    assert not Participant.objects.filter(pk=person.pk).exists()
    assert Participant.objects.get().anonymised_at is not None
    assert counts(row) == before


def test_a_person_who_goes_on_elsewhere_stays_and_the_newsletter_keeps_them_too() -> None:
    row = visit()
    ahead = make.registration(
        participant=row.participant, session=make.session(starts_at=make.paris(2028, 1, 20))
    )
    reader = visit().participant
    participants.join_newsletter(reader, form="registration", at=START)
    assert run(make.paris(2027, 11, 2))["registrations"] == 2
    assert Registration.objects.get(pk=ahead.pk).participant == row.participant
    assert Registration.objects.get(pk=row.pk).participant != row.participant
    assert Participant.objects.filter(pk=reader.pk, email=reader.email).exists()
    # Three years without a sign of life after the consent; the other cycle is long over, too.
    assert run(make.paris(2029, 10, 23)) == {"contacts": 1, "registrations": 1}
    assert not Participant.objects.filter(pk=reader.pk).exists()


def test_a_cycle_that_goes_on_keeps_everything() -> None:
    held = cycle()
    row = visit(cycle=held)
    make.session(cycle=held, starts_at=make.paris(2027, 10, 21))
    CycleRegistration.objects.update(accessibility_need="")
    assert run(make.paris(2027, 11, 2)) == {}
    assert Attendance.objects.filter(registration=row).exists()


def test_a_cancelled_session_to_come_keeps_nothing() -> None:
    held = cycle()
    visit(cycle=held)
    make.session(cycle=held, starts_at=make.paris(2029, 10, 21), status=Session.Status.CANCELLED)
    assert run(make.paris(2027, 11, 2)) == {"attendance": 1, "registrations": 1}


def test_proofs_of_a_training_stay_six_years() -> None:
    row = visit(legal_frame=Session.LegalFrame.TRAINING)
    noting.note(row.session, values={row.pk: (Attendance.State.PRESENT, None)}, by=None, at=END)
    person = row.participant
    assert run(make.paris(2032, 10, 21)) == {}
    assert Registration.objects.get().participant == person
    assert run(END.replace(year=2032) + DAY) == {"attendance": 1, "registrations": 1}
    assert counts(row) == (1, {"present": 1})


def test_needs_go_thirty_days_after_the_last_session_of_the_person() -> None:
    row = visit()
    CycleRegistration.objects.update(accessibility_need="Captions")
    assert run(END + 29 * DAY) == {}
    assert run(END + 31 * DAY) == {"needs": 1}
    row.cycle_registration.refresh_from_db()
    assert row.cycle_registration.accessibility_need == ""


def test_requests_that_nobody_confirmed_go_after_seven_days() -> None:
    person = make.participant(confirmed_at=None)
    make.cycle_registration(participant=person, state=State.PENDING)
    assert run(make.AT + 6 * DAY) == {}
    assert run(make.AT + 8 * DAY) == {"unconfirmed": 1}
    assert not Participant.objects.exists()


def test_mails_forget_to_whom_they_went_after_six_months_but_not_that_they_left() -> None:
    row = visit()
    sent = make.delivery(row, state="sent", created_at=START)
    waiting = make.delivery(row, created_at=START)
    assert "mails" not in run(make.paris(2027, 4, 21))
    assert run(make.paris(2027, 4, 23)) == {"mails": 1}
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.to_address, sent.participant_id, sent.state) == ("", None, "sent")
    assert waiting.to_address == row.participant.email
    assert Delivery.objects.count() == 2


def test_drafts_go_after_six_months_and_what_was_written_with_the_cycle() -> None:
    row = visit()
    of_this = {"cycle": row.session.cycle, "written_at": START}
    make.group_message(**of_this, selection={"q": ["amina@example.org"]})
    sent = make.group_message(**of_this, sent_at=START, people=1)
    mail = make.delivery(row, state="sent", group_message=sent, created_at=START)
    assert run(make.paris(2027, 4, 21)).get("group_messages") is None
    assert run(make.paris(2027, 4, 23))["group_messages"] == 1
    assert GroupMessage.objects.get() == sent
    assert run(make.paris(2027, 11, 2))["group_messages"] == 1
    mail.refresh_from_db()
    assert (mail.state, mail.group_message_id) == ("sent", None)


def test_replays_journal_and_files() -> None:
    session = make.session(cycle=make.cycle(), starts_at=START, replay_url="https://video.example.org/1")
    make.attendance_report(session=session)
    AuditEntry.objects.create(at=make.AT, verb="account.enter")
    assert run(make.AT + 2 * DAY) == {"reports": 1}
    assert run(make.paris(2027, 10, 23)) == {"replays": 1, "journal": 1}
    session.refresh_from_db()
    assert (session.replay_url, AttendanceReport.objects.count(), AuditEntry.objects.count()) == ("", 0, 0)


def test_a_dry_run_counts_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    row = visit()
    with time_machine.travel(START + DAY, tick=False):
        call_command("retention", dry_run=True, at="2028-04-22")
        lines = capsys.readouterr().out.splitlines()
        assert [line.split(":", 1)[0].split() for line in lines if not line.strip().startswith("0")] == [
            ["1", "attendance"],
            ["1", "registrations"],
            ["2", "would", "go"],
        ]
        assert Registration.objects.get().participant == row.participant
        with pytest.raises(CommandError):
            call_command("retention", at="2028-04-22")
        with pytest.raises(CommandError):
            call_command("retention", at="soon", dry_run=True)
        call_command("retention", at="2026-10-22T10:00:00+02:00")
    assert Attendance.objects.count() == 1


def test_the_daily_task_runs_the_rules() -> None:
    visit()
    with time_machine.travel(make.paris(2027, 11, 2), tick=False):
        tasks.retention()
    assert Participant.objects.get().anonymised_at is not None


def test_nobody_is_written_to(django_assert_num_queries: Any) -> None:
    row = visit()
    retention.run(at=make.paris(2027, 11, 2))

    people = Registration.objects.filter(pk=row.pk)

    with django_assert_num_queries(1):
        assert (
            ledger.insert(people, {"key": Value("k"), "kind": Value("reminder")}, at=START, leaves_at=START)
            == 0
        )


def test_the_command_forgets_whom_no_agenda_names_and_a_dry_run_does_not() -> None:
    make.contact("nadia@example.org")
    with time_machine.travel(make.AT + 40 * DAY, tick=False):
        call_command("retention", dry_run=True)
        assert Contact.objects.get().email == "nadia@example.org"
        call_command("retention")
    assert not Contact.objects.exclude(email="").exists()
