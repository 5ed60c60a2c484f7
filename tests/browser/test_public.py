"""The public pages in a browser: readable by all, in every width and theme, light, silent and alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from .checks import ENDS, LOOKS, WIDTHS, all_complaints, faults, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

    from .checks import Look
    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("journey")]

CYCLE = "cycles/reconnaissance-2020-2021/"
KILOBYTE = 1024
# Every public page with the weight of its first load (look.md), style sheet included, icon aside.
PAGES = {
    "": 30,
    "programmes/reconnaissance-mse/": 30,
    CYCLE: 30,
    f"{CYCLE}escale-01/": 35,
    f"{CYCLE}escale-03/": 35,
    f"{CYCLE}escale-05/": 35,
    f"{CYCLE}escale-06/": 35,
    f"{CYCLE}escale-07/": 35,
    f"{CYCLE}subscribe/": 25,
    "subscribe/": 25,
    "agenda/": 25,
    "agenda/2026-12/": 25,
    "filter/topic.richesses-humaines/": 25,
    "programmes/reconnaissance-mse/subscribe/": 25,
    "topics/richesses-humaines/subscribe/": 25,
    "speakers/stephane-rozes/subscribe/": 25,
    "cycles/21-jours-pour-convaincre-2019/": 30,
    "cycles/21-jours-pour-convaincre-2019/etape-du-jour-01/": 35,
    "cycles/odd-innovations-societales-2019/": 30,
    "modules/module-mse-aff-rameau/": 30,
    "modules/mooc-modeles-economiques-associatifs/": 30,
    "upcoming/": 30,
    "upcoming/chosen/?kind=webinar": 30,
    "search/?q=modele": 25,
    "cycles/21-jours-pour-convaincre-2019/tracks/terrain/": 30,
    "resources/": 30,
    "resources/juris-dossier-2020/": 25,
    "resources/series/juris-mse/": 25,
    "events/convergences-2019/": 25,
    "organisations/le-rameau/": 30,
    "news/": 30,
    "news/recap-escale-01/": 30,
    "news/lancement/": 30,
    "privacy/": 30,
    "accessibility/": 30,
}
MOST_REQUESTS = 4
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


# French, whose words are longer, in every width and theme; English in the widest light and the narrowest dark look.
@pytest.mark.parametrize(("code", "looks"), [("fr", LOOKS), ("en", ENDS)])
def test_every_page_is_sound_in_every_width_and_theme(
    code: str, looks: Sequence[Look], visit: Visits
) -> None:
    result = {}
    for path in PAGES:
        seen = visit(f"/{code}/{path}")
        if complaints := [f"answers {seen.status}"] if seen.status != 200 else all_complaints(seen, looks):
            result[path] = complaints
        seen.context.close()
    assert not result, report(result)


def test_first_load_is_light_and_sets_no_cookie(visit: Visits) -> None:
    heavy = {}
    for path, most in PAGES.items():
        seen = visit(f"/fr/{path}")
        assert len(seen.requested) <= MOST_REQUESTS
        assert seen.context.cookies() == []
        assert seen.ask("[...document.scripts].filter(s => s.type !== 'application/ld+json').length") == 0
        if seen.weight() > most * KILOBYTE:
            heavy[path] = seen.weight()
        seen.context.close()
    assert heavy == {}


def test_titles_are_unique_in_both_languages(visit: Visits) -> None:
    ask = visit("/fr/").context.request
    for code in ("fr", "en"):
        pages = {path: ask.get(f"/{code}/{path}").text() for path in PAGES}
        titles = Counter(TITLE.findall(page)[0] for page in pages.values())
        assert "" not in titles
        assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/fr/cycles/inconnu/", "Cette page n’existe pas"),
        (f"/fr/{CYCLE}escale-99/", "Cette page n’existe pas"),
        ("/en/news/unknown/", "This page does not exist"),
    ],
)
def test_unknown_address_offers_a_way_back(path: str, title: str, visit: Visits) -> None:
    for width in WIDTHS:
        seen = visit(path, width=width)
        assert seen.status == 404
        assert seen.page.locator("h1").inner_text() == title
        assert faults(seen) == []
    assert seen.page.locator("main .button.quiet").get_attribute("href") == f"{path[:4]}link/"
    seen.page.locator("main .button:not(.quiet)").click()
    assert seen.page.url == f"{seen.origin}{path[:4]}"


def test_language_switch_keeps_the_page(visit: Visits) -> None:
    seen = visit(f"/fr/{CYCLE}escale-01/")
    seen.page.get_by_role("link", name="English").click()
    assert seen.page.url == f"{seen.origin}/en/{CYCLE}escale-01/"
    assert seen.page.locator("h1").inner_text() == "A model in the service of what?"
    seen.page.get_by_role("link", name="Français").click()
    assert seen.page.url == f"{seen.origin}/fr/{CYCLE}escale-01/"


def test_keyboard_reaches_the_content_first(visit: Visits) -> None:
    page = visit(f"/fr/{CYCLE}").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    # The first stop of the keyboard inside the content is the page's main action.
    assert page.evaluate("document.activeElement.textContent") == "M’inscrire à tout le cycle"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_targets_are_large_enough_on_a_phone(visit: Visits) -> None:
    page = visit(f"/fr/{CYCLE}", width=390).page
    heights = page.eval_on_selector_all(
        "nav a, .lang a, .button, .foot a, summary", "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert [height for height in heights if height < 44] == []


def test_next_action_comes_before_the_line_on_a_phone(visit: Visits) -> None:
    page = visit(f"/fr/{CYCLE}", width=390).page
    tops = page.evaluate(
        "['.head .button', '.ticket .button', 'ol.line']"
        ".map(selector => document.querySelector(selector).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)


def test_the_links_of_the_header_share_one_line_of_a_phone(visit: Visits) -> None:
    tops = {}
    for code in ("fr", "en"):
        seen = visit(f"/{code}/", width=390)
        links = seen.page.locator("header.site .bar nav li").all()
        tops[code] = (len(links), len({box["y"] for link in links if (box := link.bounding_box())}))
        seen.context.close()
    assert tops == {"fr": (5, 1), "en": (5, 1)}


def test_print_keeps_the_programme_and_drops_the_rest(visit: Visits) -> None:
    page = visit(f"/fr/{CYCLE}").page
    page.emulate_media(media="print")
    for hidden in (".site nav", ".foot", ".head .button", ".skip"):
        assert not page.locator(hidden).first.is_visible()
    for shown in ("h1", "ol.line > .stop:last-child", "#partners"):
        assert page.locator(shown).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_pages_work_without_javascript(site: LiveServer, visit: Visits, chromium: Browser) -> None:
    with chromium.new_context(base_url=site.url, java_script_enabled=False) as context:
        page = visit(f"/fr/{CYCLE}escale-03/", context=context).page
        zones = page.locator("details dl")
        assert not zones.is_visible()
        page.locator("summary").click()
        assert zones.is_visible()
