"""Passkeys, authenticator apps and recovery codes: one's own only, asked for, proved again before a change."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from tests import make
from tests.accounts.sign_in.test_sign_in import ask, code, is_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(make.AT, tick=False) as traveller:
        yield traveller


def digits(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def set_up(client: Client) -> str:
    """Set up an app as the person who is signed in; return its secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    match = re.search(r'<code class="address">([A-Z2-7]+)</code>', page)
    assert match
    response = client.post(reverse("mfa_activate_totp"), {"code": digits(match[1])})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    return match[1]


def signed_in(client: Client) -> User:
    claire = make.user(email="claire@example.org")
    client.force_login(claire)
    return claire


def test_an_app_is_set_up_with_its_recovery_codes(client: Client) -> None:
    claire = signed_in(client)
    set_up(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", page)) == 10
    assert client.get(reverse("mfa_download_recovery_codes")).headers["Content-Type"] == "text/plain"
    types = Authenticator.objects.filter(user=claire).values_list("type", flat=True)
    assert sorted(types) == ["recovery_codes", "totp"]


def test_secrets_are_not_readable_in_the_database(client: Client) -> None:
    claire = signed_in(client)
    secret = set_up(client)
    stored = Authenticator.objects.get(user=claire, type="totp").data["secret"]
    assert secret not in stored
    assert stored.startswith("gAAAA")


def test_wrong_digits_set_nothing_up(client: Client) -> None:
    claire = signed_in(client)
    client.get(reverse("mfa_activate_totp"))
    page = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Ce code n’est pas le bon" in page.content.decode()
    assert not Authenticator.objects.filter(user=claire).exists()


def test_the_app_is_asked_for_after_the_code(client: Client, clock: time_machine.Traveller) -> None:
    signed_in(client)
    secret = set_up(client)
    client.post(reverse("accounts:logout"))
    clock.shift(dt.timedelta(minutes=1))
    ask(client, "claire@example.org")
    response = client.post(reverse("account_confirm_login_code"), {"code": code()})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Ce code n’est pas le bon" in page.content.decode()
    assert not is_in(client)
    response = client.post(reverse("mfa_authenticate"), {"code": digits(secret)})
    assert response.headers["Location"] == reverse("desk:home")
    assert is_in(client)


def test_digits_work_once(client: Client, clock: time_machine.Traveller) -> None:
    from django.test import Client as NewClient  # noqa: PLC0415 - someone who looked over the shoulder

    signed_in(client)
    secret = set_up(client)
    clock.shift(dt.timedelta(minutes=1))
    outcomes = []
    for browser in (NewClient(), NewClient()):
        ask(browser, "claire@example.org")
        browser.post(reverse("account_confirm_login_code"), {"code": code()})
        browser.post(reverse("mfa_authenticate"), {"code": digits(secret)})
        outcomes.append(is_in(browser))
    assert outcomes == [True, False]


def test_a_recovery_code_works_once(client: Client) -> None:
    from django.test import Client as NewClient  # noqa: PLC0415 - twice the same person

    claire = signed_in(client)
    set_up(client)
    spare = Authenticator.objects.get(user=claire, type="recovery_codes").wrap().get_unused_codes()[0]
    outcomes = []
    for browser in (NewClient(), NewClient()):
        ask(browser, "claire@example.org")
        browser.post(reverse("account_confirm_login_code"), {"code": code()})
        browser.post(reverse("mfa_authenticate"), {"code": spare})
        outcomes.append(is_in(browser))
    assert outcomes == [True, False]


def test_a_change_asks_for_proof_again(client: Client, clock: time_machine.Traveller) -> None:
    claire = signed_in(client)
    secret = set_up(client)
    clock.shift(dt.timedelta(minutes=16))
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"):
        response = client.get(reverse(name))
        asked_again = f"{reverse('mfa_reauthenticate')}?{urlencode({'next': reverse(name)})}"
        assert response.headers["Location"] == asked_again
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=claire, type="totp").exists()
    response = client.post(
        f"{reverse('mfa_reauthenticate')}", {"code": digits(secret), "next": reverse("mfa_index")}
    )
    assert response.headers["Location"] == reverse("mfa_index")
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=claire).exists()


def test_the_pages_that_ask_again_stand_when_there_is_something_to_ask(client: Client) -> None:
    claire = signed_in(client)
    assert client.get(reverse("mfa_reauthenticate")).status_code == 403
    set_up(client)
    Authenticator.objects.create(user=claire, type="webauthn", data={"name": "Clé", "credential": {}})
    assert "C’est bien vous" in client.get(reverse("mfa_reauthenticate")).content.decode()


def test_nobody_touches_the_key_of_another(client: Client) -> None:
    other = make.user()
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Clé", "credential": {}})
    signed_in(client)
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "Mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "Clé"


def test_a_made_up_credential_opens_nothing(client: Client) -> None:
    make.user()
    offer = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert offer["request_options"]["publicKey"]["rpId"] == "testserver"
    for credential in (
        "",
        "{}",
        "[]",
        "null",
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    ):
        response = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert response.headers["Location"] == reverse("account_login")
        assert not is_in(client)


def test_who_lost_everything_is_helped_on_the_server(client: Client) -> None:
    claire = signed_in(client)
    set_up(client)
    out = io.StringIO()
    call_command("login_link", claire.email, stdout=out)
    assert Authenticator.objects.filter(user=claire).count() == 2
    call_command("login_link", claire.email, "--without-second-step", stdout=out)
    assert not Authenticator.objects.filter(user=claire).exists()


def test_no_mail_tells_the_secret(client: Client) -> None:
    signed_in(client)
    secret = set_up(client)
    assert all(secret not in str(message.body) for message in mail.outbox)


@pytest.mark.parametrize(
    "name",
    [
        "accounts:profile",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "accounts:login",
    ],
)
def test_pages_of_the_account_stand(client: Client, name: str) -> None:
    if name != "accounts:login":
        signed_in(client)
    response = client.get(reverse(name))
    assert response.status_code == 200
    page = response.content.decode()
    assert page.count("<h1>") == 1
    assert " style=" not in page
    # Scripts come from files; what stands in the page is data.
    assert all(
        'src="' in tag or 'type="application/json"' in tag for tag in re.findall(r"<script[^>]*>", page)
    )


def test_one_is_called_as_one_says(client: Client) -> None:
    claire = signed_in(client)
    response = client.post(reverse("accounts:profile"), {"name": "Claire D.", "language": "en"})
    assert response.status_code == 302
    claire.refresh_from_db()
    assert (claire.name, claire.language, claire.email) == ("Claire D.", "en", "claire@example.org")
    for wrong in ({"name": "x" * 121, "language": "fr"}, {"name": "x", "language": "tlh"}):
        assert client.post(reverse("accounts:profile"), wrong).status_code == 422
    claire.refresh_from_db()
    assert (claire.name, claire.language) == ("Claire D.", "en")
