"""No form answers a hostile input with a fault of the server: every form of every page, whatever it is sent.

`make test` sends a few of each to every form, `make test-services` a hundred to each form of the public, and
`make search` a thousand.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cycles.models import Invitation
from registrations.calendar import feed_tokens
from registrations.links import personal_links
from registrations.models import State
from speakers.people import links as speaker_links
from tests import doors, make
from tests.doors import DOORS, Kind
from tests.hostile_inputs import Form, Sent, forms_of, inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpResponse

    from tests.doors import World

pytestmark = pytest.mark.django_db

# Requests in all, and to each form.
FEW = 250
MANY = int(os.environ.get("HOSTILE_INPUTS", "100"))
# Each request from a network of its own: what is tested here is not how often one may ask.
NETWORKS = [f"198.{18 + n // 256 % 2}.{n % 256}.1" for n in range(512)]


def public_pages(world: World) -> list[str]:
    """Return the addresses of everybody, and of links as they stand in mails."""
    registration = doors.registered(world)
    person = registration.participant
    pending = make.cycle_registration(cycle=make.cycle(slug="autre"), state=State.PENDING)
    make.session(cycle=pending.cycle)
    make.slot(at=world.session)
    waiting = make.cycle_registration(
        cycle=make.cycle(slug="liste"), state=State.WAITLISTED, queued_at=make.AT
    )
    mine = personal_links.manage(person)
    written = [
        mine,
        f"{mine}erase/",
        f"{mine}person/",
        f"{mine}address/",
        f"{mine}calendar/alarm/",
        personal_links.confirm(pending, language="fr"),
        personal_links.join(registration, language="fr"),
        personal_links.offer(waiting, language="fr"),
        speaker_links.page(make.contact("nadia@example.org"), language="fr"),
        personal_links.prove_address(person, email="autre@example.org", language="fr"),
        reverse("registrations:private-feed", args=[feed_tokens.reset(person, at=make.AT)]),
    ]
    return [urlsplit(url).path for url in written] + [
        doors.address(name, world)
        for name, door in sorted(DOORS.items())
        if door.kind in (Kind.PUBLIC, Kind.LINK)
    ]


def desk_pages(world: World) -> list[str]:
    return [
        doors.address(name, world)
        for name, door in sorted(DOORS.items())
        if door.kind in (Kind.OWN, Kind.OBJECT)
    ]


def forms(client: Client, pages: Iterable[str]) -> list[Form]:
    """Return each form of these pages once; an address that shows none is taken as a form without fields."""
    result: dict[tuple[str, str], Form] = {}
    for page in pages:
        with transaction.atomic():
            answer = client.get(page)
            transaction.set_rollback(True)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming
        read = forms_of(page, answer.content.decode()) if is_page else []
        for form in [*read, Form(page), Form(page, method="post")]:
            form.action = urlsplit(urljoin(page, form.action)).path if form.action else ""
            known = result.setdefault((form.url, form.method), form)
            if len(form.fields) > len(known.fields):
                result[form.url, form.method] = form
    return list(result.values())


def send(client: Client, form: Form, sent: Sent, *, network: str) -> HttpResponse:
    """Send one input, and undo what it did: the next finds the site as this one did."""
    more: dict[str, Any] = {"REMOTE_ADDR": network}
    with transaction.atomic():
        answer: Any
        if form.method == "get":
            answer = client.get(form.url, QUERY_STRING=sent.query, headers=sent.headers, **more)
        else:
            answer = client.generic(
                "POST", form.url, sent.body, content_type=sent.content_type, headers=sent.headers, **more
            )
        if hasattr(answer, "streaming_content"):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return cast("HttpResponse", answer)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """The forms are open: the session of the world is still to come."""
    with time_machine.travel(make.AT, tick=False):
        yield


def faults(client: Client, found: list[Form], *, count: int, seed: int) -> list[str]:
    """Send `count` inputs to each form; return what ended as a fault of the server, in words."""
    client.raise_request_exception = False
    failed = []
    for form in found:
        for number, sent in enumerate(inputs(form, count=count, seed=seed)):
            answer = send(client, form, sent, network=NETWORKS[number % len(NETWORKS)])
            # /readyz says on purpose that no mail would leave.
            if answer.status_code >= 500 and form.url != "/readyz":
                error = getattr(answer, "exc_info", None)
                failed.append(
                    f"{form.method} {form.url} {sent.what}: {error[1]!r}" if error else f"{form.url}"
                )
    return list(dict.fromkeys(failed))


def strangers() -> tuple[Client, list[Form]]:
    world = doors.world()
    client = Client()
    return client, forms(client, public_pages(world))


def owners() -> tuple[Client, list[Form]]:
    world = doors.world()
    doors.waiting_mail(world)
    client = Client()
    client.force_login(world.people["owner"])
    # What ends the session of who asks would leave the rest untested.
    left = ("logout", "leave")
    return client, [
        form for form in forms(client, desk_pages(world)) if not form.url.rstrip("/").endswith(left)
    ]


def test_the_forms_of_the_public_are_found() -> None:
    _client, found = strangers()
    fields = {form.url: [name for name, _value in form.fields] for form in found if form.method == "post"}
    assert {"given_name", "family_name", "email", "scope", "started"} <= set(fields["/fr/register/tour/"])
    assert "login" in fields["/fr/account/login/"] or "email" in fields["/fr/account/login/"]
    assert Invitation.objects.count() == 1


def with_fields(found: list[Form]) -> list[Form]:
    return [form for form in found if [name for name, _value in form.fields if name != "csrfmiddlewaretoken"]]


@pytest.mark.slow
def test_strangers_meet_no_fault() -> None:
    client, found = strangers()
    assert "\n".join(faults(client, found, count=1, seed=1)) == ""
    assert "\n".join(faults(client, with_fields(found), count=FEW // len(with_fields(found)), seed=2)) == ""


@pytest.mark.thorough
@pytest.mark.slow
def test_organisers_meet_no_fault() -> None:
    client, found = owners()
    assert "\n".join(faults(client, found, count=1, seed=3)) == ""


@pytest.mark.slow
@pytest.mark.service
@pytest.mark.timeout(7200)
def test_many_inputs_to_each_form_of_the_public_meet_no_fault() -> None:
    client, found = strangers()
    assert "\n".join(faults(client, with_fields(found), count=MANY, seed=4)) == ""


@pytest.mark.slow
@pytest.mark.service
@pytest.mark.timeout(7200)
def test_many_inputs_of_organisers_meet_no_fault() -> None:
    client, found = owners()
    assert "\n".join(faults(client, with_fields(found), count=MANY // 4, seed=5)) == ""
