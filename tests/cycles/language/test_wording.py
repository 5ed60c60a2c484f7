"""Words for dates, hours, rhythms and zones. `_` stands for U+202F and `~` for U+00A0 in what is expected."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cycles.language import wording, words
from cycles.schedule import time_zones
from cycles.schedule.recurrence import Rule, local_span

PARIS = "Europe/Paris"


def spaced(text: str) -> str:
    return text.replace("_", "\u202f").replace("~", "\u00a0")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


ESCALE_1 = (utc("2026-10-22T11:00"), utc("2026-10-22T12:30"))
ESCALE_2 = (utc("2026-11-19T12:00"), utc("2026-11-19T13:30"))


@pytest.mark.parametrize(
    ("date", "french", "english"),
    [
        ("2026-10-22", "jeudi 22 octobre 2026", "Thursday 22 October 2026"),
        ("2026-10-01", "jeudi 1er octobre 2026", "Thursday 1 October 2026"),
        ("2027-02-28", "dimanche 28 février 2027", "Sunday 28 February 2027"),
        ("2027-08-16", "lundi 16 août 2027", "Monday 16 August 2027"),
    ],
)
def test_long_date(date: str, french: str, english: str) -> None:
    day = dt.date.fromisoformat(date)
    assert (wording.long_date(day, language="fr"), wording.long_date(day, language="en")) == (french, english)


def test_short_date() -> None:
    day = dt.date(2027, 1, 21)
    assert wording.short_date(day, language="fr") == "jeu. 21 janv. 2027"
    assert wording.short_date(day, language="en") == "Thu 21 Jan 2027"
    assert wording.short_date(dt.date(2027, 7, 1), language="fr") == "jeu. 1er juil. 2027"


def test_long_when_keeps_the_hour_of_paris_across_the_change() -> None:
    assert wording.long_when(*ESCALE_1, zone=PARIS, language="fr") == spaced(
        "jeudi 22 octobre 2026, 13_h_00 – 14_h_30 (heure de Paris)"
    )
    assert wording.long_when(*ESCALE_2, zone=PARIS, language="fr") == spaced(
        "jeudi 19 novembre 2026, 13_h_00 – 14_h_30 (heure de Paris)"
    )
    assert wording.long_when(*ESCALE_1, zone=PARIS, language="en") == (
        "Thursday 22 October 2026, 13:00–14:30 (Paris time)"
    )


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Indian/Reunion", "15:00–16:30 (Réunion time)"),
        ("Pacific/Noumea", "22:00–23:30 (Nouméa time)"),
        ("Pacific/Tahiti", "01:00–02:30 (Tahiti time)"),
    ],
)
def test_long_when_overseas(zone: str, expected: str) -> None:
    result = wording.long_when(*ESCALE_1, zone=zone, language="en")
    assert result == f"Thursday 22 October 2026, {expected}"


def test_long_when_over_midnight_names_both_days() -> None:
    """One hour later in the winter, the end falls on Friday in Nouméa."""
    assert wording.long_when(*ESCALE_2, zone="Pacific/Noumea", language="fr") == spaced(
        "jeudi 19 novembre 2026, 23_h_00 – vendredi 20 novembre 2026, 0_h_30 (heure de Nouméa)"
    )
    assert wording.long_when(*ESCALE_2, zone="Pacific/Noumea", language="en") == (
        "Thursday 19 November 2026, 23:00 – Friday 20 November 2026, 00:30 (Nouméa time)"
    )


def test_whole_days() -> None:
    step = local_span(dt.date(2019, 9, 5), local_start=None, minutes=None, zone=PARIS)
    last = local_span(dt.date(2019, 9, 25), local_start=None, minutes=None, zone=PARIS)
    one = wording.long_when(step.starts_at, step.ends_at, zone=PARIS, all_day=True, language="fr")
    many = wording.long_when(step.starts_at, last.ends_at, zone=PARIS, all_day=True, language="fr")
    assert one == "jeudi 5 septembre 2019"
    assert many == "du jeudi 5 septembre au mercredi 25 septembre 2019"
    assert (
        wording.days(dt.date(2026, 12, 31), dt.date(2027, 1, 1), language="en")
        == "from Thursday 31 December 2026 to Friday 1 January 2027"
    )


def test_short_when() -> None:
    assert wording.short_when(ESCALE_1[0], zone=PARIS, language="fr") == spaced("jeu. 22 oct. 2026, 13_h_00")
    assert wording.short_when(ESCALE_1[0], zone=PARIS, language="en") == "Thu 22 Oct 2026, 13:00"
    assert wording.short_when(ESCALE_1[0], zone=PARIS, all_day=True, language="en") == "Thu 22 Oct 2026"


def test_hours() -> None:
    assert wording.hours(*ESCALE_1, zone="Pacific/Tahiti", language="fr") == spaced("1_h_00 – 2_h_30")
    assert wording.hours(*ESCALE_1, zone="Pacific/Tahiti", language="en") == "01:00–02:30"


@pytest.mark.parametrize(
    ("first", "last", "french", "english"),
    [
        ("2026-10-01", "2027-10-31", "d'octobre 2026 à octobre 2027", "October 2026 to October 2027"),
        ("2026-01-01", "2026-03-31", "de janvier 2026 à mars 2026", "January 2026 to March 2026"),
        ("2028-02-01", "2028-02-29", "février 2028", "February 2028"),
        (
            "2019-09-05",
            "2019-09-25",
            "du 5 septembre au 25 septembre 2019",
            "5 September to 25 September 2019",
        ),
        (
            "2026-12-02",
            "2027-01-01",
            "du 2 décembre 2026 au 1er janvier 2027",
            "2 December 2026 to 1 January 2027",
        ),
        ("2026-12-02", "2026-12-02", "2 décembre 2026", "2 December 2026"),
    ],
)
def test_period(first: str, last: str, french: str, english: str) -> None:
    span = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    assert (wording.period(*span, language="fr"), wording.period(*span, language="en")) == (french, english)


@pytest.mark.parametrize(
    ("precision", "first", "last", "french", "english"),
    [
        ("day", dt.date(2020, 7, 15), None, "15 juillet 2020", "15 July 2020"),
        ("month", dt.date(2018, 10, 1), None, "octobre 2018", "October 2018"),
        ("year", dt.date(2013, 1, 1), None, "2013", "2013"),
        (
            "between",
            dt.date(2020, 7, 15),
            dt.date(2020, 10, 1),
            "entre le 15 juillet 2020 et le 1er octobre 2020",
            "between 15 July 2020 and 1 October 2020",
        ),
        ("unknown", None, None, "date non connue", "date not known"),
    ],
)
def test_fuzzy_date(
    precision: str, first: dt.date | None, last: dt.date | None, french: str, english: str
) -> None:
    assert wording.fuzzy_date(precision, first, last, language="fr") == french
    assert wording.fuzzy_date(precision, first, last, language="en") == english


def test_nth_in_words() -> None:
    day = dt.date(2026, 10, 22)
    assert wording.nth_in_words(day, language="fr") == "4e jeudi"
    assert wording.nth_in_words(day, language="en") == "4th Thursday"
    assert wording.nth_in_words(dt.date(2027, 1, 7), language="fr") == "1er jeudi"


@pytest.mark.parametrize(
    ("number", "english"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st")],
)
def test_english_ordinals(number: int, english: str) -> None:
    assert wording.ordinal(number, language="en") == english


def rule(**parts: Any) -> Rule:
    values: dict[str, Any] = {
        "frequency": "monthly_weekday",
        "first_date": dt.date(2026, 10, 1),
        "last_date": dt.date(2027, 10, 31),
        "zone": PARIS,
    }
    return Rule(**(values | parts))


@pytest.mark.parametrize(
    ("parts", "french", "english"),
    [
        (
            {"nth": 3, "weekday": 3, "local_start": dt.time(13), "minutes": 90},
            "chaque 3e jeudi du mois, 13_h_00 – 14_h_30",
            "every 3rd Thursday of the month, 13:00–14:30",
        ),
        ({"nth": 1, "weekday": 0}, "chaque 1er lundi du mois", "every 1st Monday of the month"),
        ({"nth": -1, "weekday": 4}, "chaque dernier vendredi du mois", "every last Friday of the month"),
        (
            {"nth": 2, "weekday": 1, "interval": 2},
            "le 2e mardi, un mois sur deux",
            "the 2nd Tuesday, every other month",
        ),
        (
            {"nth": 2, "weekday": 1, "interval": 3},
            "le 2e mardi, tous les 3~mois",
            "the 2nd Tuesday, every 3 months",
        ),
        ({"frequency": "monthly_day", "day": 1}, "le 1er de chaque mois", "the 1st of every month"),
        ({"frequency": "monthly_day", "day": 15}, "le 15 de chaque mois", "the 15th of every month"),
        (
            {"frequency": "monthly_day", "day": 15, "interval": 2},
            "le 15, un mois sur deux",
            "the 15th, every other month",
        ),
        ({"frequency": "weekly", "weekday": 6}, "chaque dimanche", "every Sunday"),
        (
            {"frequency": "weekly", "weekday": 2, "interval": 2},
            "un mercredi sur deux",
            "every other Wednesday",
        ),
        (
            {"frequency": "weekly", "weekday": 5, "interval": 3},
            "le samedi, toutes les 3~semaines",
            "on Saturday, every 3 weeks",
        ),
        ({"frequency": "daily"}, "chaque jour", "every day"),
        ({"frequency": "daily", "interval": 2}, "un jour sur deux", "every other day"),
        (
            {"frequency": "daily", "interval": 5, "local_start": dt.time(23, 30), "minutes": 60},
            "tous les 5~jours, 23_h_30 – 0_h_30",
            "every 5 days, 23:30–00:30",
        ),
    ],
)
def test_rule_in_words(parts: dict[str, Any], french: str, english: str) -> None:
    assert wording.rule_in_words(rule(**parts), language="fr") == spaced(french)
    assert wording.rule_in_words(rule(**parts), language="en") == english


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        ("2026-09-28T08:00", "dans 24~jours", "in 24~days"),
        ("2026-10-20T21:59", "dans 2~jours", "in 2~days"),
        ("2026-10-20T22:00", "demain", "tomorrow"),
        ("2026-10-21T22:00", "aujourd’hui", "today"),
        ("2026-10-22T21:59", "aujourd’hui", "today"),
        ("2026-10-22T22:00", "hier", "yesterday"),
        ("2026-11-01T12:00", "il y a 10~jours", "10~days ago"),
    ],
)
def test_countdown_counts_the_days_of_the_zone(at: str, french: str, english: str) -> None:
    """Midnight in Paris is 22:00 UTC in the summer."""
    assert wording.countdown(utc(at), ESCALE_1[0], zone=PARIS, language="fr") == spaced(french)
    assert wording.countdown(utc(at), ESCALE_1[0], zone=PARIS, language="en") == spaced(english)


@pytest.mark.parametrize(
    ("length", "french", "english"),
    [
        (dt.timedelta(hours=1, minutes=20), "1~heure 20~minutes", "1~hour 20~minutes"),
        (dt.timedelta(days=2, hours=3, minutes=4), "2~jours 3~heures", "2~days 3~hours"),
        (dt.timedelta(days=1, minutes=1), "1~jour 1~minute", "1~day 1~minute"),
        (dt.timedelta(seconds=59), "0~minute", "0~minutes"),
        (dt.timedelta(seconds=-5), "0~minute", "0~minutes"),
    ],
)
def test_duration(length: dt.timedelta, french: str, english: str) -> None:
    assert wording.duration(length, language="fr") == spaced(french)
    assert wording.duration(length, language="en") == spaced(english)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(5, 9, "56"), (4, 9, "44"), (1, 8, "13"), (1, 3, "33"), (2, 3, "67"), (0, 5, "0"), (6, 6, "100")],
)
def test_percent_rounds_a_half_up(part: int, whole: int, said: str) -> None:
    assert wording.percent(part, whole, language="fr") == spaced(f"{said}~%")
    assert wording.percent(part, whole, language="en") == f"{said}%"


@pytest.mark.parametrize(
    ("offset", "code", "french", "english"),
    [
        (dt.timedelta(days=-7), "J-7", "7~jours avant", "7~days before"),
        (dt.timedelta(days=-1), "J-1", "1~jour avant", "1~day before"),
        (dt.timedelta(hours=-1), "H-1", "1~heure avant", "1~hour before"),
        (dt.timedelta(minutes=-10), "M-10", "10~minutes avant", "10~minutes before"),
        (dt.timedelta(hours=2), "H+2", "2~heures après", "2~hours after"),
        (dt.timedelta(days=90), "J+90", "90~jours après", "90~days after"),
        (dt.timedelta(minutes=-90), "M-90", "90~minutes avant", "90~minutes before"),
    ],
)
def test_steps(offset: dt.timedelta, code: str, french: str, english: str) -> None:
    assert wording.relative_step(offset, language="fr") == code
    assert wording.relative_step(offset, language="en") == spaced(english)
    assert wording.step_in_words(offset, language="fr") == spaced(french)
    assert wording.step_in_words(offset, language="en") == spaced(english)


@pytest.mark.parametrize(
    ("zone", "french", "english"),
    [
        ("Europe/Paris", "heure de Paris", "Paris time"),
        ("Indian/Reunion", "heure de La Réunion", "Réunion time"),
        ("America/Martinique", "heure de la Martinique", "Martinique time"),
        ("America/Toronto", "heure de Montréal", "Montréal time"),
        ("America/New_York", "heure de New York", "New York time"),
        ("Europe/Oslo", "heure d'Oslo", "Oslo time"),
        ("America/Argentina/Ushuaia", "heure d'Ushuaïa", "Ushuaia time"),
        ("Etc/UTC", "temps universel (UTC)", "UTC"),
    ],
)
def test_zone_name(zone: str, french: str, english: str) -> None:
    assert wording.zone_name(zone, language="fr") == french
    assert wording.zone_name(zone, language="en") == english


def test_every_zone_offered_exists_and_paris_is_first() -> None:
    offered = time_zones.choices(language="fr")
    assert {zone for zone, _name in offered} - zoneinfo.available_timezones() == set()
    assert offered[0] == ("Europe/Paris", "Paris")
    assert [zone for zone, _name in time_zones.choices(language="en")] == [zone for zone, _name in offered]


def test_another_language_reads_french() -> None:
    assert wording.long_date(dt.date(2026, 10, 22), language="de") == "jeudi 22 octobre 2026"


@given(
    seconds=st.integers(946_684_800, 2_840_140_800),
    zone=st.sampled_from(sorted(time_zones.PLACES)),
)
def test_french_never_leaves_a_space_that_breaks_an_hour(seconds: int, zone: str) -> None:
    """From 2000 to 2060."""
    moment = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    result = wording.long_when(moment, moment + dt.timedelta(minutes=90), zone=zone, language="fr")
    assert " h" not in result.replace("(heure", "")
    assert "h " not in result.replace("\u202f", "")


def test_every_language_of_the_interface_has_words_of_its_own() -> None:
    codes = [code for code, _name in settings.LANGUAGES]
    assert [code for code in codes if words.of(code).cldr.language != code] == []
    assert words.of("xx") is words.of("fr")


@pytest.mark.parametrize(
    ("zone", "french", "english"),
    [
        ("Europe/Warsaw", "heure de Varsovie", "Warsaw time"),
        # Whichever of its two spellings CLDR goes by.
        ("Europe/Kiev", "heure de Kiev", "Kyiv time"),
        ("Europe/Kyiv", "heure de Kiev", "Kyiv time"),
        # A name that CLDR knows as another zone's is not replaced by that one's city.
        ("America/Montreal", "heure de Montreal", "Montreal time"),
        ("America/Argentina/Buenos_Aires", "heure de Buenos Aires", "Buenos Aires time"),
    ],
)
def test_a_zone_outside_the_list_is_called_by_its_city(zone: str, french: str, english: str) -> None:
    result = (wording.zone_name(zone, language="fr"), wording.zone_name(zone, language="en"))
    assert result == (french, english)
