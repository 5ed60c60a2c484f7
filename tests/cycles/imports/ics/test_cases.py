"""Small files as people had them, and the sessions that each must give; others of each kind stand beside them."""

from __future__ import annotations

import codecs
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cycles.imports import ics
from cycles.imports.ics import Answers
from cycles.imports.ics.sessions.outcome import CHANGES
from registrations.models import Registration
from tests import make

from .files import calendar

if TYPE_CHECKING:
    from cycles.imports.ics import Outcome
    from cycles.models import Cycle

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parent / "cases"
# After the season of 12-season1, before everything else.
AT = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
JANUARY = ["2027-01-07 13:00", "2027-01-21 13:00"]
MOVED = ["2027-01-21 13:00", "2027-02-25 13:00", "2027-03-18 13:00"]


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="agenda", frequency="", nth=None, weekday=None, first_date=None, last_date=None)


def bring(cycle: Cycle, file: str | bytes, **answers: str) -> Outcome:
    data = (CASES / file).read_bytes() if isinstance(file, str) else file
    return ics.import_calendar(
        cycle, data=data, language="fr", by=None, at=AT, answers=Answers(by_entry={}, **answers)
    )


def held(cycle: Cycle) -> list[str]:
    """Return the local beginnings of the sessions that are held."""
    rows = cycle.sessions.held().order_by("starts_at")
    return [s.starts_at.astimezone(make.PARIS).strftime("%Y-%m-%d %H:%M") for s in rows if s.starts_at]


def titles(cycle: Cycle) -> list[str]:
    return [str(session.title) for session in cycle.sessions.order_by("starts_at", "pk")]


def acts(outcome: Outcome) -> list[str]:
    return [step.act.value for step in outcome.steps]


def series(*lines: str, start: str = "DTSTART;TZID=Europe/Paris:20270107T130000") -> bytes:
    rule = "RRULE:FREQ=WEEKLY;COUNT=3"
    return calendar("\n".join(("UID:x@example.org", "SUMMARY:Atelier", start, "DURATION:PT1H", rule, *lines)))


DAY = "DTSTART;VALUE=DATE:20270107"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("01-exdate-utc.ics", JANUARY),
        ("01-exdate-date.ics", JANUARY),
        ("01-exdate-bare-date.ics", JANUARY),
        ("01-rule-utc-exdate-zoned.ics", JANUARY),
        ("01-rdate-utc.ics", ["2027-06-01 13:00", "2027-06-08 13:00"]),
        ("01-exdate-fits-nothing.ics", ["2027-01-07 13:00", "2027-01-14 13:00", "2027-01-21 13:00"]),
        ("02-plain-first.ics", ["2027-01-21 13:00", "2027-02-18 13:00", "2027-03-18 13:00"]),
        ("02-rid-utc.ics", MOVED),
        ("02-rid-date.ics", MOVED),
        ("02-rid-cancelled-utc.ics", ["2027-01-21 13:00", "2027-03-18 13:00"]),
        ("02-this-and-future.ics", ["2027-01-21 13:00", "2027-02-18 15:00", "2027-03-18 15:00"]),
        ("10-weekend.ics", ["2027-01-21 13:00"]),
        ("10-zero-length.ics", ["2027-01-21 13:00"]),
        ("23-after-end.ics", ["2027-01-21 13:00"]),
        ("23-attendee-quote.ics", ["2027-01-21 13:00"]),
        ("23-unfolded.ics", ["2027-01-21 13:00"]),
        ("27-no-uid.ics", ["2027-03-20 00:00"]),
        # Other forms of the same kinds.
        (series("EXDATE;TZID=Europe/London:20270114T120000"), JANUARY),
        (series("EXDATE:20270114T130000"), JANUARY),
        (series("EXDATE;TZID=Europe/Paris:20270114T000000"), JANUARY),
        (series("EXDATE:20270114T000000Z"), JANUARY),
        (series("EXDATE:20270113T230000Z"), JANUARY),
        (
            series("EXDATE;VALUE=DATE:20270114", start="DTSTART:20270106T233000Z"),
            ["2027-01-07 00:30", "2027-01-21 00:30"],
        ),
        (series("EXDATE;VALUE=DATE:20270114,20270128"), JANUARY),
        (
            series("EXRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=1", "RDATE;VALUE=DATE:20270107"),
            ["2027-01-14 13:00", "2027-01-21 13:00"],
        ),
        (
            series("EXDATE:20270114T130000Z", start="DTSTART:20270107T130000Z"),
            ["2027-01-07 14:00", "2027-01-21 14:00"],
        ),
        (series("EXDATE;TZID=Europe/Paris:20270114T130000", start="DTSTART:20270107T130000"), JANUARY),
        (series("EXDATE:20270114T120000Z", start="DTSTART:20270107T130000"), JANUARY),
        (series("EXDATE;VALUE=DATE:20270114", start=DAY), ["2027-01-07 00:00", "2027-01-21 00:00"]),
        (series("EXDATE:20270114T000000", start=DAY), ["2027-01-07 00:00", "2027-01-21 00:00"]),
        (series("EXDATE:20270113T230000Z", start=DAY), ["2027-01-07 00:00", "2027-01-21 00:00"]),
        (
            series("EXDATE;TZID=Europe/Paris:20270114T090000", start=DAY),
            ["2027-01-07 00:00", "2027-01-21 00:00"],
        ),
        (
            series("EXDATE:20270114T120000Z", "RDATE;VALUE=PERIOD:20270204T120000Z/PT2H"),
            [*JANUARY, "2027-02-04 13:00"],
        ),
        (series("EXDATE:20270114T120000Z", "RDATE;VALUE=DATE:20270204"), [*JANUARY, "2027-02-04 13:00"]),
        (
            series("EXDATE:20270114T120000Z", "RDATE;TZID=America/New_York:20270204T070000"),
            [*JANUARY, "2027-02-04 13:00"],
        ),
        # As the web writes dates.
        (series("EXDATE:2027-01-14T13:00:00+01:00"), JANUARY),
        (series("EXDATE:2027-01-14T12:00:00Z"), JANUARY),
        (series("EXDATE;TZID=Europe/Paris:2027-01-14T13:00"), JANUARY),
        (series("EXDATE;VALUE=DATE:2027-01-14"), JANUARY),
        # vCalendar 1.0 parts dates by semicolons; Windows shows zones by their cities.
        (series("EXDATE:20270114T120000Z;20270128T120000Z"), JANUARY),
        (
            series('EXDATE;TZID="(UTC-05:00) Eastern Time, New York":20270114T070000'),
            JANUARY,
        ),
        (series('EXDATE;TZID="(UTC+10:00) Canberra, Melbourne, Sydney":20270114T230000'), JANUARY),
        (
            series('EXDATE;TZID="(GMT+01:00) Bruxelles, Copenhague, Madrid, Paris":20270114T130000'),
            JANUARY,
        ),
        (codecs.BOM_UTF8 * 2 + series("EXDATE:20270114T120000Z"), JANUARY),
    ],
)
def test_the_dates_of_a_file(cycle: Cycle, file: str | bytes, expected: list[str]) -> None:
    bring(cycle, file)
    assert held(cycle) == expected
    again = bring(cycle, file)
    assert again.count(ics.Act.CREATED, *CHANGES) == 0
    assert held(cycle) == expected


def test_a_period_has_its_own_length(cycle: Cycle) -> None:
    bring(cycle, series("RDATE;VALUE=PERIOD:20270204T120000Z/20270204T143000Z"))
    lengths = [
        s.ends_at - s.starts_at for s in cycle.sessions.order_by("starts_at") if s.starts_at and s.ends_at
    ]
    assert lengths == [dt.timedelta(hours=1)] * 3 + [dt.timedelta(hours=2, minutes=30)]


def test_an_exclusion_that_fits_no_date_is_told(cycle: Cycle) -> None:
    outcome = bring(cycle, "01-exdate-fits-nothing.ics")
    assert [(remark.line, "2027-01-15 13:00" in remark.message) for remark in outcome.warnings] == [
        (10, True)
    ]


RULE = (
    "UID:m\nSUMMARY:Cours\nDTSTART;TZID=Europe/Paris:20270121T130000\nDURATION:PT1H\n"
    "RRULE:FREQ=MONTHLY;BYDAY=3TH;COUNT=3"
)
CHANGE = "UID:m\nSUMMARY:Cours remis\nDTSTART;TZID=Europe/Paris:20270225T130000\nDURATION:PT1H"


@pytest.mark.parametrize(
    "change",
    [
        f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z",
        f"{CHANGE}\nRECURRENCE-ID;TZID=Europe/Lisbon:20270218T120000",
        f"{CHANGE}\nRECURRENCE-ID;VALUE=DATE:20270218",
        f"{CHANGE}\nRECURRENCE-ID:20270218",
        f"{CHANGE}\nRECURRENCE-ID:20270218T130000",
        f"{CHANGE}\nRECURRENCE-ID;TZID=Europe/Paris:20270218T000000",
        f"{CHANGE}\nRECURRENCE-ID:2027-02-18T13:00:00+0100",
        f"{CHANGE}\nRECURRENCE-ID;TZID=Europe/Paris:20270218T140000",
        f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z".replace("UID:m", "UID:M"),
        f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z".replace("UID:m", "UID:{m}"),
    ],
)
@pytest.mark.parametrize("is_first", [False, True])
def test_a_changed_occurrence_takes_the_place_of_its_date(
    cycle: Cycle, change: str, *, is_first: bool
) -> None:
    bring(cycle, calendar(change, RULE) if is_first else calendar(RULE, change))
    assert held(cycle) == MOVED
    assert titles(cycle) == ["Cours", "Cours remis", "Cours"]


def test_a_changed_date_without_a_uid_belongs_to_the_rule_without_one(cycle: Cycle) -> None:
    rule, change = (
        text.replace("UID:m\n", "") for text in (RULE, f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z")
    )
    other = rule.replace("Cours", "Autre").replace("T13", "T10")

    def without_uid(*events: str) -> bytes:
        lines = calendar(*events).split(b"\r\n")
        return b"\r\n".join(line for line in lines if not line.startswith(b"UID:"))

    for _twice in range(2):
        bring(cycle, without_uid(change, rule))
        assert held(cycle) == MOVED
    outcome = bring(cycle, without_uid(rule, other, change))
    assert [remark.message for remark in outcome.problems] == [
        "cette date modifiée n’a pas d’UID\u202f: de quel événement est-elle\u202f?"
    ]


def test_a_changed_date_without_its_event_is_told(cycle: Cycle) -> None:
    stray = f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z".replace("UID:m", "UID:n")
    outcome = bring(cycle, calendar(RULE, stray))
    assert len(held(cycle)) == 4
    assert [(remark.line, remark.message) for remark in outcome.warnings] == [
        (
            11,
            "ceci est une date modifiée d’un événement qui n’est pas dans le fichier\u202f: elle est reprise seule",
        )
    ]
    # A message about one date has nothing else in it.
    assert bring(cycle, calendar(stray, head="METHOD:REQUEST")).warnings == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89tape =C3=A9t=C3=A9", "Étape été"),
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:=C9tape =E9t=E9", "Étape été"),
        ("SUMMARY;QUOTED-PRINTABLE:=C9tape =E9t=E9", "Étape été"),
        ("SUMMARY;ENCODING=QUOTED-PRINTABLE:Une =C3=A9tape =\nlongue", "Une étape longue"),
        ("SUMMARY:Une =C3=A9tape", "Une =C3=A9tape"),
        ("SUMMARY;ALTREP=https://example.org/a;LANGUAGE=fr:Titre: suite", "Titre: suite"),
        ("SUMMARY;LANGUAGE=fr;ALTREP=cid://example.org/a:Titre", "Titre"),
        ("SUMMARY;LANGUAGE=fr://Titre", "//Titre"),
    ],
)
def test_a_title_is_read_as_it_is_written(cycle: Cycle, written: str, expected: str) -> None:
    outcome = bring(cycle, calendar(f"{written}\nDTSTART:20270121T120000Z\nDTEND:20270121T130000Z"))
    assert (titles(cycle), outcome.warnings) == ([expected], ())


def test_the_later_version_of_a_change_wins(cycle: Cycle) -> None:
    old = f"{CHANGE}\nRECURRENCE-ID:20270218T120000Z\nSEQUENCE:1"
    new = f"{CHANGE.replace('0225', '0226')}\nRECURRENCE-ID;VALUE=DATE:20270218\nSEQUENCE:2"
    for order in ((RULE, old, new), (RULE, new, old), (new, old, RULE)):
        bring(cycle, calendar(*order))
        assert held(cycle) == ["2027-01-21 13:00", "2027-02-26 13:00", "2027-03-18 13:00"]


def test_the_later_version_of_an_event_wins(cycle: Cycle) -> None:
    old = "UID:v\nSUMMARY:A\nDTSTART:20270121T120000Z\nDURATION:PT1H\nSEQUENCE:0"
    new = "UID:v\nSUMMARY:A\nDTSTART:20270122T120000Z\nDURATION:PT1H\nSEQUENCE:3"
    bring(cycle, calendar(new, old))
    assert held(cycle) == ["2027-01-22 13:00"]


def test_this_and_all_following_and_one_of_them_again(cycle: Cycle) -> None:
    range_ = (
        "UID:m\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270218T120000Z\n"
        "DTSTART;TZID=Europe/Paris:20270219T150000\nDURATION:PT2H"
    )
    one = (
        "UID:m\nSUMMARY:Fin\nRECURRENCE-ID;VALUE=DATE:20270318\n"
        "DTSTART;TZID=Europe/Paris:20270320T100000\nDURATION:PT1H"
    )
    bring(cycle, calendar(RULE, one, range_))
    assert held(cycle) == ["2027-01-21 13:00", "2027-02-19 15:00", "2027-03-20 10:00"]
    assert titles(cycle) == ["Cours", "Cours", "Fin"]


@pytest.mark.parametrize(
    "file",
    [
        (CASES / "02-rid-cancelled-utc.ics").read_bytes(),
        calendar(
            RULE.replace("UID:m", "UID:m@example.org"),
            "UID:m@example.org\nRECURRENCE-ID;VALUE=DATE:20270218\nSTATUS:CANCELLED",
        ),
        calendar(
            "UID:m@example.org\nRECURRENCE-ID:20270218T120000Z\nDTSTART:20270218T120000Z",
            head="METHOD:CANCEL",
        ),
    ],
)
def test_a_cancelled_occurrence_is_cancelled_here_and_people_are_told(cycle: Cycle, file: bytes) -> None:
    bring(cycle, "02-plain-first.ics")
    session = cycle.sessions.order_by("starts_at")[1]
    make.registration(session=session)
    bring(cycle, file)
    assert held(cycle) == ["2027-01-21 13:00", "2027-03-18 13:00"]
    session.refresh_from_db()
    assert [(change.kind, change.revision) for change in session.changes.all()] == [("cancelled", 1)]
    assert session.status == "cancelled"


def test_named_anew_it_is_the_same_moved_and_new(cycle: Cycle) -> None:
    bring(cycle, "07-monday.ics")
    make.cycle_registration(cycle=cycle)
    assert acts(bring(cycle, "07-tuesday.ics")) == ["same", "moved", "created"]
    assert held(cycle) == MOVED
    assert titles(cycle) == ["Étape 1", "Étape 2", "Étape 3"]
    # The whole cycle is registered for: only the third date is new.
    assert [str(row.session.title) for row in Registration.objects.all()] == ["Étape 3"]
    assert acts(bring(cycle, "07-tuesday.ics")) == ["same", "same", "same"]


def test_next_season_under_last_seasons_uids(cycle: Cycle) -> None:
    bring(cycle, "12-season1.ics")
    past = ["Saison 1 a", "Saison 1 b"]
    outcome = bring(cycle, "12-season2.ics")
    assert acts(outcome) == ["created", "created"]
    assert {step.note for step in outcome.steps} == {"son UID était celui d’une séance terminée"}
    assert titles(cycle) == [*past, "Saison 2 a", "Saison 2 b"]
    assert acts(bring(cycle, "12-season2-longer.ics")) == ["same", "same", "created"]
    assert titles(cycle) == [*past, "Saison 2 a", "Saison 2 b", "Saison 2 c"]
    # Moved, it is still the session of this season.
    moved = (CASES / "12-season2-longer.ics").read_bytes().replace(b"20270121T", b"20270122T")
    assert acts(bring(cycle, moved)) == ["moved", "same", "same"]


def test_no_title_of_the_past_is_overwritten(cycle: Cycle) -> None:
    bring(cycle, "12-season1.ics")
    renamed = (CASES / "12-season1.ics").read_bytes().replace(b"Saison 1", b"Autre")
    outcome = bring(cycle, renamed)
    assert acts(outcome) == ["kept", "kept"]
    assert not outcome.is_all_there
    assert titles(cycle) == ["Saison 1 a", "Saison 1 b"]


def test_lines_that_were_broken_are_joined_and_told(cycle: Cycle) -> None:
    outcome = bring(cycle, "23-unfolded.ics")
    assert titles(cycle) == ["Séance dont le titre va sur deux lignes"]
    assert [remark.line for remark in outcome.warnings] == [7]
    assert [remark.line for remark in bring(cycle, "23-after-end.ics").warnings] == [11]


@pytest.mark.parametrize("file", ["10-weekend.ics", "10-zero-length.ics"])
def test_one_bad_event_is_named_and_the_good_one_imported(cycle: Cycle, file: str) -> None:
    outcome = bring(cycle, file)
    assert acts(outcome) == ["created"]
    assert [remark.line for remark in outcome.problems] == [13]
    assert titles(cycle) == ["Bonne"]
    again = bring(cycle, file)
    assert (acts(again), again.is_all_there) == (["same"], False)
