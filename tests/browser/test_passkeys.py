"""A passkey from beginning to end, with Chromium's own virtual device: added, then the only key to the desk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from .checks import complaints

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from accounts.models import User

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def device(page: Page) -> None:
    """Give the page a device that keeps passkeys and always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_opens_the_desk(signed_in: BrowserContext, visit: Visits, claire: User) -> None:
    adding = visit(reverse("mfa_add_webauthn"), context=signed_in)
    assert complaints(adding) == []
    device(adding.page)
    adding.page.get_by_label("Nom de cette clé").fill("Téléphone")
    adding.page.get_by_role("button", name="Ajouter une clé d’accès").click()
    adding.page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    assert adding.page.get_by_role("status").locator("p").all_inner_texts() == [
        "La clé d’accès est ajoutée.",
        "De nouveaux codes de secours sont prêts. Gardez-les en lieu sûr.",
    ]
    kept = Authenticator.objects.get(user=claire, type=Authenticator.Type.WEBAUTHN)
    assert kept.data["name"] == "Téléphone"

    adding.page.get_by_role("button", name="Se déconnecter").click()
    adding.page.wait_for_url(f"**{reverse('accounts:login')}")
    adding.page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    adding.page.wait_for_url(f"**{reverse('desk:home')}")
    assert adding.console == []


def test_a_device_that_does_not_answer_is_told_in_words(visit: Visits) -> None:
    seen = visit(reverse("accounts:login"))
    message = seen.page.locator("#passkey-failed")
    assert not message.is_visible()
    seen.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    seen.page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    message.wait_for(state="visible")
    assert re.match("La clé d’accès n’a pas répondu", message.inner_text())
    assert seen.console == []
