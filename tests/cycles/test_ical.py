"""Calendars by our rules and by readers that we did not write (icalendar, recurring-ical-events, vobject)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from hypothesis import strategies as st

from cycles import ical

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
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Europe/Paris",
        "BEGIN:VTIMEZONE",
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


ZONES = (
    "Europe/Paris", "Indian/Reunion", "Indian/Mayotte", "America/Martinique", "America/Cayenne", "Pacific/Noumea",
    "Pacific/Tahiti", "America/Montreal", "America/Miquelon", "Europe/London", "Europe/Dublin", "Australia/Sydney",
)  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", range(1, 13))
def test_our_zone_rules_agree_with_the_database(zone: str, month: int) -> None:
    """A reader that only knows our VTIMEZONE must find the offset that the IANA database has."""
    component = ical.timezone_component(zone)
    assert component is not None
    ours = component.to_tz(lookup_tzid=False)
    for day in (1, 15, 28):
        wall = dt.datetime(2027, month, day, 12)
        assert wall.replace(tzinfo=ours).utcoffset() == wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Europe/Istanbul", "UTC"])
def test_a_zone_that_two_rules_cannot_say_is_written_in_utc(zone: str) -> None:
    body = lines(ical.calendar([replace(ENTRY, zone=zone)], header=None, language="fr"))
    assert "DTSTART:20261022T110000Z" in body
    assert "BEGIN:VTIMEZONE" not in body


@given(text=st.text(max_size=400))
def test_any_text_survives_folding_and_reading(text: str) -> None:
    body = ical.calendar([replace(ENTRY, description=text, summary=text)], header=HEADER, language="fr")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    event = icalendar.Calendar.from_ical(body).events[0]
    assert str(event.get("DESCRIPTION", "")) == ical.clean(text)


def test_text_is_cleaned() -> None:
    assert ical.clean("e\u0301\x00\x07 a\r\nb\rc\td") == "é a\nb\nc\td"
    assert ical.clean("abcdef", limit=4) == "abc…"
