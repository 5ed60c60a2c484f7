"""The order of the alphabet: É beside E in both databases, in every list that goes by a name."""

from __future__ import annotations

import unicodedata

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.alphabet import folded, sort_key
from accounts.collation import alphabetical
from cycles.models import ExternalDatabase, Organisation, Person
from registrations.models import Participant
from tests import make

NAMES = ["Abadie", "Éboué", "Ebrard", "Élie", "Étienne", "Ñuñez", "Œuvrard", "Ogier", "Zola"]
# As a dictionary has them: the accent decides between words of the same letters only.
LETTERS = ("cote", "coté", "côte", "côté", "coter")


def test_a_text_is_folded_to_its_letters() -> None:
    assert [folded(text) for text in ("ÉLODIE", "Élodie", "Œuvre", "Łukasz", "Straße", "l’île")] == [
        "elodie",
        "elodie",
        "oeuvre",
        "lukasz",
        "strasse",
        "l'ile",
    ]


def test_letters_come_before_accents_and_accents_before_capitals() -> None:
    names = ["Zola", "élie", "Élie", "elie", "Elie", "ebrard"]
    assert sorted(names, key=sort_key) == ["ebrard", "elie", "Elie", "élie", "Élie", "Zola"]
    assert sorted(("côté", "coter", "coté", "cote", "côte"), key=sort_key) == list(LETTERS)


@given(st.text(max_size=20))
def test_the_way_a_sign_is_composed_changes_no_letter(text: str) -> None:
    composed, taken_apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert folded(composed) == folded(taken_apart)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20))
def test_plain_texts_go_the_short_way_to_the_same_key(text: str) -> None:
    assert sort_key(text).split("\x01") == [folded(text), text.lower(), text.swapcase()]


@pytest.mark.django_db
def test_a_query_sorts_as_people_do() -> None:
    for name in sorted(NAMES, key=len, reverse=True):
        make.participant(family_name=name, given_name="A")
    rows = Participant.objects.order_by(alphabetical("family_name"), "pk")
    assert list(rows.values_list("family_name", flat=True)) == NAMES


@pytest.mark.django_db
def test_lists_of_the_address_book_sort_by_letters() -> None:
    for name in ("Zola", "Énergie", "Eau", "Forêt"):
        make.organisation(name=name)
        make.person(family_name=name)
        ExternalDatabase.objects.create(slug=f"d-{name.encode().hex()}", name=name)
    ordered = ["Eau", "Énergie", "Forêt", "Zola"]
    assert list(Organisation.objects.values_list("name", flat=True)) == ordered
    assert list(Person.objects.values_list("family_name", flat=True)) == ordered
    assert list(ExternalDatabase.objects.values_list("name", flat=True)) == ordered
    assert Person.objects.first() is not None


@pytest.mark.django_db
def test_the_table_of_people_sorts_by_letters() -> None:
    cycle = make.cycle(slug="tour")
    for name in ("Zola", "Élie", "Ebrard", "Abadie"):
        make.cycle_registration(cycle=cycle, participant=make.participant(family_name=name, given_name=""))
    client = Client()
    client.force_login(make.user(is_superuser=True))
    for sort, names in (
        ("name", ["Abadie", "Ebrard", "Élie", "Zola"]),
        ("-name", ["Zola", "Élie", "Ebrard", "Abadie"]),
    ):
        rows = client.get("/fr/desk/cycles/tour/registrants/", {"sort": sort}).context["rows"]
        assert [row.registration.participant.family_name for row in rows] == names
