"""Signing on a phone and keeping a sheet, in Chromium: sound in both themes, and by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.training import build
from tests.training.build import MARC, at
from training.models import Document, Signature
from training.signing import links

from .checks import assert_sound

if TYPE_CHECKING:
    import time_machine
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def run(site: LiveServer, clock: time_machine.Traveller) -> build.Run:
    assert site.url
    clock.move_to(at(9))
    return build.run()


def test_somebody_signs_on_a_phone_with_the_keyboard_alone(run: build.Run, visit: Visits) -> None:
    url = reverse("training:sign", args=[links.sign_token(run.row(0))])
    here = visit(url, width=390, scheme="dark")
    assert_sound(here)
    button = here.page.get_by_role("button", name="Je signe ma présence")
    for _press in range(30):
        here.page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    here.page.keyboard.press("Enter")
    here.page.get_by_text("Présence signée à 9 h").wait_for()
    assert Signature.objects.get().registration == run.row(0)


@pytest.mark.parametrize("page", ["sheet", "room", "tablet", "walk-in", "countersign"])
def test_the_pages_of_a_sheet_are_sound(run: build.Run, visit: Visits, page: str) -> None:
    build.sign(run.row(0), at(9))
    url = reverse(f"training:teach-{page}", args=[links.teach_token(run.morning, email=MARC)])
    assert_sound(visit(url, width=390))


def test_what_a_document_says_is_sound_and_a_file_is_compared_here(
    demonstration: LiveServer, visit: Visits
) -> None:
    assert demonstration.url
    document = Document.objects.get(series="CR", number=1)
    here = visit(reverse("training:verify-document", args=[document.grouped_code]), width=390)
    assert_sound(here)
    for content, said in (
        (bytes(document.pdf), "✓ C’est bien le fichier d’origine, à l’octet près."),
        (b"%PDF-", "C’est un autre fichier, ou il a été modifié : demandez l’original."),
    ):
        file = {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": content}
        here.page.set_input_files("#file", file)  # type: ignore[arg-type]  # a FilePayload
        result = here.page.locator("#compare [role=status]")
        # A page that evaluates in a loop is refused by the policy that our pages send: a locator asks again.
        result.filter(has_text=said.split(" :")[0][:30]).wait_for()
        assert result.inner_text().replace("\u202f", " ") == said
