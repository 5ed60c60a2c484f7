"""An organiser without a mouse: signs in, finds a stop, moves it, sees what that causes, takes it back. Keys only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from cycles.models import Session
from tests import make

from .checks import HEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"^\s*([A-Z0-9][A-Z0-9-]{5,})\s*$", re.MULTILINE)
# Nobody presses Tab more often than this on a page of the desk.
FAR = 150
FOCUS = """() => {
    const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect()
    return {
        name: (here.getAttribute('aria-label') || here.innerText || here.value || '').trim(),
        field: here.name || here.id || '',
        leads: here.href || (here.type === 'submit' && here.form ? here.form.action : ''),
        // The browser draws its own ring around the part of a date that has the focus.
        ring: ['date', 'time'].includes(here.type)
            || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        body: here === document.body,
    }
}"""


@pytest.fixture(autouse=True)
def _mails_are_kept(settings: Any, tmp_path: Any, site: LiveServer) -> None:
    settings.EMAIL_BACKEND = "notifications.transport.mailbox.MailboxBackend"
    settings.ESCALE_MAILBOX_DIR = tmp_path
    settings.ESCALE_BASE_URL = site.url


@pytest.fixture
def page(demonstration: LiveServer, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=demonstration.url,
        viewport={"width": 1280, "height": HEIGHT},
        reduced_motion="reduce",
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, *, name: str = "", field: str = "", leads: str = "") -> None:
    """Press Tab until the thing named has the focus; on the way everything focused is seen, with its ring."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here["body"]:
            continue  # The end of the page: Tab begins anew, nothing holds it.
        assert here["ring"], f"no visible focus on {here}"
        assert here["seen"], f"the focus is out of sight on {here}"
        asked = ((name, "name"), (field, "field"), (leads, "leads"))
        if all(
            words in here[what] if what != "field" else words == here[what] for words, what in asked if words
        ):
            return
    pytest.fail(f"no Tab leads to {name or field or leads} on {page.url}")


def press(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def code_of_the_newest_mail(page: Page) -> str:
    reading = page.context.new_page()
    reading.goto("/mailbox/")
    reading.locator("main a[href^='/mailbox/']").first.click()
    match = CODE.search(reading.locator("main pre").first.inner_text())
    reading.close()
    assert match is not None
    return match[1]


def test_a_stop_is_moved_and_put_back_with_keys_alone(page: Page, claire: User) -> None:
    ahead = Session.objects.filter(cycle__slug="onze-ponts").upcoming(at=timezone.now())
    moved = ahead.order_by("-starts_at")[0]
    assert moved.starts_at is not None
    before = moved.starts_at

    page.goto("/fr/desk/")
    tab_to(page, field="email")
    page.keyboard.type(claire.email)
    press(page)
    code = code_of_the_newest_mail(page)
    tab_to(page, field="code")
    page.keyboard.type(code)
    press(page)
    assert page.url.endswith("/fr/desk/")

    # The search, from where one is; Esc goes back there.
    tab_to(page, name="Mon compte")
    page.keyboard.press("Control+k")
    assert page.evaluate(FOCUS)["field"] == "q"
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUS)["name"] == "Mon compte"
    page.keyboard.press("Control+k")
    page.keyboard.type("onze ponts")
    press(page)
    tab_to(page, leads="/fr/desk/cycles/onze-ponts/")
    press(page)
    assert page.url.endswith("/fr/desk/cycles/onze-ponts/")

    tab_to(page, name="Déplacer", leads=f"/sessions/{moved.slug}/move/")
    press(page)
    tab_to(page, field="date")
    # Chromium's own language, not the page's, says that the month comes first.
    page.keyboard.type("05282027")
    tab_to(page, field="reason_fr")
    page.keyboard.type("La salle est prise")
    tab_to(page, name="Voir ce que fait ce déplacement")
    press(page)
    assert "28 mai 2027" in page.locator("main").inner_text()
    moved.refresh_from_db()
    assert moved.starts_at == before
    tab_to(page, name="Enregistrer le déplacement")
    press(page)
    moved.refresh_from_db()
    assert moved.starts_at == make.paris(2027, 5, 28, before.astimezone(moved.zone).hour)

    tab_to(page, name="Revenir à l’ancienne date", leads=f"/sessions/{moved.slug}/undo/")
    press(page)
    moved.refresh_from_db()
    assert moved.starts_at == before
    assert page.get_by_role("status").first.inner_text().startswith("Le changement est annulé")
