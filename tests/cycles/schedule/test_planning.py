"""Every verb of planning, its refusals, and what it leaves behind."""

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
from cycles.events import ScheduleChanged, SessionsAdded
from cycles.models import CycleException, Session, SessionChange
from cycles.schedule import planning
from cycles.schedule.planning import PlanningError, StaleError
from tests import make
from tests.hearing import hearing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


pytestmark = pytest.mark.django_db

AT = make.AT
ASSUMED_SKIP = dt.date(2027, 8, 19)
REASON = {"fr": "Lancement du programme", "en": "Launch of the programme"}


@pytest.fixture
def changes() -> Iterator[list[ScheduleChanged]]:
    heard: list[ScheduleChanged] = []
    with hearing(ScheduleChanged, heard.append):
        yield heard


@pytest.fixture
def additions() -> Iterator[list[SessionsAdded]]:
    heard: list[SessionsAdded] = []
    with hearing(SessionsAdded, heard.append):
        yield heard


def refusal(call: Any) -> str:
    """Return the refusal in English, after checking that French says something else."""
    with translation.override("fr"), pytest.raises(PlanningError) as french:
        call()
    with translation.override("en"), pytest.raises(PlanningError) as english:
        call()
    assert str(french.value)
    return str(english.value)


def planned(**fields: Any) -> Session:
    """Escale 2 as the rule gave it."""
    return make.session(**{"planned_date": dt.date(2026, 11, 19), **fields})


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


# move


def test_move_keeps_planned_date_and_length_and_records_everything(changes: list[ScheduleChanged]) -> None:
    session, claire = planned(), make.user()
    change = planning.move(session, to=make.paris(2026, 11, 26, 14), by=claire, at=AT, reason=REASON)
    session.refresh_from_db()
    assert (session.planned_date, session.starts_at, session.ends_at) == (
        dt.date(2026, 11, 19),
        make.paris(2026, 11, 26, 14),
        make.paris(2026, 11, 26, 15, 30),
    )
    assert (session.revision, session.revised_at, session.status) == (
        1,
        AT + dt.timedelta(seconds=1),
        "confirmed",
    )
    stored = SessionChange.objects.get()
    assert stored == change
    assert (stored.kind, stored.revision, stored.by, stored.at) == ("moved", 1, claire, AT)
    assert (stored.from_starts_at, stored.from_ends_at) == (
        make.paris(2026, 11, 19),
        make.paris(2026, 11, 19, 14, 30),
    )
    assert (stored.to_starts_at, stored.to_ends_at) == (session.starts_at, session.ends_at)
    assert stored.reason.localize("en") == "Launch of the programme"
    assert [(c.change.pk, c.at) for c in changes] == [(change.pk, AT)]
    exception = CycleException.objects.get()
    assert (exception.planned_date, exception.kind, exception.reason.localize("fr")) == (
        dt.date(2026, 11, 19),
        "moved",
        "Lancement du programme",
    )


def test_moving_back_to_the_planned_day_takes_the_exception_away() -> None:
    session = planned()
    planning.move(session, to=make.paris(2026, 11, 26), by=None, at=AT, reason=REASON)
    planning.move(session, to=make.paris(2026, 11, 19, 15), by=None, at=AT)
    assert list(CycleException.objects.all()) == []
    assert list(session.changes.values_list("revision", "kind")) == [(1, "moved"), (2, "moved")]


def test_a_skip_of_the_same_date_becomes_the_move() -> None:
    session = planned()
    CycleException.objects.create(cycle=session.cycle, planned_date=dt.date(2026, 11, 19), kind="skipped")
    planning.move(session, to=make.paris(2026, 11, 26), by=None, at=AT, reason=REASON)
    assert list(CycleException.objects.values_list("kind", flat=True)) == ["moved"]


def test_a_session_outside_the_rule_moves_without_an_exception() -> None:
    planning.move(make.session(), to=make.paris(2026, 11, 26), by=None, at=AT, reason=REASON)
    assert list(CycleException.objects.all()) == []


def test_move_can_change_the_length() -> None:
    session = planned()
    planning.move(session, to=make.paris(2026, 11, 19), until=make.paris(2026, 11, 19, 15), by=None, at=AT)
    session.refresh_from_db()
    assert session.ends_at == make.paris(2026, 11, 19, 15)


def test_a_whole_day_stays_a_whole_day_over_a_clock_change() -> None:
    # 8 October has 24 hours in Paris, 25 October 2026 has 25.
    session = make.session(
        is_all_day=True, starts_at=make.paris(2026, 10, 8, 0), ends_at=make.paris(2026, 10, 9, 0)
    )
    planning.move(session, to=make.paris(2026, 10, 25, 0), by=None, at=AT)
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (make.paris(2026, 10, 25, 0), make.paris(2026, 10, 26, 0))
    assert session.starts_at
    assert session.ends_at
    assert session.ends_at - session.starts_at == dt.timedelta(hours=25)


def test_several_whole_days_move_together() -> None:
    session = make.session(
        is_all_day=True, starts_at=make.paris(2026, 10, 8, 0), ends_at=make.paris(2026, 10, 11, 0)
    )
    planning.move(session, to=make.paris(2026, 10, 24, 0), by=None, at=AT)
    session.refresh_from_db()
    assert session.ends_at == make.paris(2026, 10, 27, 0)


def test_a_postponed_session_gets_its_new_date_with_an_end() -> None:
    session = planned()
    planning.postpone(session, by=None, at=AT, reason=REASON)
    to = make.paris(2026, 12, 3)
    assert refusal(lambda: planning.move(session, to=to, by=None, at=AT)) == (
        "This session has no date yet: give its end as well as its start."
    )
    planning.move(session, to=to, until=make.paris(2026, 12, 3, 14), by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.starts_at, session.revision) == ("confirmed", to, 2)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"to": AT}, "That moment is in the past: choose a later one."),
        (
            {"to": make.paris(2026, 11, 19)},
            "The session is already at that date and hour: nothing to change.",
        ),
        (
            {"to": make.paris(2026, 11, 26), "until": make.paris(2026, 11, 26)},
            "A session ends after it starts: check the date and the hours.",
        ),
        (
            {"to": make.paris(2026, 11, 26), "until": make.paris(2026, 11, 27, 13, 1)},
            "A session lasts 24 hours at most: check the date and the hours.",
        ),
        (
            {"to": make.paris(2026, 11, 26), "reason": "x" * 1001},
            "The reason is too long: keep it under 1000 characters.",
        ),
        (
            {"to": make.paris(2026, 11, 26), "reason": {"fr": "court", "en": "x" * 1001}},
            "The reason is too long: keep it under 1000 characters.",
        ),
    ],
)
def test_move_refusals_write_nothing(
    fields: dict[str, Any], message: str, changes: list[ScheduleChanged]
) -> None:
    session = planned()
    assert refusal(lambda: planning.move(session, by=None, at=AT, **fields)) == message
    session.refresh_from_db()
    assert (session.revision, session.starts_at) == (0, make.paris(2026, 11, 19))
    assert not SessionChange.objects.exists()
    assert changes == []


def test_a_session_that_has_begun_is_not_moved() -> None:
    session = planned()
    later = make.paris(2026, 12, 3)
    at_start = make.paris(2026, 11, 19)
    assert refusal(lambda: planning.move(session, to=later, by=None, at=at_start)) == (
        "This session has begun: it can no longer be moved. Plan a new one."
    )
    planning.move(session, to=later, by=None, at=at_start - dt.timedelta(seconds=1))


def test_a_cancelled_session_is_restored_before_it_moves() -> None:
    session = planned()
    planning.cancel(session, reason=REASON, by=None, at=AT)
    assert refusal(lambda: planning.move(session, to=make.paris(2026, 11, 26), by=None, at=AT)) == (
        "This session is cancelled: restore it before you move it."
    )


def test_a_receiver_that_fails_undoes_the_move() -> None:
    session = planned()

    def fail(_event: ScheduleChanged) -> None:
        raise RuntimeError

    with hearing(ScheduleChanged, fail), pytest.raises(RuntimeError):
        planning.move(session, to=make.paris(2026, 11, 26), by=None, at=AT, reason=REASON)
    session.refresh_from_db()
    assert (session.starts_at, session.revision) == (make.paris(2026, 11, 19), 0)
    assert not SessionChange.objects.exists()
    assert not CycleException.objects.exists()


@pytest.mark.parametrize("reason", ["42", "null", '{"fr": "<b>"}'])
def test_a_reason_is_words_whatever_it_looks_like(reason: str) -> None:
    session = planned()
    planning.cancel(session, reason=reason, by=None, at=AT)
    session.refresh_from_db()
    assert str(session.cancel_reason) == reason


# postpone


def test_postpone_takes_the_date_away(changes: list[ScheduleChanged]) -> None:
    session = planned()
    planning.postpone(session, by=None, at=AT, reason=REASON)
    session.refresh_from_db()
    assert (session.status, session.starts_at, session.ends_at, session.revision) == (
        "postponed",
        None,
        None,
        1,
    )
    change = changes[0].change
    assert (change.kind, change.from_starts_at, change.to_starts_at) == (
        "postponed",
        make.paris(2026, 11, 19),
        None,
    )


def test_postpone_refusals() -> None:
    session = planned()
    begun = make.paris(2026, 11, 19)
    assert refusal(lambda: planning.postpone(session, by=None, at=begun)) == (
        "This session has begun: it can no longer be postponed."
    )
    planning.cancel(session, reason=REASON, by=None, at=AT)
    assert refusal(lambda: planning.postpone(session, by=None, at=AT)) == (
        "Only a planned session can be postponed."
    )


# cancel and restore


def test_cancel_keeps_date_number_and_reason(changes: list[ScheduleChanged]) -> None:
    session = planned(number=2)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.number, session.starts_at, session.revision) == (
        "cancelled",
        2,
        make.paris(2026, 11, 19),
        1,
    )
    assert session.cancel_reason.localize("en") == "Launch of the programme"
    assert [c.change.kind for c in changes] == ["cancelled"]


def test_cancel_refusals() -> None:
    session = planned()
    assert refusal(lambda: planning.cancel(session, reason=" ", by=None, at=AT)) == (
        "Say why the session is cancelled: the people registered will read it."
    )
    over = make.paris(2026, 11, 19, 14, 30)
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=over)) == (
        "This session is over: it can no longer be cancelled."
    )
    planning.cancel(session, reason=REASON, by=None, at=over - dt.timedelta(seconds=1))
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=AT)) == (
        "This session is cancelled already."
    )
    draft = make.session(status=Session.Status.DRAFT)
    assert refusal(lambda: planning.cancel(draft, reason=REASON, by=None, at=AT)) == (
        "This session is a draft that nobody sees: delete it instead."
    )


def test_a_postponed_session_is_cancelled_at_its_last_date_and_restored_without_one() -> None:
    session = planned()
    planning.postpone(session, by=None, at=AT)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.starts_at) == ("cancelled", make.paris(2026, 11, 19))
    planning.restore(session, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.starts_at, session.ends_at) == ("postponed", None, None)
    assert list(session.changes.values_list("kind", flat=True)) == ["postponed", "cancelled", "postponed"]


def test_a_postponed_session_that_never_had_a_date_is_not_cancelled() -> None:
    session = make.session(status=Session.Status.POSTPONED, starts_at=None, ends_at=None)
    assert refusal(lambda: planning.cancel(session, reason=REASON, by=None, at=AT)) == (
        "This session never had a date: delete it instead."
    )


@pytest.mark.parametrize("status", [Session.Status.TENTATIVE, Session.Status.CONFIRMED])
def test_restore_gives_back_what_it_was(status: Session.Status, changes: list[ScheduleChanged]) -> None:
    session = planned(status=status)
    planning.cancel(session, reason=REASON, by=None, at=AT)
    planning.restore(session, by=None, at=AT)
    session.refresh_from_db()
    assert (session.status, session.status_before_cancel, str(session.cancel_reason)) == (status, "", "")
    assert (session.revision, session.revised_at) == (2, AT + dt.timedelta(seconds=2))
    assert [c.change.kind for c in changes] == ["cancelled", "restored"]


def test_restore_refusals() -> None:
    session = planned()
    assert refusal(lambda: planning.restore(session, by=None, at=AT)) == "This session is not cancelled."
    planning.cancel(session, reason=REASON, by=None, at=AT)
    begun = make.paris(2026, 11, 19)
    assert refusal(lambda: planning.restore(session, by=None, at=begun)) == (
        "Its date has passed: plan a new session instead."
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
