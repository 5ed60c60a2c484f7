"""One truth in many forms: a calendar that icalendar wrote, changed as other programs do, gives the same sessions."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from .files import calendar
from .test_reading import CUSTOM, read

if TYPE_CHECKING:
    from collections.abc import Callable

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
TITLES = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40
)
# A title whose letters in Windows-1252 happen to be a letter of UTF-8 cannot be told apart.
TITLES = TITLES.filter(
    lambda title: "\ufffd" in title.encode("cp1252").decode("utf-8", "replace") or title.isascii()
)


@st.composite
def written(draw: st.DrawFn) -> icalendar.Calendar:
    """Return a calendar: single events, and a rule with an exclusion, an addition and a changed date."""
    result = icalendar.Calendar()
    result.add("version", "2.0")
    result.add("prodid", "-//test//FR")
    start = dt.datetime(2027, 1, 4, 13, tzinfo=PARIS)
    for number in range(draw(st.integers(1, 3))):
        day = draw(st.integers(0, 300))
        event = icalendar.Event()
        event.add("uid", f"{number}@example.org")
        # A title of letters, so that it is no link and no number of a meeting.
        event.add("summary", f"Escale {draw(TITLES)}")
        event.add("dtstart", start + dt.timedelta(days=day, hours=number))
        event.add("duration", dt.timedelta(minutes=draw(st.sampled_from((30, 60, 90)))))
        result.add_component(event)
    master = icalendar.Event()
    master.add("uid", "rule@example.org")
    master.add("summary", "Atelier é€")
    master.add("dtstart", start.replace(hour=18))
    master.add("dtend", start.replace(hour=19))
    weeks = draw(st.integers(3, 30))
    master.add("rrule", {"freq": "weekly", "count": weeks})
    excluded, moved = draw(st.integers(1, weeks - 2)), weeks - 1
    master.add("exdate", start.replace(hour=18) + dt.timedelta(weeks=excluded))
    result.add_component(master)
    change = icalendar.Event()
    change.add("uid", "rule@example.org")
    change.add("summary", "Déplacé")
    change.add("recurrence-id", start.replace(hour=18) + dt.timedelta(weeks=moved))
    change.add("dtstart", start.replace(hour=20) + dt.timedelta(weeks=moved))
    change.add("dtend", start.replace(hour=21) + dt.timedelta(weeks=moved))
    result.add_component(change)
    return result


def in_utc(data: bytes) -> bytes:
    """Write exclusions and changed dates in UTC."""

    def utc(match: re.Match[bytes]) -> bytes:
        local = dt.datetime.strptime(match[2].decode(), "%Y%m%dT%H%M%S").replace(tzinfo=PARIS)
        return match[1] + b":" + local.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ").encode()

    return re.sub(rb"(EXDATE|RECURRENCE-ID);TZID=Europe/Paris:(\d{8}T\d{6})", utc, data)


def as_dates(data: bytes) -> bytes:
    """Write exclusions and changed dates as days."""
    return re.sub(rb"(EXDATE|RECURRENCE-ID);TZID=Europe/Paris:(\d{8})T\d{6}", rb"\1;VALUE=DATE:\2", data)


def change_first(data: bytes) -> bytes:
    """Put the changed date before its rule."""
    parts = data.split(b"BEGIN:VEVENT\r\n")
    last = parts[-1].removesuffix(b"END:VCALENDAR\r\n")
    return b"BEGIN:VEVENT\r\n".join([parts[0], last, *parts[1:-1]]) + b"END:VCALENDAR\r\n"


def two_calendars(data: bytes) -> bytes:
    """Write each event into a calendar of its own, one after the other."""
    return data.replace(
        b"END:VEVENT\r\nBEGIN:VEVENT", b"END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT"
    )


def narrow(data: bytes) -> bytes:
    """Fold after every ten bytes, in the middle of letters, too."""
    unfolded = data.replace(b"\r\n ", b"").removesuffix(b"\r\n").split(b"\r\n")
    return (
        b"\r\n".join(b"\r\n ".join(re.findall(rb".{1,10}", line, re.DOTALL)) for line in unfolded) + b"\r\n"
    )


def unfold(data: bytes) -> bytes:
    return data.replace(b"\r\n ", b"")


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "line feeds only": lambda data: data.replace(b"\r\n", b"\n"),
    "carriage returns only": lambda data: data.replace(b"\r\n", b"\r"),
    "marked UTF-8": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16 unmarked": lambda data: data.decode().encode("utf-16-le"),
    "Windows-1252": lambda data: unfold(data).decode().encode("cp1252"),
    "folded narrowly": narrow,
    "not folded": unfold,
    "Windows zone": lambda data: unfold(data).replace(b"TZID=Europe/Paris", b'TZID="Romance Standard Time"'),
    "described zone": lambda data: unfold(data)
    .replace(b"TZID=Europe/Paris", b"TZID=Paris of our own")
    .replace(b"BEGIN:VEVENT", CUSTOM.replace("\n", "\r\n").encode() + b"\r\nBEGIN:VEVENT", 1),
    "floating": lambda data: unfold(data).replace(b";TZID=Europe/Paris", b""),
    "exclusions in UTC": lambda data: in_utc(unfold(data)),
    "exclusions as days": lambda data: as_dates(unfold(data)),
    "the change first": change_first,
    "a calendar each": two_calendars,
    "words around": lambda data: b"From: claire\r\n\r\n" + data + b"\r\n-- \r\nEnvoi automatique\r\n",
    "broken quotes": lambda data: data.replace(
        b"END:VEVENT", b'ATTENDEE;CN="Jo "J" E":mailto:jo@example.org\r\nEND:VEVENT'
    ),
    "empty properties": lambda data: data.replace(
        b"END:VEVENT", b"RRULE:\r\nRDATE:\r\nEXDATE;TZID=Europe/Paris:\r\nDURATION:\r\nSTATUS:\r\nEND:VEVENT"
    ),
    "a zone without a name": lambda data: unfold(data).replace(
        b"TZID=Europe/Paris", b"TZID=Customized Time Zone"
    ),
    "a zone with a number": lambda data: unfold(data).replace(
        b"TZID=Europe/Paris", b"TZID=Romance Standard Time 1"
    ),
    "alarms": lambda data: data.replace(
        b"END:VEVENT", b"BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT"
    ),
}  # fmt: skip


def sessions(data: bytes) -> list[tuple[dt.datetime, dt.datetime, str]]:
    found, report = read(data)
    assert report.errors == []
    return sorted((event.starts_at, event.ends_at, event.title) for event in found)


@settings(deadline=None, max_examples=15)
@given(written())
def test_the_same_sessions_in_every_disguise(truth: icalendar.Calendar) -> None:
    data = truth.to_ical()
    # The hour, by a reader that we did not write.
    spans = sorted(
        (event.start.astimezone(dt.UTC), event.end.astimezone(dt.UTC))
        for event in recurring_ical_events.of(truth).between((2027, 1, 1), (2029, 1, 1))
    )
    plain = sessions(data)
    assert sorted({(start, end) for start, end, _title in plain}) == sorted(set(spans))
    for name, disguise in DISGUISES.items():
        assert sessions(disguise(data)) == plain, name


def test_text_that_was_broken_is_joined() -> None:
    data = calendar(
        "DTSTART:20270101T120000Z\nDURATION:PT1H\nSUMMARY:Séance\nqui continue\n"
        "DESCRIPTION:Première ligne\nLieu : la salle\nHoraire: 13h\n\nhttp://exemple.org\nfin\nSTATUS:TENTATIVE"
    )
    found, report = read(data)
    assert [(event.title, event.text, event.status) for event in found] == [
        ("Séance qui continue", "Première ligne\nLieu : la salle\nHoraire: 13h\nfin", "TENTATIVE")
    ]
    assert [remark.line for remark in report.warnings] == [9, 10]


HOSTILE = {
    "by the second": "RRULE:FREQ=SECONDLY",
    "never": "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "never, until late": "RRULE:FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231",
    "until no date": "RRULE:FREQ=DAILY;UNTIL=20279999",
    "long": "RRULE:FREQ=DAILY;COUNT=9999",
    "huge": "RRULE:FREQ=DAILY;COUNT=99999999999999999999",
    "overflow": "DURATION:P99999999999W",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_rules_end_within_the_budget(name: str) -> None:
    many = calendar(*[f"UID:{n}\nDTSTART:20270101T120000Z\nSUMMARY:{n}\n{HOSTILE[name]}" for n in range(200)])
    found, report = read(many)
    # A rule that never matches leaves its first date, as RFC 5545 has it.
    assert len(found) <= 200
    assert len(report.errors) + len({event.uid for event in found}) == 200


@pytest.mark.parametrize("year", ["0001", "1582", "2200", "9999"])
def test_years_that_no_session_has(year: str) -> None:
    _found, report = read(calendar(f"DTSTART:{year}0101T120000Z\nDURATION:PT1H\nSUMMARY:A"))
    assert [error.message for error in report.errors] == [f"DTSTART: “{year}0101T120000Z” is no date"]


def test_a_rule_without_an_end_begun_years_ago_gives_what_is_to_come() -> None:
    data = calendar("DTSTART;TZID=Europe/Paris:20150101T130000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nSUMMARY:A")
    found, report = read(data, last_date=dt.date(2026, 10, 31))
    assert [f"{event.starts_at:%m-%d}" for event in found] == ["10-01", "10-08", "10-15", "10-22", "10-29"]
    assert [remark.message for remark in report.warnings] == [
        "the rule has no end: its dates from today until 2026-10-31 are taken"
    ]
    assert len(read(data)[0]) == 105


HEAVY = {
    "lines that are none": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\n" + b"a\n" * 400_000,
    "marks": calendar(*("DTSTART:20270101T120000Z\nSUMMARY:a" + "\u0301" * 9000 for _n in range(50))),
    "open tags": calendar(*("DTSTART:20270101T120000Z\nDESCRIPTION:" + "<a" * 9000 for _n in range(50))),
    "invitations": calendar(
        *("DTSTART:20270101T120000Z\nDESCRIPTION:" + "vous invite " * 1500 for _n in range(50))
    ),
    "changes": calendar(
        "UID:m\nDTSTART:20270101T120000Z\nDURATION:PT1H\nSUMMARY:A\nRRULE:FREQ=DAILY;COUNT=200",
        *(
            f"UID:m\nRECURRENCE-ID:2027{n % 12 + 1:02d}{n % 28 + 1:02d}T1200{n % 60:02d}Z"
            for n in range(4000)
        ),
    ),
    "exclusions": calendar(
        "DTSTART:20270101T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=200\n"
        + "\n".join("EXDATE:" + ",".join(["20270101T130000Z"] * 900) for _n in range(60))
    ),
    "rules": calendar(
        *(
            f"UID:{n}\nDTSTART:20270101T120000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=200"
            for n in range(4000)
        )
    ),
    "zones": calendar(
        "DTSTART;TZID=Z:20270101T120000\nDURATION:PT1H",
        head="BEGIN:VTIMEZONE\nTZID:Z\n"
        + "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY\nEND:STANDARD\n" * 190
        + "END:VTIMEZONE",
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_file_ends(name: str) -> None:
    assert len(HEAVY[name]) < 1_000_000
    read(HEAVY[name])


def test_one_line_in_another_encoding_is_read_beside_the_others() -> None:
    event = "DTSTART:20270101T120000Z\nDURATION:PT1H\nSUMMARY:Séance\nDESCRIPTION:Été"
    mixed = calendar(event).replace("Été".encode(), "Été".encode("cp1252"))
    assert [(event.title, event.text) for event in read(mixed)[0]] == [("Séance", "Été")]
    whole = calendar(event.replace("Séance", "SÂ\u00a0")).decode().encode("cp1252")
    more = whole.replace(b"DESCRIPTION", b"COMMENT:\xe9\r\nDESCRIPTION")
    assert [(event.title, event.text) for event in read(more)[0]] == [("SÂ", "Été")]
