"""Pages of a site with very many cycles: as quick, and as long, as those of one with a few."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import time_machine

from cycles.calendars import feeds
from cycles.site import views
from cycles.site.machines import sitemaps
from cycles.site.page_cache.snapshots import store
from cycles.site.pages import home
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def lines(count: int) -> list[Cycle]:
    """Return published cycles; the later its number, the sooner the one session of a cycle."""
    cycles = [
        make.cycle(slug=f"tour-{n}", title={"fr": f"Tour {n}", "en": f"Tour {n}"}) for n in range(count)
    ]
    for n, cycle in enumerate(cycles):
        make.session(cycle=cycle, slug="un", starts_at=AT + dt.timedelta(days=100 - n))
    return cycles


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def places(xml: str) -> list[str]:
    tree = ET.fromstring(xml)  # noqa: S314 - our own bytes
    return [str(element.text) for element in tree.iter(f"{NAMESPACE}loc")]


class TestHome:
    @pytest.mark.parametrize("count", [1, 3, home.MOST_LINES])
    def test_a_few_cycles_are_all_there(self, client: Client, count: int) -> None:
        lines(count)
        page = read(client, "/fr/")
        assert sorted(set(re.findall(r'/fr/cycles/(tour-\d+)/"', page))) == sorted(
            f"tour-{n}" for n in range(count)
        )
        assert "/fr/programmes/" not in page

    def test_of_many_those_that_come_next_and_a_page_of_all(self, client: Client) -> None:
        cycles = lines(home.MOST_LINES + 3)
        past = make.cycle(slug="passe")
        make.session(cycle=past, starts_at=AT - dt.timedelta(days=40))
        page = read(client, "/fr/")
        shown = sorted(set(re.findall(r'/fr/cycles/(tour-\d+|passe)/"', page)))
        assert shown == sorted(cycle.slug for cycle in cycles[3:])
        assert '<a href="/fr/programmes/">' in page
        every = read(client, "/fr/programmes/")
        listed = re.findall(r'<li><a href="/fr/cycles/([^/]+)/">', every)
        assert sorted(listed) == sorted([*(cycle.slug for cycle in cycles), "passe"])

    @pytest.mark.parametrize("more", [1, 30])
    def test_many_cost_the_same_queries(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries, more: int
    ) -> None:
        lines(home.MOST_LINES + more)
        with django_assert_num_queries(8):
            read(client, "/fr/")


class TestCalendars:
    @pytest.mark.parametrize("count", [1, 3, views.MOST_LISTED])
    def test_a_few_cycles_have_their_calendars_listed(self, client: Client, count: int) -> None:
        lines(count)
        page = read(client, "/fr/subscribe/")
        assert len(set(re.findall(r"/fr/cycles/(tour-\d+)/subscribe/", page))) == count
        assert "/fr/programmes/" not in page

    def test_of_many_those_that_come_next(self, client: Client) -> None:
        cycles = lines(views.MOST_LISTED + 2)
        page = read(client, "/fr/subscribe/")
        assert set(re.findall(r"/fr/cycles/(tour-\d+)/subscribe/", page)) == {
            cycle.slug for cycle in cycles[2:]
        }
        assert '<a href="/fr/programmes/">' in page


class TestSitemap:
    def test_an_index_names_files_that_hold_every_page_once(self, client: Client) -> None:
        lines(sitemaps.CYCLES_A_FILE + 1)
        index = places(read(client, "/sitemap.xml"))
        assert index == [
            "http://testserver/sitemap-pages-1.xml",
            "http://testserver/sitemap-cycles-1.xml",
            "http://testserver/sitemap-cycles-2.xml",
        ]
        listed = [
            place for part in index for place in places(read(client, part.removeprefix("http://testserver")))
        ]
        assert len(listed) == len(set(listed)) == 2 * (len(sitemaps.FIXED) + 3 * (sitemaps.CYCLES_A_FILE + 1))
        for place in listed:
            read(client, place.removeprefix("http://testserver"))

    @pytest.mark.parametrize("path", ["cycles-3", "news-1", "pages-2", "cycles-0", "people-1"])
    def test_a_file_without_a_page_does_not_exist(self, client: Client, path: str) -> None:
        lines(1)
        assert client.get(f"/sitemap-{path}.xml").status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_file_costs_the_same_queries(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
    ) -> None:
        lines(count)
        with django_assert_num_queries(3):
            read(client, "/sitemap-cycles-1.xml")


class TestCatalogue:
    def uids(self, client: Client) -> set[str]:
        return set(re.findall(r"^UID:(\S+)", read(client, "/fr/calendar.ics"), re.MULTILINE))

    def test_of_very_many_sessions_the_next_ones_then_the_last_ones(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cycle = make.cycle()
        sessions = {
            days: make.session(cycle=cycle, starts_at=AT + dt.timedelta(days=days))
            for days in (-60, -30, -3, 5, 40)
        }
        everything = {f"{session.uid}@escale.test" for session in sessions.values()}
        monkeypatch.setattr(feeds, "MOST_IN_CATALOGUE", 5)
        assert self.uids(client) == everything
        # Nothing is committed here, which is what would tell the store of a change.
        store.clear()
        monkeypatch.setattr(feeds, "MOST_IN_CATALOGUE", 3)
        assert self.uids(client) == {f"{sessions[days].uid}@escale.test" for days in (-3, 5, 40)}
