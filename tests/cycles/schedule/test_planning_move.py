"""Sessions that move: their length, their planned date, refusals, and what is left behind."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cycles.events import ScheduleChanged
from cycles.models import CycleException, SessionChange
from cycles.schedule import planning
from tests import make
from tests.cycles.schedule.planned import AT, REASON, planned, refusal
from tests.hearing import hearing

pytestmark = pytest.mark.django_db


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
