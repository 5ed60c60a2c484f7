"""The newsletter that people tick: its list with proof, and the link that leaves it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from cycles.models import Membership
from registrations.links import personal_links
from registrations.models import Consent, Participant
from registrations.people import participants
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from cycles.models import Programme

pytestmark = pytest.mark.django_db
WORDS = "Je souhaite aussi recevoir la lettre d’information (facultatif\u202f; on la quitte en un clic)."


def reader(programme: Programme, email: str, *, is_asking: bool = True) -> Participant:
    person = make.participant(email=email, given_name="Zoé", family_name="Petit", proved_at=AT)
    make.cycle_registration(cycle=make.cycle(programme=programme), participant=person, confirmed_at=AT)
    if is_asking:
        participants.join_newsletter(person, form="registration", at=AT)
    return person


@pytest.fixture
def signed_in(client: Client) -> tuple[Client, Programme]:
    programme = make.programme(slug="quais")
    client.force_login(make.membership(programme=programme, role=Membership.Role.ORGANISER).user)
    return client, programme


def exported(client: Client) -> list[list[str]]:
    response = client.get(reverse("desk:newsletter-export", args=["quais"]))
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))[1:]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_holds_who_agreed_and_how(signed_in: tuple[Client, Programme], count: int) -> None:
    client, programme = signed_in
    people = [reader(programme, f"p{number}@example.org") for number in range(count)]
    reader(programme, "silent@example.org", is_asking=False)
    reader(make.programme(), "elsewhere@example.org")
    left = reader(programme, "left@example.org")
    participants.leave_newsletter(left, at=AT)
    assert exported(client) == [
        [
            person.email,
            "Zoé",
            "Petit",
            "",
            "Français",
            "2026-10-01 09:00 +0200",
            "formulaire d’inscription",
            WORDS,
            "1",
            personal_links.leave_newsletter(person),
        ]
        for person in people
    ]
    page = client.get(reverse("desk:newsletter", args=["quais"])).content.decode()
    assert f"{count} personne" in page
    note = AuditEntry.objects.get(verb="newsletter.export")
    assert note.target_id == programme.pk


def test_one_click_leaves_it_and_the_rest_stays(signed_in: tuple[Client, Programme]) -> None:
    client, programme = signed_in
    person = reader(programme, "zoe@example.org")
    path = urlsplit(personal_links.leave_newsletter(person)).path
    stranger = Client(enforce_csrf_checks=True)
    assert "Quitter la lettre d’information" in stranger.get(path).content.decode()
    assert participants.has_newsletter(person)
    with time_machine.travel(AT, tick=False):
        # As mail programs do (RFC 8058, 3.1).
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, participants.has_newsletter(person)) == (200, False)
    assert (Consent.objects.get().withdrawn_at, person.cycle_registrations.get().state) == (AT, "confirmed")
    assert exported(client) == []
    stranger.post(path, {"choice": "resume"})
    assert participants.has_newsletter(person)
    assert list(Consent.objects.order_by("pk").values_list("form", flat=True)) == [
        "registration",
        "unsubscribe",
    ]


def test_the_link_ends_with_the_others(signed_in: tuple[Client, Programme]) -> None:
    _client, programme = signed_in
    person = reader(programme, "zoe@example.org")
    path = urlsplit(personal_links.leave_newsletter(person)).path
    participants.end_old_links(person, at=AT)
    assert Client().post(path).status_code == 404
    assert participants.has_newsletter(person)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    signed_in: tuple[Client, Programme], django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    client, programme = signed_in
    for number in range(count):
        reader(programme, f"p{number}@example.org")
    with django_assert_num_queries(5):
        client.get(reverse("desk:newsletter", args=["quais"]))
