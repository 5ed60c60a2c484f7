"""The drawn route: inside its box, one point a stop, travelled as far as the last one done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.site.look.route import HEIGHT, WIDTH, Point, route

STATES = st.sampled_from(["done", "next", "live", "confirmed", "tentative", "cancelled", "postponed"])


def test_two_stops() -> None:
    drawn = route(["done", "next"])
    assert drawn.points == (Point(10, 22, 5, "done"), Point(350, 13, 6.8, "next"))
    assert drawn.gone == ""
    assert drawn.ahead == "M10 22C180 22 180 13 350 13"


def test_route_is_travelled_as_far_as_the_last_stop_done() -> None:
    drawn = route(["done", "cancelled", "done", "next"])
    assert drawn.gone.count("C") == 2
    assert drawn.ahead.count("C") == 1


def test_one_stop_is_a_point_in_the_middle() -> None:
    drawn = route(["next"])
    assert [(p.x, p.y) for p in drawn.points] == [(180, 22)]
    assert (drawn.gone, drawn.ahead) == ("", "")


@given(st.lists(STATES, max_size=200))
def test_every_point_stands_in_the_box_and_apart_from_the_next(states: list[str]) -> None:
    drawn = route(states)
    assert [p.state for p in drawn.points] == states
    for p in drawn.points:
        assert p.r <= p.x <= WIDTH - p.r
        assert p.r <= p.y <= HEIGHT - p.r
    for before, after in zip(drawn.points, drawn.points[1:], strict=False):
        assert before.x + before.r < after.x + after.r
    assert drawn.gone.count("C") + drawn.ahead.count("C") == max(len(states) - 1, 0)


@pytest.mark.parametrize(("count", "radius"), [(2, 5), (12, 5), (40, 2.6), (200, 1.5)])
def test_points_shrink_when_there_are_many(count: int, radius: float) -> None:
    assert {p.r for p in route(["tentative"] * count).points} == {radius}
