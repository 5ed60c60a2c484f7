"""Hours that every reader finds again: zones by yearly rules, and UTC for what these cannot say."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cycles.calendars.rfc5545 import ical, vtimezone

UTC = dt.UTC
ZONES = (
    "Europe/Paris", "Indian/Reunion", "Indian/Mayotte", "America/Martinique", "America/Cayenne", "Pacific/Noumea",
    "Pacific/Tahiti", "America/Montreal", "America/Miquelon", "Europe/London", "Europe/Dublin", "Australia/Sydney",
    "Africa/Casablanca", "Africa/El_Aaiun", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia", "Australia/Lord_Howe",
    "Europe/Istanbul", "Europe/Moscow", "Africa/Cairo", "Asia/Jerusalem", "America/Santiago", "America/St_Johns",
    "Asia/Kathmandu", "Antarctica/Troll", "UTC", "Asia/Gaza", "America/New_York", "Asia/Beirut",
)  # fmt: skip


def entry(zone: str, starts_at: dt.datetime, ends_at: dt.datetime) -> ical.Entry:
    made = dt.datetime(2026, 9, 1, tzinfo=UTC)
    return ical.Entry(
        uid="1@x",
        sequence=0,
        created_at=made,
        revised_at=made,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        summary="x",
    )


def read_by_our_rules(event: Any, name: str, zones: list[Any]) -> dt.datetime:
    """Return an instant as a reader finds it that knows no zone but those of the file."""
    moment: dt.datetime = event[name].dt
    by_name = {str(zone["TZID"]): zone for zone in zones}
    written = event[name].params.get("TZID")
    if written is None:
        return moment
    ours = by_name[written].to_tz(lookup_tzid=False)
    return moment.replace(tzinfo=ours)


def both(zone: str, starts_at: dt.datetime, ends_at: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the start and the end of an event as two libraries read them, which know our rules only."""
    body = ical.calendar([entry(zone, starts_at, ends_at)], header=None, language="fr")
    parsed = icalendar.Calendar.from_ical(body)
    event, zones = parsed.events[0], parsed.walk("VTIMEZONE")
    first = tuple(read_by_our_rules(event, name, zones).astimezone(UTC) for name in ("DTSTART", "DTEND"))
    # A name of the file that the IANA database does not have makes vobject believe the file.
    disguised = (
        body.decode()
        .replace(f"TZID={zone}:", f"TZID=Ours/{zone}:")
        .replace(f"TZID:{zone}", f"TZID:Ours/{zone}")
    )
    other = vobject.readOne(disguised).vevent
    second = (other.dtstart.value.astimezone(UTC), other.dtend.value.astimezone(UTC))
    return [first, second]


MOMENTS = st.datetimes(dt.datetime(1985, 1, 1), dt.datetime(2045, 1, 1), timezones=st.just(UTC))


@settings(deadline=None, max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    start=MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0)),
    minutes=st.integers(1, 1440),
)
@example(zone="Europe/Paris", start=dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC), minutes=60)
@example(zone="Europe/Paris", start=dt.datetime(2026, 10, 24, 22, 30, tzinfo=UTC), minutes=150)
@example(zone="Europe/Paris", start=dt.datetime(1995, 9, 26, 9, 0, tzinfo=UTC), minutes=90)
@example(zone="America/Sao_Paulo", start=dt.datetime(2018, 12, 6, 15, 0, tzinfo=UTC), minutes=90)
@example(zone="Australia/Lord_Howe", start=dt.datetime(2026, 4, 4, 14, 45, tzinfo=UTC), minutes=15)
def test_any_event_is_read_at_its_instants(zone: str, start: dt.datetime, minutes: int) -> None:
    end = start + dt.timedelta(minutes=minutes)
    assert both(zone, start, end) == [(start, end)] * 2


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2014, 2018, 2021, 2027])
def test_our_zone_rules_agree_with_the_database(zone: str, year: int) -> None:
    """A reader that only knows our VTIMEZONE must find the offset that the IANA database has, wherever we use it."""
    component = vtimezone.component(zone)
    if component is None:
        return
    ours = component.to_tz(lookup_tzid=False)
    different = []
    for day in range(0, 365, 5):
        noon = dt.datetime(year, 1, 1, 12, tzinfo=ZoneInfo(zone)) + dt.timedelta(days=day)
        wall = noon.replace(tzinfo=None)
        if vtimezone.is_named(zone, noon, noon) and wall.replace(tzinfo=ours).utcoffset() != noon.utcoffset():
            different.append(wall)
    assert different == []


@pytest.mark.parametrize(
    ("zone", "first", "last_before"),
    [
        (
            "Europe/Paris",
            dt.datetime(1996, 3, 31, 1, tzinfo=UTC),
            dt.datetime(1996, 3, 31, 0, 59, tzinfo=UTC),
        ),
        (
            "America/Sao_Paulo",
            dt.datetime(2019, 2, 17, 2, tzinfo=UTC),
            dt.datetime(2019, 2, 17, 1, 59, tzinfo=UTC),
        ),
        (
            "Asia/Tehran",
            dt.datetime(2022, 9, 21, 19, 30, tzinfo=UTC),
            dt.datetime(2022, 9, 21, 19, 29, tzinfo=UTC),
        ),
    ],
)
def test_a_zone_is_used_since_its_rules_are_true(
    zone: str, first: dt.datetime, last_before: dt.datetime
) -> None:
    later = first + dt.timedelta(days=1)
    assert (vtimezone.is_named(zone, later, later), vtimezone.is_named(zone, last_before, last_before)) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("start", "end", "is_named"),
    [
        # The night of 25 October 2026 in Paris: from 2:00 to 3:00 the clock shows each hour twice.
        ("2026-10-24T22:00Z", "2026-10-24T23:59Z", True),
        ("2026-10-24T23:00Z", "2026-10-25T00:00Z", False),
        ("2026-10-25T00:30Z", "2026-10-25T01:30Z", False),
        ("2026-10-25T01:30Z", "2026-10-25T03:00Z", False),
        ("2026-10-24T23:00Z", "2026-10-25T03:00Z", False),
        ("2026-10-25T02:00Z", "2026-10-25T03:00Z", True),
    ],
)
def test_what_touches_the_repeated_hour_is_in_utc(start: str, end: str, *, is_named: bool) -> None:
    moments = [dt.datetime.fromisoformat(text) for text in (start, end)]
    assert vtimezone.is_named("Europe/Paris", *moments) is is_named
    body = ical.calendar([entry("Europe/Paris", *moments)], header=None, language="fr").decode()
    written = [line for line in body.split("\r\n") if line.startswith(("DTSTART:", "DTEND:"))]
    assert [line for line in written if line.endswith("Z")] == (
        [] if is_named else [f"DTSTART:{moments[0]:%Y%m%dT%H%M%SZ}", f"DTEND:{moments[1]:%Y%m%dT%H%M%SZ}"]
    )
