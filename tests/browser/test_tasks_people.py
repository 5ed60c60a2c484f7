"""Task 4 of issue 22 in a real browser: people from a spreadsheet, one by telephone, a message, requests, an export.

Everything is reached by what the pages show, and every press is counted: the number is printed and may not grow.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest

from cycles.models import Cycle, Membership
from notifications.models import Delivery, GroupMessage
from registrations.models import CycleRegistration, State
from tests import make

from .conftest import AT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
# What it takes today.
MOST_CLICKS = 19


class Presses:
    """Presses things and counts it: buttons, links, boxes, a file that is chosen."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True))

    def press(self, what: Locator) -> None:
        self.count += 1
        what.click()

    def file(self, label: str, name: str, content: bytes) -> None:
        self.count += 1
        self.page.get_by_label(label).set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )

    def told(self) -> str:
        words = self.page.locator("[role=status] .callout").first.inner_text()
        return " ".join(words.replace("\u202f", " ").split())


@pytest.fixture
def cycle(site: LiveServer, claire: User) -> Cycle:  # noqa: ARG001 - its database
    """A cycle where each request is decided on; two wait for it."""
    programme = make.programme(slug="quais")
    make.membership(user=claire, programme=programme, role=Membership.Role.OWNER)
    cycle = make.cycle(slug="tour", programme=programme, registration_mode="approval")
    for number in (1, 2, 3):
        make.session(cycle=cycle, number=number, starts_at=make.paris(2027, number, 21))
    for name in ("Élie", "Zoé"):
        make.cycle_registration(
            cycle=cycle,
            participant=make.participant(given_name=name, family_name="Asque"),
            state=State.IN_REVIEW,
            requested_at=AT,
            confirmed_at=AT,
        )
    return cycle


def spreadsheet() -> bytes:
    """Forty people, one of whom has no address."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nom", "Prénom", "Courriel", "Structure"])
    for number in range(39):
        sheet.append([f"Rives {number:02d}", "Léa", f"lea{number:02d}@example.org", "Club des Rives"])
    sheet.append(["Vasseur", "Odette", "", "Club des Rives"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_task_4_people(cycle: Cycle, signed_in: BrowserContext, capsys: pytest.CaptureFixture[str]) -> None:
    page = signed_in.new_page()
    page.goto("/fr/desk/cycles/tour/registrants/")
    do = Presses(page)

    # Forty people from a spreadsheet: what it does is read first, and whoever has no address is asked about.
    do.link("Importer une liste")
    do.file("Liste de personnes (CSV, .xlsx, .ods ou .vcf)", "liste.xlsx", spreadsheet())
    page.get_by_role("button", name="Aperçu", exact=True).last.focus()
    do.press(page.get_by_role("button", name="Aperçu", exact=True).last)
    do.press(page.get_by_label("Odette Vasseur"))
    do.press(page.get_by_role("button", name="Aperçu", exact=True).last)
    do.press(page.get_by_label("Ces personnes ont demandé"))
    do.button("Inscrire 40 personnes")
    assert "1 d’entre elles n’a pas d’adresse e-mail" in do.told()
    assert CycleRegistration.objects.filter(cycle=cycle, state=State.CONFIRMED).count() == 40

    # One by telephone, without an address.
    do.link("Inscrire quelqu’un")
    page.get_by_label("Prénom").fill("Paul")
    page.get_by_label("Nom", exact=True).fill("Orme")
    do.press(page.get_by_label("Cette personne n’a pas d’adresse e-mail"))
    do.button("Inscrire cette personne")
    assert "Prévenez vous-même la personne" in do.told()
    do.link("Personnes inscrites")

    # The two requests, decided together.
    do.press(page.locator(".tags").get_by_role("link", name="À valider"))
    do.button("Accepter ou refuser")
    do.button("Toutes les accepter")
    assert CycleRegistration.objects.filter(cycle=cycle, state=State.IN_REVIEW).count() == 0

    # A message to everybody.
    do.button("Leur écrire")
    page.locator("[name^=subject]").first.fill("Salle changée")
    page.locator("textarea[name^=body]").first.fill("Bonjour {given_name}, nous changeons de salle.")
    do.button("Enregistrer et regarder")
    do.button("Envoyer à 41 personnes")
    assert "41 personnes" in do.told()
    message = GroupMessage.objects.get()
    assert message.people == 41
    assert Delivery.objects.filter(to_address="").count() == 0

    # The list, as a spreadsheet.
    page.goto("/fr/desk/cycles/tour/registrants/")
    do.count += 1
    with page.expect_download() as download:
        do.link("Exporter en tableur (XLSX)")
    with download.value.path().open("rb") as file:
        rows = list(openpyxl.load_workbook(file, read_only=True).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 43

    with capsys.disabled():
        print(f"\ntask 4 (people): {do.count} clicks")  # noqa: T201 - the number is what this test is for
    assert do.count <= MOST_CLICKS
