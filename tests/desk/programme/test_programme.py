"""The whole of a programme on one page, for each role, with what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Event, Membership, Module, News, Partnership, Programme, Resource
from tests import make

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/programme/quais/"


@pytest.fixture
def programme() -> Programme:
    return make.programme(slug="quais", is_published=False)


def sign_in(client: Client, programme: Programme, role: str) -> Client:
    client.force_login(make.membership(programme=programme, role=role).user)
    return client


def filled(programme: Programme, count: int) -> None:
    for number in range(1, count + 1):
        cycle = make.cycle(slug=f"c{number}", programme=programme)
        make.session(cycle=cycle, number=1)
        organisation = make.organisation(name=f"Partner {number}")
        Partnership.objects.create(programme=programme, organisation=organisation, order=number)
        Module.objects.create(slug=f"m{number}", title={"en": f"Module {number}"}, programme=programme)
        News.objects.create(
            slug=f"n{number}", title={"en": f"Post {number}"}, kind="recap", programme=programme
        )
        Resource.objects.create(slug=f"r{number}", title={"en": "Kit"}, kind="kit", programme=programme)
        Event.objects.create(slug=f"e{number}", title={"en": "Forum"}, programme=programme)


@pytest.mark.parametrize("count", [1, 3])
def test_everything_of_a_programme_is_on_its_page(
    client: Client, programme: Programme, django_assert_num_queries: Any, count: int
) -> None:
    sign_in(client, programme, Membership.Role.OWNER)
    filled(programme, count)
    with time_machine.travel(make.paris(2026, 11, 1), tick=False), django_assert_num_queries(13):
        answer = client.get(PAGE)
    context = answer.context
    assert len(context["cycles"]) == count
    assert [(part.title, part.count) for part in context["parts"]] == [
        ("Training modules", count),
        ("News and recaps", count),
        ("Resources", count),
        ("Events elsewhere", count),
    ]
    assert [str(each) for each in context["partners"]] == [f"Partner {n}" for n in range(1, count + 1)]
    assert context["cycles"][0].about == "1 session · next: Thursday 19 November 2026"


def test_the_next_step_is_a_cycle_then_publishing_then_nothing(client: Client, programme: Programme) -> None:
    sign_in(client, programme, Membership.Role.ORGANISER)
    first = client.get(PAGE).content.decode()
    assert 'class="button" href="/en/desk/content/cycles/new/?programme=quais"' in first
    chosen = (
        client.get("/en/desk/content/cycles/new/?programme=quais").context["form"]["programme_id"].value()
    )
    assert chosen == programme.pk
    make.cycle(slug="c1", programme=programme)
    second = client.get(PAGE).content.decode()
    assert "Add a cycle" not in second
    assert client.post("/en/desk/content/programmes/quais/publish/").headers["Location"] == PAGE
    assert "Next step" not in client.get(PAGE).content.decode()


def test_a_reader_sees_the_whole_and_changes_nothing(client: Client, programme: Programme) -> None:
    sign_in(client, programme, Membership.Role.READER)
    filled(programme, 1)
    text = client.get(PAGE).content.decode().split("<main")[1]
    assert "Module 1" in text
    assert "<form" not in text
    assert "/content/" not in text
    assert "Next step" not in text
