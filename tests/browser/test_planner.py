"""The planner as it is written in: stroke by stroke, with what the page says meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cycles.models import Cycle, Programme, SpeakerSlot
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
    followed(page)


def followed(page: Page) -> None:
    """Wait until the page has asked about everything that was written, and shown the answer."""
    page.wait_for_timeout(400)
    expect(page.locator(".htmx-request")).to_have_count(0)


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
    expect(page.locator("#dates li.stop")).to_have_count(11)

    # One date is held on another day: writing the day says so, and the words of the date follow.
    row = page.locator("#dates li.stop").first
    row.locator("summary").click()
    row.locator("input[type=date]").focus()
    for key in "10222026":
        page.keyboard.type(key)
        page.wait_for_timeout(400)
    row.locator("[name$=reason_fr]").fill("Lancement")
    expect(row.locator("h3")).to_contain_text("jeudi 22 octobre 2026")
    assert row.locator("input[type=date]").input_value() == "2026-10-22"
    assert row.locator("input[type=radio]:checked").get_attribute("value") == "move"
    expect(row).to_contain_text("4e jeudi")

    # A rhythm that is wrong for a moment takes nothing away.
    page.fill("[name=minutes]", "0")
    page.wait_for_selector("#problems .errors")
    assert page.evaluate("document.activeElement.name") == "minutes"
    assert row.locator("[name$=reason_fr]").input_value() == "Lancement"
    page.fill("[name=minutes]", "60")
    page.wait_for_selector("#problems .errors", state="detached")
    expect(page.locator("#dates")).to_contain_text("14\u202fh\u202f00")
    assert row.locator("[name$=reason_fr]").input_value() == "Lancement"

    # What one rhythm needs is asked for by that rhythm only.
    page.select_option("[name=frequency]", "monthly_day")
    assert not page.is_visible("[name=weekday]")
    assert page.is_visible("[name=month_day]")
    page.select_option("[name=frequency]", "monthly_weekday")
    assert page.is_visible("[name=weekday]")
    followed(page)
    assert_sound(opened)

    page.click("text=Créer 11 séances")
    page.wait_for_url("**/fr/desk/cycles/tour/")
    sessions = list(Cycle.objects.get(slug="tour").sessions.in_order())
    assert [s.starts_at for s in sessions[:2]] == [make.paris(2026, 10, 22), make.paris(2026, 11, 19)]


def write_programme(page: Page) -> None:
    page.goto("/fr/desk/content/programmes/new/")
    page.fill("[name=title_fr]", "Les quais du fleuve")
    for number, partner in enumerate(("Le Bac", "Association des fleuves", "Cale & Cie"), start=1):
        page.click("button[value='add:partnerships']")
        page.fill(f"[name=partnerships-n{number}-organisation_id]", partner)
    for number in range(1, 4):
        page.click("button[value='add:objectives']")
        page.fill(f"[name=objectives-n{number}-text_fr]", f"Objectif {number}")
    page.click("button[value='up:partnerships:n2']")
    page.click("text=Enregistrer comme brouillon")
    page.click("main aside >> text=Modifier ses textes")
    assert "à traduire" in page.inner_text("main")
    page.go_back()
    page.click("main aside button:has-text('Publier')")


def plan_cycle(page: Page) -> None:
    page.goto("/fr/desk/content/cycles/new/")
    page.fill("[name=title_fr]", "Le voyage en 12 escales")
    page.fill("[name=session_word_fr]", "Escale")
    page.select_option("[name=programme_id]", label="Les quais du fleuve")
    page.click("text=Enregistrer comme brouillon")
    page.goto("/fr/desk/cycles/le-voyage-en-12-escales/plan/")
    page.fill("[name=first_date]", "2026-10-01")
    page.fill("[name=last_date]", "2027-10-31")
    page.fill("[name=planned_count]", "12")
    expect(page.locator("#note")).to_contain_text("13 dates pour 12 prévues")
    first, summer = page.locator("#dates li.stop").first, page.locator("#dates li.stop").nth(10)
    first.locator("summary").click()
    first.locator("input[type=date]").fill("2026-10-22")
    first.locator("[name$=reason_fr]").fill("Lancement")
    assert "19 août 2027" in summer.inner_text()
    summer.locator("summary").click()
    summer.locator("text=La laisser de côté").click()
    summer.locator("[name$=reason_fr]").fill("Pause d’été")
    expect(page.locator("#create")).to_contain_text("Créer 12 séances")
    followed(page)
    page.click("#create button")
    page.wait_for_url("**/cycles/le-voyage-en-12-escales/")


def write_first_stop(page: Page) -> None:
    page.goto("/fr/desk/cycles/le-voyage-en-12-escales/sessions/escale-01/")
    page.fill("[name=title_fr]", "De la connaissance à la compétence")
    page.check("[name=has_theme]")
    page.click("button[value='add:segments']")
    page.fill("[name=segments-n1-title_fr]", "Étude de cas")
    page.click("button[value='add:segments-n1-slots']")
    page.fill("[name=segments-n1-slots-n1-organisation_id]", "Cale & Cie")
    page.click("#editor button.button:has-text('Enregistrer')")


@pytest.mark.usefixtures("draft")
def test_j5_from_a_programme_to_twelve_published_stops(
    signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2026, 9, 1, 7, 0, tzinfo=dt.UTC))
    for slug, name in (("aff", "Association des fleuves"), ("bac", "Le Bac"), ("cale", "Cale & Cie")):
        make.organisation(slug=slug, name=name)
    page = visit("/fr/desk/", context=signed_in).page

    # 1 and 2. A programme in French, its partners in their order, its objectives.
    write_programme(page)
    programme = Programme.objects.get(title__icontains="fleuve")
    assert [p.organisation.slug for p in programme.partnerships.order_by("order")] == ["aff", "bac", "cale"]
    assert [str(o.text) for o in programme.objectives.order_by("order")] == [
        "Objectif 1",
        "Objectif 2",
        "Objectif 3",
    ]

    # 3 and 4. A cycle and its rhythm: thirteen dates for twelve, one moved, one left out.
    plan_cycle(page)
    cycle = programme.cycles.get()
    assert (cycle.sessions.count(), cycle.exceptions.count()) == (12, 2)

    # 5. The first stop: its theme, and who speaks; still nobody outside sees anything.
    write_first_stop(page)
    (slot,) = SpeakerSlot.objects.filter(segment__session__slug="escale-01").select_related("organisation")
    assert str(slot.organisation) == "Cale & Cie"
    assert visit("/fr/cycles/le-voyage-en-12-escales/").status == 404

    # 6. Published: the page, in both languages, and the calendar show the twelve.
    page.goto("/fr/desk/cycles/le-voyage-en-12-escales/")
    page.click("text=Publier le cycle")
    public = visit("/en/cycles/le-voyage-en-12-escales/")
    assert public.page.locator("ol.line > li.stop:not(.skip-date)").count() == 12
    assert public.page.locator("h1 [lang=fr]").inner_text() == "Le voyage en 12 escales"
    feed = public.page.request.get("/fr/cycles/le-voyage-en-12-escales.ics").body()
    assert feed.count(b"BEGIN:VEVENT") == 12
    assert_sound(public)
