"""What the importer refuses, and how it says so: line, section and slug, what is wrong, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.imports.programme import ImportRefused, import_programme
from cycles.imports.programme.file import source
from cycles.imports.programme.file.source import LARGEST_FILE
from cycles.models import Cycle, Organisation, Programme, Session
from tests.cycles.imports.programme.files import BEFORE, SMALL, changed, load, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db
RHYTHM = "22: cycles/mardis/recurrence: "
NO_YEAR = (
    "is not a date with its year: write a day as 2020-10-22, or say date_precision "
    "(month with 2020-10, year with 2020, unknown)"
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (Organisation, Programme, Cycle, Session))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (
            b"schema_version: 1\ntitle: !!python/object/apply:os.system ['true']\n",
            "2: YAML tags (“tag:yaml.org,2002:python/object/apply:os.system”) are not accepted: write plain text.",
        ),
        (b"a: !local x\n", "1: YAML tags (“!local”) are not accepted: write plain text."),
        (
            b"a: &x [1]\nb: *x\n",
            "1: Anchors and aliases (& and *) are not accepted: write the text out.",
        ),
        (b"a:\n\t- b\n", "2: The line is indented with a tab: use spaces."),
        (b"a:\n  - b\n \t- c\n", "3: The line is indented with a tab: use spaces."),
        (b"a: 1\nb: 2\na: 3\n", "3: The key “a” stands here twice."),
        (b"- a\n", "1: A programme file begins with sections such as “programmes:” and “cycles:”."),
        (b"", "1: A programme file begins with sections such as “programmes:” and “cycles:”."),
        (b"a: 1\nb: \xff\n", "2: This is not UTF-8 text: save the file in UTF-8."),
        (b"a: 1\nb: \x07\n", "2: The file contains a character that is not text."),
        (b"[" * 100_000, "1: Too many levels of lists inside lists."),
        (b"a: 1\n---\nb: 2\n", "2: A programme file holds one document: remove the line “---”."),
        (b"[a]: b\n", "1: A key must be a word."),
        (
            b"schema_version: 1\ncycles:\n  - slug: a\n   title: b\n",
            (
                "4: The YAML is not well formed (expected <block end>, but found '<block mapping start>'): "
                "check the indentation, quotes and brackets."
            ),
        ),
    ],
)
def test_what_is_not_plain_data(tmp_path: Path, raw: bytes, error: str) -> None:
    assert refusal(tmp_path, raw) == [error]


def test_a_file_of_twenty_megabytes_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as handle:
        handle.truncate(20 * 1024 * 1024)
    with pytest.raises(ImportRefused) as caught:
        import_programme(file, at=BEFORE)
    assert str(caught.value) == "1: The file has 20 MB; a programme file has 1 MB at most."


def test_the_largest_file_allowed_is_read(tmp_path: Path) -> None:
    padding = "#" + "x" * (LARGEST_FILE - len(SMALL.encode()) - 2) + "\n"
    report = load(tmp_path, SMALL + padding)
    assert (tmp_path / "programme.yaml").stat().st_size == LARGEST_FILE
    assert report.created.total() == 10


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        import_programme(tmp_path / name, at=BEFORE)
    assert (
        str(caught.value)
        == {
            "missing.yaml": "1: The file cannot be read: No such file or directory.",
            ".": "1: The file cannot be read: Is a directory.",
        }[name]
    )


# Content instead, and the one error that it gives.
CASES = [
    ("schema_version: 1", "schema_version: 2", "1: schema_version: this program reads version 1"),
    (
        "organisation: fabrique",
        "organisation: fabrik",
        "12: programmes/essai/partners/2: “fabrik” is not known (organisations)",
    ),
    ("about: [mardis]", "about: [lundis]", "34: news/annonce: “lundis” is not known"),
    (
        "slug: un, cycle: mardis",
        "slug: un, cycle: lundis",
        "30: sessions/un: cycle: the cycle of a session stands in the same file",
    ),
    (
        "published_on: 2026-01-02",
        'published_on: "2 janvier"',
        "34: news/annonce: published_on: “2 janvier” " + NO_YEAR,
    ),
    (
        "published_on: 2026-01-02",
        "published_on: 2026-01",
        "34: news/annonce: published_on: “2026-01” " + NO_YEAR,
    ),
    ("published_on: 2026-01-02", "published_on: 01-02", "34: news/annonce: published_on: “01-02” " + NO_YEAR),
    (
        "published_on: 2026-01-02",
        "published_between: [2026-01-05, 2026-01-02]",
        "34: news/annonce: published_between: the two days are not in order",
    ),
    (
        "published_on: 2026-01-02",
        "published_on: 2026-02-30",
        "34: news/annonce: published_on: 2026-02-30 is not a day of the calendar",
    ),
    (
        "date: 2026-01-06",
        'date: "6 janvier"',
        "30: sessions/un: date: “6 janvier” is not a date with its year: write it as 2020-10-22",
    ),
    (
        "date: 2026-01-06, ",
        "",
        "30: sessions/un: give starts_at and ends_at, or the date alone where the rhythm gives the hour",
    ),
    (
        "date: 2026-01-06",
        'starts_at: "2026-01-06T18:00:00", ends_at: "2026-01-06T19:00:00+01:00"',
        (
            "30: sessions/un: starts_at: “2026-01-06T18:00:00” is not a moment with year and offset: "
            "write it as 2020-10-22T13:00:00+02:00"
        ),
    ),
    (
        "date: 2026-01-06",
        'starts_at: "2026-01-06T18:00:00+02:00", ends_at: "2026-01-06T19:00:00+02:00"',
        "30: sessions/un: starts_at: the offset of Europe/Paris is +01:00 on that day",
    ),
    (
        "date: 2026-01-06",
        'starts_at: "2026-01-06T18:00:00+01:00", ends_at: "2026-01-06T18:00:00+01:00"',
        "30: sessions/un: ends_at: a session ends after it starts, and within 24 hours",
    ),
    (
        "date: 2026-01-06",
        "weekday: Monday, date: 2026-01-06",
        "30: sessions/un: weekday: 2026-01-06 is a Tuesday",
    ),
    (
        "date: 2026-01-06",
        "nth_weekday: 3, date: 2026-01-06",
        "30: sessions/un: nth_weekday: 2026-01-06 is number 1 of its weekday in the month",
    ),
    (
        "kind: webinar_cycle",
        "kind: webinaire",
        (
            "18: cycles/mardis: kind: “webinaire” is none of webinar_cycle, daily_cycle, training_run, "
            "other_cycle, webinar, daily, run, other"
        ),
    ),
    (
        "planned_count: 3",
        "planned_count: trois",
        "20: cycles/mardis: planned_count: must be a whole number from 1 to 32767",
    ),
    ("BYDAY=1TU", "BYDAY=1XX", RHYTHM + "rrule: BYDAY names one weekday, such as 3TH or TH"),
    (
        "BYDAY=1TU",
        "BYDAY=6TU",
        RHYTHM + "a weekday of the month is the 1st to the 5th, or -1 for the last: BYDAY=3TH",
    ),
    (
        "BYDAY=1TU",
        "BYDAY=1TU;UNTIL=20260401",
        RHYTHM + "rrule: UNTIL is not supported: give the period with from_… and to_…",
    ),
    ("BYDAY=1TU", "BYDAY=1TU;INTERVAL=x", RHYTHM + "rrule: INTERVAL, BYMONTHDAY and COUNT are whole numbers"),
    ("BYDAY=1TU", "BYDAY=1TU;INTERVAL=0", RHYTHM + "INTERVAL must be 1 or more"),
    ("BYDAY=1TU", "BYMONTHDAY=32", RHYTHM + "BYMONTHDAY lies between 1 and 31"),
    ("FREQ=MONTHLY", "FREQ=YEARLY", RHYTHM + "rrule: FREQ is MONTHLY, WEEKLY or DAILY"),
    (
        'local_start: "18:00"',
        'local_start: "25:00"',
        "23: cycles/mardis/recurrence: local_start: “25:00” is not an hour: write it as 13:00",
    ),
    (
        "duration_minutes: 60",
        "duration_minutes: 1560",
        "24: cycles/mardis/recurrence: duration_minutes: must be a whole number from 1 to 1440",
    ),
    (
        "      duration_minutes: 60\n",
        "",
        RHYTHM + "give local_start and duration_minutes, or all_day: true",
    ),
    (
        "from_month: 2026-01",
        "from_month: janvier",
        "25: cycles/mardis/recurrence: from_month: “janvier” is not a month with its year: write it as 2020-10",
    ),
    (
        "      from_month: 2026-01\n",
        "",
        RHYTHM + "give the period of the rhythm: from_date, from_month",
    ),
    (
        "to_month: 2026-04",
        "to_month: 2025-04",
        RHYTHM + "the period ends before it begins, or gives more than a thousand dates",
    ),
    (
        "skip, date: 2026-04-07",
        "skip, date: 2026-04-08",
        "28: cycles/mardis/recurrence/exceptions/1: date: 2026-04-08 is not a date of the rhythm",
    ),
    (
        "kind: skip, date",
        "kind: add, date",
        (
            "28: cycles/mardis/recurrence/exceptions/1: date: 2026-04-07 is a date of the rhythm: "
            "only another day can be added"
        ),
    ),
    ("slug: deux", "slug: un", "30: sessions: “un” stands here twice"),
    (
        "slug: deux",
        "slug: déjà",
        "31: sessions/déjà: “déjà” may hold letters without accents, figures and hyphens only",
    ),
    ("number: 2", "number: 1", "16: cycles/mardis: number: “1” stands here twice"),
    (
        "date: 2026-02-03",
        "date: 2026-01-06",
        "16: cycles/mardis: planned_date: “2026-01-06” stands here twice",
    ),
    ('title: {fr: "Deux"}', "title: null", "31: sessions/deux: “title” is missing"),
    ('title: {fr: "Deux"}', "title: {}", "31: sessions/deux: “title” is missing"),
    ('title: {fr: "Deux"}', "title: [Deux]", "31: sessions/deux: title: must be a text"),
    (
        'title: {fr: "Deux"}',
        f'title: {{fr: "{"x" * 301}"}}',
        "31: sessions/deux/title: fr: has 301 characters, 300 at most",
    ),
    (
        "slug: deux, ",
        'slug: deux, room_url: "javascript:alert(1)", ',
        "31: sessions/deux: room_url: Enter a valid URL.",
    ),
    (
        "slug: deux, ",
        "slug: deux, recorded: peut-être, ",
        "31: sessions/deux: recorded: must be true or false",
    ),
    ("status: tentative", "status: cancelled", "32: sessions/trois: “cancel_reason” is missing"),
    (
        "status: tentative",
        "status: tentative, segments: [{order: 1, speakers: [{}]}]",
        "32: sessions/trois/segments/1/speakers/1: name a person, an organisation, or both",
    ),
    (
        "kind: webinar_cycle",
        "kind: webinar_cycle\n    follows: mardis",
        "16: cycles/mardis: this entry leads back to itself",
    ),
    (
        "kind: webinar_cycle",
        "kind: webinar_cycle\n    timezone: Mars/Phobos",
        (
            "19: cycles/mardis: timezone: “Mars/Phobos” is not a time zone. "
            "Give a name such as Europe/Paris or Indian/Reunion."
        ),
    ),
    ("order: 2}", "order: 1}", "11: programmes/essai: partners: “1” stands here twice"),
    (
        "topics:\n",
        "people: [{slug: personne}]\ntopics:\n",
        "5: people/personne: give a name, or a role for someone who is only known by it",
    ),
    ("topics:\n", "people: [Nadia]\ntopics:\n", "5: people/1: must hold keys and values"),
    (
        "topics:\n",
        "people: Nadia\ntopics:\n",
        "5: people: must be a list, each entry beginning with “- ”",
    ),
]


@pytest.mark.parametrize(("old", "new", "error"), CASES)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert refusal(tmp_path, changed(old, new)) == [error]
    assert nothing_written()


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    text = changed("number: 2", "number: deux", changed("organisation: fabrique", "organisation: inconnue"))
    assert refusal(tmp_path, text) == [
        "12: programmes/essai/partners/2: “inconnue” is not known (organisations)",
        "31: sessions/deux: number: must be a whole number from 1 to 32767",
    ]


def test_what_no_database_keeps_is_left_out(tmp_path: Path) -> None:
    """YAML writes what no text holds; PostgreSQL answered it with a fault."""
    file = tmp_path / "a.yaml"
    file.write_text('a: "x\\0y\\uD800z"\n"\\0b": 1\n')
    result = source.read(file).entries
    assert {key: node.text for key, node in result.items() if isinstance(node, source.Scalar)} == {
        "a": "xyz",
        "b": "1",
    }


def test_in_french_too(tmp_path: Path) -> None:
    with translation.override("fr"):
        assert refusal(tmp_path, changed("organisation: fabrique", "organisation: inconnue")) == [
            "12: programmes/essai/partners/2: «\u202finconnue\u202f» est inconnu (organisations)",
        ]


def test_nothing_is_written_when_the_database_refuses(tmp_path: Path) -> None:
    """Two issues with the same number are only seen by the database: what went before is taken back."""
    text = SMALL + (
        "resource_series:\n"
        '  - {slug: cahiers, title_fr: "Cahiers"}\n'
        "resources:\n"
        '  - {slug: a, kind: report, title_fr: "A", series: cahiers, issue: 1}\n'
        '  - {slug: b, kind: report, title_fr: "B", series: cahiers, issue: 1}\n'
    )
    errors = refusal(tmp_path, text)
    assert [error.partition(": clashes")[0] for error in errors] == ["39: resources/b"]
    assert nothing_written()
