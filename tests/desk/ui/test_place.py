"""The frame of the desk: the menu on every page, the pages above the one that is open, and its help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.models import Membership, Module
from desk.ui.frame import help as helping
from desk.ui.frame import place
from tests import doors, make
from tests.doors import DOORS, Kind

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client

pytestmark = pytest.mark.django_db

WORDS = ["À faire", "Cycles", "Formations", "Contenus", "Personnes", "Envois", "Équipe"]
MENU = re.compile(r'<nav class="menu".*?</nav>', re.DOTALL)
WHERE = re.compile(r'<div class="where">.*?</div>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]*)"[^>]*>([^<]*)</a>')
FILES = re.compile(r"-(csv|xlsx|pdf|json|html|file|export|sheet|photo|slides|scan|blank)$")


@pytest.fixture
def claire(client: Client) -> Client:
    cycle = make.cycle(slug="tour", title={"fr": "Le tour"}, programme=make.programme(slug="quais"))
    make.session(cycle=cycle, slug="escale-02", number=2)
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.OWNER).user)
    return client


def frame(client: Client, path: str) -> tuple[list[str], list[tuple[str, str]], str]:
    """Return the words of the menu, the pages above with their addresses, and the entry that is marked."""
    text = client.get(path).content.decode()
    (menu,) = MENU.findall(text)
    (above,) = WHERE.findall(text)
    marked = re.findall(r'aria-current="(?:page|true)">([^<]*)<', menu)
    return [word for _url, word in LINK.findall(menu)], LINK.findall(above), *marked


@pytest.mark.parametrize(
    ("path", "entry", "above"),
    [
        ("/fr/desk/", "À faire", []),
        ("/fr/desk/cycles/", "Cycles", []),
        ("/fr/desk/programme/quais/", "Cycles", ["Cycles"]),
        ("/fr/desk/cycles/tour/", "Cycles", ["Cycles", "Programme d&#x27;essai"]),
        ("/fr/desk/cycles/tour/plan/", "Cycles", ["Cycles", "Programme d&#x27;essai", "Le tour"]),
        (
            "/fr/desk/cycles/tour/sessions/escale-02/",
            "Cycles",
            ["Cycles", "Programme d&#x27;essai", "Le tour"],
        ),
        (
            "/fr/desk/cycles/tour/sessions/escale-02/move/",
            "Cycles",
            ["Cycles", "Programme d&#x27;essai", "Le tour", "Escale 2"],
        ),
        (
            "/fr/desk/cycles/tour/registrants/",
            "Personnes",
            ["Personnes", "Programme d&#x27;essai", "Le tour"],
        ),
        ("/fr/desk/cycles/tour/reminders/", "Envois", ["Envois", "Programme d&#x27;essai", "Le tour"]),
        (
            "/fr/desk/cycles/tour/registration/questions/new/",
            "Cycles",
            ["Cycles", "Programme d&#x27;essai", "Le tour", "Inscription"],
        ),
        ("/fr/desk/content/news/", "Contenus", ["Contenus"]),
        ("/fr/desk/content/news/new/", "Contenus", ["Contenus", "Actualités et comptes rendus"]),
        ("/fr/desk/content/modules/new/", "Formations", ["Formations"]),
        ("/fr/desk/programmes/quais/members/", "Équipe", ["Équipe", "Programme d&#x27;essai"]),
    ],
)
def test_the_menu_marks_where_one_is_and_the_pages_above_are_linked(
    claire: Client, path: str, entry: str, above: list[str]
) -> None:
    words, crumbs, marked = frame(claire, path)
    assert (words, marked, [name for _url, name in crumbs]) == (WORDS, entry, above)
    assert [claire.get(url).status_code for url, _name in crumbs] == [200] * len(crumbs)


def test_every_page_of_the_desk_says_what_it_is_for_in_both_languages() -> None:
    pages = [
        name
        for name, door in DOORS.items()
        if name.startswith("desk:")
        and door.get
        and door.kind in (Kind.OWN, Kind.OBJECT)
        and not FILES.search(name)
    ]
    assert len(pages) > 60
    assert [name for name in pages if not helping.text(name)] == []
    for _name, text in helping.TEXTS:
        with translation.override("fr"):
            french = str(text)
        with translation.override("en"):
            assert french != str(text)


@pytest.mark.parametrize("entry", place.MENU, ids=[entry.key for entry in place.MENU])
@pytest.mark.parametrize("role", [None, *Membership.Role.values])
def test_each_entry_opens_for_everybody(client: Client, entry: place.Entry, role: str | None) -> None:
    world = doors.world()
    client.force_login(world.people[role] if role else make.user())
    address = doors.address(entry.page, world)
    answer = client.get(address)
    assert answer.status_code == 200
    # Nothing is linked that the page behind it refuses.
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    refused = [url for url, _name in LINK.findall(main) if client.get(url).status_code not in (200, 302)]
    assert refused == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_of_the_menu_count_their_queries(
    claire: Client, django_assert_max_num_queries: Any, count: int
) -> None:
    programme = Membership.objects.get().programme
    for number in range(count):
        cycle = make.cycle(slug=f"c{number}", programme=programme)
        make.cycle_registration(cycle=cycle)
        Module.objects.create(slug=f"m{number}", title={"fr": "Lire"}, programme=programme)
    for page, most in (
        ("cycles", 7),
        ("modules", 7),
        ("content", 4),
        ("people", 8),
        ("mailings", 8),
        ("teams", 6),
    ):
        with django_assert_max_num_queries(most):
            assert claire.get(f"/fr/desk/{page}/").status_code == 200
