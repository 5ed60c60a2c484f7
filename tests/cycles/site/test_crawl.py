"""Every public page of the demonstration, in both languages: no code word, no `None`, no dead end."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.db.models import Choices

from cycles.site.page_cache import snapshots
from desk import demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

# What a page says of its rows is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
# Where a person's own pages and the organisers' begin: others look there. Pictures and files are no pages.
OTHERS = re.compile(r"/(?:fr|en)/(?:account|admin|desk|register|link|verify|my)(?:/|$)")
NO_PAGE = (".ics", ".atom", ".png", ".svg", ".css", ".webp", ".xml", ".pdf")
HREF = re.compile(r'<a [^>]*href="([^"]*)"')
HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
# Values of choices that are no words of any language, such as "in_design" and "co_design_workshop".
SHAPE_OF_CODE = re.compile(r"(?<![\w/.@-])[a-z]+(?:_[a-z]+)+(?![\w/.@-])")
WRONG = re.compile(r"\bNone\b|\bNaN\b|<|\{\{|\{%|%\(\w+\)|LazyI18n|&(?:amp|lt|quot);|\bTrue\b|\bFalse\b")
BANNERS = {
    "fr": ("le programme, les organisations et les personnes sont inventés", "dates décalées de 6 ans"),
    "en": ("the programme, the organisations and the people are invented", "dates shifted by 6 years"),
}
# Cycles of the demonstration that were held as they stand: nothing of them is invented or moved.
REAL = (
    "21-jours-pour-convaincre-2019",
    "odd-innovations-societales-2019",
    "mooc-modeles-economiques-associatifs-1",
)
OPEN = {"fr": ("inscription ouverte", "inscriptions ouvertes"), "en": ("registration open",)}


@pytest.fixture(scope="module")
def crawled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, dict[str, str]]]:  # noqa: ARG001 - the database
    """Load the demonstration once for all of these tests; yield {where a crawl began: what it read}, empty at first."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(AT, tick=False):
        assert demo.load(at=AT)
        yield {}
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _now(crawled: dict[str, dict[str, str]]) -> Iterator[None]:  # noqa: ARG001 - loaded before the clock stands
    snapshots.store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    snapshots.store.clear()


@pytest.fixture
def pages(client: Client, language: str, crawled: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return {path: page} of every public page in a language; they are read once."""
    if language not in crawled:
        crawled[language] = crawl(client, f"/{language}/")
    return crawled[language]


def words(page: str) -> str:
    """Return what a reader sees of a page."""
    return unescape(" ".join(re.sub("<[^>]*>", " ", HIDDEN.sub("", page)).split()))


def crawl(client: Client, start: str) -> dict[str, str]:
    """Return {path: page} of every public page that links lead to from one, in its language."""
    language = start.split("/")[1]
    waiting, pages = [start], {}
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        pages[path] = answer.content.decode()
        for address in HREF.findall(pages[path]):
            parts = urlsplit(unescape(address))
            if parts.netloc or not parts.path.startswith(f"/{language}/") or parts.path.endswith(NO_PAGE):
                continue
            if not OTHERS.match(parts.path) and not parts.query:
                waiting.append(parts.path)
    return pages


def codes() -> set[str]:
    """Return the values of choices that readers must never see: those with an underscore."""
    return {
        str(value)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        for value, _label in (getattr(field, "choices", None) or ())
        if "_" in str(value)
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_reached_and_speaks_to_people(
    client: Client, language: str, pages: dict[str, str]
) -> None:
    index = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>http://testserver(/sitemap-[^<]+)</loc>", index)
    listed = {
        place
        for part in parts
        for place in re.findall(
            rf"<loc>http://testserver(/{language}/[^<]*)</loc>", client.get(part).content.decode()
        )
    }
    # The sitemap names everything that links lead to, and links lead to all that it names.
    assert sorted(listed - set(pages)) == []
    unlisted = {
        path
        for path in set(pages) - listed
        if not re.search(r"/(times|subscribe|tracks|agenda|filter|search|chosen)/", path)
    }
    assert sorted(unlisted) == []
    faults = {}
    for path, page in pages.items():
        text = words(page)
        found = [
            *WRONG.findall(text),
            *(word for word in SHAPE_OF_CODE.findall(text) if word in codes() or "_" in word),
        ]
        if found:
            faults[path] = found
    assert faults == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_called_open_has_a_way_in(language: str, pages: dict[str, str]) -> None:
    dead = []
    for path, page in pages.items():
        text = words(page).casefold()
        has_way_in = f'href="/{language}/register/' in page or 'rel="noopener">' in page
        if any(word in text for word in OPEN[language]) and not has_way_in:
            dead.append(path)
    assert dead == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_form_that_a_page_leads_to_takes_people(
    client: Client, language: str, pages: dict[str, str]
) -> None:
    ways = {
        unescape(address)
        for page in pages.values()
        for address in HREF.findall(page)
        if address.startswith(f"/{language}/register/")
    }
    assert len(ways) > 5
    closed = [
        way for way in sorted(ways) if "<form" not in client.get(way).content.decode().partition("<main")[2]
    ]
    assert closed == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_demonstration_says_so_wherever_it_is_shown(
    client: Client, language: str, pages: dict[str, str]
) -> None:
    silent = {
        path
        for path, page in pages.items()
        if not any(said in words(page) for said in BANNERS[language])
        and path not in (f"/{language}/privacy/", f"/{language}/accessibility/")
    }
    # The pages about subscribing name the programme and what is said of its other cycles.
    real = tuple(f"/{language}/cycles/{slug}/" for slug in REAL)
    assert silent == {path for path in pages if path.startswith(real) and not path.endswith("/subscribe/")}
    assert silent >= set(real)
    calendar = client.get(f"/{language}/calendar.ics").content.decode().replace("\r\n ", "")
    events = calendar.split("BEGIN:VEVENT")[1:]
    shown = [any(said in event.replace("\\,", ",") for said in BANNERS[language]) for event in events]
    assert len(events) > 20
    assert shown.count(False) == 0
    for feed in ("news.atom", "changes.atom", "cycles/onze-ponts/changes.atom"):
        assert BANNERS[language][0] in client.get(f"/{language}/{feed}").content.decode()


def test_choices_with_codes_exist() -> None:
    """The crawl looks for something: these are codes that a page could show by mistake."""
    assert {"in_design", "annual_issue", "institutional_partner"} <= codes()
    assert isinstance(Choices, type)
