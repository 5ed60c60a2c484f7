"""Long texts in the desk: the buttons of their signs, the keys, what is undone, the preview. Keys only, but once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from notifications.plan import defaults
from tests import make

from .checks import all_complaints

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from cycles.models import Cycle

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PAGE = "/fr/desk/cycles/tour/messages/note/"
FIELD = "[name=body_fr]"
SHOWN = "#id_body_fr_words"
# Where the focus is: the button of a toolbar, or the name of a field.
FOCUS = "document.activeElement.dataset.do || document.activeElement.name || ''"
SELECTED = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"


@pytest.fixture
def cycle(site: LiveServer) -> Cycle:  # noqa: ARG001 - the database of the live site
    cycle = make.cycle(slug="tour", title={"fr": "Le tour", "en": "The tour"}, programme=make.programme())
    defaults.default_steps(cycle)
    make.session(cycle=cycle, slug="escale-02", number=2, title={"fr": "Tenir bon", "en": "Holding on"})
    return cycle


@pytest.fixture
def page(cycle: Cycle, signed_in: BrowserContext, visit: Visits) -> Page:  # noqa: ARG001 - Claire owns it
    return visit(PAGE, context=signed_in).page


def begin(page: Page, text: str = "") -> None:
    """Put the focus into the empty field, and type."""
    page.focus(FIELD)
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def value(page: Page) -> str:
    return page.input_value(FIELD)


def test_keys_write_signs_that_the_browser_can_undo(page: Page) -> None:
    for key, written, selected in (
        ("Control+B", "un **mot**", "mot"),
        ("Control+I", "un *mot*", "mot"),
        ("Control+K", "un [mot](https://)", "https://"),
    ):
        begin(page, "un mot")
        page.keyboard.press("Control+Shift+ArrowLeft")
        page.keyboard.press(key)
        assert (value(page), page.evaluate(SELECTED)) == (written, selected)
        page.keyboard.press("Control+Z")
        assert value(page) == "un mot"
    begin(page, "mot")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+B")
    page.keyboard.press("Control+I")
    assert value(page) == "***mot***"
    # The same key takes its sign away again.
    page.keyboard.press("Control+B")
    assert value(page) == "*mot*"
    # The search of the desk has the same key elsewhere.
    page.focus("[name=subject_fr]")
    page.keyboard.press("Control+K")
    assert page.evaluate(FOCUS) == "q"


def test_lists_go_on_and_end(page: Page) -> None:
    begin(page, "- un\ndeux\n\nfin")
    assert value(page) == "- un\n- deux\nfin"
    begin(page, "9. neuf\ndix")
    assert value(page) == "9. neuf\n10. dix"
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("suite")
    assert value(page) == "9. neuf\n10. dix\nsuite"
    begin(page, "> cité\nencore")
    assert value(page) == "> cité\n> encore"
    page.keyboard.press("Control+Z")
    assert value(page) != "> cité\n> encore"


def test_one_stop_of_tab_leads_to_all_buttons(page: Page) -> None:
    begin(page, "un\ndeux")
    page.keyboard.press("Control+A")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUS) == "bold"
    reached = []
    for _step in range(8):
        page.keyboard.press("ArrowRight")
        reached.append(page.evaluate(FOCUS))
    assert reached == ["italic", "heading", "list", "numbers", "quote", "link", "preview", "bold"]
    page.keyboard.press("End")
    assert page.evaluate(FOCUS) == "preview"
    page.keyboard.press("Home")
    # Each button works on the lines that are chosen, a second time it takes its marks away.
    for steps, written in (
        (3, "- un\n- deux"),
        (4, "1. un\n2. deux"),
        (4, "un\ndeux"),
        (5, "> un\n> deux"),
        (2, "## un\n## deux"),
        (2, "un\ndeux"),
        (0, "**un**\n**deux**"),
    ):
        page.focus("[data-do=bold]")
        for _step in range(steps):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert value(page) == written
        assert page.evaluate(FOCUS) == "body_fr"
    page.keyboard.press("Control+Z")
    assert value(page) == "un\ndeux"
    bar = page.locator("[role=toolbar]").first
    assert bar.get_attribute("aria-label") == "Mise en forme – Texte en français"
    assert bar.get_attribute("aria-controls") == "id_body_fr"
    assert bar.locator("[tabindex='0']").count() == 1


def test_the_preview_follows_what_is_typed(page: Page) -> None:
    begin(page, "## Bonjour")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    shown = page.locator(SHOWN)
    expect(shown.locator("h2")).to_have_text("Bonjour")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.focus(FIELD)
    page.keyboard.press("Control+End")
    page.keyboard.type(" {prenom}")
    expect(shown.locator(".error")).to_contain_text("{prenom} n’est pas une variable de cet e-mail.")
    begin(page, "Bonjour **{given_name}**")
    expect(shown.locator("strong")).to_have_text("Camille")
    assert shown.get_attribute("lang") == "fr"


def test_a_variable_goes_where_one_writes(page: Page) -> None:
    begin(page, "Bonjour !")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.click(".variables button >> text=le prénom")
    assert value(page) == "Bonjour{given_name} !"
    page.keyboard.press("Control+Z")
    assert value(page) == "Bonjour !"
    page.focus("[name=subject_en]")
    page.keyboard.press("Control+A")
    page.focus(".variables button >> text=le thème seul")
    page.keyboard.press("Enter")
    assert page.input_value("[name=subject_en]") == "{theme}"


@pytest.mark.parametrize("path", [PAGE, "/fr/desk/content/news/new/"])
def test_it_is_sound_with_its_preview_open(
    cycle: Cycle,  # noqa: ARG001 - Claire owns it
    signed_in: BrowserContext,
    visit: Visits,
    path: str,
) -> None:
    seen = visit(path, context=signed_in)
    field = seen.page.locator("textarea[data-editor]").first
    field.fill("## Titre\n\n1. un\n2. [deux](https://example.org)\n\n> cité")
    seen.page.locator("[data-do=preview]").first.click()
    expect(seen.page.locator(".words blockquote")).to_have_text("cité")
    assert all_complaints(seen) == []
    small = (
        "[...document.querySelectorAll('.tools button, .variables button')].filter(e => "
        "e.offsetParent && (e.offsetHeight < 24 || e.offsetWidth < 24)).length"
    )
    assert seen.ask(small) == 0


def test_without_scripts_there_is_the_field_and_the_help(
    cycle: Cycle,  # noqa: ARG001 - Claire owns it
    signed_in: BrowserContext,
    chromium: Browser,
    site: LiveServer,
) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False, locale="fr-FR")
    context.add_cookies(
        [{"name": each["name"], "value": each["value"], "url": site.url} for each in signed_in.cookies()]
    )
    page = context.new_page()
    page.goto(PAGE)
    assert page.locator("[role=toolbar]").count() == 0
    assert page.locator("#signs + dl dt").count() == 7
    page.fill(FIELD, "Bonjour **{given_name}**")
    page.click("main form button[type=submit]")
    assert "Bonjour Camille" in page.frame_locator("iframe").locator("body").inner_text()
    context.close()
