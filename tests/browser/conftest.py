"""A live site and Debian's Chromium. `visit(path, width=…, scheme=…)` opens a page and keeps what it did.

The clock stands at AT (and goes on): Monday 23 November 2026, 10:00 in Paris, two stops done, ten ahead.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import sync_playwright

from cycles.imports.programme import import_programme
from cycles.models import Membership, Programme, Session
from cycles.schedule import planning
from cycles.site.page_cache import snapshots
from desk import demo
from tests import make
from web import logs, redaction

from .checks import HEIGHT, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

# Playwright's own loop runs in this thread; Django would refuse the database here because of it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PROGRAMME = Path(__file__).parents[2] / "cycles" / "data" / "programme.yaml"


class Visits(Protocol):
    """Opens a page of the live site and waits until it is loaded."""

    def __call__(
        self, path: str, *, width: int = 1280, scheme: str = "light", context: BrowserContext | None = None
    ) -> Visit: ...


# A token where a route of ours has one, and an address of anybody: neither may be written.
SEEN = re.compile(
    rf"/(?:{'|'.join(redaction.ROUTES)})/(?!\[token\])[\w:=.-]{{16,}}|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def _log_names_nobody() -> Iterator[None]:
    """Whatever a visit makes the site log, no link and no address of anybody is in it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert SEEN.findall(stream.getvalue()) == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium, or name another in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of the site, moved with `clock.move_to(…)`."""
    with time_machine.travel(AT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def site(clock: time_machine.Traveller, live_server: LiveServer) -> Iterator[LiveServer]:  # noqa: ARG001 - the clock must stand first
    """The live site with an empty database and an empty store of pages."""
    snapshots.store.clear()
    yield live_server
    snapshots.store.clear()
    _empty_frozen_tables()


def _empty_frozen_tables() -> None:
    """Delete the rows that triggers keep frozen, which the flush after a test with a live site cannot."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%this is frozen%'"
        )
        triggers = cursor.fetchall()
        for name, _table, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        for table in {table for _name, table, _sql in triggers}:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a name that the database gave
        for _name, _table, sql in triggers:
            cursor.execute(sql)


@pytest.fixture
def journey(site: LiveServer) -> LiveServer:
    """The live site with the programme file; stop 5 is moved by a week, stop 6 cancelled, stop 7 postponed."""
    import_programme(PROGRAMME, at=AT, shift_months=72)
    claire = make.user()
    stops = {s.number: s for s in Session.objects.filter(cycle__slug="reconnaissance-2020-2021")}
    planning.move(stops[5], to=make.paris(2027, 2, 25), by=claire, at=AT, reason="Congés scolaires")
    planning.cancel(stops[6], by=claire, at=AT, reason="Salle fermée")
    planning.postpone(stops[7], by=claire, at=AT, reason="Intervenante indisponible")
    return site


@pytest.fixture
def demonstration(site: LiveServer) -> LiveServer:
    """The live site with both programmes and the invented people, as `make run` loads them."""
    demo.load(at=AT)
    return site


@pytest.fixture
def claire(site: LiveServer) -> User:  # noqa: ARG001 - the database of the live site
    """An organiser, owner of every programme that there is by now."""
    user = make.user(email="claire@example.org")
    for programme in Programme.objects.all():
        make.membership(user=user, programme=programme, role=Membership.Role.OWNER)
    return user


@pytest.fixture
def signed_in(site: LiveServer, claire: User, chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in which Claire has signed in."""
    client = Client()
    client.force_login(claire)
    context = chromium.new_context(
        base_url=site.url, viewport={"width": 1280, "height": HEIGHT}, reduced_motion="reduce", locale="fr-FR"
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
    yield context
    context.close()


@pytest.fixture
def visit(site: LiveServer, chromium: Browser) -> Iterator[Visits]:
    """Open pages of the live site, each in a context of its own unless one is given."""
    opened: list[BrowserContext] = []

    def open_page(
        path: str, *, width: int = 1280, scheme: str = "light", context: BrowserContext | None = None
    ) -> Visit:
        if context is None:
            context = chromium.new_context(
                base_url=site.url,
                viewport={"width": width, "height": HEIGHT},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                locale="fr-FR",
                timezone_id="Europe/Paris",
            )
            opened.append(context)
        page = context.new_page()
        console: list[str] = []
        requested: list[str] = []
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        response = page.goto(path)
        assert response is not None
        return Visit(
            page=page,
            context=context,
            origin=site.url,
            response=response,
            console=console,
            requested=requested,
        )

    yield open_page
    for context in opened:
        context.close()
