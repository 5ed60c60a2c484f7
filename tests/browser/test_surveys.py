"""A survey on a phone and in the desk, in Chromium: sound in both themes, and answered by the keyboard alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registrations.links import personal_links
from surveys.models import Urn
from tests import make
from tests.surveys import build

from .checks import all_complaints

if TYPE_CHECKING:
    import time_machine
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .checks import Visit
    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AFTER = make.paris(2026, 11, 19, 16, 30)
# Where to keep what the pages look like, for whoever wants to look.
SCREENS = os.environ.get("ESCALE_SCREENS", "")


def kept(seen: Visit, name: str) -> Visit:
    """Keep pictures of a page, narrow and wide, light and dark, where somebody asks for them."""
    said = len(seen.console)
    for scheme in ("light", "dark") if SCREENS else ():
        for width in (390, 1280):
            seen.page.emulate_media(color_scheme=scheme)
            seen.page.set_viewport_size({"width": width, "height": 900})
            path = Path(SCREENS) / f"{name}_{scheme}_{width}.png"
            seen.page.screenshot(path=str(path), full_page=True)
    # Taking a picture puts a style into the page, which its policy refuses, and says so.
    del seen.console[said:]
    return seen


def test_somebody_answers_on_a_phone_with_the_keyboard_alone(
    site: LiveServer, clock: time_machine.Traveller, visit: Visits
) -> None:
    assert site.url
    clock.move_to(AFTER)
    session = make.session(cycle=make.cycle(), title={"fr": "Les sols vivants"})
    survey = build.opened(session.cycle)
    (place,) = build.came(session, 1)
    here = visit(build.path(survey, place), width=390)
    assert all_complaints(kept(here, "answer")) == []
    page = here.page
    page.set_viewport_size({"width": 390, "height": 900})
    # Nothing chosen: the summary has the focus and names the question.
    page.get_by_role("button", name="Envoyer mes réponses").press("Enter")
    page.wait_for_selector("#errors:focus")
    # Of an answer with 422 Chromium says that it is one.
    here.console.clear()
    assert all_complaints(kept(here, "wrong")) == []
    page.get_by_role("link", name="Cette séance vous a-t-elle été utile").press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Un micro pour la salle")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Merci").wait_for()
    assert all_complaints(kept(here, "answered")) == []
    urn = Urn.objects.get()
    assert [list(urn.waiting["tallies"].values()), list(urn.waiting["texts"].values())] == [
        [{"2": 1}],
        [["Un micro pour la salle"]],
    ]
    mine = personal_links.manage(place.participant).removeprefix("http://testserver")
    assert (
        all_complaints(kept(visit("/fr/my/" + mine.split("/my/")[1] + "surveys/", width=390), "mine")) == []
    )


def test_surveys_in_the_desk_are_sound(
    demonstration: LiveServer, visit: Visits, signed_in: BrowserContext
) -> None:
    assert demonstration.url
    cycle = "/fr/desk/cycles/onze-ponts"
    for path, name in (
        (f"{cycle}/surveys/", "desk"),
        (f"{cycle}/surveys/session/", "results"),
        ("/fr/desk/cycles/demo-lire-sa-riviere-1/surveys/", "run"),
        ("/fr/desk/cycles/demo-lire-sa-riviere-1/surveys/hot/", "hot"),
    ):
        seen = kept(visit(path, context=signed_in), name)
        assert (path, seen.status) == (path, 200)
        assert all_complaints(seen) == []
    seen = visit(f"{cycle}/surveys/", context=signed_in)
    seen.page.get_by_text("Questions").first.click()
    seen.page.get_by_role("link", name="Qu’est-ce qui vous a manqué").click()
    assert all_complaints(kept(seen, "question")) == []
