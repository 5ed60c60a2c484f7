"""J9 in a browser: somebody answers on a telephone without JavaScript; their pages and the desk's, in every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.models import SpeakerSlot
from speakers.models import Contact, Engagement, SpeakerCard, SpeakerConsent
from speakers.people import links

from .checks import HEIGHT, all_complaints, report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demonstration"),
]
ASKED, COMING = "contact-moulins@demo.example.org", "tariq@demo.example.org"
PHONE = 390


def token(email: str) -> str:
    return links.token(Contact.objects.get(email=email))


def slot(email: str) -> SpeakerSlot:
    return SpeakerSlot.objects.select_related("segment__session__cycle").get(contact_email=email)


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
    page.get_by_role("button", name="Envoyer aux organisateurs").click()
    page.get_by_text("un organisateur le relit").wait_for()
    assert SpeakerCard.objects.get(contact__email=ASKED).bio == "Trésorière depuis dix ans."

    page.get_by_role("link", name="Décider, usage par usage").click()
    page.get_by_role("group", name="Publication de la rediffusion").get_by_label(
        "Je ne suis pas d’accord"
    ).check()
    page.get_by_role("button", name="Enregistrer mes décisions").click()
    page.get_by_role("heading", name="Vos accords").wait_for()
    (row,) = SpeakerConsent.objects.filter(contact__email=ASKED)
    assert (row.purpose, row.is_given) == ("publication", False)
    width = page.evaluate("document.documentElement.scrollWidth") if context.pages else PHONE
    assert width == PHONE
    assert context.cookies() == []
    context.close()
