"""Adding a session that the rhythm does not give."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from cycles.events import SessionsAdded
from cycles.schedule import planning
from tests import make
from tests.hearing import hearing

if TYPE_CHECKING:
    from cycles.models import Cycle, Session

pytestmark = pytest.mark.django_db


def add(cycle: Cycle, **wishes: Any) -> Session:
    """Tuesday 24 November 2026, 18:00-19:00, unless told otherwise."""
    values: dict[str, Any] = {
        "starts_at": make.paris(2026, 11, 24, 18),
        "ends_at": make.paris(2026, 11, 24, 19),
        "title": {"fr": "Une de plus", "en": "One more"},
        "reason": {"fr": "à votre demande"},
        "by": None,
        "at": make.AT,
    }
    return planning.add(cycle, **(values | wishes))


def test_it_comes_after_the_others_with_its_reason() -> None:
    cycle = make.cycle()
    planning.confirm(cycle, by=None, at=make.AT)
    session = add(cycle)
    assert (session.slug, session.number, session.status, session.planned_date, session.revision) == (
        "escale-14",
        14,
        "confirmed",
        None,
        0,
    )
    exception = cycle.exceptions.get()
    assert (exception.planned_date, exception.kind, exception.reason.localize("fr")) == (
        dt.date(2026, 11, 24),
        "added",
        "à votre demande",
    )
    assert planning.propose(cycle) == ()


def test_the_other_apps_are_told() -> None:
    heard: list[SessionsAdded] = []
    with hearing(SessionsAdded, heard.append):
        session = add(make.cycle())
    assert [list(event.session_ids) for event in heard] == [[session.pk]]


def test_two_on_one_day_share_the_reason() -> None:
    cycle = make.cycle()
    add(cycle)
    add(cycle, starts_at=make.paris(2026, 11, 24, 20), ends_at=make.paris(2026, 11, 24, 21), reason=None)
    assert [(e.kind, e.reason.localize("fr")) for e in cycle.exceptions.all()] == [
        ("added", "à votre demande")
    ]
    assert [s.slug for s in cycle.sessions.in_order()] == ["escale-01", "escale-02"]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (
            {"ends_at": make.paris(2026, 11, 24, 18)},
            "A session ends after it starts: check the date and the hours.",
        ),
        (
            {"ends_at": make.paris(2026, 11, 25, 18, 1)},
            "A session lasts 24 hours at most: check the date and the hours.",
        ),
        ({"at": make.paris(2026, 11, 24, 18)}, "That moment is in the past: choose a later one."),
    ],
)
def test_what_cannot_be_added(wishes: dict[str, Any], message: str) -> None:
    cycle = make.cycle()
    with translation.override("en"), pytest.raises(planning.PlanningError) as caught:
        add(cycle, **wishes)
    assert str(caught.value) == message
    assert (cycle.sessions.count(), cycle.exceptions.count()) == (0, 0)
