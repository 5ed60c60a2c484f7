"""What nobody planned is found: at once where it changed lately, else in turn, at the same cost each time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Cycle, Session
from notifications.models import Heartbeat, Occurrence
from notifications.plan import defaults, healing, planner
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LONG_AGO = AT - dt.timedelta(days=30)


def forgotten(count: int) -> list[Session]:
    """Return sessions that were made a month ago and never planned."""
    cycle = make.cycle()
    defaults.default_steps(cycle)
    return [
        make.session(
            cycle=cycle,
            starts_at=make.paris(2026, 12, 3) + dt.timedelta(days=7 * number),
            created_at=LONG_AGO,
            revised_at=LONG_AGO,
        )
        for number in range(count)
    ]


def planned() -> int:
    return Occurrence.objects.values("session").distinct().count()


def test_a_site_of_an_ordinary_size_is_looked_at_as_a_whole() -> None:
    forgotten(3)
    assert [healing.heal_some(at=AT), healing.heal_some(at=AT)] == [3, 0]
    assert planned() == 3


def test_of_very_many_each_tick_looks_at_the_next_ones_and_begins_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(healing, "SLICE", 2)
    sessions = forgotten(5)
    assert [(healing.heal_some(at=AT), planned()) for _tick in range(4)] == [(2, 2), (2, 4), (1, 5), (0, 5)]
    # Round again: what is forgotten among the first is found, too.
    Occurrence.objects.filter(session=sessions[0]).delete()
    assert sum(healing.heal_some(at=AT) for _tick in range(3)) == 1
    assert planned() == 5


def test_what_changed_lately_is_found_wherever_the_turn_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healing, "SLICE", 1)
    sessions = forgotten(4)
    Session.objects.filter(pk=sessions[3].pk).update(revised_at=AT - dt.timedelta(minutes=5))
    assert healing.heal_some(at=AT) == 2
    assert set(Occurrence.objects.values_list("session", flat=True)) == {sessions[0].pk, sessions[3].pk}


def test_a_mark_that_is_none_begins_at_the_beginning() -> None:
    Heartbeat.objects.create(name=healing.HEAL, at=AT, detail="x")
    forgotten(1)
    assert healing.heal_some(at=AT) == 1


@pytest.mark.parametrize("count", [1, 3, 12])
def test_nothing_to_heal_costs_the_same_queries(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for session in forgotten(count):
        planner.replan(session)
    with django_assert_num_queries(6):
        assert healing.heal_some(at=AT) == 0


def test_cycles_without_a_line_get_the_usual_plan_unless_they_are_archived() -> None:
    kept, archived = make.cycle(), make.cycle(status=Cycle.Status.ARCHIVED)
    healing.heal_some(at=AT)
    assert [kept.reminder_steps.count() > 0, archived.reminder_steps.count()] == [True, 0]
