"""What a zone means in a file: its description first, then its name; hostile ones cost nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from .files import calendar
from .test_reading import CUSTOM, instants, read, said

EVENT = "DTSTART;TZID={zone}:20270701T130000\nDURATION:PT1H\nSUMMARY:A"


def zone(title: str, *parts: str) -> str:
    """Return a VTIMEZONE; each part is its kind, offsets and other lines, separated by blanks."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{title}"]
    for part in parts:
        kind, before, after, *more = part.split()
        lines += [f"BEGIN:{kind}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", *more, f"END:{kind}"]
    return "\n".join([*lines, "END:VTIMEZONE"])


ALWAYS = "STANDARD +0000 +0000 DTSTART:19700101T000000"
ONE_YEAR = (
    "STANDARD +0200 +0100 DTSTART:20251026T030000",
    "DAYLIGHT +0100 +0200 DTSTART:20250330T020000",
)
OUTLOOK = (
    "STANDARD +0200 +0100 DTSTART:16011028T030000 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "DAYLIGHT +0100 +0200 DTSTART:16010325T020000 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
)
DATES = (
    "STANDARD +0200 +0100 DTSTART:20261025T030000 RDATE:20271031T030000,20281029T030000",
    "DAYLIGHT +0100 +0200 DTSTART:20270328T020000 RDATE:20280326T020000",
)


@pytest.mark.parametrize(
    ("title", "head", "utc"),
    [
        ("Europe/Paris", "", "010727T1100"),
        ("Romance Standard Time", "", "010727T1100"),
        ('"(UTC+01:00) Brussels, Paris"', zone("(UTC+01:00) Brussels, Paris", *OUTLOOK), "010727T1100"),
        ("Customized Time Zone", zone("Customized Time Zone", *OUTLOOK), "010727T1100"),
        ("Ours", zone("Ours", *DATES), "010727T1100"),
        # Named like another, but described otherwise: the description wins.
        ("Europe/Paris", zone("Europe/Paris", ALWAYS), "010727T1300"),
        ("Romance Standard Time", zone("Romance Standard Time", ALWAYS), "010727T1300"),
        ("Europe/London", zone("Europe/London", *OUTLOOK), "010727T1100"),
        # Described for another year only: it says nothing of this one, its name does.
        ("Europe/Paris", zone("Europe/Paris", *ONE_YEAR), "010727T1100"),
        ("UTC", "", "010727T1300"),
        ("europe/paris", "", "010727T1100"),
        ('"UTC+02:00"', "", "010727T1100"),
        ("UTC+02:00", "", "010727T1100"),
        ("GMT-0300", "", "010727T1600"),
        ("Etc/GMT", "", "010727T1300"),
        # As programs write the names of Windows, telephones and people.
        ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "", "010727T1100"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "", "010727T1200"),
        ("(GMT+01.00) Paris", "", "010727T1100"),
        ("Paris, Madrid", "", "010727T1100"),
        ("Paris", "", "010727T1100"),
        ("France/Paris", "", "010727T1100"),
        ("Paris (heure d’été)", "", "010727T1100"),
        ("Romance Daylight Time", "", "010727T1100"),
        ("Central European Time", "", "010727T1100"),
        ("Central European Summer Time", "", "010727T1100"),
        ("heure normale d’Europe centrale", "", "010727T1100"),
        ("Mitteleuropäische Zeit", "", "010727T1100"),
        ("CEST", "", "010727T1100"),
        ("MEZ", "", "010727T1100"),
        ("Europe/Paris_1", "", "010727T1100"),
        ("Europe\\/Paris", "", "010727T1100"),
        ("Europe-Paris", "", "010727T1100"),
        ("europe paris", "", "010727T1100"),
        ("France", "", "010727T1100"),
        ("Romance Standard Time 1", "", "010727T1100"),
        ("Romance Summer Time", "", "010727T1100"),
        ("Eastern Standard Time 1", "", "010727T1700"),
        ("Eastern Time", "", "010727T1700"),
        ("GMT_Standard_Time", "", "010727T1200"),
        ("US-Eastern", "", "010727T1700"),
        ("Etc/GMT-1", "", "010727T1200"),
        # The hours of French territories overseas.
        ("Réunion", "", "010727T0900"),
        ("La Réunion", "", "010727T0900"),
        ("Nouméa", "", "010727T0200"),
        ("(UTC+04:00) Port Louis", "", "010727T0900"),
        ("(UTC+11:00) Îles Salomon, Nouvelle-Calédonie", "", "010727T0200"),
        ("(UTC-10:00) Hawaï", "", "010727T2300"),
    ],
)  # fmt: skip
def test_a_zone_means_what_the_file_describes(title: str, head: str, utc: str) -> None:
    assert instants(calendar(EVENT.format(zone=title), head=head)) == [utc]


def test_a_description_that_differs_from_its_name_is_told() -> None:
    _found, report = read(calendar(EVENT.format(zone="Europe/Paris"), head=zone("Europe/Paris", ALWAYS)))
    assert said(report.warnings) == [
        "14: VEVENT: the file describes “Europe/Paris” otherwise than that zone is: its description is followed"
    ]


@pytest.mark.parametrize(
    "local", ["20261025T023000", "20270328T023000", "20270328T013000", "20261025T033000"]
)
def test_a_described_zone_reads_the_changes_of_clocks_as_its_name_does(local: str) -> None:
    event = f"DTSTART;TZID={{zone}}:{local}\nDURATION:PT1H\nSUMMARY:A"
    described = instants(calendar(event.format(zone="Paris of our own"), head=CUSTOM))
    assert described == instants(calendar(event.format(zone="Europe/Paris")))


def test_hours_without_a_zone_are_those_that_the_calendar_names() -> None:
    event = "DTSTART:20270701T130000\nDURATION:PT1H\nSUMMARY:A"
    assert instants(calendar(event, head="X-WR-TIMEZONE:Indian/Reunion")) == ["010727T0900"]
    assert instants(calendar(event, head="X-WR-TIMEZONE:Nowhere/At all")) == ["010727T1100"]


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "MONTHLY"])
def test_a_description_by_the_second_is_not_followed(frequency: str) -> None:
    hostile = f"STANDARD +0000 +0000 DTSTART:19700101T000000 RRULE:FREQ={frequency}"
    _found, report = read(calendar(EVENT.format(zone="Ours"), head=zone("Ours", hostile)))
    assert said(report.errors) == [
        "15: VEVENT: the time zone “Ours” is not known, and the file does not describe it"
    ]
    found, report = read(calendar(EVENT.format(zone="Europe/Paris"), head=zone("Europe/Paris", hostile)))
    assert [event.starts_at for event in found] == [dt.datetime(2027, 7, 1, 11, tzinfo=dt.UTC)]
    assert said(report.warnings) == [
        "15: VEVENT: how the file describes the time zone “Europe/Paris” cannot be followed"
    ]


@pytest.mark.parametrize(
    "part",
    [
        "STANDARD +9900 +9900 DTSTART:19700101T000000",
        "STANDARD one two DTSTART:19700101T000000",
        "STANDARD +0100 +0100 DTSTART:never",
        "STANDARD +0100 +0100",
        "STANDARD +0100 +0100 DTSTART:19700101T000000 RRULE:FREQ=YEARLY;UNTIL=20279999",
    ],
)
def test_a_description_that_is_wrong_is_told(part: str) -> None:
    _found, report = read(calendar(EVENT.format(zone="Ours"), head=zone("Ours", part)))
    assert [error.message for error in report.errors] == [
        "the time zone “Ours” is not known, and the file does not describe it"
    ]


@pytest.mark.parametrize(
    "title", ["Local", "Customized Time Zone", "(no TZ description)", "tzone://Microsoft/Custom"]
)
def test_hours_in_a_zone_without_a_name_are_those_without_a_zone(title: str) -> None:
    (event,), report = read(calendar(EVENT.format(zone=title)))
    assert event.starts_at == dt.datetime(2027, 7, 1, 11, tzinfo=dt.UTC)
    told = "6: VEVENT: hours without a time zone are taken as those of Europe/Paris"
    assert (said(report.errors), said(report.warnings)) == ([], [told])


def test_an_hour_in_utc_and_in_a_zone_at_once_is_in_utc_and_told() -> None:
    event = "DTSTART;TZID={zone}:20270701T130000Z\nDURATION:PT1H\nSUMMARY:A"
    told = "6: VEVENT: an hour is written in UTC and in the zone “Europe/Paris” at once: it is read as UTC"
    for zone_, warnings in (("Europe/Paris", [told]), ("UTC", []), ("Nowhere/At all", [])):
        (found,), report = read(calendar(event.format(zone=zone_)))
        assert found.starts_at == dt.datetime(2027, 7, 1, 13, tzinfo=dt.UTC)
        assert said(report.warnings) == warnings


def test_a_description_with_empty_dates_is_followed() -> None:
    empty = "RDATE:20271031T030000,\nRDATE:\nRDATE:"
    dates = zone("Ours", *DATES).replace("RDATE:20271031T030000,20281029T030000", empty)
    assert instants(calendar(EVENT.format(zone="Ours"), head=dates)) == ["010727T1100"]


def test_the_hours_of_morocco_are_others_during_ramadan() -> None:
    event = "DTSTART;TZID={zone}:20270201T130000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=8\nSUMMARY:A"
    for name in ("Africa/Casablanca", "Morocco Standard Time"):
        hours = [instant[-4:] for instant in instants(calendar(event.format(zone=name)))]
        assert hours == ["1200", "1300", "1300", "1300", "1300", "1300", "1200", "1200"]


@pytest.mark.parametrize("title", ["Eastern", "Mars/Olympus"])
def test_a_name_that_says_no_place_is_not_guessed(title: str) -> None:
    expected = f"6: VEVENT: the time zone “{title}” is not known, and the file does not describe it"
    assert said(read(calendar(EVENT.format(zone=title)))[1].errors) == [expected]
