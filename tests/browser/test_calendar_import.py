"""The preview of a calendar import in a browser: everything at once, in each width and theme, and with the keyboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cycles.imports import ics
from cycles.models import Cycle, Session
from tests import make
from tests.cycles.imports.ics.files import calendar

from .checks import HEIGHT, SCHEMES, all_complaints

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(site: LiveServer) -> LiveServer:
    make.cycle(slug="agenda", programme=make.programme())
    return site


def event(title: str, day: str, uid: str, more: str = "") -> str:
    return f"UID:{uid}\nSUMMARY:{title}\nDTSTART;TZID=Europe/Paris:{day}T130000\nDURATION:PT1H\n{more}"


FIRST = calendar(
    *(event("Cours", f"202612{day}", f"a{day}") for day in ("03", "10", "17")),
    event("Savoir et faire savoir", "20270107", "b"),
    event("Partager", "20270114", "c"),
)
# Moved, a question, gone, cancelled, new, wrong, and a warning.
SECOND = calendar(
    event("Cours", "20261203", "a03"),
    event("Cours", "20261211", "a10"),
    event("Cours", "20261222", "anew"),
    event("Partager", "20270114", "c", "STATUS:CANCELLED"),
    event("Gouverner autrement", "20270121", "d", "DESCRIPTION:Texte\\nCode secret : 1234"),
    "UID:e\nSUMMARY:Séjour\nDTSTART;TZID=Europe/Paris:20270205T180000\nDTEND;TZID=Europe/Paris:20270207T160000",
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_preview_is_sound_and_is_answered_with_the_keyboard(
    signed_in: BrowserContext, visit: Visits, tmp_path: Path, language: str
) -> None:
    cycle = Cycle.objects.get(slug="agenda")
    ics.import_calendar(cycle, data=FIRST, language="fr", by=None, at=make.AT)
    file = tmp_path / "agenda.ics"
    file.write_bytes(SECOND)
    shown = visit(f"/{language}/desk/cycles/agenda/import/", context=signed_in)
    page = shown.page
    page.set_input_files("input[type=file]", file)
    page.locator("input[type=file]").press("Tab")
    page.locator("form:has(input[type=file]) button[type=submit]").press("Enter")
    page.wait_for_selector("table")
    assert page.locator("tbody tr").count() == 6
    assert all_complaints(shown) == []
    _keep(shown.page, f"import-{language}")
    question = page.locator("select[required]")
    assert question.count() == 1
    # Unanswered, the browser itself asks; answered and sent with the keys, it is written.
    page.locator("form:has(table) button[type=submit]").press("Enter")
    assert page.evaluate("document.activeElement.matches('select[required]')")
    question.press("ArrowDown")
    page.keyboard.press("Tab")
    page.locator("form:has(table) button[type=submit]").press("Enter")
    page.wait_for_url("**/desk/cycles/agenda/")
    rows = Session.objects.filter(cycle=cycle).order_by("number")
    assert [(str(s.title), s.status, f"{s.local_date:%m-%d}") for s in rows] == [
        ("Cours", "confirmed", "12-03"),
        ("Cours", "confirmed", "12-11"),
        ("Cours", "confirmed", "12-22"),
        ("Savoir et faire savoir", "confirmed", "01-07"),
        ("Partager", "cancelled", "01-14"),
        ("Gouverner autrement", "confirmed", "01-21"),
    ]


def _keep(page: object, name: str) -> None:
    """Keep pictures of the page for a person to look at, where ESCALE_PICTURES says."""
    folder = os.environ.get("ESCALE_PICTURES", "")
    if not folder:
        return
    for scheme in SCHEMES:
        for width in (390, 1280):
            page.emulate_media(color_scheme=scheme)  # type: ignore[attr-defined]  # a playwright page
            page.set_viewport_size({"width": width, "height": HEIGHT})  # type: ignore[attr-defined]  # likewise
            page.screenshot(path=str(Path(folder) / f"{name}-{width}-{scheme}.png"), full_page=True)  # type: ignore[attr-defined]  # likewise
