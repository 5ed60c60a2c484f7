"""Dates proposed, confirmed and left out, and two organisers at once: refusals, and what is left behind."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cycles.content import content_version
from cycles.schedule import planning
from cycles.schedule.planning import StaleError
from tests import make
from tests.cycles.schedule.planned import AT, REASON, planned, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cycles.events import ScheduleChanged, SessionsAdded

pytestmark = pytest.mark.django_db
ASSUMED_SKIP = dt.date(2027, 8, 19)


# propose and confirm


def test_the_rule_of_the_source_gives_thirteen_dates() -> None:
    dates = [o.planned_date for o in planning.propose(make.cycle())]
    assert [(d.year, d.month, d.day) for d in dates] == [
        (2026, 10, 15),
        (2026, 11, 19),
        (2026, 12, 17),
        (2027, 1, 21),
        (2027, 2, 18),
        (2027, 3, 18),
        (2027, 4, 15),
        (2027, 5, 20),
        (2027, 6, 17),
        (2027, 7, 15),
        (2027, 8, 19),
        (2027, 9, 16),
        (2027, 10, 21),
    ]


def test_a_cycle_without_a_rule_proposes_nothing() -> None:
    assert planning.propose(make.cycle(frequency="", first_date=None, last_date=None)) == ()


def test_another_rule_can_be_looked_at_before_it_is_saved() -> None:
    cycle = make.cycle(last_date=dt.date(2026, 12, 31))
    rule = make.cycle(nth=-1, frequency="monthly_weekday", weekday=4, **_period()).rule
    assert [o.planned_date.day for o in planning.propose(cycle, rule=rule)] == [30, 27, 25]


def _period() -> dict[str, Any]:
    return {"first_date": dt.date(2026, 10, 1), "last_date": dt.date(2026, 12, 31)}


def test_moved_skipped_and_existing_dates_are_not_proposed_again() -> None:
    cycle = make.cycle(last_date=dt.date(2026, 12, 31))
    moved = make.session(
        cycle=cycle, planned_date=dt.date(2026, 10, 15), starts_at=make.paris(2026, 10, 22), number=1
    )
    assert moved.is_off_rule
    planning.skip(cycle, date=dt.date(2026, 11, 19), reason=REASON, by=None, at=AT)
    assert [o.planned_date for o in planning.propose(cycle)] == [dt.date(2026, 12, 17)]


def test_confirm_creates_tentative_sessions_once_and_says_so(additions: list[SessionsAdded]) -> None:
    cycle = make.cycle(last_date=dt.date(2026, 12, 31))
    claire = make.user()
    version = content_version.version()
    made = planning.confirm(cycle, by=claire, at=AT)
    assert content_version.version() > version
    assert [(s.slug, s.number, s.status, s.has_theme, s.planned_date, s.starts_at) for s in made] == [
        ("escale-01", 1, "tentative", False, dt.date(2026, 10, 15), make.paris(2026, 10, 15)),
        ("escale-02", 2, "tentative", False, dt.date(2026, 11, 19), make.paris(2026, 11, 19)),
        ("escale-03", 3, "tentative", False, dt.date(2026, 12, 17), make.paris(2026, 12, 17)),
    ]
    assert {(s.revision, s.created_at, s.revised_at) for s in made} == {(0, AT, AT)}
    assert planning.confirm(cycle, by=claire, at=AT) == []
    assert [(a.cycle.pk, a.session_ids, a.at) for a in additions] == [(cycle.pk, [s.pk for s in made], AT)]


def test_confirm_numbers_after_the_highest_and_takes_free_slugs() -> None:
    cycle = make.cycle(last_date=dt.date(2026, 11, 30))
    make.session(cycle=cycle, number=4, slug="escale-05", planned_date=dt.date(2026, 10, 15))
    make.session(cycle=cycle, number=None, slug="une-de-plus", starts_at=make.paris(2026, 10, 20))
    assert [(s.slug, s.number) for s in planning.confirm(cycle, by=None, at=AT)] == [("escale-05-2", 5)]


def test_slugs_do_not_depend_on_the_language_of_the_organiser() -> None:
    with translation.override("en"):
        made = planning.confirm(make.cycle(last_date=dt.date(2026, 10, 31)), by=None, at=AT)
    assert [s.slug for s in made] == ["escale-01"]


def test_a_cycle_without_its_own_word_gets_plain_slugs() -> None:
    cycle = make.cycle(session_word="", last_date=dt.date(2026, 10, 31))
    assert [s.slug for s in planning.confirm(cycle, by=None, at=AT)] == ["session-01"]


def test_confirm_refuses_dates_that_the_organiser_did_not_see() -> None:
    cycle = make.cycle(last_date=dt.date(2026, 11, 30))
    seen = [dt.date(2026, 10, 15)]
    message = refusal(lambda: planning.confirm(cycle, dates=seen, by=None, at=AT))
    assert message == "The plan has changed since you looked at it: check the dates again."
    assert not cycle.sessions.exists()
    both = [dt.date(2026, 10, 15), dt.date(2026, 11, 19)]
    assert len(planning.confirm(cycle, dates=both, by=None, at=AT)) == 2


def test_a_date_can_be_held_elsewhere_from_the_start(changes: list[ScheduleChanged]) -> None:
    cycle = make.cycle(last_date=dt.date(2026, 11, 30))
    to = planning.Placement(
        starts_at=make.paris(2026, 10, 22), ends_at=make.paris(2026, 10, 22, 14, 30), reason=REASON
    )
    made = planning.confirm(cycle, moves={dt.date(2026, 10, 15): to}, by=None, at=AT)
    assert [(s.number, s.planned_date, s.starts_at, s.revision) for s in cycle.sessions.in_order()] == [
        (1, dt.date(2026, 10, 15), make.paris(2026, 10, 22), 0),
        (2, dt.date(2026, 11, 19), make.paris(2026, 11, 19), 0),
    ]
    assert [(e.planned_date, e.kind, e.reason.localize("en")) for e in cycle.exceptions.all()] == [
        (dt.date(2026, 10, 15), "moved", "Launch of the programme")
    ]
    assert made[0].is_off_rule
    assert changes == []


def test_a_date_is_not_held_in_the_past_from_the_start() -> None:
    cycle = make.cycle()
    to = planning.Placement(starts_at=AT, ends_at=AT + dt.timedelta(hours=1), reason=REASON)
    assert refusal(lambda: planning.confirm(cycle, moves={dt.date(2026, 10, 15): to}, by=None, at=AT)) == (
        "That moment is in the past: choose a later one."
    )
    assert not cycle.sessions.exists()
    with pytest.raises(ValueError, match="no session is proposed on 2026-10-16"):
        planning.confirm(cycle, moves={dt.date(2026, 10, 16): to}, by=None, at=AT)


# skip and unskip


def test_skip_keeps_the_reason_and_raises_the_cycle() -> None:
    cycle = make.cycle()
    planning.skip(cycle, date=ASSUMED_SKIP, reason=REASON, by=None, at=AT)
    planning.skip(cycle, date=ASSUMED_SKIP, reason={"fr": "Été", "en": "Summer"}, by=None, at=AT)
    assert [(e.planned_date, e.kind, e.reason.localize("en")) for e in cycle.exceptions.all()] == [
        (ASSUMED_SKIP, "skipped", "Summer")
    ]
    cycle.refresh_from_db()
    assert cycle.revised_at == AT + dt.timedelta(seconds=2)
    assert ASSUMED_SKIP not in {o.planned_date for o in planning.propose(cycle)}


def test_skip_refusals() -> None:
    cycle = make.cycle()
    make.session(cycle=cycle, planned_date=dt.date(2026, 11, 19))
    assert refusal(lambda: planning.skip(cycle, date=ASSUMED_SKIP, reason=" ", by=None, at=AT)) == (
        "Say why this date is left out: the page of the cycle shows it."
    )
    assert refusal(
        lambda: planning.skip(cycle, date=dt.date(2026, 10, 16), reason=REASON, by=None, at=AT)
    ) == ("The rhythm does not give that date: there is nothing to leave out.")
    assert refusal(
        lambda: planning.skip(cycle, date=dt.date(2026, 11, 19), reason=REASON, by=None, at=AT)
    ) == ("That date has its session already: cancel or move the session.")
    assert not cycle.exceptions.exists()


def test_unskip_lets_the_rule_propose_again() -> None:
    cycle = make.cycle()
    planning.skip(cycle, date=ASSUMED_SKIP, reason=REASON, by=None, at=AT)
    planning.unskip(cycle, date=ASSUMED_SKIP, by=None, at=AT)
    assert ASSUMED_SKIP in {o.planned_date for o in planning.propose(cycle)}
    assert refusal(lambda: planning.unskip(cycle, date=ASSUMED_SKIP, by=None, at=AT)) == (
        "That date is not left out: nothing to change."
    )


# two organisers, and the clock of calendars


def test_nothing_is_overwritten_when_someone_else_was_faster() -> None:
    session = planned()
    seen = session.revised_at
    planning.move(session, to=make.paris(2026, 11, 26), by=None, at=AT, seen=seen)
    verbs: list[Callable[[], object]] = [
        lambda: planning.move(session, to=make.paris(2026, 12, 3), by=None, at=AT, seen=seen),
        lambda: planning.postpone(session, by=None, at=AT, seen=seen),
        lambda: planning.cancel(session, reason=REASON, by=None, at=AT, seen=seen),
        lambda: planning.restore(session, by=None, at=AT, seen=seen),
    ]
    for verb in verbs:
        with pytest.raises(StaleError) as stale:
            verb()
        assert stale.value.row.starts_at == make.paris(2026, 11, 26)
    session.refresh_from_db()
    assert session.revision == 1


@given(st.lists(st.timedeltas(dt.timedelta(seconds=-90), dt.timedelta(seconds=90)), min_size=1, max_size=20))
def test_revised_at_rises_by_whole_seconds_whatever_the_clock_does(steps: list[dt.timedelta]) -> None:
    at = AT
    revised = planning.next_revised_at(None, at=at)
    for step in steps:
        at += step
        previous, revised = revised, planning.next_revised_at(revised, at=at)
        assert revised.microsecond == 0
        assert revised - previous >= dt.timedelta(seconds=1)


@pytest.mark.parametrize(("last_date", "count"), [(dt.date(2026, 10, 31), 1), (dt.date(2027, 10, 31), 13)])
def test_confirming_writes_all_sessions_at_once(last_date: dt.date, count: int) -> None:
    # What other apps write for each session is theirs to count.
    with CaptureQueriesContext(connection) as queries:
        made = planning.confirm(make.cycle(last_date=last_date), by=None, at=AT)
    written = [q for q in queries if q["sql"].startswith('INSERT INTO "cycles_session" ')]
    assert (len(made), len(written)) == (count, 1)
