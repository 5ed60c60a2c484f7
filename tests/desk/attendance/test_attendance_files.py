"""Files of real platforms through the pages of the desk: what each says of four people at a session of 90 minutes."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from cycles.models import Membership
from desk.attendance import files
from registrations.attendance.models import Attendance, AttendanceReport
from registrations.tables.models import ColumnChoice
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cycles.models import Session

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"
START = make.paris(2026, 11, 19)
PEOPLE = {"amina": "Amina", "zoe": "Zoë", "noel": "Noël", "loic": "Loïc"}
HEAD = "Name,User Email,Join Time,Leave Time,Duration (Minutes),In Waiting Room\n"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme())
    session = make.session(
        cycle=cycle, slug="escale-01", starts_at=START, ends_at=START + dt.timedelta(minutes=90)
    )
    for key, name in PEOPLE.items():
        person = make.participant(email=f"{key}@example.org", given_name=name, family_name="Essai")
        make.registration(session=session, participant=person)
    return session


@pytest.fixture
def marc(client: Client, session: Session) -> Client:
    client.force_login(make.membership(programme=session.cycle.programme, role=Membership.Role.TRAINER).user)
    return client


def path(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=["tour", "escale-01", *args]).replace("/fr/", "/en/", 1)


def upload(client: Client, content: bytes, name: str = "report.csv") -> str:
    """Choose a file; return the address of its preview."""
    answer = client.post(path("attendance-import"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def fields(page: Any, **said: str) -> dict[str, str]:
    """What a browser sends of a preview as it is shown, with what was typed besides."""
    looking = page.context["looking"]
    data = {"threshold": "50", "hours": str(looking.reading.hours)}
    if looking.reading.absent_others:
        data["absent_others"] = "on"
    for column in looking.columns.fields:
        data[column.name] = next((value for value, _words, chosen in column.options if chosen), "")
    return data | said


def apply(client: Client, content: bytes, **said: str) -> Any:
    """Bring a file in as an organiser does who changes nothing on the preview but what is `said`."""
    preview = upload(client, content)
    return client.post(f"{preview}save/", fields(client.get(preview), **said))


def states() -> dict[str, tuple[str, int | None]]:
    rows = Attendance.objects.exclude(state="unknown").select_related("registration__participant")
    return {row.registration.participant.email.split("@")[0]: (row.state, row.minutes) for row in rows}


def came() -> dict[str, tuple[str, int | None]]:
    return {name: said for name, said in states().items() if said[0] in ("present", "partial")}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("05-waiting-room.csv", {}),
        ("05-rehearsal.csv", {}),
        ("09-poll.csv", {"amina": ("present", 88)}),
        ("09-join-left.csv", {"loic": ("present", 74)}),
        ("14-duree-min.csv", {"amina": ("present", 88), "zoe": ("partial", 2)}),
        ("14-german.csv", {"amina": ("present", 88), "zoe": ("partial", 2)}),
        ("14-std.csv", {"amina": ("present", 88), "zoe": ("present", 60), "loic": ("present", 88)}),
        ("36-list.csv", {"amina": ("present", 85)}),
    ],
)
def test_each_file_says_who_came(marc: Client, file: str, expected: dict[str, tuple[str, int]]) -> None:
    assert apply(marc, (FILES / file).read_bytes()).status_code == 302
    assert came() == expected
    assert {name: said[0] for name, said in states().items() if name not in expected} == dict.fromkeys(
        PEOPLE.keys() - expected.keys(), "absent"
    )


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Temps de présence (h)", "1,47"),
        ("Durée en h", "1,47"),
        ("Durée (s)", "5280"),
        ("Duur (u)", "1,47"),
        ("Durée (m)", "88"),
        ("Temps de présence (%);Durée de participation", "98;88"),
        ("Pourcentage du temps de présence;Durée", "98;88 min"),
        ("Attendance percentage;Time in session", "98;88"),
        ("Teilnahmedauer in Prozent;Dauer", "98;1 Std. 28 Min."),
    ],
)
def test_hours_and_percents_are_no_minutes(marc: Client, heading: str, cell: str) -> None:
    apply(marc, f"Nom;E-mail;{heading}\nAmina Essai;amina@example.org;{cell}\n".encode())
    assert came() == {"amina": ("present", 88)}


@pytest.mark.parametrize(
    ("heading", "amina", "zoe"),
    [
        ("Durée", "5280", "120"),
        ("Durée", "0,0611111", "0,0013889"),
        ("Durée", "88:03", "02:04"),
        ("Durée", "88", "2"),
        ("Durée idéale d’un atelier ?;Durée", "30 min;88 min", "60 min;2 min"),
        ("Arrivée;Départ", '"13:00\n13:32";"13:30\n14:30"', "13:00;13:02"),
        ("Arrivée;Départ;Durée", '"13:00, 13:32";"13:30, 15:00";88', "13:00;13:02;2"),
        ("Arrivée;Départ;Durée;Statut", "13:00;14:28;88;En réunion", "13:00;13:02;2;"),
    ],
)
def test_the_other_cells_of_a_column_say_what_a_length_is(
    marc: Client, heading: str, amina: str, zoe: str
) -> None:
    apply(
        marc,
        f"Nom;E-mail;{heading}\nAmina Essai;amina@example.org;{amina}\n"
        f"Zoë Essai;zoe@example.org;{zoe}\n".encode(),
    )
    assert came() == {"amina": ("present", 88), "zoe": ("partial", 2)}


@pytest.mark.parametrize("state", ["In Waiting Room", "En salle d’attente", "Im Warteraum"])
def test_a_state_may_say_who_was_not_let_in(marc: Client, state: str) -> None:
    apply(
        marc,
        "Name;E-mail;Join;Left;Status\nAmina Essai;amina@example.org;13:00;14:28;Angemeldet\n"
        f"Zoë Essai;zoe@example.org;13:00;14:30;{state}\n".encode(),
    )
    assert came() == {"amina": ("present", 88)}


def test_percents_alone_make_nobody_present(marc: Client) -> None:
    refused = apply(marc, b"Nom;E-mail;Temps de presence (%)\nAmina Essai;amina@example.org;98\n")
    assert refused.status_code == 422
    assert "Say first which column holds the minutes or the hours." in refused.content.decode()
    assert states() == {}


def test_two_files_of_one_session_add_up_and_the_same_twice_changes_nothing(marc: Client) -> None:
    first, second = (FILES / "04-part1.csv").read_bytes(), (FILES / "04-part2.csv").read_bytes()
    apply(marc, first)
    once = states()
    assert (once["amina"], once["loic"]) == (("partial", 40), ("partial", 40))
    apply(marc, first)
    assert states() == once
    apply(marc, second)
    assert (states()["amina"], states()["loic"]) == (("present", 84), ("partial", 44))
    both = states()
    for file in (second, first, second):
        apply(marc, file)
        assert states() == both


def test_files_that_say_only_how_long_ask_whether_they_add_up(marc: Client) -> None:
    one = b"Name;Duration\nAmina Essai;30 min\n"
    two = b"Name;Duration\nAmina Essai;25 min\nZo\xc3\xab Essai;60 min\n"
    apply(marc, one)
    refused = apply(marc, two)
    assert refused.status_code == 422
    assert "Say first what becomes of the earlier report" in refused.content.decode()
    assert states()["amina"] == ("partial", 30)
    apply(marc, two, together="add")
    assert (states()["amina"], states()["zoe"]) == (("present", 55), ("present", 60))
    apply(marc, two, together="add")
    assert states()["amina"] == ("present", 55)


def test_a_second_file_may_replace_the_first(marc: Client) -> None:
    apply(marc, b"Name;Duration\nAmina Essai;30 min\nZo\xc3\xab Essai;60 min\n")
    apply(marc, b"Name;Duration\nAmina Essai;80 min\n", together="replace")
    assert came() == {"amina": ("present", 80)}
    assert states()["zoe"] == ("absent", None)


@pytest.mark.parametrize(
    ("lines", "minutes"),
    [
        # Early and staying on.
        ("Amina Essai,,11/19/2026 12:40:00 PM,11/19/2026 02:50:00 PM,130,No\n", 90),
        # Another day's meeting in the same file.
        (
            (
                "Amina Essai,,11/12/2026 01:00:00 PM,11/12/2026 02:30:00 PM,90,No\n"
                "Amina Essai,,11/19/2026 01:30:00 PM,11/19/2026 02:00:00 PM,30,No\n"
            ),
            30,
        ),
        # Two devices at once.
        (
            (
                "Amina Essai,,11/19/2026 01:00:00 PM,11/19/2026 01:40:00 PM,40,No\n"
                "Amina (Amina Essai),,11/19/2026 01:20:00 PM,11/19/2026 01:50:00 PM,30,No\n"
            ),
            50,
        ),
        # Waited, then was let in.
        (
            (
                "Amina Essai,,11/19/2026 01:00:00 PM,11/19/2026 01:20:00 PM,20,Yes\n"
                "Amina Essai,,11/19/2026 01:20:00 PM,11/19/2026 02:30:00 PM,70,No\n"
            ),
            70,
        ),
        # Longer than the session, and nothing says when.
        ("Amina Essai,,,,200,No\n", 90),
    ],
)
def test_only_time_inside_the_session_counts(marc: Client, lines: str, minutes: int) -> None:
    apply(marc, (HEAD + lines).encode())
    assert Attendance.objects.get(registration__participant__email="amina@example.org").minutes == minutes


def test_the_preview_says_what_was_cut(marc: Client) -> None:
    lines = "Amina Essai,,11/19/2026 12:40:00 PM,11/19/2026 02:50:00 PM,130,No\n"
    page = marc.get(upload(marc, (HEAD + lines).encode()))
    assert [(one.name, one.kept, one.cut) for one in page.context["cut"]] == [("Amina Essai", 90.0, 40.0)]
    assert "1 person was there before or after the session" in page.content.decode()


@pytest.mark.parametrize(
    ("joined", "left", "heading"),
    [
        ("2026-11-19T12:00:00Z", "2026-11-19T13:28:00Z", "Join Time,Leave Time"),
        ("2026-11-19T13:00:00+01:00", "2026-11-19T14:28:00+01:00", "Join Time,Leave Time"),
        ("2026-11-19 12:00", "2026-11-19 13:28", "Join Time (UTC),Leave Time (UTC)"),
        ("2026-11-19 07:00 EST", "2026-11-19 08:28 EST", "Join Time,Leave Time"),
        # The zone is not said, but all of it fits once it is put forward.
        ("11/19/2026 07:00 AM", "11/19/2026 08:28 AM", "Join Time,Leave Time"),
        ("11/19/2026 09:00 PM", "11/19/2026 10:28 PM", "Join Time,Leave Time"),
        ("11/19/2026 12:00 PM", "11/19/2026 01:28 PM", "Join Time,Leave Time"),
    ],
)
def test_files_in_another_zone_still_count(marc: Client, joined: str, left: str, heading: str) -> None:
    apply(marc, f"Name,{heading}\nAmina Essai,{joined},{left}\n".encode())
    assert came() == {"amina": ("present", 88)}


def test_what_may_be_a_rehearsal_is_asked_about(marc: Client) -> None:
    preview = upload(marc, (FILES / "05-rehearsal.csv").read_bytes())
    page = marc.get(preview)
    assert "It may be a rehearsal" in page.content.decode()
    assert page.context["reading"].counts == {"absent": 4}
    marc.post(f"{preview}save/", fields(page, hours="1"))
    assert came() == {"noel": ("present", 53)}


def test_a_file_of_another_day_notes_nobody(marc: Client) -> None:
    preview = upload(marc, b"Name;Join time;Duration\nAmina Essai;12/11/2026 13:00;88\n")
    page = marc.get(preview)
    assert "This file seems to be of another session." in page.content.decode()
    assert page.context["reading"].rows == ()


def test_without_minutes_or_hours_nobody_is_present_before_a_column_is_chosen(marc: Client) -> None:
    preview = upload(marc, "Personne;Adresse;Zeit am Stück;Réponse\nx;amina@example.org;88;Oui\n".encode())
    page = marc.get(preview)
    assert [column.heading for column in page.context["looking"].columns.fields] == [
        "Personne",
        "Adresse",
        "Zeit am Stück",
        "Réponse",
    ]
    assert "nobody is noted as present" in page.content.decode()
    assert marc.post(f"{preview}save/", fields(page)).status_code == 422
    assert states() == {}
    named = [column.name for column in page.context["looking"].columns.fields]
    result = {named[1]: "email", named[2]: "minutes"}
    assert marc.post(preview, fields(page, **result)).context["reading"].counts["present"] == 1
    assert ColumnChoice.objects.count() == 0
    assert marc.post(f"{preview}save/", fields(page, absent_others="", **result)).status_code == 302
    assert states() == {"amina": ("present", 88)}
    # The next file of the programme needs no answer.
    apply(marc, "Personne;Adresse;Zeit am Stück;Réponse\nx;zoe@example.org;70;Oui\n".encode())
    assert states()["zoe"] == ("present", 70)


def test_a_list_of_those_who_came_counts_once_it_is_said_so(marc: Client) -> None:
    preview = upload(marc, b"E-mail\namina@example.org\n")
    page = marc.get(preview)
    assert page.context["reading"].rows == ()
    marc.post(f"{preview}save/", fields(page, all_came="on", absent_others="on"))
    assert came() == {"amina": ("present", None)}


def test_strangers_are_matched_by_hand_and_nobody_is_absent_unasked_while_there_are_any(marc: Client) -> None:
    people = (
        b"Mina E.;80 min;Attendee",
        b"Anonymous;30;Attendee",
        b"Anonymous;40;Attendee",
        b"Claire;90;Host",
    )
    content = b"\n".join((b"Name;Duration;Role", *people))
    preview = upload(marc, content)
    page = marc.get(preview)
    reading = page.context["reading"]
    assert [(one.name, one.why) for one in reading.strangers] == [
        ("Mina E.", "unknown"),
        ("Anonymous", "nobody"),
        ("Anonymous", "nobody"),
        ("Claire", "holder"),
    ]
    assert (reading.absent_others, reading.rows, len(reading.unmatched)) == (False, (), 3)
    who = f"who-{reading.strangers[0].key}"
    wrong = marc.post(f"{preview}save/", fields(page, **{who: "Nobody"}))
    assert (wrong.status_code, 'value="Nobody"' in wrong.content.decode(), states()) == (422, True, {})
    done = marc.post(f"{preview}save/", fields(page, **{who: "Amina Essai · amina@example.org"}))
    assert (done.status_code, states()) == (302, {"amina": ("present", 80)})
    # Who held the meeting is nobody unknown.
    assert AttendanceReport.objects.get().unmatched_count == 2


def test_a_spreadsheet_is_read_with_its_own_dates_and_durations(marc: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Report of the meeting"])
    sheet.append([])
    sheet.append(["Nom", "Arrivée", "Départ", "Durée"])
    at = dt.datetime(2026, 11, 19, 13, 0)
    sheet.append(["Amina Essai", at, at + dt.timedelta(minutes=85), dt.timedelta(minutes=85)])
    sheet.append(["Zoë Essai", None, None, dt.time(0, 30)])
    sheet.append(["Noël Essai", None, None, "=1+1"])
    target = io.BytesIO()
    book.save(target)
    apply(marc, target.getvalue())
    assert came() == {"amina": ("present", 85), "zoe": ("partial", 30)}
    assert AttendanceReport.objects.get().line_count == 3


def test_hours_are_told_as_each_language_writes_them() -> None:
    with translation.override("fr"):
        french = dict(files.ReadForm().fields["hours"].choices)  # type: ignore[attr-defined]  # a choice field
    with translation.override("en"):
        english = dict(files.ReadForm().fields["hours"].choices)  # type: ignore[attr-defined]  # a choice field
    assert french["10"] == "3\u202fh\u202f00 dans le fichier correspond à 13\u202fh\u202f00 ici"
    assert english["10"] == "03:00 in the file is 13:00 here"


def in_two_orders(heading: str = "Join Time") -> bytes:
    days = ("01/02/2026", "25/02/2026", "02/25/2026")
    lines = (f"P{n},p{n}@example.org,{day} 13:02" for n, day in enumerate(days))
    return "\n".join([f"Name,User Email,{heading}", *lines]).encode()


def test_days_and_months_in_two_orders_are_not_guessed(marc: Client) -> None:
    file = SimpleUploadedFile("report.csv", in_two_orders())
    answer = marc.post(path("attendance-import"), {"file": file})
    assert answer.status_code == 422
    said = "line 3 begins with the day (25/02/2026 13:02), line 4 with the month (02/25/2026 13:02)"
    assert said in answer.content.decode()
    assert AttendanceReport.objects.count() == 0


def test_nor_when_the_column_is_named_on_the_preview(marc: Client) -> None:
    preview = upload(marc, in_two_orders("Something"))
    page = marc.get(preview)
    column = next(one.name for one in page.context["looking"].columns.fields if one.heading == "Something")
    for address in (preview, f"{preview}save/"):
        answer = marc.post(address, fields(page, **{column: "joined"}))
        assert answer.status_code == 422
        assert "line 4 with the month (02/25/2026 13:02)" in answer.content.decode()
    assert came() == {}


def test_the_day_that_was_read_is_said_in_words(marc: Client) -> None:
    preview = upload(marc, f"{HEAD}A,amina@example.org,19/11/2026 13:02,19/11/2026 14:00,58,No\n".encode())
    assert "In it people joined on Thursday 19 November 2026." in marc.get(preview).content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_two_readings_of_the_hours_are_called_the_same(language: str) -> None:
    with translation.override(language):
        choices = files.ReadForm().fields["hours"].choices  # type: ignore[attr-defined]  # a choice field
        labels = [str(label) for _value, label in choices]
    assert (len(labels), len(set(labels))) == (29, 29)
