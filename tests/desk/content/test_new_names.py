"""People and organisations that nothing knows are made where they are named, once somebody saw that they are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership, Organisation, Person, Programme, Session
from tests import make
from tests.desk.browsing import filled

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SESSION = "/en/desk/cycles/tour/sessions/escale-02/"


@pytest.fixture
def session(client: Client) -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme(slug="quais"))
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return make.session(cycle=cycle, slug="escale-02")


def agenda(client: Client, *names: tuple[str, str]) -> dict[str, object]:
    keys = [f"n{number}" for number in range(1, len(names) + 1)]
    return {
        **filled(client, SESSION),
        "segments": ["n1"],
        "segments-n1-kind": "intervention",
        "segments-n1-title_fr": "Un",
        "segments-n1-slots": keys,
        **{
            f"segments-n1-slots-{key}-person_id": person
            for key, (person, _o) in zip(keys, names, strict=True)
        },
        **{
            f"segments-n1-slots-{key}-organisation_id": name
            for key, (_p, name) in zip(keys, names, strict=True)
        },
        **{f"segments-n1-slots-{key}-state": "accepted" for key in keys},
    }


def test_new_names_are_shown_then_made_with_the_agenda(client: Client, session: Session) -> None:
    data = agenda(client, ("nadia  Belkacem", "Cale & Cie"), ("", "CALE & CIE"), ("Solène", ""))
    answer = client.post(SESSION, data)
    assert answer.status_code == 422
    shown = [(new.value, str(new), ticked) for new, ticked in answer.context["form"].to_add]
    assert shown == [
        ("people:nadia Belkacem", "Add “nadia Belkacem” as a new person", True),
        ("organisations:Cale & Cie", "Add “Cale & Cie” as a new organisation", True),
        ("people:Solène", "Add “Solène” as a new person", True),
    ]
    assert not Organisation.objects.exists()
    again = data | {"add": [value for value, _words, _ticked in shown]}
    assert client.post(SESSION, again).status_code == 302
    (segment,) = session.segments.all()
    assert [str(slot) for slot in segment.slots.order_by("order")] == [
        "nadia Belkacem · Cale & Cie",
        "Cale & Cie",
        "Solène",
    ]
    assert Organisation.objects.get().kind == "other"
    assert list(Person.objects.order_by("pk").values_list("given_name", "family_name")) == [
        ("nadia", "Belkacem"),
        ("", "Solène"),
    ]


def test_what_is_unticked_is_not_made(client: Client, session: Session) -> None:
    data = agenda(client, ("", "Cale & Cie"), ("Solène", ""))
    answer = client.post(SESSION, data | {"add": ["people:Solène"]})
    assert answer.status_code == 422
    assert [(new.name, ticked) for new, ticked in answer.context["form"].to_add] == [
        ("Cale & Cie", False),
        ("Solène", True),
    ]
    assert not Person.objects.exists()
    assert not session.segments.exists()


def test_a_look_at_the_effect_or_the_page_makes_nobody(client: Client, session: Session) -> None:
    data = agenda(client, ("", "Cale & Cie")) | {"add": ["organisations:Cale & Cie"]}
    for act in ("effect/", "preview/en/"):
        answer = client.post(f"{SESSION}{act}", data)
        assert answer.status_code == 200
    assert not Organisation.objects.exists()
    assert not session.segments.exists()


def test_a_change_that_came_between_makes_nobody(client: Client, session: Session) -> None:
    data = agenda(client, ("", "Cale & Cie")) | {"add": ["organisations:Cale & Cie"]}
    data["seen"] = "2020-01-01T00:00:00+00:00"
    assert client.post(SESSION, data).status_code == 409
    assert not session.segments.exists()
    assert not Organisation.objects.exists()


@pytest.mark.usefixtures("session")
def test_partners_of_a_new_programme_are_made_in_place(client: Client) -> None:
    page = "/en/desk/content/programmes/new/"
    data = filled(client, page) | {
        "title_fr": "Les quais",
        "partnerships": ["n1", "n2"],
        "partnerships-n1-organisation_id": "Le Bac",
        "partnerships-n1-role": "funder_or_partner",
        "partnerships-n2-organisation_id": "La Cale",
        "partnerships-n2-role": "partner",
    }
    assert client.post(page, data).status_code == 422
    data["add"] = ["organisations:Le Bac", "organisations:La Cale"]
    assert client.post(page, data).status_code == 302
    programme = Programme.objects.exclude(slug="quais").get()
    assert [str(partner) for partner in programme.partnerships.order_by("order")] == ["Le Bac", "La Cale"]


@pytest.mark.parametrize("value", ["", "people:", "topics:Levier", "organisations: \u00a0", "x" * 500, ":"])
def test_anything_else_that_is_sent_is_passed_over(client: Client, session: Session, value: str) -> None:
    assert client.post(SESSION, filled(client, SESSION) | {"add": [value]}).status_code == 302
    assert (Organisation.objects.count(), Person.objects.count()) == (0, 0)
    assert not session.segments.exists()
