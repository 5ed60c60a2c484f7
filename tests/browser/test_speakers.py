"""J9 in a browser: somebody answers on a telephone without JavaScript; their pages and the desk's, in every width."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from cycles.models import SpeakerSlot
from cycles.schedule import planning
from speakers.models import Contact, Engagement, SpeakerCard, SpeakerConsent
from speakers.people import links
from tests.make import paris

from .checks import HEIGHT, all_complaints, report
from .conftest import AT

if TYPE_CHECKING:
    import time_machine
    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demonstration"),
]
ASKED, COMING = "contact-moulins@demo.example.org", "tariq@demo.example.org"
NO = "odile@demo.example.org"
PHONE = 390


def token(email: str) -> str:
    return links.token(Contact.objects.get(email=email))


def slot(email: str) -> SpeakerSlot:
    slots = SpeakerSlot.objects.select_related("segment__session__cycle")
    # The trainer of the runs speaks in the cycle too.
    return slots.get(contact_email=email, segment__session__cycle__slug="onze-ponts")


def test_their_pages_and_the_public_ones_are_sound(visit: Visits) -> None:
    session = slot(COMING).segment.session_id
    own = f"/fr/speak/{token(COMING)}/"
    pages = [
        f"/fr/speak/{token(ASKED)}/",
        own,
        f"{own}{session}/card/",
        f"{own}{session}/consents/",
        "/fr/speakers/demo-tariq-benhaddou/",
        "/en/topics/demo-finances/",
    ]
    result = {page: lines for page in pages if (lines := all_complaints(visit(page)))}
    assert not result, report(result)


def test_the_desk_is_sound(visit: Visits, signed_in: BrowserContext) -> None:
    one = slot(COMING)
    below = f"/fr/desk/cycles/onze-ponts/sessions/{one.segment.session.slug}/speakers/"
    pages = [
        "/fr/desk/cycles/onze-ponts/speakers/",
        below,
        f"{below}{one.pk}/card/",
        f"{below}{one.pk}/consents/",
    ]
    result = {page: lines for page in pages if (lines := all_complaints(visit(page, context=signed_in)))}
    assert not result, report(result)


def test_on_a_telephone_without_javascript_one_answers_introduces_oneself_and_decides(
    site: LiveServer, chromium: Browser
) -> None:
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": PHONE, "height": HEIGHT},
        java_script_enabled=False,
        locale="fr-FR",
    )
    page = context.new_page()
    page.goto(f"/fr/speak/{token(ASKED)}/")
    page.get_by_role("button", name="Oui, j’interviendrai").click()
    page.get_by_text("Vous avez dit oui. Merci.").wait_for()
    engagement = Engagement.objects.get(contact__email=ASKED)
    assert engagement.answer == "accepted"

    page.get_by_role("link", name="Vous présenter, envoyer un diaporama").click()
    page.get_by_label("Votre nom tel qu’il est montré en public").fill("Maëlle Guivarc'h-Petit")
    page.get_by_label("Vous, en quelques phrases").fill("x" * 401)
    page.get_by_role("button", name="Envoyer aux organisateurs").click()
    page.get_by_text("400 caractères au plus (il y en a 401)").first.wait_for()
    assert (
        page.get_by_label("Votre nom tel qu’il est montré en public").input_value()
        == "Maëlle Guivarc'h-Petit"
    )
    page.get_by_label("Vous, en quelques phrases").fill("Trésorière depuis dix ans.")
    photo = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(photo, "JPEG")
    picture = {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    slides = {"name": "Mes idées.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 rien d'autre"}
    page.set_input_files("[name=photo]", picture)  # type: ignore[arg-type]  # a FilePayload
    page.set_input_files("[name=slides]", slides)  # type: ignore[arg-type]  # a FilePayload
    page.fill("[name=photo_alt]", "Une femme devant un moulin")
    page.get_by_role("button", name="Envoyer aux organisateurs").click()
    page.get_by_text("un organisateur le relit").wait_for()
    card = SpeakerCard.objects.get(contact__email=ASKED)
    assert (card.bio, card.photo_alt) == ("Trésorière depuis dix ans.", "Une femme devant un moulin")
    shown = page.get_by_role("img", name="Une femme devant un moulin")
    assert shown.evaluate(
        "one => one.decode().then(() => one.naturalWidth > 0)"
    )  # decode() waits for the bytes
    assert page.get_by_role("link", name="Mes idées.pdf").count() == 1

    page.get_by_role("link", name="Décider, usage par usage").click()
    page.get_by_role("group", name="Publication de la rediffusion").get_by_label(
        "Je ne suis pas d’accord"
    ).check()
    page.get_by_role("button", name="Enregistrer mes décisions").click()
    page.get_by_role("heading", name="Vos accords").wait_for()
    (row,) = SpeakerConsent.objects.filter(contact__email=ASKED)
    assert (row.purpose, row.is_given) == ("publication", False)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert context.cookies() == []
    context.close()


def test_a_new_date_asks_again_and_afterwards_one_is_thanked(
    visit: Visits, clock: time_machine.Traveller
) -> None:
    one = slot(COMING).segment.session
    planning.move(one, to=paris(2026, 12, 16, 18), by=None, at=AT, reason="La salle est prise")
    page = visit(f"/fr/speak/{token(COMING)}/", width=PHONE).page
    part = page.locator(f"#session-{one.pk}")
    assert "La date a changé depuis votre oui" in part.inner_text()
    part.get_by_role("button", name="Oui, j’interviendrai").click()
    part.get_by_text("Vous avez dit oui. Merci.").wait_for()
    assert Engagement.objects.get(contact__email=COMING, session=one).answer == "accepted"
    clock.move_to(paris(2026, 12, 17, 9))
    page.reload()
    text = part.inner_text()
    words = ("Merci pour votre intervention", "Vous présenter", "Modifier", "Entrer dans la salle")
    assert [word in text for word in words] == [True, False, False, False]
    # What one agreed to can be taken back for as long as it holds.
    assert part.get_by_role("button", name="Retirer").count() == 2


def test_who_said_no_is_asked_for_nothing_more(visit: Visits) -> None:
    text = visit(f"/fr/speak/{token(NO)}/", width=PHONE).page.inner_text("main .card")
    words = ("Vous avez dit non", "Je peux finalement", "votre intervention", "Ajouter à mon agenda")
    assert [word in text for word in words] == [True, True, False, False]
