"""Nobody finds a link, a tab or a button that is closed to them: the desk of the demonstration, role by role.

Each link and each button is held against the table of addresses (tests/doors.py); of each kind of page some are opened.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.db import transaction
from django.urls import resolve

from cycles import access
from cycles.models import Membership, Programme
from desk import demo
from tests import make
from tests.desk.demonstration import AT
from tests.doors import DOORS, Kind
from tests.pressing import presses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
DESK = "/fr/desk/"
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
FORM = re.compile(
    r'<form (?![^>]*method="post")[^>]*?action="([^"]+)"[^>]*>(?:(?!</form>).)*<button', re.DOTALL
)
CLOSED = (403, 404)
# Of each kind of page: of a cycle of webinars, and of a run.
OF_A_KIND = 1
# Who trains at the runs of the demonstration.
TRAINER = "tariq@demo.example.org"


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 - in its database
    """Load the demonstration once: what a test does to it is rolled back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(AT, tick=False):
            assert demo.load(at=AT)
        yield
        transaction.set_rollback(True)


class Walk:
    """What somebody who is signed in is offered, and what of it is closed to them."""

    def __init__(self, client: Client, role: str = "") -> None:
        self.client = client
        self.rights = access.RIGHTS[role] if role else None
        self.opened: set[str] = set()
        self.closed: list[tuple[str, str]] = []
        self._known: set[tuple[str, str]] = set()
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._waiting = [("", DESK)]

    def go(self) -> None:
        while self._waiting:
            source, path = self._waiting.pop(0)
            if path not in self.opened and self._is_opened(path):
                self.opened.add(path)
                self._read(source, path)

    def _is_opened(self, path: str) -> bool:
        """Tell whether fewer than OF_A_KIND pages of that kind were opened."""
        match = resolve(urlsplit(path).path)
        # Pages of contents have one name for all kinds; those of runs differ from those of other cycles.
        kind = str(match.kwargs.get("kind", "run" if "riviere" in path else ""))
        self._kinds[match.view_name, kind] += 1
        return self._kinds[match.view_name, kind] <= OF_A_KIND

    def _read(self, source: str, path: str) -> None:
        answer = self.client.get(path)
        if answer.status_code in CLOSED:
            self.closed.append((source, path))
        if answer.status_code in (301, 302):
            self._offer("get", path, answer.headers["Location"])
        is_page = "html" in answer.headers.get("Content-Type", "") and not answer.streaming
        if not path.startswith(DESK) or not is_page:
            return
        page = answer.content.decode()
        for address in [*LINK.findall(page), *FORM.findall(page)]:
            self._offer("get", path, unescape(address))
        for press in presses(path, page):
            self._offer("post", path, press.url)

    def _offer(self, method: str, source: str, address: str) -> None:
        parts = urlsplit(urljoin(source, address))
        if parts.scheme or parts.netloc or not parts.path.startswith("/fr/"):
            return
        if (method, parts.path) not in self._known and self.rights is not None:
            door = DOORS[resolve(parts.path).view_name]
            if door.kind is Kind.OBJECT and getattr(door, method) not in self.rights:
                self.closed.append((source, f"{method} {parts.path}"))
        self._known.add((method, parts.path))
        if method == "get":
            self._waiting.append((source, f"{parts.path}?{parts.query}" if parts.query else parts.path))


def walk(client: Client, *roles: tuple[str, Membership.Role]) -> Walk:
    user = make.user(email=TRAINER)
    for programme, role in roles:
        make.membership(programme=Programme.objects.get(slug=programme), role=role, user=user)
    client.force_login(user)
    result = Walk(client, role=roles[0][1] if len(roles) == 1 else "")
    with time_machine.travel(AT, tick=False):
        result.go()
    return result


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize("role", list(Membership.Role))
def test_nobody_is_shown_what_is_closed_to_them(client: Client, role: Membership.Role) -> None:
    walked = walk(client, (demo.INVENTED_PROGRAMME, role))
    assert walked.closed == []
    # The walk gets somewhere: into a cycle, a session and a run.
    assert len(walked.opened) > 40


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        (Membership.Role.READER, Membership.Role.ORGANISER),
        (Membership.Role.PRIVACY, Membership.Role.TRAINER),
    ],
)
def test_two_roles_in_two_programmes_do_not_mix(
    client: Client, here: Membership.Role, elsewhere: Membership.Role
) -> None:
    walked = walk(client, (demo.INVENTED_PROGRAMME, here), (demo.REAL_PROGRAMME, elsewhere))
    assert walked.closed == []


@pytest.mark.usefixtures("_loaded")
def test_whoever_joined_nothing_finds_no_closed_door(client: Client) -> None:
    assert walk(client).closed == []
