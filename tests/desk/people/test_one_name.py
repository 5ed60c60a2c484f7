"""Somebody with one name stands in the lists where it belongs in the alphabet."""

from __future__ import annotations

import pytest
from django.test import Client

from registrations.models import CycleRegistration
from registrations.people import names
from tests import make

pytestmark = pytest.mark.django_db
NAMES = (("Zoé", "Arnaud"), ("Camille", ""), ("", "Bernard"), ("Anne", "Dupont"))


def test_people_are_listed_by_the_family_name_or_by_the_only_one() -> None:
    cycle = make.cycle(slug="tour")
    for given, family in NAMES:
        make.cycle_registration(
            cycle=cycle, participant=make.participant(given_name=given, family_name=family)
        )
    rows = CycleRegistration.objects.order_by(names.shown()["shown_sort"])
    assert [str(row.participant) for row in rows.select_related("participant")] == [
        "Zoé Arnaud",
        "Bernard",
        "Camille",
        "Anne Dupont",
    ]
    client = Client()
    client.force_login(make.user(is_superuser=True))
    page = client.get("/en/desk/cycles/tour/registrants/", {"sort": "name"}).content.decode()
    places = [
        page.index(f"{family} {given}".strip())
        for family, given in (("Arnaud", "Zoé"), ("Bernard", ""), ("", "Camille"), ("Dupont", "Anne"))
    ]
    assert places == sorted(places)
