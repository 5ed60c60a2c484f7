"""Reading the files of Zoom, Teams, BigBlueButton, Livestorm and anybody else."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.attendance import reports
from registrations.tables import amounts, reading
from registrations.tables.reading import TableError, Trouble

DAY = dt.date(2026, 10, 22)

ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 345,Escale 1,10/22/2026 12:50:00 PM,10/22/2026 02:31:00 PM,claire@asso.example.org,101,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Amina (Amina Diallo-Lefèvre),,10/22/2026 12:58:00 PM,10/22/2026 02:26:00 PM,88,Yes
"=HYPERLINK(""http://x"")",ZOE@example.org,10/22/2026 01:00:00 PM,10/22/2026 01:20:00 PM,20,Yes
"""
ZOOM_WEBINAR = """Attendee Report
Report Generated:,"Oct 23, 2026 09:00 AM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered
Escale,812,"Oct 22, 2026 12:50 PM",101,3
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest
Yes,Claire,claire@example.org,"Oct 22, 2026 12:50 PM","Oct 22, 2026 02:31 PM",101,No
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Join Time,Leave Time,Time in Session (minutes),Is Guest
Yes,Amina,Amina,D,amina@example.org,"Oct 22, 2026 12:58 PM","Oct 22, 2026 02:26 PM",88,Yes
No,Jean,Jean,A,jean@example.org,--,--,--,--
"""
TEAMS = """1. Résumé
Titre de la réunion\tEscale 1
Heure de début\t22/10/2026 12:50:00

2. Participants
Nom\tPremière participation\tDernier départ\tDurée de la réunion\tE-mail\tID du participant (UPN)\tRôle
Amina Diallo-Lefèvre\t22/10/2026 12:58:03\t22/10/2026 14:26:03\t1h 28m\tamina@example.org\tamina@e.org\tPublic

3. Activités en réunion
Nom\tHeure d’arrivée\tHeure de départ\tDurée\tE-mail\tRôle
Amina Diallo-Lefèvre\t22/10/2026 12:58:03\t22/10/2026 14:26:03\t1h 28m\tamina@example.org\tParticipant
"""
BIGBLUEBUTTON = """Name,Moderator,Activity Score,Talk time,Webcam Time,Messages,Reactions,Raise Hands,Join,Left,Duration
Amina Diallo-Lefèvre,FALSE,2,00:01:02,00:00:00,3,0,1,"22 octobre 2026, 12:58:03","22 octobre 2026, 14:26:03",01:28:00
"""
LIVESTORM = """Email,First name,Last name,Registration date,Attended,Attendance duration
amina@example.org,Amina,Diallo-Lefèvre,2026-10-01T07:00:00Z,Yes,88 min
jean@example.org,Jean-Noël,d'Âme,2026-10-22T10:30:00Z,No,
"""
PLAIN = "Prénom;Nom;Courriel;Durée (minutes)\nZoë;O’Brien;zoe@example.org;20\n"


def people(data: bytes) -> list[tuple[str, str, float | None, bool]]:
    read = reports.read(data, day=DAY)
    return [(line.name, line.email, line.minutes, line.is_absent) for line in read.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ZOOM,
            [
                ("Amina (Amina Diallo-Lefèvre)", "", 88.0, False),
                ('=HYPERLINK("http://x")', "zoe@example.org", 20.0, False),
            ],
        ),
        (
            ZOOM_WEBINAR,
            [
                ("Claire", "claire@example.org", 101.0, False),
                ("Amina", "amina@example.org", 88.0, False),
                ("Jean", "jean@example.org", None, True),
            ],
        ),
        (TEAMS, [("Amina Diallo-Lefèvre", "amina@example.org", 88.0, False)] * 2),
        (BIGBLUEBUTTON, [("Amina Diallo-Lefèvre", "", 88.0, False)]),
        (
            LIVESTORM,
            [
                ("Amina Diallo-Lefèvre", "amina@example.org", 88.0, False),
                ("Jean-Noël d'Âme", "jean@example.org", None, True),
            ],
        ),
        (PLAIN, [("Zoë O’Brien", "zoe@example.org", 20.0, False)]),
    ],
    ids=["zoom", "zoom webinar", "teams", "bigbluebutton", "livestorm", "plain"],
)
def test_each_platform(text: str, expected: list[tuple[str, str, float | None, bool]]) -> None:
    assert people(text.encode()) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_encoding_separator_and_end_of_line(encoding: str, separator: str, end: str) -> None:
    text = PLAIN.replace(";", separator).replace("\n", end)
    assert people(text.encode(encoding)) == [("Zoë O’Brien", "zoe@example.org", 20.0, False)]


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (b" \r\n\t\n", Trouble.EMPTY),
        (b"Name,Email,Duration\n", Trouble.EMPTY),
        (b"Name,Email,Duration\n,,\n,,88\n", Trouble.EMPTY),
        (b"PK\x03\x04rest of an xlsx", Trouble.UNREADABLE),
        (b"\xd0\xcf\x11\xe0rest of an xls", Trouble.SPREADSHEET),
        (b"%PDF-1.7\x01\x02\x03\x04\xff", Trouble.UNREADABLE),
        (b"a summary\nof a meeting\n", Trouble.NO_TABLE),
        (ZOOM.split("\n\n", maxsplit=1)[0].encode(), Trouble.NO_TABLE),
        (b"Email\n" + b"a@example.org\n" * (reading.MOST_LINES + 1), Trouble.TOO_LONG),
        (b"x" * (reading.LARGEST + 1), Trouble.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(TableError) as caught:
        reports.read(data, day=DAY)
    assert caught.value.trouble == trouble


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("88", 88),
        ("88,5", 88.5),
        ("1:28", 88),
        ("01:28:30", 88.5),
        ("1h 28m 30s", 88.5),
        ("1 h 28 min", 88),
        ("1 h 28", 88),
        ("1 hr 28 min", 88),
        ("90 min", 90),
        ("30 s", 0.5),
        ("PT1H28M", 88),
        # As a spreadsheet in English shows a length.
        ("1:28:30 AM", 88.5),
        ("12:28:30 am", 28.5),
        ("1:05:00 p.m.", 785),
        ("< 1 min", 0.5),
        ("<1m", 0.5),
        ("Moins d’une minute", 0.5),
        ("Less than a minute", 0.5),
        ("less than 2 hours", 60),
        ("less is more", None),
        ("<", None),
        ("", None),
        ("--", None),
        ("3 chats", None),
    ],
)
def test_durations(text: str, minutes: float | None) -> None:
    assert amounts.minutes_in(text) == minutes


def test_a_column_of_seconds() -> None:
    assert people(b"Name;Duration (seconds)\nZoe;1200\n") == [("Zoe", "", 20.0, False)]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("22/10/2026 12:58", {DAY}),
        ("10/22/2026 12:58:00 PM", {DAY}),
        ("10/22/26, 12:58:03 PM", {DAY}),
        ("2026-10-22T12:58:03Z", {DAY}),
        ("22.10.2026 12:58", {DAY}),
        ("Oct 22, 2026 12:58 PM", {DAY}),
        ("22 oct. 2026 12:58", {DAY}),
        ("jeudi, 22 octobre 2026 12h58", {DAY}),
        ("22 oct. 12:58", {DAY}),
        ("Oct 22, 1 PM", {DAY}),
        ("Thu Oct 22 12:58:03 CEST 2026", {DAY}),
        ("20261022T105803Z", {DAY}),
        ("46317.540312", {DAY}),
        ("0,540312", {DAY}),
        ("1792666683", {DAY}),
        ("1792666683123", {DAY}),
        ("13h", {DAY}),
        ("1 PM", {DAY}),
        ("1 p. m.", {DAY}),
        ("46317.9999999999", {DAY + dt.timedelta(days=1)}),
        ("12", set()),
        ("13 hommes", set()),
        ("9999999999999", set()),
        ("31/02/2026 12:58", set()),
        ("tomorrow", set()),
    ],
)
def test_dates(written: str, days: set[dt.date]) -> None:
    data = f"Name;Join Time\nZoe;{written}\n".encode()
    assert reports.read(data, day=DAY).days == days


@pytest.mark.parametrize(
    "written",
    [
        "22/10/2026 13:02", "22 oct. 13h02", "mar. 22 oct. 13:02", "jeudi 22 octobre à 13h02",
        "Oct 22nd, at 1:02 PM", "10/22/2026 1:02 PM", "2026-10-22T11:02:00Z", "20261022T110200Z",
        "20261022T1302", "46317.5430556", "0.5430556", "1792666920", "1792666920000", "1792666920.5", "13h02",
        "22-oct-2026 13:02", "22-Oct-26 1:02:00 PM",
        "1:02\u202fPM", "Thu Oct 22 11:02:00 GMT 2026", "Thu Oct 22 2026 13:02:00 GMT+0200",
    ],
)  # fmt: skip
def test_one_instant_in_every_way_of_writing_it(written: str) -> None:
    data = f"Name\tJoin Time\nZoe\t{written}\n".encode()
    (line,) = reports.read(data, day=DAY, zone=ZoneInfo("Europe/Paris")).lines
    assert line.joined_at == dt.datetime(2026, 10, 22, 13, 2)


@pytest.mark.parametrize("day", ["15/10/2026", "15 octobre 2026", "2026-10-15"])
def test_hours_are_those_of_the_day_that_stands_beside_them(day: str) -> None:
    data = f"Nom;Date;Arrivée;Départ\nZoé;{day};13:02;14:30\n".encode()
    assert reports.read(data, day=DAY).days == {dt.date(2026, 10, 15)}


def test_days_on_which_people_registered_are_not_those_of_the_hours() -> None:
    data = "Nom;Date;Arrivée\nZoé;15/10/2026;13:02\nAda;16/10/2026;13:02\n".encode()
    assert reports.read(data, day=DAY).days == {DAY}


@pytest.mark.parametrize(
    "heading", ["Replay duration", "Time spent (replay)", "Durée de visionnage du replay"]
)
def test_minutes_of_a_replay_are_no_attendance(heading: str) -> None:
    data = f"Name,Attended live,{heading}\nZoe,No,45\nAda,Yes,\n".encode()
    lines = reports.read(data, day=DAY).lines
    assert [(line.name, line.minutes, line.is_absent) for line in lines] == [
        ("Zoe", None, True),
        ("Ada", None, False),
    ]


def test_what_stands_for_no_name_is_none() -> None:
    data = b"User Name,First Name,Last Name,Email\n--,Zoe,Essai,zoe@example.org\n---,-,,\nanonymous,,,\n"
    lines = reports.read(data, day=DAY).lines
    # Whoever came unknown is counted.
    assert [(line.name, line.email) for line in lines] == [
        ("Zoe Essai", "zoe@example.org"),
        ("anonymous", ""),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(dt.date(2026, 11, 5), dt.date(2026, 11, 5)), (dt.date(2026, 5, 11), dt.date(2026, 5, 11))],
)
def test_the_day_of_the_session_settles_an_order_that_nothing_else_does(
    day: dt.date, expected: dt.date
) -> None:
    read = reports.read(b"Name;Join Time\nZoe;5/11/2026 12:58\n", day=day)
    assert read.days == {expected}


def outcome(data: bytes) -> bool:
    """Return whether a file gave lines, or columns to ask about, or else a reason: nothing else may happen."""
    try:
        report = reports.read(data, day=DAY)
        return bool(report.lines or report.columns)
    except TableError as error:
        return error.trouble in Trouble


@given(st.binary(max_size=400))
def test_any_bytes_give_lines_or_a_reason(data: bytes) -> None:
    assert outcome(data)


@given(st.text(max_size=200))
def test_any_text_below_a_heading_gives_lines_or_a_reason(text: str) -> None:
    assert outcome(f"Name;Email;Join Time;Leave Time;Duration\n{text}\n".encode(errors="replace"))


def dated(*cells: str) -> bytes:
    return "\n".join(["Name;Join Time", *(f"P{n};{cell} 13:02" for n, cell in enumerate(cells))]).encode()


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        # One line proves it for all.
        (("01/02/2026", "25/02/2026"), {dt.date(2026, 2, 1), dt.date(2026, 2, 25)}),
        (("01/02/2026", "02/25/2026"), {dt.date(2026, 1, 2), dt.date(2026, 2, 25)}),
        # None does, and the session was on neither day: the day first.
        (("01/02/2026", "03/02/2026"), {dt.date(2026, 2, 1), dt.date(2026, 2, 3)}),
        # A year in front says nothing of the others.
        (("2026-02-25", "01/02/2026"), {dt.date(2026, 2, 25), dt.date(2026, 2, 1)}),
    ],
)
def test_a_line_that_proves_the_order_settles_all(cells: tuple[str, ...], days: set[dt.date]) -> None:
    assert reports.read(dated(*cells), day=DAY).days == days


def test_two_orders_in_one_file_are_told_by_their_lines() -> None:
    with pytest.raises(TableError) as refused:
        reports.read(dated("01/02/2026", "25/02/2026", "02/25/2026", "26/02/2026"), day=DAY)
    assert refused.value.trouble == Trouble.TWO_ORDERS
    assert refused.value.cells == ((3, "25/02/2026 13:02"), (4, "02/25/2026 13:02"))
