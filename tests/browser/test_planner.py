"""The planner as it is written in: stroke by stroke, with what the page says meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Cycle
from tests import make

from .checks import assert_sound

if TYPE_CHECKING:
    import time_machine
    from playwright.sync_api import BrowserContext, Page

    from accounts.models import User

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PLAN = "/fr/desk/cycles/tour/plan/"


@pytest.fixture
def draft(claire: User) -> Cycle:
    programme = make.programme(slug="quais")
    make.membership(user=claire, programme=programme, role="owner")
    return make.cycle(slug="tour", programme=programme, status=Cycle.Status.DRAFT)


def looked_at(page: Page, name: str, keys: str) -> None:
    """Type as people do, and let the page answer after each stroke that it asks about."""
    page.focus(f"[name={name}]")
    for key in keys:
        page.keyboard.type(key)
        page.wait_for_timeout(400)
        page.wait_for_load_state("networkidle")


@pytest.mark.usefixtures("draft")
def test_what_is_written_stays_while_the_page_follows(
    signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2026, 9, 1, 7, 0, tzinfo=dt.UTC))
    opened = visit(PLAN, context=signed_in)
    page = opened.page
    assert page.locator("#dates li.stop").count() == 13

    # Every stroke of a date is asked about, and none is lost: chromium writes dates as month, day, year here.
    looked_at(page, "last_date", "08312027")
    assert page.input_value("[name=last_date]") == "2027-08-31"
    assert page.evaluate("document.activeElement.name") == "last_date"
    page.wait_for_function("document.querySelectorAll('#dates li.stop').length === 11")

    # One date is held on another day: writing the day says so, and the words of the date follow.
    row = page.locator("#dates li.stop").first
    row.locator("summary").click()
    row.locator("input[type=date]").focus()
    for key in "10222026":
        page.keyboard.type(key)
        page.wait_for_timeout(400)
    row.locator("[name$=reason_fr]").fill("Lancement")
    page.wait_for_function("document.querySelector('#dates li.stop h3').innerText.includes('22 octobre')")
    assert row.locator("input[type=date]").input_value() == "2026-10-22"
    assert row.locator("input[type=radio]:checked").get_attribute("value") == "move"
    assert "4e jeudi" in row.inner_text()

    # A rhythm that is wrong for a moment takes nothing away.
    page.fill("[name=minutes]", "0")
    page.wait_for_selector("#problems .errors")
    assert page.evaluate("document.activeElement.name") == "minutes"
    assert row.locator("[name$=reason_fr]").input_value() == "Lancement"
    page.fill("[name=minutes]", "60")
    page.wait_for_selector("#problems .errors", state="detached")
    page.wait_for_function("document.querySelector('#dates').innerText.includes('14\u202fh\u202f00')")
    assert row.locator("[name$=reason_fr]").input_value() == "Lancement"

    # What one rhythm needs is asked for by that rhythm only.
    page.select_option("[name=frequency]", "monthly_day")
    assert not page.is_visible("[name=weekday]")
    assert page.is_visible("[name=month_day]")
    page.select_option("[name=frequency]", "monthly_weekday")
    assert page.is_visible("[name=weekday]")
    page.wait_for_load_state("networkidle")
    assert_sound(opened)

    page.wait_for_load_state("networkidle")
    page.click("text=Créer 11 séances")
    page.wait_for_url("**/fr/desk/cycles/tour/")
    sessions = list(Cycle.objects.get(slug="tour").sessions.in_order())
    assert [s.starts_at for s in sessions[:2]] == [make.paris(2026, 10, 22), make.paris(2026, 11, 19)]
