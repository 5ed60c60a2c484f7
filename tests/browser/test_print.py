"""What organisers print: the tables with their heads and all their rows, nothing to press, nothing cut off."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from tests import make

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User
    from cycles.models import Cycle

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PEOPLE = 45
DESK = "/fr/desk/cycles/voyage"
# A sheet of A4 within its margins, in CSS pixels.
SHEET = {"width": 718, "height": 1000}
TO_PRESS = "button, input[type=submit], input[type=checkbox], .site nav, .filters, .pager, .tabs, .skip"


@pytest.fixture
def cycle(site: LiveServer, claire: User) -> Cycle:  # noqa: ARG001 - its database
    programme = make.programme(slug="quais")
    make.membership(user=claire, programme=programme, role="owner")
    cycle = make.cycle(slug="voyage", programme=programme)
    sessions = [make.session(cycle=cycle, number=number, slug=f"escale-{number:02d}") for number in (1, 2)]
    for number in range(PEOPLE):
        person = make.participant(family_name=f"Personne{number:02d}")
        for session in sessions:
            row = make.registration(session=session, participant=person)
        make.delivery(row, state="sent", sent_at=make.AT)
    return cycle


def printed(page: Page) -> tuple[str, int]:
    """Return the text of the page as it is printed, and on how many sheets."""
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return " ".join(sheet.extract_text() for sheet in sheets), len(sheets)


@pytest.mark.parametrize(
    "path", ["registrants/", "deliveries/", "sessions/escale-02/attendance/"], ids=["people", "mails", "came"]
)
def test_a_table_is_printed_whole_and_alone(
    cycle: Cycle,  # noqa: ARG001 - what is printed
    signed_in: BrowserContext,
    visit: Visits,
    path: str,
) -> None:
    page = visit(f"{DESK}/{path}", context=signed_in).page
    page.set_viewport_size({"width": SHEET["width"], "height": SHEET["height"]})
    page.emulate_media(media="print")
    heads = [head.inner_text().strip() for head in page.locator("thead th").all() if head.is_visible()]
    assert len([head for head in heads if head]) > 2, heads
    assert [
        each.evaluate("e => e.outerHTML") for each in page.locator(TO_PRESS).all() if each.is_visible()
    ] == []
    # Whatever scrolls on a screen is cut off on paper.
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.matches('.scroll')).length"
    assert page.locator(".scroll").evaluate_all(wide) == 0
    text, sheets = printed(page)
    assert [number for number in range(PEOPLE) if f"Personne{number:02d}" not in text] == []
    assert sheets > 1
    page.close()


def test_the_line_of_a_cycle_is_printed_with_its_stops(
    cycle: Cycle, signed_in: BrowserContext, visit: Visits
) -> None:
    page = visit(f"{DESK}/", context=signed_in).page
    text, sheets = printed(page)
    for session in cycle.sessions.all():
        assert str(session.number) in text
    assert "Le tour en 12 étapes" in text
    assert sheets == 1
    page.emulate_media(media="print")
    assert [
        each.evaluate("e => e.outerHTML") for each in page.locator(TO_PRESS).all() if each.is_visible()
    ] == []
    page.close()
