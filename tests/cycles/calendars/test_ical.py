"""Calendars by our rules and by readers that we did not write (icalendar, recurring-ical-events, vobject)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from hypothesis import strategies as st

from cycles.calendars.rfc5545 import ical
from cycles.language.plain_text import clean, one_line

UTC = dt.UTC
MADE = dt.datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ENTRY = ical.Entry(
    uid="0b1c@escale.test",
    sequence=2,
    created_at=MADE,
    revised_at=dt.datetime(2026, 9, 2, 8, 30, 15, tzinfo=UTC),
    starts_at=dt.datetime(2026, 10, 22, 11, 0, tzinfo=UTC),
    ends_at=dt.datetime(2026, 10, 22, 12, 30, tzinfo=UTC),
    zone="Europe/Paris",
    summary="Escale 1 : Un modèle, au service ; de « quoi » ?",
    description="Ligne 1\nLigne 2 \\ fin",
    location="En ligne",
    url="https://escale.test/fr/cycles/voyage/escale-01/",
    categories=("Sens, du modèle", "Leviers"),
)
HEADER = ical.FeedHeader(
    name="Le voyage en 12 escales", source_url="https://escale.test/fr/cycles/voyage.ics"
)


def lines(body: bytes) -> list[str]:
    """Return the unfolded content lines."""
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_an_event_line_by_line() -> None:
    body = lines(ical.calendar([ENTRY], header=None, language="fr"))
    start = body.index("BEGIN:VEVENT")
    assert body[start:-2] == [
        "BEGIN:VEVENT",
        "SUMMARY:Escale 1 : Un modèle\\, au service \\; de « quoi » ?",
        "DTSTART;TZID=Europe/Paris:20261022T130000",
        "DTEND;TZID=Europe/Paris:20261022T143000",
        "DTSTAMP:20260902T083015Z",
        "UID:0b1c@escale.test",
        "SEQUENCE:2",
        "CATEGORIES:Sens\\, du modèle,Leviers",
        "CLASS:PUBLIC",
        "CREATED:20260901T080000Z",
        "DESCRIPTION:Ligne 1\\nLigne 2 \\\\ fin",
        "LAST-MODIFIED:20260902T083015Z",
        "LOCATION:En ligne",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "URL:https://escale.test/fr/cycles/voyage/escale-01/",
        "END:VEVENT",
    ]


def test_a_download_has_nothing_of_a_subscription() -> None:
    head = lines(ical.calendar([ENTRY], header=None, language="fr"))
    assert head[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Escale//Escale//FR",
        "CALSCALE:GREGORIAN",
        "BEGIN:VTIMEZONE",
    ]


def test_a_subscription_says_its_name_source_and_refresh() -> None:
    head = lines(ical.calendar([], header=HEADER, language="en"))
    assert head[:12] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Escale//Escale//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Le voyage en 12 escales",
        "X-WR-CALNAME:Le voyage en 12 escales",
        "COLOR:teal",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "SOURCE;VALUE=URI:https://escale.test/fr/cycles/voyage.ics",
        "X-APPLE-CALENDAR-COLOR:#008080",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Europe/Paris",
    ]


def test_an_empty_feed_still_has_a_component() -> None:
    parsed = icalendar.Calendar.from_ical(ical.calendar([], header=HEADER, language="fr"))
    assert [part.name for part in parsed.subcomponents] == ["VTIMEZONE"]


@pytest.mark.parametrize("count", [1, 3, 1000])
def test_the_same_input_gives_the_same_bytes(count: int) -> None:
    entries = [replace(ENTRY, uid=f"{i}@x") for i in range(count)]
    first = ical.calendar(entries, header=HEADER, language="fr")
    assert ical.calendar(entries, header=HEADER, language="fr") == first
    assert len(icalendar.Calendar.from_ical(first).events) == count


def test_two_sides_of_the_clock_change_keep_their_local_hour() -> None:
    """Escale 1 is at 11:00Z, escale 2 at 12:00Z: the same wall time (domain, 1.2)."""
    second = replace(
        ENTRY,
        uid="2@x",
        starts_at=dt.datetime(2026, 11, 19, 12, tzinfo=UTC),
        ends_at=dt.datetime(2026, 11, 19, 13, 30, tzinfo=UTC),
    )
    body = ical.calendar([ENTRY, second], header=HEADER, language="fr")
    read = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between((2026, 10, 1), (2026, 12, 1))
    assert [event.start.astimezone(UTC) for event in read] == [ENTRY.starts_at, second.starts_at]
    other = vobject.readOne(body.decode())
    assert [event.dtstart.value.astimezone(UTC) for event in other.vevent_list] == [
        ENTRY.starts_at,
        second.starts_at,
    ]


def test_whole_days_end_on_the_day_after() -> None:
    day = replace(
        ENTRY,
        is_all_day=True,
        starts_at=dt.datetime(2026, 9, 4, 22, tzinfo=UTC),
        ends_at=dt.datetime(2026, 9, 5, 22, tzinfo=UTC),
    )
    body = lines(ical.calendar([day], header=None, language="fr"))
    assert [line for line in body if line.startswith("DT")][:2] == [
        "DTSTART;VALUE=DATE:20260905",
        "DTEND;VALUE=DATE:20260906",
    ]
    assert "BEGIN:VTIMEZONE" not in body


def test_a_private_entry_carries_the_link_and_blocks_the_time() -> None:
    mine = replace(
        ENTRY,
        is_busy=True,
        is_private=True,
        join_url="https://x.test/r/t/",
        join_label='Re"join',
        alarm_minutes=15,
    )
    body = lines(ical.calendar([mine], header=HEADER, language="fr"))
    assert "CONFERENCE;FEATURE=VIDEO;LABEL=Re'join;VALUE=URI:https://x.test/r/t/" in body
    assert ("TRANSP:OPAQUE" in body, "CLASS:PRIVATE" in body, "TRIGGER:-PT15M" in body) == (True, True, True)


def test_a_cancelled_entry_never_blocks_time() -> None:
    body = lines(
        ical.calendar([replace(ENTRY, status="CANCELLED", is_busy=True)], header=HEADER, language="fr")
    )
    assert ("STATUS:CANCELLED" in body, "TRANSP:TRANSPARENT" in body) == (True, True)


@pytest.mark.parametrize(("method", "partstat"), [("REQUEST", "ACCEPTED"), ("CANCEL", "DECLINED")])
def test_an_invitation_is_for_one_person(method: ical.Method, partstat: str) -> None:
    body = ical.invitation(
        ENTRY,
        method=method,
        organizer=ical.Address(email="escale@x.test", name="L'asso"),
        attendee=ical.Address(email="zoe+w@example.org", name='Zoë "Z" O\'Brien'),
        language="fr",
    )
    read = icalendar.Calendar.from_ical(body)
    event = read.events[0]
    attendee = event["ATTENDEE"]
    assert str(read["METHOD"]) == method
    assert (str(event["ORGANIZER"]), str(attendee)) == ("mailto:escale@x.test", "mailto:zoe+w@example.org")
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == (partstat, "FALSE")
    assert attendee.params["CN"] == "Zoë 'Z' O'Brien"
    assert str(event["UID"]) == ENTRY.uid
    assert "UID:" not in body.decode().split("BEGIN:VEVENT", maxsplit=1)[0]


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "UTC"])
def test_a_zone_that_two_rules_cannot_say_is_written_in_utc(zone: str) -> None:
    body = lines(ical.calendar([replace(ENTRY, zone=zone)], header=None, language="fr"))
    assert "DTSTART:20261022T110000Z" in body
    assert "BEGIN:VTIMEZONE" not in body


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Africa/El_Aaiun", "UTC"])
def test_an_empty_feed_of_such_a_zone_has_a_component_too(zone: str) -> None:
    body = ical.calendar([], header=replace(HEADER, zone=zone), language="fr")
    parsed = icalendar.Calendar.from_ical(body)
    assert [str(part["TZID"]) for part in parsed.walk("VTIMEZONE")] == ["UTC"]
    assert [str(part.tzid.value) for part in vobject.readOne(body.decode()).vtimezone_list] == ["UTC"]


def test_names_and_descriptions_of_a_calendar_are_text() -> None:
    """RFC 5545, 3.3.11: the library leaves what it does not know raw, and refuses a line break."""
    header = replace(
        HEADER, name="Un, deux ; \\ trois\nquatre", description="Un, deux\n\ntrois ; quatre\u2028cinq"
    )
    body = ical.calendar([], header=header, language="fr")
    assert [line for line in lines(body) if line.startswith(("NAME", "DESCR", "X-WR-CAL"))] == [
        "DESCRIPTION:Un\\, deux\\n\\ntrois \\; quatre\\ncinq",
        "X-WR-CALDESC:Un\\, deux\\n\\ntrois \\; quatre\\ncinq",
        "NAME:Un\\, deux \\; \\\\ trois quatre",
        "X-WR-CALNAME:Un\\, deux \\; \\\\ trois quatre",
    ]


def test_a_colour_for_every_program() -> None:
    body = lines(ical.calendar([], header=replace(HEADER, color="firebrick"), language="fr"))
    assert [line for line in body if "COLOR" in line] == ["COLOR:firebrick", "X-APPLE-CALENDAR-COLOR:#B22222"]
    assert "COLOR:navy" in lines(ical.calendar([replace(ENTRY, color="navy")], header=None, language="fr"))


def test_a_mail_s_entry_has_the_link_as_its_place_and_no_conference() -> None:
    mine = replace(ENTRY, join_url="https://x.test/r/t/", location="https://x.test/r/t/", is_private=True)
    person = ical.Address(email="zoe@example.org")
    body = lines(ical.invitation(mine, method="REQUEST", organizer=person, attendee=person, language="fr"))
    assert [line for line in body if "x.test/r" in line] == ["LOCATION:https://x.test/r/t/"]


# What people paste from word processors, spreadsheets and web pages, and what only an attacker types.
ODD = "".join(
    map(chr, (0, 7, 9, 10, 11, 12, 13, 27, 28, 30, 31, 127, 133, 173, 0x2028, 0x2029, 0x202E, 0xFEFF))
)
ODD += "\ufffe\uffff\U0001fffe\ud800\udfff\u200d\u202f\xa0e\u0301,;:\\\"'^<>&]=\u4e2d\U0001f393"
TEXT = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=300)


def odd_lines(body: bytes) -> list[str]:
    """Return what no content line may be: more than 75 octets, cut within a character, or two lines for a reader."""
    parts = [line.decode() for line in body.split(b"\r\n")]
    return [line for line in parts if len(line.encode()) > 75 or len(line.splitlines()) > 1]


@given(texts=st.tuples(*[TEXT] * 7))
def test_any_text_of_an_event_is_read_as_it_was_meant(texts: tuple[str, ...]) -> None:
    summary, description, location, first, second, label, name = texts
    entry = replace(
        ENTRY,
        summary=summary,
        description=description,
        location=location,
        categories=(first, second),
        join_url="https://x.test/r/t/",
        join_label=label,
        alarm_minutes=15,
    )
    header = replace(HEADER, name=name, description=description)
    body = ical.calendar([entry], header=header, language="fr")
    assert odd_lines(body) == []
    calendar = icalendar.Calendar.from_ical(body)
    event: Any = calendar.events[0]
    assert (calendar.errors, event.errors) == ([], [])
    wanted = {
        "SUMMARY": one_line(summary, limit=ical.LONGEST_SUMMARY),
        "DESCRIPTION": clean(description, limit=ical.LONGEST_DESCRIPTION),
        "LOCATION": one_line(location, limit=ical.LONGEST_SUMMARY),
    }
    assert {key: str(event.get(key, "")) for key in wanted} == wanted
    kept = [one_line(word) for word in (first, second) if one_line(word)]
    assert (list(event["CATEGORIES"].cats) if "CATEGORIES" in event else []) == kept
    # The library gives the text of a property that it does not know as it is written.
    read = re.sub(r"\\([\\;,])", r"\1", str(calendar["X-WR-CALNAME"]))
    assert read == one_line(name, limit=ical.LONGEST_SUMMARY)
    other = vobject.readOne(body.decode())
    assert other.vevent.summary.value == wanted["SUMMARY"]
    assert getattr(other.vevent, "description", None) is None or (
        other.vevent.description.value == wanted["DESCRIPTION"]
    )


@given(texts=st.tuples(TEXT, TEXT))
def test_any_name_in_an_invitation_is_read(texts: tuple[str, str]) -> None:
    body = ical.invitation(
        replace(ENTRY, summary=texts[0], description=texts[1]),
        method="REQUEST",
        organizer=ical.Address(email="escale@x.test", name=texts[0]),
        attendee=ical.Address(email="zoe@example.org", name=texts[1]),
        language="fr",
    )
    assert odd_lines(body) == []
    event = icalendar.Calendar.from_ical(body).events[0]
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (
        "mailto:escale@x.test",
        "mailto:zoe@example.org",
    )
    assert event.errors == []


def test_text_is_cleaned() -> None:
    assert clean("e\u0301\x00\x07 a\r\nb\rc\td") == "é a\nb\nc\td"
    assert clean("a\vb\fc\x85d\u2028e\u2029f") == "a\nb\nc\nd\ne\nf"
    assert clean("\ufeffa\ufffeb\uffffc\ud800") == "abc"
    assert clean("abcdef", limit=4) == "abc…"
    assert one_line("a\nb\u2028c") == "a b c"


@given(text=TEXT)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert one_line(one_line(text)) == one_line(text)
