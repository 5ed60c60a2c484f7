"""The organisers' pages: every one that exists, in every width and theme, with the demonstration's data in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from cycles.models import Cycle, Programme
from notifications.plan import defaults, planner
from tests import doors, make
from tests.doors import DOORS, Kind

from .checks import ENDS, HEIGHT, all_complaints, report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

START = "/fr/desk/"
AREAS = ("/fr/desk/", "/fr/account/")
# Where the demonstration is best looked at first; the rest follows by its links.
FIRST = ("/fr/desk/cycles/onze-ponts/",)
KILOBYTE = 1024
CYCLE = "cycles/reconnaissance-2020-2021/"
# The weight of the first load (look.md), style sheet and scripts included, icon aside.
BUDGETS = {
    "": 60,
    "cycles/tour/plan/": 60,
    f"{CYCLE}sessions/escale-01/": 60,
    f"{CYCLE}registrants/": 60,
    f"{CYCLE}reminders/": 60,
    f"{CYCLE}messages/reminder/preview/": 50,
    f"{CYCLE}deliveries/": 60,
}


def is_page(address: str, context: BrowserContext) -> bool:
    """Tell whether an address answers an HTML page; files and the body of a framed mail are none."""
    response = context.request.get(address, max_redirects=0)
    # Nothing can be asked of a document in which no script may run: Chromium would never answer.
    is_framed = "sandbox" in response.headers.get("content-security-policy", "")
    is_html = response.headers.get("content-type", "").startswith("text/html")
    is_file = response.headers.get("content-disposition", "").startswith("attachment")
    return response.status == 200 and is_html and not is_framed and not is_file


def name_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def test_every_page_that_the_desk_links_to(
    demonstration: LiveServer,  # noqa: ARG001 - its data is on the pages
    signed_in: BrowserContext,
    visit: Visits,
) -> None:
    waiting, seen, found = [START, *FIRST], {}, {}
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        if name is None or name in seen or name.endswith("logout"):
            continue
        if not is_page(path, signed_in):
            continue
        page = visit(path, context=signed_in)
        seen[name] = path
        if complaints := all_complaints(page):
            found[path] = complaints
        links = page.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        waiting += [urlsplit(link).path for link in links if urlsplit(link).path.startswith(AREAS)]
        page.page.close()
    assert not found, report(found)
    assert len(seen) > 15, seen


def test_every_address_of_the_desk(site: LiveServer, signed_in: BrowserContext, visit: Visits) -> None:
    """Those too that the demonstration leads nobody to: by the table of all addresses, widest and narrowest."""
    world = doors.world()
    client = Client()
    client.force_login(world.people["owner"])
    cookie = next(iter(client.cookies.values()))
    signed_in.clear_cookies()
    signed_in.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
    result = {}
    for name, door in DOORS.items():
        address = doors.address(name, world)
        if door.kind not in (Kind.OWN, Kind.OBJECT) or not door.get or not is_page(address, signed_in):
            continue
        page = visit(address, context=signed_in)
        if complaints := all_complaints(page, ENDS):
            result[name] = complaints
        page.page.close()
    assert not result, report(result)


def test_the_first_load_keeps_to_its_budget(
    journey: LiveServer,  # noqa: ARG001 - its twelve stops, agendas and organisations are on the pages
    signed_in: BrowserContext,
    visit: Visits,
) -> None:
    """With more people than a page of the table shows, a mail to each about each stop, and a cycle yet to plan."""
    make.cycle(slug="tour", programme=Programme.objects.get(), planned_count=12)
    cycle = Cycle.objects.get(slug="reconnaissance-2020-2021")
    defaults.default_steps(cycle)
    for stop in cycle.sessions.all():
        planner.replan(stop)
    make.crowd(cycle, 120)
    heavy = {}
    for path, most in BUDGETS.items():
        seen = visit(f"{START}{path}", context=signed_in)
        assert seen.status == 200, path
        weight = seen.weight()
        if weight > most * KILOBYTE:
            heavy[path] = weight
        seen.page.close()
    assert heavy == {}


def test_a_stranger_meets_the_sign_in_page(site: LiveServer, visit: Visits) -> None:  # noqa: ARG001 - must be up
    seen = visit(START)
    assert re.search(r"/fr/account/", seen.page.url)
    assert all_complaints(seen) == []


def test_on_a_telephone_who_came_is_noted_without_pushing_the_table_aside(
    demonstration: LiveServer,  # noqa: ARG001 - its people are on the page
    signed_in: BrowserContext,
    visit: Visits,
) -> None:
    seen = visit("/fr/desk/cycles/onze-ponts/sessions/pont-05/attendance/", context=signed_in)
    seen.page.set_viewport_size({"width": 390, "height": HEIGHT})
    cut = "[...document.querySelectorAll('.scroll select')].filter("
    cut += "e => e.getBoundingClientRect().right > e.closest('.scroll').getBoundingClientRect().right).length"
    assert (seen.ask("document.querySelectorAll('.scroll select').length > 2"), seen.ask(cut)) == (True, 0)
