"""Every address, seen from outside: nobody, a stranger, each role. The table is in tests/doors.py."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from cycles import access
from tests import doors, make
from tests.doors import DOORS, Door, Kind, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

pytestmark = pytest.mark.django_db

# Django's own administration: for site administrators only, whatever the address.
ADMIN = "admin:"
ADMIN_ARGUMENTS = {"object_id": "1", "content_type_id": "1", "app_label": "accounts", "url": "x"}


def names(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """Yield the name of every address of the site, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name}"


OURS = sorted({name for name in names() if not name.startswith(ADMIN)})
CLOSED = sorted(name for name, door in DOORS.items() if door.kind in (Kind.OWN, Kind.OBJECT))
OBJECTS = sorted(name for name, door in DOORS.items() if door.kind is Kind.OBJECT)


def methods(door: Door) -> list[str]:
    return [method for method in ("get", "post") if getattr(door, method) is not None]


def ask(client: Client, method: str, url: str) -> HttpResponse:
    response: HttpResponse = getattr(client, method)(url)
    return response


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:  # noqa: ARG001 - in its database
    """Build the world once: what a test does to it is rolled back to here, as in Django's setUpTestData."""
    with django_db_blocker.unblock(), transaction.atomic():
        with translation.override("fr"):
            world = doors.world()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(_built: World) -> World:
    """Give the world with objects of the test's own."""
    return copy.deepcopy(_built)


def test_every_address_has_its_line_in_the_table() -> None:
    assert sorted(DOORS) == OURS


@pytest.mark.parametrize("name", CLOSED)
def test_nobody_is_sent_to_sign_in(client: Client, world: World, name: str) -> None:
    url = doors.address(name, world)
    for method in ("get", "post"):
        response = ask(client, method, url)
        if response.status_code == 405:
            assert getattr(DOORS[name], method) is None
        elif method == "post":
            # Not led away from what was typed (accounts/sign_in/kept_forms.py).
            assert response.status_code == 403
            assert f"{reverse('accounts:login')}?next=" in response.content.decode()
        else:
            assert response.status_code == 302
            assert response.headers["Location"].startswith(f"{reverse('accounts:login')}?next=")


@pytest.mark.parametrize("name", OBJECTS)
def test_for_a_stranger_it_does_not_exist(client: Client, world: World, name: str) -> None:
    url = doors.address(name, world)
    client.force_login(world.stranger)
    for method in methods(DOORS[name]):
        assert ask(client, method, url).status_code == 404
    client.force_login(make.user())
    for method in methods(DOORS[name]):
        assert ask(client, method, url).status_code == 404


@pytest.mark.thorough
@pytest.mark.parametrize("name", OBJECTS)
def test_each_role_gets_in_by_its_rights_and_no_further(client: Client, world: World, name: str) -> None:
    url = doors.address(name, world)
    door = DOORS[name]
    for role, user in world.people.items():
        client.force_login(user)
        for method in methods(door):
            may = getattr(door, method) in access.RIGHTS[role]
            status = ask(client, method, url).status_code
            if not may:
                assert (role, method, status) == (role, method, 403)
            elif method == "get":
                assert (role, method, status) == (role, method, door.opens)
            else:
                assert (role, method, status in (403, 405)) == (role, method, False)


@pytest.mark.thorough
@pytest.mark.parametrize("name", OBJECTS)
def test_of_a_run_only_its_own_trainers_see_anything(client: Client, world: World, name: str) -> None:
    url = doors.address(name, world)
    door = DOORS[name]
    if "/tour/" not in url:
        return
    doors.become_run(world)
    for user, is_theirs in ((world.outsider, False), (world.people["trainer"], True)):
        client.force_login(user)
        for method in methods(door):
            may = getattr(door, method) in access.RIGHTS["trainer"]
            status = ask(client, method, url).status_code
            if not is_theirs:
                assert (method, status) == (method, 404)
            else:
                assert (method, status == 403) == (method, not may)


@pytest.mark.parametrize("name", sorted(n for n, door in DOORS.items() if door.kind is Kind.OWN))
def test_pages_of_ones_own_open_to_who_has_an_account(client: Client, world: World, name: str) -> None:
    client.force_login(world.people["reader"])
    assert client.get(doors.address(name, world)).status_code == DOORS[name].opens


@pytest.mark.parametrize("name", sorted(n for n, door in DOORS.items() if door.kind is Kind.LINK))
def test_a_made_up_link_opens_nothing(client: Client, world: World, name: str) -> None:
    url = doors.address(name, world)
    for user in (None, world.people["owner"]):
        if user:
            client.force_login(user)
        assert {ask(client, method, url).status_code for method in ("get", "post")} <= {404, 405, 410}


@pytest.mark.parametrize("name", sorted(n for n, door in DOORS.items() if door.kind is Kind.PUBLIC))
def test_public_pages_send_nobody_to_sign_in(client: Client, world: World, name: str) -> None:
    response = client.get(doors.address(name, world))
    assert response.status_code in (200, 302, 404, 405, 503)
    assert f"{reverse('accounts:login')}?next=" not in response.headers.get("Location", "")


def test_the_administration_is_for_site_administrators(client: Client, world: World) -> None:
    for user in (None, world.people["owner"]):
        if user:
            client.force_login(user)
        for name in sorted({n for n in names() if n.startswith(ADMIN) and not n.endswith(":None")}):
            if name in (f"{ADMIN}login", f"{ADMIN}logout"):
                continue
            response = client.get(admin_address(name))
            assert (name, response.status_code) == (name, 302)
            assert "/admin/login/" in response.headers["Location"]


def admin_address(name: str) -> str:
    """Return an address of the administration, with whatever arguments it takes."""
    for keys in ((), ("object_id",), ("content_type_id", "object_id"), ("app_label",), ("url",)):
        try:
            return reverse(name, kwargs={key: ADMIN_ARGUMENTS[key] for key in keys})
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_an_account_that_is_switched_off_is_out_at_once(client: Client, world: World) -> None:
    owner = world.people["owner"]
    client.force_login(owner)
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert client.get(doors.address("desk:cycle-detail", world)).status_code == 302
