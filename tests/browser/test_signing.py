"""J8 in a browser: a room signs on its phones, a trainer keeps and countersigns the sheet, papers are verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from cycles.models import Cycle
from registrations.links import personal_links
from registrations.models import CycleRegistration
from tests.training import build
from tests.training.build import MARC, at
from training.models import Document, RunSettings, Signature
from training.signing import links

from .checks import all_complaints, assert_sound, complaints, report

if TYPE_CHECKING:
    import time_machine
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PHONE = 390
RUN = "demo-lire-sa-riviere-1"


@pytest.fixture
def run(site: LiveServer, clock: time_machine.Traveller) -> build.Run:
    assert site.url
    clock.move_to(at(9))
    return build.run()


def sign_url(run: build.Run, person: int = 0) -> str:
    return reverse("training:sign", args=[links.sign_token(run.row(person))])


def teach_url(run: build.Run, page: str = "sheet") -> str:
    return reverse(f"training:teach-{page}", args=[links.teach_token(run.morning, email=MARC)])


def test_somebody_signs_on_a_phone_with_the_keyboard_alone(run: build.Run, visit: Visits) -> None:
    here = visit(sign_url(run), width=PHONE, scheme="dark")
    assert_sound(here)
    button = here.page.get_by_role("button", name="Je signe ma présence")
    for _press in range(30):
        here.page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    here.page.keyboard.press("Enter")
    here.page.get_by_text("Présence signée à 9 h").wait_for()
    assert Signature.objects.get().registration == run.row(0)
    # What was done has the focus: a screen reader says it.
    here.page.locator(":focus").get_by_text("✓ Présence signée").wait_for()
    assert here.context.cookies() == []


def test_without_a_network_the_page_says_so_and_signs_once_it_is_back(run: build.Run, visit: Visits) -> None:
    here = visit(sign_url(run), width=PHONE)
    button = here.page.get_by_role("button", name="Je signe ma présence")
    # The icon comes last: it is not what is to be missing.
    here.page.wait_for_load_state("networkidle")
    here.context.set_offline(True)
    button.click()
    notice = here.page.locator("#offline:focus")
    notice.wait_for()
    assert "rien n’a été envoyé" in notice.inner_text()
    assert not Signature.objects.exists()
    assert_sound(here)
    here.context.set_offline(False)
    button.click()
    here.page.get_by_text("Présence signée à 9 h").wait_for()


def test_who_is_early_waits_and_the_page_opens_by_itself(
    run: build.Run, visit: Visits, clock: time_machine.Traveller
) -> None:
    clock.move_to(at(8, 40))
    page = visit(sign_url(run), width=PHONE).page
    # The phone's own clock is led, so that nobody waits for it.
    page.clock.install()
    page.reload()
    assert "Vous pouvez signer à partir de 8 h 45" in page.inner_text("main").replace("\u202f", " ")
    clock.move_to(at(8, 45, 30))
    page.clock.fast_forward("06:00")
    page.get_by_role("button", name="Je signe ma présence").wait_for()


def test_a_room_signs_with_the_code_that_its_screen_shows(run: build.Run, visit: Visits) -> None:
    RunSettings.objects.create(cycle=run.cycle, asks_room_code=True)
    screen = visit(teach_url(run, "room"))
    assert screen.page.inner_text("#figures") == "0 sur 3 a signé"
    code = screen.page.inner_text(".room-code").replace(" ", "")
    guide = visit(reverse("training:room", args=[run.cycle.slug, run.morning.slug, code]), width=PHONE)
    assert complaints(guide) == []
    phone = visit(sign_url(run), width=PHONE).page
    phone.get_by_role("button", name="Je signe ma présence").click()
    assert phone.inner_text("#errors p") == "Saisissez les six caractères affichés dans la salle."
    phone.fill("#code", screen.page.inner_text(".room-code"))
    phone.get_by_role("button", name="Je signe ma présence").click()
    phone.get_by_text("Présence signée").wait_for()
    assert Signature.objects.get().means == "room_code"
    # The wall counts along, without being loaded again.
    screen.page.get_by_text("1 sur 3 a signé").wait_for()


def test_a_trainer_follows_and_countersigns_on_a_phone(
    run: build.Run, visit: Visits, clock: time_machine.Traveller
) -> None:
    here = visit(teach_url(run), width=PHONE)
    page = here.page
    build.sign(run.row(0), at(9, 0, 5))
    page.get_by_text("1 sur 3 a signé").wait_for()
    clock.move_to(at(12, 31))
    page.goto(teach_url(run))
    page.get_by_role("button", name="Noter les autres comme absents").click()
    page.get_by_text("C’est noté.").wait_for()
    page.get_by_role("link", name="Contresigner").click()
    button = page.get_by_role("button", name="Je contresigne")
    button.wait_for()
    # A trainer of the half-day says no reason.
    assert page.get_by_label("Raison").count() == 0
    button.click()
    with page.expect_download() as paper:
        page.get_by_role("link", name="La feuille (PDF)").click()
    assert paper.value.path().read_bytes() == bytes(Document.objects.get().pdf)
    assert here.context.cookies() == []


def test_the_pages_of_a_sheet_are_sound(run: build.Run, visit: Visits) -> None:
    build.sign(run.row(0), at(9))
    result = {}
    for name in ("sheet", "room", "tablet", "walk-in", "countersign"):
        here = visit(teach_url(run, name))
        result[name] = all_complaints(here)
        here.context.close()
    assert not any(result.values()), report(result)


def test_papers_are_sound_and_a_file_is_compared_here(
    demonstration: LiveServer, visit: Visits, signed_in: BrowserContext
) -> None:
    assert demonstration.url
    run = Cycle.objects.get(slug=RUN)
    owner = CycleRegistration.objects.filter(cycle=run).earliest("pk")
    document = Document.objects.get(series="CR", number=1)
    mine = reverse("training:mine", args=[personal_links.manage_token(owner.participant)])
    pages = {
        mine: None,
        reverse("desk:training-run", args=[RUN]): signed_in,
        reverse("desk:training-trainee", args=[RUN, owner.pk]): signed_in,
    }
    result = {path: complaints(visit(path, width=PHONE, context=context)) for path, context in pages.items()}
    here = visit(reverse("training:verify-document", args=[document.grouped_code]), width=PHONE)
    result["verified"] = all_complaints(here)
    assert not any(result.values()), report(result)
    for content, said in (
        (bytes(document.pdf), "✓ C’est bien le fichier d’origine, à l’octet près."),
        (b"%PDF-", "C’est un autre fichier, ou il a été modifié : demandez l’original."),
    ):
        file = {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": content}
        here.page.set_input_files("#file", file)  # type: ignore[arg-type]  # a FilePayload
        status = here.page.locator("#compare [role=status]")
        status.filter(has_text=said.split(" :")[0][:30]).wait_for()
        assert status.inner_text().replace("\u202f", " ") == said
