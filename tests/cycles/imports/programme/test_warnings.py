"""What the importer lets pass, and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.models import Organisation, Resource, Session
from tests.cycles.imports.programme.files import SMALL, changed, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def warnings(folder: Path, text: str) -> list[str]:
    return [str(warning) for warning in sorted(load(folder, text).warnings)]


def test_a_file_without_a_doubt(tmp_path: Path) -> None:
    assert warnings(tmp_path, SMALL) == []


def test_a_session_off_the_rhythm_without_an_exception(tmp_path: Path) -> None:
    assert warnings(tmp_path, changed("date: 2026-02-03", "date: 2026-02-12")) == [
        "16: cycles/mardis: dates of the rhythm without a session: 2026-02-03",
        "31: sessions/deux: 2026-02-12 is not a date of the rhythm (2nd Thursday): an exception would say why",
    ]
    session = Session.objects.get(slug="deux")
    assert (session.planned_date, str(session.local_date)) == (None, "2026-02-12")


def test_more_or_fewer_sessions_than_planned(tmp_path: Path) -> None:
    assert warnings(tmp_path, changed("planned_count: 3", "planned_count: 12")) == [
        "20: cycles/mardis: planned_count: 3 sessions for 12 planned"
    ]


def test_a_date_of_the_rhythm_that_nobody_holds_or_skips(tmp_path: Path) -> None:
    text = changed('        - {kind: skip, date: 2026-04-07, reason_fr: "vacances"}\n', "")
    assert warnings(tmp_path, changed("      exceptions:\n", "", text)) == [
        "16: cycles/mardis: dates of the rhythm without a session: 2026-04-07"
    ]


def test_a_public_holiday(tmp_path: Path) -> None:
    text = SMALL.replace("2026-0", "2030-0").replace("BYDAY=1TU", "BYMONTHDAY=1")
    for old, new in (("01-06", "01-01"), ("02-03", "02-01"), ("03-03", "03-01"), ("04-07", "04-01")):
        text = text.replace(f"date: 2030-{old}", f"date: 2030-{new}")
    assert warnings(tmp_path, text) == ["30: sessions/un: 2030-01-01 is a public holiday (New Year's Day)"]


def test_an_hour_that_the_clocks_skip_or_repeat(tmp_path: Path) -> None:
    text = SMALL.replace("BYDAY=1TU", "BYDAY=-1SU").replace('"18:00"', '"02:30"')
    for old, new in (("01-06", "01-25"), ("02-03", "02-22"), ("03-03", "03-29"), ("04-07", "04-26")):
        text = text.replace(f"date: 2026-{old}", f"date: 2026-{new}")
    assert warnings(tmp_path, text) == [
        "32: sessions/trois: this hour does not exist on 2026-03-29: the clocks go forward"
    ]


def test_two_sessions_at_once(tmp_path: Path) -> None:
    """The second lasts through the night, an added one begins before it has ended."""
    text = changed(
        "date: 2026-02-03",
        'starts_at: "2026-02-03T18:00:00+01:00", ends_at: "2026-02-04T10:00:00+01:00"',
        changed("planned_count: 3", "planned_count: 4"),
    )
    text = changed(
        "      exceptions:\n", "      exceptions:\n        - {kind: add, date: 2026-02-04}\n", text
    )
    text = changed(
        "news:\n", "  - {slug: bis, cycle: mardis, date: 2026-02-04, title: {fr: Bis}}\nnews:\n", text
    )
    assert warnings(tmp_path, text.replace('"18:00"', '"09:30"')) == [
        "34: sessions/bis: begins before “deux” has ended"
    ]


def test_keys_that_nobody_reads(tmp_path: Path) -> None:
    assert warnings(tmp_path, changed("planned_count: 3", "planned_count: 3\n    colour: teal")) == [
        "21: cycles/mardis: colour: this key is not known and was not read"
    ]
    assert warnings(tmp_path, SMALL + "sponsors: []\n") == [
        "35: sponsors: this key is not known and was not read"
    ]


def test_html_in_a_title_is_kept_as_the_text_that_it_is(tmp_path: Path) -> None:
    load(tmp_path, changed('{fr: "Deux"}', '{fr: "<script>alert(1)</script> & <b>Deux</b>"}'))
    assert Session.objects.get(slug="deux").title.localize("fr") == "<script>alert(1)</script> & <b>Deux</b>"


def test_words_that_yaml_takes_for_something_else_stay_words(tmp_path: Path) -> None:
    load(tmp_path, changed('name: "L\'Atelier"', "name: no"))
    assert Organisation.objects.get(slug="atelier").name == "no"


@pytest.mark.parametrize(
    ("date", "stored"),
    [
        ("date: 2018-07-01", ("2018-07-01", "None", "day")),
        ('date: "2018-10", date_precision: month', ("2018-10-01", "None", "month")),
        ("date: 2013, date_precision: year", ("2013-01-01", "None", "year")),
        ("date_between: [2018-10-18, 2019-09-05]", ("2018-10-18", "2019-09-05", "between")),
        ("date: null", ("None", "None", "unknown")),
        ("date: hier, date_precision: unknown", ("None", "None", "unknown")),
    ],
)
def test_a_date_as_well_as_it_is_known(tmp_path: Path, date: str, stored: tuple[str, str, str]) -> None:
    """A text without a year passes only when the file says that the date is unknown; its words are kept."""
    load(tmp_path, SMALL + f'resources:\n  - {{slug: guide, kind: guide, title_fr: "Guide", {date}}}\n')
    guide = Resource.objects.get()
    assert (str(guide.date_from), str(guide.date_until), guide.date_precision) == stored
    assert guide.note == ("hier" if "hier" in date else "")


def test_certainty_and_source_are_kept(tmp_path: Path) -> None:
    load(
        tmp_path,
        changed("kind: foundation}", "kind: foundation, certainty: inferred, source: P3, note: vue en 2020}"),
    )
    row = Organisation.objects.get(slug="fabrique")
    assert (row.certainty, row.source, row.note) == ("inferred", "P3", "vue en 2020")


def test_a_session_may_follow_a_track(tmp_path: Path) -> None:
    text = changed(
        "planned_count: 3", "planned_count: 3\n    tracks: [{slug: terrain, fr: Terrain, en: Field}]"
    )
    load(tmp_path, changed("slug: deux, ", "slug: deux, track: terrain, ", text))
    assert {s.slug: s.track and s.track.slug for s in Session.objects.all()} == {
        "un": None,
        "deux": "terrain",
        "trois": None,
    }
