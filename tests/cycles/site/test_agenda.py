"""The month of everything published: a grid, a list, and the way from month to month."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Session
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
NOVEMBER = "/fr/agenda/2026-11/"


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    snapshots.store.clear()
    with time_machine.travel(make.AT, tick=False):
        yield
    snapshots.store.clear()


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="voyage", title={"fr": "Le voyage", "en": "The journey"})


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub("[ \n]+", " ", response.content.decode())


def told(page: str) -> list[tuple[str, str]]:
    """Return (day, hours) of each session in the list, in its order."""
    results = []
    for part in re.split("<h3 ", page)[1:]:
        day = re.search(r">(.*?)</h3>", part)
        assert day is not None
        results += [(day[1], hours) for hours in re.findall(r'<p class="when">(.*?)</p>', part)]
    return results


def marked(page: str) -> list[str]:
    """Return the days of the grid that lead to the list."""
    return re.findall(r'<td[^>]*><a href="#day-(\d+)">', page)


@pytest.mark.parametrize("days", [[19], [5, 19, 30]])
def test_a_month_lists_its_sessions_by_day(client: Client, cycle: Cycle, days: list[int]) -> None:
    for day in days:
        make.session(cycle=cycle, slug=f"stop-{day}", starts_at=make.paris(2026, 11, day))
    make.session(cycle=cycle, slug="october", starts_at=make.paris(2026, 10, 31, 23), number=77)
    page = read(client, NOVEMBER)
    assert marked(page) == [str(day) for day in days]
    assert [day.partition("\xa0")[0].split()[1] for day, _hours in told(page)] == [str(day) for day in days]
    assert "Agenda, novembre 2026" in page
    # Every link of the grid has its heading.
    assert set(marked(page)) == set(re.findall(r'id="day-(\d+)"', page))


def test_hours_are_those_of_the_cycle_with_its_zone_when_it_is_another(client: Client) -> None:
    make.session(cycle=make.cycle(), starts_at=make.paris(2026, 11, 19))
    far = make.cycle(timezone="Indian/Reunion")
    make.session(cycle=far, starts_at=make.paris(2026, 11, 19, 21, 30))
    page = read(client, NOVEMBER)
    first, second = told(page)
    assert first == ("Jeudi 19 novembre 2026", "13\u202fh\u202f00 – 14\u202fh\u202f30")
    # Half past midnight on the island: the next day.
    assert second[0] == "Vendredi 20 novembre 2026"
    assert second[1].startswith("0\u202fh\u202f30 – 2\u202fh\u202f00 (")


def test_whole_days_are_marked_each_and_listed_once(client: Client, cycle: Cycle) -> None:
    make.session(
        cycle=cycle,
        is_all_day=True,
        starts_at=make.paris(2026, 10, 30, 0),
        ends_at=make.paris(2026, 11, 3, 0),
    )
    page = read(client, NOVEMBER)
    assert marked(page) == ["1", "1"]
    assert told(page) == [("Dimanche 1 novembre 2026".replace("1 nov", "1er nov"), "journée entière")]


def test_what_is_not_public_or_not_dated_is_not_in_it(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, status=Session.Status.DRAFT)
    make.session(cycle=make.cycle(status="draft"))
    planning.postpone(make.session(cycle=cycle, number=5), by=None, at=make.AT)
    cancelled = make.session(cycle=cycle, number=6, starts_at=make.paris(2026, 11, 26), title={"fr": "Titre"})
    planning.cancel(cancelled, reason={"fr": "Malade"}, by=None, at=make.AT)
    page = read(client, NOVEMBER)
    assert marked(page) == ["26"]
    assert "<s>Escale 6\u202f: Titre</s>" in page
    assert '<span class="state cancelled">' in page


def test_one_goes_from_month_to_month_as_far_as_there_are_sessions(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, starts_at=make.paris(2026, 12, 17))
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', read(client, "/fr/agenda/")) == [
        ("next", NOVEMBER)
    ]
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', read(client, NOVEMBER)) == [
        ("prev", "/fr/agenda/2026-10/"),
        ("next", "/fr/agenda/2026-12/"),
    ]
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', read(client, "/fr/agenda/2026-12/")) == [
        ("prev", NOVEMBER)
    ]
    for address in ("2026-09", "2027-1", "2026-13", "2026-0", "99999-1", "0-1", f"2026-{10**19}"):
        assert client.get(f"/fr/agenda/{address}/").status_code == 404


def test_without_a_month_it_is_this_one(client: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, starts_at=make.paris(2026, 10, 22))
    page = read(client, "/en/agenda/")
    assert ("<h1>October 2026</h1>" in page, marked(page)) == (True, ["22"])
    assert 'aria-current="date"> <span class="soft">1</span>' in page.replace('"date"><', '"date"> <')


@pytest.mark.parametrize("count", [1, 3, 25])
def test_queries_do_not_grow_with_sessions(
    client: Client, cycle: Cycle, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make.session(
            cycle=cycle, number=number + 1, starts_at=make.paris(2026, 11, 1) + dt.timedelta(days=number)
        )
    snapshots.store.clear()
    with django_assert_num_queries(4):
        assert len(told(read(client, NOVEMBER))) == count
