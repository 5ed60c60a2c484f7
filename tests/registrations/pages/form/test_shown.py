"""What the registration form shows: what is chosen already, what is full, over, closed or in progress."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Session
from cycles.site.page_cache import snapshots
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant, State
from registrations.pages.form import intake
from tests import make
from tests.make import AT
from tests.registrations.pages.form.filling import DAY, address, cycle_of, typed

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
# What no page promises where organisers decide.
PROMISE = {"en": "the date is held for you", "fr": "la date vous est gardée"}


def test_the_whole_cycle_is_chosen_and_the_newsletter_is_not(client: Client) -> None:
    cycle, _ = cycle_of(3)
    page = client.get(address(cycle)).content.decode()
    checked = re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)
    assert len(checked) == 1
    assert 'value="all"' in checked[0]
    assert page.count("<h1") == 1


def test_a_stop_in_the_address_is_chosen_already(client: Client) -> None:
    cycle, sessions = cycle_of(3)
    page = client.get(address(cycle), {"stop": "escale-02"}).content.decode()
    checked = re.findall(r'<input[^>]*value="([^"]*)"[^>]*\bchecked\b[^>]*>', page)
    assert checked == ["chosen", str(sessions[1].pk)]


@pytest.mark.parametrize(
    "fields",
    [
        {"registration_mode": Cycle.RegistrationMode.CLOSED},
        {"registration_opens_at": AT + DAY},
        {"registration_closes_at": AT},
    ],
)
def test_outside_the_window_nothing_is_taken(client: Client, fields: dict[str, Any]) -> None:
    cycle, _ = cycle_of(1, **fields)
    assert b"<form" not in client.get(address(cycle)).content
    assert client.post(address(cycle), typed()).status_code == 200
    assert not Participant.objects.exists()


def test_nothing_ahead_means_closed(client: Client) -> None:
    cycle, _ = cycle_of(0)
    assert b"<form" not in client.get(address(cycle)).content


@pytest.mark.parametrize("fields", [{"status": Cycle.Status.DRAFT}, {"is_external": True}])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_form_for_what_does_not_register_here(
    client: Client, fields: dict[str, Any], language: str
) -> None:
    cycle, _ = cycle_of(1, **fields)
    response = client.get(address(cycle, language))
    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("capacity", [None, 1])
def test_queries_do_not_grow(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    capacity: int | None,
) -> None:
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 3600)
    cycle, _ = cycle_of(count)
    cycle.sessions.update(capacity=capacity)
    counted = capacity is not None
    # The first visit after a change of the site reads the cycle, its sessions, questions, codes; then only how
    # full it is.
    with django_assert_num_queries(5 + counted):
        client.get(address(cycle))
    with django_assert_num_queries(counted):
        client.get(address(cycle))
    with django_assert_num_queries(6):
        assert client.post(address(cycle), typed()).status_code == 302


def test_a_session_that_is_over_leads_to_its_replay_and_to_the_others(client: Client) -> None:
    cycle, sessions = cycle_of(2)
    sessions[0].replay_url = "https://video.example.org/1"
    sessions[0].save(update_fields=["replay_url"])
    assert sessions[0].ends_at is not None
    with time_machine.travel(sessions[0].ends_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert "has taken place" in page
    assert 'href="https://video.example.org/1"' in page
    assert f'value="{sessions[0].pk}"' not in page
    assert f'value="{sessions[1].pk}"' in page


def test_a_session_in_progress_says_that_the_link_comes_at_once(client: Client) -> None:
    cycle, sessions = cycle_of(1)
    assert sessions[0].starts_at is not None
    before = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    with time_machine.travel(sessions[0].starts_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert ["is in progress" in text for text in (before, page)] == [False, True]


@pytest.mark.parametrize(
    ("given", "of_session", "words"),
    [
        (
            {},
            {},
            "is in progress: confirm with the email we send you, and your link to join is there at once.",
        ),
        ({}, {"capacity": 1}, "is in progress and full: whoever registers now is on its waiting list"),
        ({"capacity": 1}, {}, "is in progress and full: whoever registers now is on its waiting list"),
        (
            {"registration_mode": Cycle.RegistrationMode.APPROVAL},
            {},
            "is in progress: you can join once the organisers have accepted your request.",
        ),
        ({}, {"modality": "on_site", "place": {"en": "Town hall"}}, "is in progress, there: Town hall."),
    ],
)
def test_who_comes_late_reads_what_registering_gives_them(
    client: Client, given: dict[str, Any], of_session: dict[str, Any], words: str
) -> None:
    cycle, sessions = cycle_of(1)
    Cycle.objects.filter(pk=cycle.pk).update(**given)
    Session.objects.filter(pk=sessions[0].pk).update(**of_session)
    make.registration(session=sessions[0])
    sessions[0].refresh_from_db()
    assert sessions[0].starts_at is not None
    with time_machine.travel(sessions[0].starts_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
        button = client.get(f"/en/cycles/{cycle.slug}/{sessions[0].slug}/").content.decode()
    assert (words in page, page.count("is in progress")) == (True, 1)
    expected = {
        "confirm": "In progress: register to join",
        "and full": "Join the waiting list",
        "accepted": "Ask to take part",
        "there:": "In progress: register",
    }
    said = next(label for part, label in expected.items() if part in words)
    assert f'?stop={sessions[0].slug}">{said}</a>' in button


@pytest.mark.parametrize(
    ("language", "asking", "registering"),
    [("en", "Ask to take part", "Register"), ("fr", "Demander à participer", "S’inscrire")],
)
def test_where_organisers_decide_one_asks_from_title_to_button(
    client: Client, language: str, asking: str, registering: str
) -> None:
    cycle, sessions = cycle_of(1)
    Session.objects.filter(pk=sessions[0].pk).update(has_theme=False)
    pages = [
        address(cycle, language),
        f"/{language}/cycles/{cycle.slug}/{sessions[0].slug}/",
        f"/{language}/cycles/{cycle.slug}/{sessions[0].slug}/times/?tz=America/Cayenne",
    ]
    for mode, told, other in (("approval", asking, registering), ("open", registering, asking)):
        Cycle.objects.filter(pk=cycle.pk).update(registration_mode=mode)
        snapshots.store.clear()
        intake.cache.clear()
        form, page, times = (client.get(each).content.decode() for each in pages)
        assert f"<h1>{told}</h1>" in form
        assert f"<title>{told} " in form
        assert f'type="submit">{told}</button>' in form
        assert f">{other}<" not in form
        assert f"{told}," in times
        assert (PROMISE[language] in page) is (mode == "open")


def test_when_all_is_over_the_replay_is_what_remains(client: Client) -> None:
    cycle, sessions = cycle_of(1)
    sessions[0].replay_url = "https://video.example.org/1"
    sessions[0].save(update_fields=["replay_url"])
    assert sessions[0].ends_at is not None
    with time_machine.travel(sessions[0].ends_at, tick=False):
        page = client.get(address(cycle, "en"), {"stop": sessions[0].slug}).content.decode()
    assert 'href="https://video.example.org/1"' in page
    assert "<form" not in page


def test_full_dates_and_a_full_cycle_say_so_before_anybody_types(client: Client) -> None:
    cycle, sessions = cycle_of(2)
    cycle.sessions.filter(pk=sessions[0].pk).update(capacity=1)
    cycle.capacity = 1
    cycle.save(update_fields=["capacity"])
    pages = [client.get(address(cycle, "en")).content.decode()]
    applicant = booking.Applicant(email="first@example.org", given_name="F", family_name="F")
    asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    booking.confirm(asked, at=AT)
    # Nothing of the site changed: the kept page is not the one for a full cycle.
    pages.append(client.get(address(cycle, "en")).content.decode())
    assert [page.count("full: waiting list") for page in pages] == [0, 1]
    assert ["This cycle is full" in page for page in pages] == [False, True]
    booking.confirm(
        booking.register(
            cycle,
            applicant=booking.Applicant(email="second@example.org", given_name="S", family_name="S"),
            scope=CycleRegistration.Scope.ALL,
            at=AT,
        ),
        at=AT,
    )
    pages.append(client.get(address(cycle, "en")).content.decode())
    assert ["1 person waits before you." in page for page in pages] == [False, False, True]
    assert ["full: waiting list (nobody before you)" in page for page in pages] == [False, True, True]


def test_where_organisers_decide_the_pages_say_so(client: Client) -> None:
    cycle, _ = cycle_of(1, registration_mode=Cycle.RegistrationMode.APPROVAL)
    assert b"look at each request" in client.get(address(cycle, "en")).content
    client.post(address(cycle, "en"), typed())
    row = CycleRegistration.objects.get()
    with translation.override("en"):
        confirm = reverse("registrations:confirm", args=[personal_links.confirm_token(row)])
    assert b"goes to the organisers" in client.get(confirm).content
    mine = client.post(confirm, follow=True).content.decode()
    assert "The organisers answer your request by email" in mine
    assert "Your request is with the organisers" in mine
    row.refresh_from_db()
    assert row.state == State.IN_REVIEW
