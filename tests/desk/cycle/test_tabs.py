"""The tabs of a cycle: in the order of an organiser's work, each named as the page that it opens."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TAB = re.compile(r'<a href="(/fr/desk/cycles/tour/[^"]*)"( aria-current="page")?>([^<]+)</a>')
TABS = [
    "Séances",
    "Planifier",
    "Intervenantes et intervenants",
    "Inscription",
    "Personnes inscrites",
    "Rappels",
    "Textes des messages",
    "Envois",
    "Questionnaires",
    "Agendas",
    "Bilan",
]


def test_tabs_follow_the_work_and_are_named_as_their_pages(client: Client) -> None:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    nav = client.get("/fr/desk/cycles/tour/").content.decode().partition('<nav class="tabs"')[2]
    tabs = TAB.findall(nav.partition("</nav>")[0])
    assert [label for _address, _current, label in tabs] == TABS
    # The line of stops is titled by the cycle itself, the plan by what one does there.
    for address, _current, label in tabs[2:]:
        page = client.get(address).content.decode()
        assert f"<h1>{label}</h1>" in page
        assert f"<title>{label} · " in page
        assert f' aria-current="page">{label}</a>' in page


def test_a_run_has_half_days_not_sessions(client: Client) -> None:
    run = make.run(slug="tour", programme=make.programme())
    make.half_days(run)
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.ORGANISER).user)
    nav = client.get("/fr/desk/cycles/tour/").content.decode().partition('<nav class="tabs"')[2]
    tabs = [label for _address, _current, label in TAB.findall(nav.partition("</nav>")[0])]
    assert tabs[:2] == ["Demi-journées", "Intervenantes et intervenants"]


def test_what_can_be_done_with_a_run_names_its_half_days(client: Client) -> None:
    run = make.run(slug="tour", programme=make.programme())
    make.half_days(run, day=dt.date(2099, 10, 6))
    client.force_login(make.membership(programme=run.programme, role=Membership.Role.ORGANISER).user)
    pages = {
        end: client.get(f"/fr/desk/cycles/tour/{end}").content.decode()
        for end in ("", "move/", "registration/")
    }
    assert "Déplacer plusieurs demi-journées" in pages[""]
    assert "<h1>Déplacer plusieurs demi-journées</h1>" in pages["move/"]
    assert "Places dans toute la session" in pages["registration/"]
