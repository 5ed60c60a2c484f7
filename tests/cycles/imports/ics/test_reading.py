"""What a calendar file says, and with which words and lines one that is wrong is refused."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from django.utils import translation

from cycles.imports.ics.contents import events, reading
from cycles.imports.ics.syntax import source
from cycles.imports.programme.report import Remark, Report
from tests import make

from .files import calendar

HOURS = "DTSTART;TZID=Europe/Paris:20261119T130000\nDTEND;TZID=Europe/Paris:20261119T143000"
CUSTOM = """BEGIN:VTIMEZONE
TZID:Paris of our own
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def read(
    data: bytes, *, last_date: dt.date | None = None, minutes: int | None = 90
) -> tuple[list[reading.Imported], Report]:
    report = Report()
    with translation.override("en"):
        result = events.read(
            source.read(data, report),
            zone="Europe/Paris",
            minutes=minutes,
            last_date=last_date,
            at=make.AT,
            report=report,
        ).events
    return list(result), report


def instants(data: bytes) -> list[str]:
    found, report = read(data)
    assert report.errors == []
    return [event.starts_at.strftime("%d%m%yT%H%M") for event in found]


def said(remarks: list[Remark]) -> list[str]:
    return [str(remark) for remark in remarks]


@pytest.mark.parametrize(
    ("start", "head"),
    [
        ("DTSTART;TZID=Europe/Paris:20261119T130000", ""),
        ('DTSTART;TZID="Romance Standard Time":20261119T130000', ""),
        ("DTSTART;TZID=/citadel.org/20250210_1/Europe/Paris:20261119T130000", ""),
        ("DTSTART;TZID=Paris of our own:20261119T130000", CUSTOM),
        ("DTSTART:20261119T120000Z", ""),
        ("DTSTART;TZID=Indian/Reunion:20261119T160000", ""),
    ],
)
def test_an_instant_in_every_way_of_writing_it(start: str, head: str) -> None:
    found, report = read(calendar(f"{start}\nDURATION:PT1H30M\nSUMMARY:Escale", head=head))
    assert (report.errors, report.warnings) == ([], [])
    assert [(event.starts_at, event.ends_at) for event in found] == [
        (dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC), dt.datetime(2026, 11, 19, 13, 30, tzinfo=dt.UTC))
    ]


def test_floating_hours_are_those_of_the_cycle_and_are_told_once() -> None:
    data = calendar(
        "DTSTART:20261022T130000\nDTEND:20261022T143000\nSUMMARY:A",
        "DTSTART:20261119T130000\nDTEND:20261119T143000\nSUMMARY:B",
    )
    found, report = read(data)
    assert [event.starts_at.hour for event in found] == [11, 12]
    assert said(report.warnings) == [
        "6: VEVENT: hours without a time zone are taken as those of Europe/Paris"
    ]


def test_whole_days_end_before_the_day_that_is_written() -> None:
    found, _report = read(
        calendar(
            "DTSTART;VALUE=DATE:20261025\nSUMMARY:A",
            "DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261103\nSUMMARY:B",
            "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261201\nSUMMARY:C",
        )
    )
    # The 25th of October lasts 25 hours in Paris.
    assert [(event.is_all_day, event.ends_at - event.starts_at) for event in found] == [
        (True, dt.timedelta(hours=25)),
        (True, dt.timedelta(hours=48)),
        (True, dt.timedelta(hours=24)),
    ]


def test_a_rule_keeps_the_local_hour_over_the_change_of_clocks() -> None:
    data = calendar(
        "DTSTART;TZID=Europe/Paris:20261015T130000\nDURATION:PT90M\nRRULE:FREQ=MONTHLY;BYDAY=3TH;COUNT=3\nSUMMARY:A"
    )
    assert instants(data) == ["151026T1100", "191126T1200", "171226T1200"]


def test_exceptions_additions_and_moved_dates_of_a_rule() -> None:
    data = calendar(
        "UID:serie\nDTSTART;TZID=Europe/Paris:20261015T130000\nDURATION:PT90M\nSUMMARY:A\n"
        "RRULE:FREQ=MONTHLY;BYDAY=3TH;COUNT=4\nEXDATE;TZID=Europe/Paris:20261119T130000\n"
        "RDATE;TZID=Europe/Paris:20261126T130000",
        "UID:serie\nRECURRENCE-ID;TZID=Europe/Paris:20261015T130000\n"
        "DTSTART;TZID=Europe/Paris:20261022T130000\nDURATION:PT90M\nSUMMARY:B",
    )
    assert instants(data) == ["221026T1100", "261126T1200", "171226T1200", "210127T1200"]
    found, _report = read(data)
    assert [event.title for event in found] == ["B", "A", "A", "A"]
    assert [event.key for event in found][:2] == ["serie\n20261015T130000", "serie\n20261126T130000"]


@pytest.mark.parametrize(
    ("until", "count"), [("20261217", 3), ("20261217T120000Z", 3), ("20261217T115959Z", 2)]
)
def test_until_counts_as_it_is_written(until: str, count: int) -> None:
    data = calendar(
        f"DTSTART;TZID=Europe/Paris:20261015T130000\nDURATION:PT1H\n"
        f"RRULE:FREQ=MONTHLY;BYDAY=3TH;UNTIL={until}\nSUMMARY:A"
    )
    assert len(instants(data)) == count


def test_a_rule_without_an_end_stops_with_the_cycle() -> None:
    data = calendar("DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=WEEKLY\nSUMMARY:A")
    found, report = read(data, last_date=dt.date(2026, 10, 31))
    assert len(found) == 5
    assert said(report.warnings) == ["7: VEVENT: the rule has no end: its dates until 2026-10-31 are taken"]
    assert len(read(data)[0]) == 105


def test_what_is_private_is_not_taken_over() -> None:
    found, report = read(
        calendar(
            f"{HOURS}\nSUMMARY:Escale\\, suite\nLOCATION:https://room.example.org/abc?pwd=1\n"
            "ORGANIZER;CN=Claire:mailto:claire@example.org\nATTENDEE;CN=Ada:mailto:ada@example.org\n"
            "DESCRIPTION:Au programme\\nRejoindre : https://room.example.org/abc?pwd=1\\nÀ bientôt\n"
            "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nDESCRIPTION:x\nEND:VALARM"
        )
    )
    (event,) = found
    assert (event.title, event.text) == ("Escale, suite", "Au programme\nÀ bientôt")
    assert event.room_url == "https://room.example.org/abc?pwd=1"
    assert "example.org" not in event.title + event.text
    assert len(report.warnings) == 1


def test_without_an_end_or_a_title() -> None:
    found, report = read(calendar("DTSTART;TZID=Europe/Paris:20261119T130000"))
    assert found[0].ends_at - found[0].starts_at == dt.timedelta(minutes=90)
    assert said(report.warnings) == [
        "4: VEVENT: no end is given: 90 minutes are taken",
        "4: VEVENT: this event has no title: it becomes a theme to be announced",
    ]


def test_folded_lines_and_other_line_ends() -> None:
    folded = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261119T120000Z\n"
        b"SUMMARY:De la con\n naissance\nEND:VEVENT\nEND:VCALENDAR"
    )
    for data in (folded, folded.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + folded):
        assert [event.title for event in read(data)[0]] == ["De la connaissance"]


WRONG = {
    "empty": (b"  \n", "1: the file is empty"),
    "page": (
        b"<!doctype html>\n<title>Calendar</title>",
        "1: this is a web page, not a calendar: download the calendar from it as an .ics file",
    ),
    "archive": (
        b"PK\x03\x04" + calendar(f"{HOURS}\nSUMMARY:A"),
        "1: this is an archive (ZIP): unpack it, then import the .ics file that it holds",
    ),
    "answer": (
        calendar(f"{HOURS}\nSUMMARY:A", head="METHOD:REPLY"),
        "1: this is what one person answered to an invitation, not a calendar: export the calendar itself",
    ),
    "another hour wished": (
        calendar(f"{HOURS}\nSUMMARY:A", head="METHOD:COUNTER"),
        "1: this is what one person answered to an invitation, not a calendar: export the calendar itself",
    ),
    "vcard": (
        b"BEGIN:VCARD\nFN:Ada\nEND:VCARD",
        "1: this is not a calendar file: no line of it is BEGIN:VCALENDAR",
    ),
    "large": (b"x" * 1_000_001, "1: the file is larger than 1 MB"),
    "nothing": (calendar(), "1: there is no event in this file"),
    "cut off": (
        calendar(f"{HOURS}\nSUMMARY:A")[:-40],
        "4: VEVENT: this event is cut off: export the calendar again",
    ),
    "too deep": (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"BEGIN:VALARM\n" * 3,
        "5: VALARM: the file has too many parts, or parts inside each other",
    ),
    "no date": (calendar("SUMMARY:A"), "4: VEVENT: this event has no DTSTART: when is it?"),
    "bad date": (
        calendar("DTSTART:20261319T130000Z\nSUMMARY:A"),
        "6: VEVENT: DTSTART: “20261319T130000Z” is no date",
    ),
    "unknown zone": (
        calendar("DTSTART;TZID=Mars/Olympus:20261119T130000\nSUMMARY:A"),
        "6: VEVENT: the time zone “Mars/Olympus” is not known, and the file does not describe it",
    ),
    "backwards": (
        calendar("DTSTART:20261119T130000Z\nDTEND:20261119T130000Z\nSUMMARY:A"),
        "6: VEVENT: an event must end after it starts, and within 24 hours",
    ),
    "two days": (
        calendar("DTSTART:20261119T130000Z\nDURATION:P2D\nSUMMARY:A"),
        "6: VEVENT: an event must end after it starts, and within 24 hours",
    ),
    "a month": (
        calendar("DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261203\nSUMMARY:A"),
        "6: VEVENT: an event of more than 31 days is no session",
    ),
    "bad length": (
        calendar("DTSTART:20261119T130000Z\nDURATION:90 minutes\nSUMMARY:A"),
        "7: VEVENT: DURATION: “90 minutes” is no length",
    ),
    "hourly": (
        calendar("DTSTART:20261119T130000Z\nDURATION:PT5M\nRRULE:FREQ=HOURLY\nSUMMARY:A"),
        "8: VEVENT: a rule that repeats within a day is no cycle of sessions",
    ),
    "bad rule": (
        calendar("DTSTART:20261119T130000Z\nDURATION:PT5M\nRRULE:FREQ=WEEKLY;BYDAY=XX;COUNT=2\nSUMMARY:A"),
        "8: VEVENT: this rule cannot be read: “FREQ=WEEKLY;BYDAY=XX;COUNT=2”",
    ),
    "long rule": (
        calendar("DTSTART:20261119T130000Z\nDURATION:PT5M\nRRULE:FREQ=DAILY;COUNT=201\nSUMMARY:A"),
        "8: VEVENT: the rule gives more than 200 dates",
    ),
    "too many": (
        calendar(*(f"{HOURS}\nSUMMARY:{number}" for number in range(501))),
        "3004: more than 500 events are too many",
    ),
}


@pytest.mark.parametrize(
    "until",
    [
        "20261203T120000Z", "20261203", "2026-12-03", "2026-12-03T12:00:00Z", "20261203T130000+0100",
        "2026-12-03T13:00:00+01:00", "2026-12-03T13:00",
    ],
)  # fmt: skip
def test_until_in_every_way_of_writing_it(until: str) -> None:
    data = calendar(f"{HOURS}\nRRULE:FREQ=WEEKLY;UNTIL={until}\nSUMMARY:A")
    assert instants(data) == ["191126T1200", "261126T1200", "031226T1200"]


@pytest.mark.parametrize(
    "length", ["PT1H30M", "PT90M", "P1H30M", "PT1.5H", "P0DT1H30M0S", "PT0DT1H30M", "PT1,5H", "pt1h30m"]
)
def test_a_length_in_every_way_of_writing_it(length: str) -> None:
    found, report = read(calendar(f"DTSTART:20261119T120000Z\nDURATION:{length}\nSUMMARY:A"))
    assert report.errors == []
    assert [event.ends_at - event.starts_at for event in found] == [dt.timedelta(minutes=90)]


def test_an_end_and_a_length_that_differ_are_told() -> None:
    told = "7: VEVENT: the end and the length of this event differ: the end is taken"
    for length, warnings in (("PT15M", [told]), ("PT90M", [])):
        event = f"DTSTART:20261119T120000Z\nDURATION:{length}\nDTEND:20261119T133000Z\nSUMMARY:A"
        (found,), report = read(calendar(event))
        assert found.ends_at == dt.datetime(2026, 11, 19, 13, 30, tzinfo=dt.UTC)
        assert said(report.warnings) == warnings


@pytest.mark.parametrize("part", ["EXDATE=20261126T120000Z", "BYWEEKDAY=TH", "DTSTART=20261119T120000Z"])
def test_a_rule_with_a_part_that_no_rule_has_is_refused(part: str) -> None:
    rule = f"FREQ=WEEKLY;COUNT=3;{part}"
    _found, report = read(calendar(f"{HOURS}\nRRULE:{rule}\nSUMMARY:A"))
    assert said(report.errors) == [f"8: VEVENT: this rule cannot be read: “{rule}”"]
    assert len(instants(calendar(f"{HOURS}\nRRULE:FREQ=WEEKLY;COUNT=3;X-A=1;;\nSUMMARY:A"))) == 3


@pytest.mark.parametrize(
    "title", ["Annulé : Escale", "Annulée: Escale", "Canceled: Escale", "Cancelled - Escale"]
)
def test_a_title_that_says_cancelled_is_doubted(title: str) -> None:
    doubt = "the title says that this is cancelled, the file does not: it would be planned as it stands here"
    assert said(read(calendar(f"{HOURS}\nSUMMARY:{title}"))[1].warnings) == [f"8: VEVENT: {doubt}"]
    assert said(read(calendar(f"{HOURS}\nSTATUS:CANCELLED\nSUMMARY:{title}"))[1].warnings) == []
    assert said(read(calendar(f"{HOURS}\nSUMMARY:Un vol annulé : que faire ?"))[1].warnings) == []


def test_what_web_sites_leave_of_html_is_read() -> None:
    (event,), report = read(
        calendar(f"{HOURS}\nSUMMARY:Q&amp;A : l&#8217;&eacute;t&eacute; R&D &copy\nDESCRIPTION:A &amp; B")
    )
    assert (event.title, event.text, report.warnings) == ("Q&A : l’été R&D &copy", "A & B", [])


@pytest.mark.parametrize("name", ["X-ALT-DESC;FMTTYPE=text/html", "STYLED-DESCRIPTION;VALUE=TEXT"])
def test_a_description_that_is_there_as_html_only_is_read(name: str) -> None:
    page = "<!DOCTYPE HTML><html><head><style>p {color: red}</style></head><body><p>Bonjour</p></body></html>"
    (event,), _report = read(calendar(f"{HOURS}\nSUMMARY:A\n{name}:{page}"))
    assert event.text == "Bonjour"
    (event,), _report = read(calendar(f"{HOURS}\nSUMMARY:A\n{name}:{page}\nDESCRIPTION:Bonsoir"))
    assert event.text == "Bonsoir"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_mail_that_was_saved_with_its_calendar_is_read(encoding: str) -> None:
    data = calendar(f"{HOURS}\nSUMMARY:L’été")
    mail = EmailMessage()
    mail["Subject"] = "Escale"
    mail.set_content("Bonjour")
    mail.add_alternative(data.decode(), subtype="calendar", cte=encoding)
    mail.add_attachment(data, maintype="application", subtype="ics", filename="escale.ics")
    found, report = read(mail.as_bytes())
    assert ([event.title for event in found], report.errors, report.warnings) == (["L’été"], [], [])


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_wrong_is_refused_with_line_and_reason(name: str) -> None:
    data, reason = WRONG[name]
    assert said(read(data)[1].errors) == [reason]


def test_no_text_of_a_file_holds_a_nul() -> None:
    """PostgreSQL keeps none: it was a fault there, in the description, the place, the address and the categories."""
    marked = calendar(f"SUMMARY:S~\n{HOURS}\nX-A;B=c~:d~\nLOCATION:e~")
    [found] = source.read(marked.replace(b"~", b"\0"), Report())
    event = next(part for part in found.inner if part.name == "VEVENT")
    written = {line.name: (line.params.get("B"), line.value) for line in event.lines}
    assert [written[name] for name in ("SUMMARY", "X-A", "LOCATION")] == [
        (None, "S"),
        ("c", "d"),
        (None, "e"),
    ]
