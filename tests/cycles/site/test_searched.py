"""The public search reads what a page shows, and says where it found the words; nothing else is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cycles.content import editing
from cycles.models import Cycle, Event, Organisation, Resource, Segment, Session, SpeakerSlot
from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HIT = re.compile(r'<li><a href="/en/([^"]+)"[^>]*>[^<]*</a>(.*?)</li>')
PLACE = re.compile(r"Found in: ([^<]*)")


def found(client: Client, words: str) -> dict[str, str]:
    """Return {address: where the words were found} of the results, in their order."""
    page = client.get("/en/search/", {"q": words}).content.decode()
    return {
        address: (PLACE.findall(rest) or [""])[0]
        for address, rest in HIT.findall(page.split("<main")[1].split("</main>")[0])
    }


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(
        slug="tour",
        title={"fr": "Le tour"},
        description={"fr": "Autour des méandres.", "en": "Around the meanders."},
        host=make.organisation(slug="rives", name="Rives", full_name="Association des rives"),
    )
    session = make.session(
        cycle=cycle,
        slug="une",
        title={"fr": "Ouverture"},
        summary={"fr": "On y parle d’étiage."},
        article={"fr": "x " * 3000 + "tourbière"},
    )
    segment = Segment.objects.create(
        session=session,
        order=1,
        title={"fr": "Le barrage", "en": "The weir"},
        topic=make.topic(slug="crues", name={"fr": "Crues", "en": "Floods"}),
    )
    make.slot(
        segment=segment,
        person=make.person(slug="ada", given_name="Ada", family_name="Brunel"),
        organisation=make.organisation(slug="moulins", name="Moulins d’Aval"),
    )
    session.topics.add(make.topic(slug="poissons", name={"fr": "Poissons"}))
    Resource.objects.create(slug="guide", kind="guide", title={"fr": "Guide des frayères"}, session=session)
    return session


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("étiage", "the text"),
        ("TOURBIERE", "the text"),
        ("weir", "the agenda"),
        ("barrage ouverture", "the agenda"),
        ("brunel", "the people"),
        ("moulins", "the organisations"),
        ("floods", "the themes"),
        ("poissons", "the themes"),
        ("frayeres", "the resources"),
        ("brunel etiage", "the text, the people"),
        ("ouverture", ""),
    ],
)
def test_a_date_is_found_by_what_its_page_shows(
    client: Client, session: Session, words: str, place: str
) -> None:
    assert session.title
    assert found(client, words).get("cycles/tour/une/") == place


def test_other_sorts_are_found_by_what_is_around_them(client: Client, session: Session) -> None:
    assert found(client, "meanders") == {"cycles/tour/": "the text"}
    assert found(client, "association rives") == {
        "cycles/tour/": "the organisations",
        "organisations/rives/": "",
    }
    moulins = Organisation.objects.get(slug="moulins")
    Resource.objects.get().publishers.add(moulins)
    event = Event.objects.create(slug="fete", title={"fr": "Fête"})
    event.hosts.add(moulins)
    make.module(slug="module", title={"fr": "Module"}).owners.add(moulins)
    assert found(client, "moulins aval") == {
        "cycles/tour/une/": "the organisations",
        "modules/module/": "the organisations",
        "resources/guide/": "the organisations",
        "events/fete/": "the organisations",
        "organisations/moulins/": "",
    }
    assert session.pk


def test_what_no_page_shows_is_not_found(client: Client, session: Session) -> None:
    SpeakerSlot.objects.update(state="proposed")
    assert found(client, "brunel") == {}
    assert found(client, "moulins") == {}
    # Asked, and not yet sure: the organisation is announced, the person is not.
    SpeakerSlot.objects.update(state="invited")
    assert found(client, "brunel") == {}
    assert list(found(client, "moulins")) == ["cycles/tour/une/", "organisations/moulins/"]
    Resource.objects.update(is_published=False)
    assert found(client, "frayeres") == {}
    Cycle.objects.update(status="draft")
    for words in ("etiage", "weir", "meanders", "moulins"):
        assert found(client, words) == {}, words
    assert session.pk


def test_a_short_word_is_looked_for_in_titles_alone(client: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(search_page="xy et", search_title="ab ouverture")
    assert found(client, "xy") == {}
    assert list(found(client, "ab")) == ["cycles/tour/une/"]


def test_an_edited_agenda_is_found_by_its_new_words(client: Client, session: Session) -> None:
    segment = Segment.objects.get(session=session)
    agenda: list[dict[str, Any]] = [{"pk": segment.pk, "title": {"fr": "L’écluse"}, "slots": []}]
    editing.edit(session, values={}, agenda=agenda, by=make.user(), at=make.AT)
    assert found(client, "ecluse") == {"cycles/tour/une/": "the agenda"}
    assert found(client, "weir") == {}


@pytest.mark.parametrize("count", [1, 8])
def test_saying_where_costs_one_query_for_each_sort(
    client: Client, session: Session, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        make.session(
            cycle=session.cycle, number=n + 2, slug=f"s{n}", title={"fr": "Suite"}, summary={"fr": "étiage"}
        )
    with django_assert_num_queries(12):
        assert len(found(client, "etiage")) == count + 1
