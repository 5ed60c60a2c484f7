"""Attendance in the desk: by hand, from a file seen before it is written, out again as CSV."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from cycles.models import Membership, Session
from desk.attendance import table
from registrations import booking
from registrations.attendance import noting
from registrations.attendance.models import Attendance, AttendanceReport
from registrations.people.data import anonymity
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
START = make.paris(2026, 10, 22)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme())
    return make.session(cycle=cycle, slug="escale-01", number=1, starts_at=START)


@pytest.fixture
def marc(client: Client, session: Session) -> Client:
    client.force_login(make.membership(programme=session.cycle.programme, role=Membership.Role.TRAINER).user)
    return client


def path(name: str = "attendance", *args: Any) -> str:
    return reverse(f"desk:{name}", args=["tour", "escale-01", *args]).replace("/fr/", "/en/", 1)


def person(session: Session, email: str, family: str) -> Registration:
    return make.registration(
        session=session, participant=make.participant(email=email, given_name="A", family_name=family)
    )


def states(session: Session) -> dict[str, tuple[str, str, int | None]]:
    rows = Attendance.objects.filter(registration__session=session).select_related(
        "registration__participant"
    )
    return {r.registration.participant.family_name: (r.state, r.source, r.minutes) for r in rows}


def upload(client: Client, content: bytes, name: str = "zoom.csv") -> Any:
    return client.post(path("attendance-import"), {"file": SimpleUploadedFile(name, content)})


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_takes_as_many_queries_for_three_as_for_one(
    marc: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        noting.join(person(session, f"p{n}@example.org", f"P{n}"), at=START)
    with django_assert_num_queries(11):
        page = marc.get(path())
    assert f"{count} of {count}" in text(page)


def test_by_hand_only_what_was_changed_is_written(marc: Client, session: Session) -> None:
    rows = [person(session, f"p{n}@example.org", f"P{n}") for n in range(3)]
    noting.join(rows[0], at=START)
    data = {
        f"r{rows[0].pk}-was": "present:",
        f"r{rows[0].pk}-state": "present",
        f"r{rows[0].pk}-minutes": "",
        f"r{rows[1].pk}-was": "unknown:",
        f"r{rows[1].pk}-state": "partial",
        f"r{rows[1].pk}-minutes": "30",
        # The third row was not on the page that was sent.
    }
    assert marc.post(path(), data).status_code == 302
    assert states(session) == {"P0": ("present", "join", None), "P1": ("partial", "hand", 30)}
    noted = Attendance.objects.get(registration=rows[1])
    assert noted.noted_by is not None


def typed(rows: list[Any], **states: str) -> dict[str, str]:
    """What the browser sends of a page of the table: every row as it was shown, and what was typed in some."""
    data: dict[str, str] = {}
    for row in rows:
        prefix, was = row.form.prefix, row.form.initial["was"]
        state, minutes = was.split(":")
        data |= {
            f"{prefix}-was": was,
            f"{prefix}-state": states.get(row.registration.participant.family_name, state),
            f"{prefix}-minutes": minutes,
        }
    return data


def test_what_two_people_type_on_a_filtered_table_is_all_kept(marc: Client, session: Session) -> None:
    make.crowd(session.cycle, 120)
    query = f"{path()}?state=unknown"
    page = marc.get(query)
    assert (page.context["page"].paginator.count, len(page.context["rows"])) == (120, 50)
    first, second, last = (page.context["rows"][n].registration for n in (0, 1, 49))
    gone = page.context["rows"][2].registration
    names = [row.participant.family_name for row in (first, second, last, gone)]
    # A colleague has the same page, and notes the first half of it before.
    others = [row.registration for row in page.context["rows"][3:30]]
    data = typed(page.context["rows"], **{row.participant.family_name: "present" for row in others})
    assert marc.post(query, data).status_code == 302
    # The filter now keeps other people on each page; one person has given the place back.
    booking.cancel(gone, at=START)
    data = typed(page.context["rows"], **dict.fromkeys(names, "absent"))
    assert "Noted for 4 people." in text(marc.post(query, data, follow=True))
    result = states(session)
    assert [result[name][0] for name in names] == ["absent"] * 4
    assert Counter(state for state, _source, _minutes in result.values()) == {"present": 27, "absent": 4}


def test_a_row_that_makes_no_sense_is_shown_again_where_the_filter_lost_it(
    marc: Client, session: Session
) -> None:
    row = person(session, "p@example.org", "P")
    data = typed(marc.get(path(), {"state": "unknown"}).context["rows"]) | {f"r{row.pk}-minutes": "x"}
    noting.join(row, at=START)
    page = marc.post(f"{path()}?state=unknown", data)
    assert (page.status_code, [one.registration for one in page.context["rows"]]) == (422, [row])
    assert 'value="x"' in page.content.decode()


def test_a_posted_page_writes_in_its_own_session_and_no_more_than_it_shows(
    marc: Client, session: Session
) -> None:
    elsewhere = make.session(cycle=session.cycle, starts_at=START, slug="escale-02")
    other = person(elsewhere, "o@example.org", "O")
    rows = [person(session, f"p{n:02d}@example.org", f"P{n:02d}") for n in range(51)]
    data: dict[str, str] = {}
    for row in (other, *rows):
        data |= {f"r{row.pk}-was": "unknown:", f"r{row.pk}-state": "present", f"r{row.pk}-minutes": ""}
    data |= {"r-was": "", "rx-was": "", f"r{'9' * 40}-was": "unknown:"}
    marc.post(path(), data)
    assert (len(states(session)), states(elsewhere)) == (49, {})


@pytest.mark.parametrize(("state", "minutes"), [("partial", "-1"), ("partial", "x"), ("gone", "")])
def test_what_makes_no_sense_by_hand_is_refused_and_nothing_is_written(
    marc: Client, session: Session, state: str, minutes: str
) -> None:
    row, other = person(session, "p@example.org", "P"), person(session, "q@example.org", "Q")
    data = {
        f"r{row.pk}-was": "unknown:",
        f"r{row.pk}-state": state,
        f"r{row.pk}-minutes": minutes,
        f"r{other.pk}-was": "unknown:",
        f"r{other.pk}-state": "present",
        f"r{other.pk}-minutes": "",
    }
    assert marc.post(path(), data).status_code == 422
    assert states(session) == {}


def test_filters_find_by_name_and_by_state(marc: Client, session: Session) -> None:
    came, unknown = (
        person(session, "came@example.org", "Venue"),
        person(session, "who@example.org", "Inconnu"),
    )
    noting.join(came, at=START)
    for query, shown in (
        ({"q": "venu"}, [came]),
        ({"state": "present"}, [came]),
        ({"state": "unknown"}, [unknown]),
        ({"state": "nonsense"}, [unknown, came]),
        ({"state": "absent"}, []),
    ):
        rows = marc.get(path(), query).context["rows"]
        assert [row.registration for row in rows] == shown


def test_a_file_is_seen_then_written(marc: Client, session: Session) -> None:
    person(session, "amina@example.org", "Diallo")
    person(session, "zoe@example.org", "Brien")
    response = upload(
        marc, "Name;Email;Duration\nA;amina@example.org;88\n=1+1;x@example.org;5\n".encode("cp1252")
    )
    report = AttendanceReport.objects.get()
    preview = path("attendance-report", report.pk)
    assert (response.status_code, response["Location"]) == (302, preview)
    page = text(marc.get(preview))
    assert "=1+1" in page
    assert "Note the attendance of 1 person" in page
    assert states(session) == {}
    again = marc.post(preview, {"threshold": "99", "absent_others": ""})
    assert (again.status_code, states(session)) == (200, {})
    assert "<b>1</b> present in part" in text(again)
    assert marc.post(f"{preview}save/", {"threshold": "0"}).status_code == 422
    assert states(session) == {}
    done = marc.post(f"{preview}save/", {"threshold": "50", "absent_others": "on"})
    assert (done.status_code, done["Location"]) == (302, path())
    assert states(session) == {"Diallo": ("present", "report", 88), "Brien": ("absent", "report", None)}
    # The back button, or a second click.
    assert marc.post(f"{preview}save/", {"threshold": "50"})["Location"] == path()
    assert marc.get(preview)["Location"] == path()
    assert "zoom.csv" in text(marc.get(path()))


def test_a_file_of_another_day_says_so_in_words(marc: Client, session: Session) -> None:
    person(session, "amina@example.org", "Diallo")
    upload(marc, b"Name;Email;Join time;Duration\nA;amina@example.org;19/11/2026 13:00;88\n")
    page = text(marc.get(path("attendance-report", AttendanceReport.objects.get().pk)))
    assert "This file seems to be of another session." in page
    assert "In it people joined on Thursday 19 November 2026." in page


def test_a_file_is_forgotten_on_request(marc: Client, session: Session) -> None:
    upload(marc, b"Email\namina@example.org\n")
    report = AttendanceReport.objects.get()
    assert marc.post(path("attendance-report-discard", report.pk)).status_code == 302
    assert not AttendanceReport.objects.exists()
    assert marc.get(path("attendance-report", report.pk)).status_code == 404
    assert states(session) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."),
        (b"Email\n", "This file names nobody"),
        (b"\xd0\xcf\x11\xe0", "This is an old spreadsheet"),
        (b"\x01\x02\x03\x04", "This file cannot be read"),
        (b"a summary\nof a meeting\n", "This file has no table of people"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    marc: Client, session: Session, content: bytes, words: str
) -> None:
    page = upload(marc, content)
    assert (page.status_code, words in text(page)) == (422, True)
    assert not session.attendance_reports.exists()
    assert marc.post(path("attendance-import")).status_code == 422


def test_a_report_opens_in_its_own_session_only(marc: Client, session: Session) -> None:
    report = make.attendance_report(session=make.session(cycle=session.cycle, starts_at=START))
    assert marc.get(path("attendance-report", report.pk)).status_code == 404


def test_all_the_unknown_were_absent(marc: Client, session: Session) -> None:
    person(session, "p@example.org", "P")
    assert marc.post(path("attendance-absent")).status_code == 302
    assert states(session) == {"P": ("absent", "hand", None)}
    with time_machine.travel(START, tick=False):
        assert "The session is not over yet" in text(marc.post(path("attendance-absent"), follow=True))


def test_the_export_neutralises_formulas(marc: Client, session: Session) -> None:
    noting.join(person(session, "p@example.org", "=HYPERLINK(1)"), at=START)
    response: Any = marc.get(path("attendance-export"))
    body = b"".join(response.streaming_content).decode()
    assert body.splitlines()[1] == "'=HYPERLINK(1);A;p@example.org;;present;;join page;2026-10-22 11:00"
    assert list(AuditEntry.objects.exclude(verb="account.enter").values_list("verb", "count")) == [
        ("attendance.export", 1)
    ]


def test_the_line_of_the_cycle_leads_to_it(marc: Client, session: Session) -> None:
    person(session, "p@example.org", "P")
    page = marc.get(reverse("desk:cycle-detail", args=["tour"]).replace("/fr/", "/en/", 1))
    assert f'href="{path()}"' in page.content.decode()


def test_the_page_of_a_person_says_where_they_came(client: Client, session: Session) -> None:
    row = person(session, "p@example.org", "P")
    make.attendance(registration=row, minutes=88)
    client.force_login(make.membership(programme=session.cycle.programme, role=Membership.Role.TRAINER).user)
    address = reverse("desk:registrant", args=["tour", row.cycle_registration_id]).replace("/fr/", "/en/", 1)
    assert "present, 88 minutes <span" in text(client.get(address))
    anonymity.anonymise([row.cycle_registration_id], at=START)
    assert client.get(address).status_code == 404
    assert client.get(path()).context["rows"] == []


def test_who_came_without_a_place_is_not_counted_among_the_others(marc: Client, session: Session) -> None:
    for number in range(3):
        noting.join(person(session, f"a{number}@example.org", "Là"), at=START)
    person(session, "b@example.org", "Absente")
    for _number in range(2):
        make.attendance(registration=make.registration(session=session, state="waitlisted"))
    assert marc.get(path()).context["figures"] == [
        "3 of 4 people came",
        "2 people came without a place",
        "1 unknown",
    ]


@pytest.mark.parametrize(("came", "held"), [(0, 2), (1, 2), (1, 1)])
def test_the_french_of_the_figures_agrees_with_every_number(session: Session, came: int, held: int) -> None:
    for number in range(held):
        row = person(session, f"a{number}@example.org", "Là")
        if number < came:
            noting.join(row, at=START)
    with translation.override("fr"):
        assert table.figures(session, at=START)[0] == f"Présences\u202f: {came} sur {held}"
