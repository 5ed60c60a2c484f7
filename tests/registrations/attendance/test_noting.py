"""Content: a click, a report, a hand; which of them wins; and that nothing is written before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from registrations.attendance import applying, noting
from registrations.attendance.models import Attendance, AttendanceCount, AttendanceReport
from registrations.events import AttendanceChanged
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.tables.reading import TableError
from tests import make
from tests.hearing import hearing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cycles.models import Session

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)
AFTER = START + dt.timedelta(hours=2)
HEADER = "Name,Email,Join Time,Leave Time,Duration\n"


@pytest.fixture
def session() -> Session:
    return make.session(starts_at=START)


@pytest.fixture
def told() -> Iterator[list[int]]:
    heard: list[int] = []

    with hearing(AttendanceChanged, lambda event: heard.append(event.session_id)):
        yield heard


def person(session: Session, email: str, **fields: Any) -> Registration:
    family = email.split("@", 1)[0].title()
    return make.registration(
        session=session,
        participant=make.participant(email=email, given_name="A", family_name=family),
        **fields,
    )


def report(session: Session, *lines: str) -> AttendanceReport:
    return make.attendance_report(session=session, content=(HEADER + "\n".join(lines)).encode())


def noted(session: Session) -> dict[str, tuple[str, str, int | None]]:
    rows = Attendance.objects.filter(registration__session=session).select_related(
        "registration__participant"
    )
    return {row.registration.participant.email: (row.state, row.source, row.minutes) for row in rows}


def apply(
    found: AttendanceReport, *, threshold: int = 50, absent_others: bool = True
) -> applying.Reading | None:
    asked = applying.Asked(threshold=threshold, absent_others=absent_others)
    return applying.apply(found, asked=asked, by=None, at=AFTER)


def test_a_click_is_noted_once_from_any_number_of_devices(session: Session, told: list[int]) -> None:
    row = person(session, "amina@example.org")
    assert noting.join(row, at=START)
    assert not noting.join(row, at=START + dt.timedelta(minutes=1))
    row.refresh_from_db()
    assert row.joined_at == START
    assert noted(session) == {"amina@example.org": ("present", "join", None)}
    assert told == [session.pk]


def test_a_report_says_present_partial_and_absent(session: Session, told: list[int]) -> None:
    for name in ("amina", "zoe", "jean"):
        person(session, f"{name}@example.org")
    result = report(
        session,
        "X,AMINA@example.org,10/22/2026 12:58:00,10/22/2026 14:26:00,88",
        "A Zoe,,10/22/2026 13:00:00,10/22/2026 13:20:00,20",
        "Visitor,visitor@example.org,10/22/2026 13:00:00,10/22/2026 13:20:00,20",
    )
    reading = apply(result)
    assert reading is not None
    assert noted(session) == {
        "amina@example.org": ("present", "report", 86),
        "zoe@example.org": ("partial", "report", 20),
        "jean@example.org": ("absent", "report", None),
    }
    assert [stranger.email for stranger in reading.strangers] == ["visitor@example.org"]
    assert (len(reading.by_name), reading.is_other_day, told) == (1, False, [session.pk])
    result.refresh_from_db()
    assert (bytes(result.content), result.applied_at) == (b"", AFTER)
    assert (result.line_count, result.matched_count, result.unmatched_count) == (3, 2, 1)


def test_reading_writes_nothing_and_applying_twice_is_applying_once(session: Session) -> None:
    person(session, "amina@example.org")
    result = report(session, "A,amina@example.org,,,88")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reading = applying.read(result, asked=applying.Asked(), at=AFTER)
    assert (len(queries), len(reading.rows), noted(session)) == (2, 1, {})
    assert apply(result) is not None
    assert apply(result) is None


def test_a_hand_and_a_signature_win_over_a_report_and_a_report_over_a_click(session: Session) -> None:
    rows = {name: person(session, f"{name}@example.org") for name in ("hand", "signed", "click", "other")}
    noting.note(session, values={rows["hand"].pk: ("excused", None)}, by=None, at=AFTER)
    make.attendance(registration=rows["signed"], source=Attendance.Source.SIGNATURE)
    noting.join(rows["click"], at=START)
    noting.join(rows["other"], at=START)
    reading = apply(report(session, *(f"A,{name}@example.org,,,20" for name in ("hand", "signed", "click"))))
    assert noted(session) == {
        "hand@example.org": ("excused", "hand", None),
        "signed@example.org": ("present", "signature", None),
        "click@example.org": ("partial", "report", 20),
        "other@example.org": ("present", "join", None),
    }
    assert reading is not None
    assert reading.settled == 2


def test_a_second_file_completes_the_first(session: Session) -> None:
    for name in ("a", "b", "c"):
        person(session, f"{name}@example.org")
    apply(report(session, "A,a@example.org,,,88"))
    apply(report(session, "B,b@example.org,,,80"))
    assert {email: said[0] for email, said in noted(session).items()} == {
        "a@example.org": "present",
        "b@example.org": "present",
        "c@example.org": "absent",
    }


def test_who_waits_or_cancelled_is_not_absent_but_may_have_come(session: Session) -> None:
    person(session, "waiting@example.org", state=State.WAITLISTED)
    person(session, "gone@example.org", state=State.CANCELLED, cancelled_at=make.AT)
    person(session, "back@example.org", state=State.CANCELLED, cancelled_at=make.AT)
    apply(report(session, "B,back@example.org,,,88"))
    assert noted(session) == {"back@example.org": ("present", "report", 88)}


def test_others_may_stay_unknown_and_the_threshold_may_change(session: Session) -> None:
    person(session, "a@example.org")
    person(session, "b@example.org")
    apply(report(session, "A,a@example.org,,,44"), threshold=40, absent_others=False)
    assert noted(session) == {"a@example.org": ("present", "report", 44)}


def test_a_file_of_another_day_warns(session: Session) -> None:
    person(session, "a@example.org")
    other = report(session, "A,a@example.org,19/11/2026 13:00,19/11/2026 14:00,60")
    assert applying.read(other, asked=applying.Asked(), at=AFTER).is_other_day
    same = report(session, "A,a@example.org,,,60")
    assert not applying.read(same, asked=applying.Asked(), at=AFTER).is_other_day


def test_uploading_again_forgets_the_first_file_and_refuses_what_nobody_can_read(session: Session) -> None:
    first = applying.upload(session, name="a.csv", data=b"Email\na@example.org\n", by=None, at=AFTER)
    second = applying.upload(session, name="b" * 300, data=b"Email\na@example.org\n", by=None, at=AFTER)
    with pytest.raises(TableError):
        applying.upload(session, name="c.csv", data=b"nothing", by=None, at=AFTER)
    assert list(AttendanceReport.objects.values_list("pk", "name")) == [(second.pk, "b" * 200)]
    applying.discard(first)
    applying.discard(second)
    assert not AttendanceReport.objects.exists()


def test_by_hand_only_own_registrations_and_no_minutes_for_the_absent(session: Session) -> None:
    row, other = person(session, "a@example.org"), make.registration()
    written = noting.note(
        session, values={row.pk: ("absent", 30), other.pk: ("present", 30)}, by=None, at=AFTER
    )
    assert (written, noted(session), Attendance.objects.count()) == (
        1,
        {"a@example.org": ("absent", "hand", None)},
        1,
    )


def test_all_the_unknown_were_absent_once_it_is_over(session: Session) -> None:
    came, missed = person(session, "came@example.org"), person(session, "missed@example.org")
    noting.join(came, at=START)
    with pytest.raises(noting.AttendanceError):
        noting.mark_absent(session, by=None, at=START)
    assert noting.mark_absent(session, by=None, at=AFTER) == 1
    assert noting.mark_absent(session, by=None, at=AFTER) == 0
    assert noted(session)[missed.participant.email] == ("absent", "hand", None)
    came_rows = Attendance.objects.came().values_list("registration_id", flat=True)
    missed_rows = Attendance.objects.missed().values_list("registration_id", flat=True)
    assert (list(came_rows), list(missed_rows)) == ([came.pk], [missed.pk])


def test_counts_hold_erased_rows_too(session: Session) -> None:
    noting.join(person(session, "a@example.org"), at=START)
    AttendanceCount.objects.create(session=session, state="present", people=3)
    AttendanceCount.objects.create(session=session, state="absent", people=2)
    make.attendance(registration=make.registration(session=session, state="waitlisted"))
    AttendanceCount.objects.filter(state="absent").update(without_place=1)
    tally = noting.tallies([session.pk])[session.pk]
    assert (tally.states, tally.unplaced) == ({"present": 5, "absent": 2}, {"present": 1, "absent": 1})
    assert (tally.came, tally.came_without_place, tally.known) == (5, 1, 5)


@pytest.mark.parametrize(
    "fields",
    [{"half_day": 1}, {"half_day": 0}, {"half_day": 2, "state": "absent", "minutes": 5}],
    ids=["twice", "no half-day", "absent for five minutes"],
)
def test_what_the_database_refuses(fields: dict[str, Any]) -> None:
    row = make.attendance().registration
    with pytest.raises(IntegrityError), transaction.atomic():
        make.attendance(registration=row, **fields)


def test_the_database_keeps_no_file_that_was_applied() -> None:
    result = make.attendance_report()
    with pytest.raises(IntegrityError), transaction.atomic():
        AttendanceReport.objects.filter(pk=result.pk).update(applied_at=AFTER)


def crowd(session: Session, count: int) -> None:
    people = Participant.objects.bulk_create(
        Participant(
            email=f"p{n}@example.org", email_key=f"p{n}@example.org", given_name="P", family_name=str(n),
            created_at=make.AT, confirmed_at=make.AT,
        )
        for n in range(count)
    )  # fmt: skip
    cycle_rows = CycleRegistration.objects.bulk_create(
        CycleRegistration(
            participant=one,
            cycle=session.cycle,
            state=State.CONFIRMED,
            requested_at=make.AT,
            confirmed_at=make.AT,
        )
        for one in people
    )
    Registration.objects.bulk_create(
        Registration(
            participant=row.participant, session=session, cycle_registration=row, state=State.CONFIRMED,
            queued_at=make.AT, confirmed_at=make.AT,
        )
        for row in cycle_rows
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.slow
def test_fifty_thousand_lines_are_written_by_the_set(session: Session) -> None:
    crowd(session, 10_000)
    lines = [f"P {n},p{n}@example.org,10/22/2026 13:00:00,10/22/2026 14:00:00,60" for n in range(50_000)]
    result = report(session, *lines)
    with CaptureQueriesContext(connection) as queries:
        reading = apply(result)
    assert reading is not None
    assert (reading.line_count, len(reading.rows), len(reading.strangers)) == (50_000, 10_000, 40_000)
    inserts = [query for query in queries if query["sql"].startswith("INSERT")]
    assert len(queries) - len(inserts) < 10
    assert Attendance.objects.count() == 10_000
