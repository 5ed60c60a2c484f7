"""Everything to come in one list, narrowed by theme, region and kind; the search of what is public."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle, Event, News, Resource, Session, Territory
from cycles.site import finding
from cycles.site.page_cache import snapshots
from cycles.site.pages import coming
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at() -> Iterator[None]:
    snapshots.store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    snapshots.store.clear()


def dates(client: Client, path: str) -> list[str]:
    """Return the slugs of the dates that a list shows, in its order."""
    response = client.get(path)
    assert response.status_code == 200, path
    return re.findall(r'<h3><a href="/fr/cycles/[\w-]+/([\w-]+)/">', response.content.decode())


@pytest.fixture
def world() -> None:
    """Two cycles and a run whose dates lie between each other's; one is over, one a draft, one cancelled."""
    money, people = (
        make.topic(slug="argent", name={"fr": "Argent"}),
        make.topic(slug="gens", name={"fr": "Gens"}),
    )
    make.topic(slug="rien", name={"fr": "Rien"})
    coast = Territory.objects.create(slug="cote", name={"fr": "La côte"}, kind="region")
    one, two = make.cycle(slug="un"), make.cycle(slug="deux")
    first = make.session(cycle=one, slug="a", starts_at=paris(2026, 10, 22), territory=coast)
    first.topics.add(money)
    second = make.session(cycle=two, slug="b", starts_at=paris(2026, 10, 27))
    second.topics.add(people)
    run = make.run(slug="stage", module=make.module())
    make.session(cycle=run, slug="c", starts_at=paris(2026, 10, 25), number=None)
    last = make.session(cycle=one, slug="d", planned_date=None, starts_at=paris(2026, 11, 19))
    last.topics.add(money)
    make.session(cycle=one, slug="passe", planned_date=None, starts_at=paris(2026, 9, 1))
    make.session(
        cycle=one, slug="brouillon", planned_date=None, starts_at=paris(2026, 11, 20), status="draft"
    )
    make.session(
        cycle=one, slug="annulee", planned_date=None, starts_at=paris(2026, 11, 21), status="cancelled"
    )


@pytest.mark.usefixtures("world")
class TestComing:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["a", "c", "b", "d"]),
            ("chosen/?topic=argent", ["a", "d"]),
            ("chosen/?region=cote", ["a"]),
            ("chosen/?kind=run", ["c"]),
            ("chosen/?kind=webinar&topic=argent&region=cote", ["a"]),
            ("chosen/?kind=run&topic=argent", []),
            # Nothing has these: they are left out, and the choice that stands counts.
            ("chosen/?topic=rien&kind=run", ["c"]),
        ],
    )
    def test_all_cycles_stand_in_one_order_and_each_choice_narrows(
        self, client: Client, query: str, expected: list[str]
    ) -> None:
        assert dates(client, f"/fr/upcoming/{query}") == expected

    def test_without_a_choice_the_page_of_everything_is_shown(self, client: Client) -> None:
        for query in (
            "",
            "?topic=&region=&kind=",
            "?topic=rien",
            "?page=1",
            "?page=0",
            "?page=x",
            "?page=²",
            "?page=99999",
        ):
            answer = client.get(f"/fr/upcoming/chosen/{query}")
            assert (answer.status_code, answer["Location"]) == (302, "/fr/upcoming/")

    def test_only_what_leads_somewhere_is_offered(self, client: Client) -> None:
        page = client.get("/fr/upcoming/").content.decode()
        assert re.findall(r'<option value="(\w+)"', page) == ["argent", "gens", "cote", "webinar", "run"]
        chosen = client.get("/fr/upcoming/chosen/?topic=gens").content.decode()
        assert re.findall(r'<option value="(\w+)" selected', chosen) == ["gens"]

    def test_home_shows_the_next_dates_of_all_of_them(self, client: Client) -> None:
        page = client.get("/fr/").content.decode()
        line = page[page.index('id="coming"') :]
        assert re.findall(r'<h3><a href="/fr/cycles/[\w-]+/([a-d])/">', line) == ["a", "c", "b", "d"]
        assert '<a href="/fr/upcoming/">' in line

    def test_every_public_page_leads_there_and_to_the_search(self, client: Client) -> None:
        for path in ("/fr/", "/fr/news/", "/fr/cycles/un/"):
            page = client.get(path).content.decode()
            assert '<a href="/fr/upcoming/">' in page
            assert '<a href="/fr/search/">' in page


@pytest.mark.parametrize("count", [1, 3, coming.A_PAGE + 2])
def test_a_page_of_dates_costs_the_same_queries(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cycle = make.cycle(frequency="")
    for n in range(count):
        make.session(cycle=cycle, number=n + 1, slug=f"s{n}", starts_at=AT + dt.timedelta(days=n + 1))
    with django_assert_num_queries(6):
        assert len(dates(client, "/fr/upcoming/")) == min(count, coming.A_PAGE)


def test_what_is_later_stands_on_a_second_page(client: Client) -> None:
    cycle = make.cycle(frequency="")
    for n in range(coming.A_PAGE + 2):
        make.session(cycle=cycle, number=n + 1, slug=f"s{n}", starts_at=AT + dt.timedelta(days=n + 1))
    first = client.get("/fr/upcoming/").content.decode()
    assert 'rel="next" href="/fr/upcoming/chosen/?page=2"' in first
    assert dates(client, "/fr/upcoming/chosen/?page=2") == [f"s{coming.A_PAGE}", f"s{coming.A_PAGE + 1}"]
    assert 'rel="next"' not in client.get("/fr/upcoming/chosen/?page=2").content.decode()
    assert dates(client, "/fr/upcoming/chosen/?page=999") == []


class TestSearch:
    def found(self, client: Client, words: str) -> list[str]:
        page = client.get("/fr/search/", {"q": words}).content.decode()
        return re.findall(r'<li><a href="/fr/([^"]+)"', page[page.index("<main") : page.index("</main>")])

    def everything(self) -> None:
        cycle = make.cycle(slug="tour", title={"fr": "L’été des rivières"})
        session = make.session(
            cycle=cycle, slug="une", title={"fr": "Où va l’Été ?", "en": "Where summer goes"}
        )
        slot = make.slot(session, person=make.person(slug="ete", given_name="Été", family_name="Dubois"))
        slot.segment.topic = make.topic(slug="l-ete", name={"fr": "Été"})
        slot.segment.save()
        make.module(slug="module", title={"fr": "Un module d’été"})
        Resource.objects.create(slug="guide", kind="guide", title={"fr": "Guide de l’été"})
        News.objects.create(slug="billet", kind="announcement", title={"fr": "L’été arrive"})
        Event.objects.create(slug="fete", title={"fr": "Fête d’été"})

    def test_every_sort_of_content_is_found_without_accents(self, client: Client) -> None:
        self.everything()
        assert self.found(client, "ETE") == [
            "cycles/tour/une/",
            "cycles/tour/",
            "modules/module/",
            "resources/guide/",
            "news/billet/",
            "events/fete/",
            "speakers/ete/",
            "topics/l-ete/",
        ]
        # In the other language, and every word of it.
        assert self.found(client, "goes summer") == ["cycles/tour/une/"]
        assert self.found(client, "summer hiver") == []

    def test_drafts_are_not_found(self, client: Client) -> None:
        self.everything()
        Cycle.objects.update(status=Cycle.Status.DRAFT)
        for model in (Resource, News):
            model.objects.update(is_published=False)
        assert self.found(client, "ete") == ["modules/module/", "events/fete/"]

    @pytest.mark.parametrize("count", [1, 3, finding.MOST + 3])
    def test_it_costs_the_same_queries_and_shows_the_first_ones(
        self, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        cycle = make.cycle(slug="tour", title={"fr": "Autre"}, frequency="")
        for n in range(count):
            make.session(
                cycle=cycle,
                number=n + 1,
                slug=f"s{n}",
                starts_at=AT + dt.timedelta(days=n + 1),
                title={"fr": "Pont"},
            )
        with django_assert_num_queries(11):
            assert len(self.found(client, "pont")) == min(count, finding.MOST)

    @pytest.mark.parametrize("words", ["", "   ", "?!", "%", "\x00", "x" * 5000, "a b c d e f g h i j k l m"])
    def test_whatever_is_asked_is_answered(self, client: Client, words: str) -> None:
        make.session()
        assert client.get("/fr/search/", {"q": words}).status_code == 200
        assert Session.objects.count() == 1
