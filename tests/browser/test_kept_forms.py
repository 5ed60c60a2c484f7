"""A long form outlives its sign-in: signed out elsewhere, signed in again in another tab, sent with what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.core import mail

from tests import make

from .checks import all_complaints

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from cycles.models import Programme

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"^[0-9A-Z]{3,}-?[0-9A-Z]{3,}$", re.MULTILINE)
WORDS = "Une première ligne.\n\nUne <autre> & « plus »."


@pytest.fixture
def programme(site: LiveServer) -> Programme:  # noqa: ARG001 - the database of the live site
    return make.programme(slug="quais")


def test_what_was_typed_is_saved_after_signing_in_again(
    programme: Programme, signed_in: BrowserContext, visit: Visits
) -> None:
    seen = visit("/fr/desk/content/programmes/quais/", context=signed_in)
    page = seen.page
    page.fill("[name=summary_fr]", WORDS)
    SignedIn.objects.all().delete()
    page.locator("main form button.button", has_text="Enregistrer").first.click()
    page.wait_for_load_state()
    assert "Vous n’êtes plus connecté" in page.inner_text("h1")
    # The browser itself says that the answer was a 403.
    seen.console.clear()
    assert all_complaints(seen) == []
    with signed_in.expect_page() as opened:
        page.click("text=Me connecter")
    other = opened.value
    other.fill("[name=email]", "claire@example.org")
    other.click("text=M’envoyer un code")
    other.wait_for_url("**/login/code/**")
    code = CODE.search(str(mail.outbox[-1].body))
    assert code
    other.fill("[name=code]", code[0])
    other.locator("main form button[type=submit]").first.click()
    other.wait_for_url("**/account/signed-in/")
    assert "Fermez celui-ci" in other.inner_text("main")
    other.close()
    # The token of the page that waited is the old one: it is kept once more.
    for _time in range(2):
        page.click("text=Envoyer à nouveau")
        page.wait_for_load_state()
    programme.refresh_from_db()
    assert str(programme.summary) == WORDS
    assert page.input_value("[name=summary_fr]") == WORDS
