"""Signing in by a code: what works, what an outsider learns (nothing), and what is refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from tests import make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

CODE = re.compile(r"^[0-9A-Z]{3,}-?[0-9A-Z]{3,}$", re.MULTILINE)


def ask(client: Client, email: str, **data: str) -> str:
    """Ask for a code and return the text of the page that follows."""
    response = client.post(reverse("accounts:login"), {"email": email, **data}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def code() -> str:
    """Return the code of the last mail."""
    match = CODE.search(str(mail.outbox[-1].body))
    assert match, mail.outbox[-1].body
    return match[0]


def answer(client: Client, typed: str, **data: str) -> int:
    response = client.post(reverse("account_confirm_login_code"), {"code": typed, **data})
    return response.status_code


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_code_signs_in_and_leads_to_the_desk(client: Client) -> None:
    claire = make.user(email="claire@example.org")
    ask(client, " Claire@Example.org ")
    message = mail.outbox[0]
    assert [message.to, message.subject] == [["claire@example.org"], f"{code()} est votre code pour Escale"]
    response = client.post(reverse("account_confirm_login_code"), {"code": code().lower()})
    assert (response.status_code, response.headers["Location"]) == (302, reverse("desk:home"))
    assert client.session["_auth_user_id"] == str(claire.pk)


def test_where_one_was_going_is_kept(client: Client) -> None:
    make.user(email="claire@example.org")
    target = reverse("accounts:profile")
    page = client.get(target, follow=True)
    assert page.redirect_chain == [(f"{reverse('accounts:login')}?next={target}", 302)]
    assert f'<input type="hidden" name="next" value="{target}">' in page.content.decode()
    ask(client, "claire@example.org", next=target)
    response = client.post(reverse("account_confirm_login_code"), {"code": code(), "next": target})
    assert response.headers["Location"] == target


def test_another_site_is_no_place_to_go(client: Client) -> None:
    make.user(email="claire@example.org")
    ask(client, "claire@example.org", next="https://evil.example/")
    response = client.post(
        reverse("account_confirm_login_code"), {"code": code(), "next": "https://evil.example/"}
    )
    assert response.headers["Location"] == reverse("desk:home")


def test_known_and_unknown_addresses_look_alike() -> None:
    from django.test import Client as NewClient  # noqa: PLC0415 - two visitors

    make.user(email="claire@example.org")
    make.user(email="away@example.org", is_active=False)
    pages = []
    for email in ("claire@example.org", "nobody@example.org", "away@example.org"):
        page = ask(NewClient(), email)
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
        pages.append(page.replace(email, "X"))
    assert pages[0] == pages[1] == pages[2]
    # One mail each: the time that an answer takes tells nothing either.
    assert [message.to for message in mail.outbox] == [
        ["claire@example.org"],
        ["nobody@example.org"],
        ["away@example.org"],
    ]
    assert [bool(CODE.search(str(message.body))) for message in mail.outbox] == [True, False, False]


def test_no_guess_opens_an_unknown_address(client: Client) -> None:
    ask(client, "nobody@example.org")
    for guess in ("", "0", "None", "AAAA-AAAA"):
        answer(client, guess)
        assert not is_in(client)


def test_three_wrong_codes_end_the_attempt(client: Client) -> None:
    make.user(email="claire@example.org")
    ask(client, "claire@example.org")
    good = code()
    assert [answer(client, "WRONG-WRONG") for _ in range(3)] == [200, 200, 302]
    assert answer(client, good) == 302
    assert not is_in(client)


def test_a_wrong_code_is_told_beside_its_field(client: Client) -> None:
    make.user(email="claire@example.org")
    ask(client, "claire@example.org")
    page = client.post(reverse("account_confirm_login_code"), {"code": "WRONG-WRONG"}).content.decode()
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_code_helptext id_code_error"' in page
    assert page.count("Ce code n’est pas le bon") == 2


def test_a_code_ages(client: Client) -> None:
    make.user(email="claire@example.org")
    with time_machine.travel(make.AT, tick=False) as clock:
        ask(client, "claire@example.org")
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        assert answer(client, code()) == 302
        assert not is_in(client)


def test_a_code_opens_only_the_browser_that_asked(client: Client) -> None:
    from django.test import Client as NewClient  # noqa: PLC0415 - two visitors

    make.user(email="claire@example.org")
    ask(client, "claire@example.org")
    other = NewClient()
    assert answer(other, code()) == 302
    assert not is_in(other)


def test_an_account_switched_off_meanwhile_stays_out(client: Client) -> None:
    claire = make.user(email="claire@example.org")
    ask(client, "claire@example.org")
    claire.is_active = False
    claire.save(update_fields=["is_active"])
    assert answer(client, code()) == 302
    assert not is_in(client)


def test_starting_again_forgets_the_first_address(client: Client) -> None:
    make.user(email="claire@example.org")
    ask(client, "claire@example.org")
    old = code()
    client.post(reverse("accounts:logout"))
    assert client.get(reverse("accounts:login")).status_code == 200
    assert answer(client, old) == 302
    assert not is_in(client)


def test_codes_to_one_address_are_limited(client: Client) -> None:
    from django.test import Client as NewClient  # noqa: PLC0415 - several visitors

    make.user(email="claire@example.org")
    for _ in range(3):
        ask(NewClient(), "claire@example.org")
    page = client.post(reverse("accounts:login"), {"email": "claire@example.org"})
    assert page.status_code == 200
    assert "Trop d’essais." in page.content.decode()
    assert len(mail.outbox) == 3
    # The same for an address that nobody has.
    for _ in range(3):
        ask(NewClient(), "nobody@example.org")
    page = client.post(reverse("accounts:login"), {"email": "nobody@example.org"})
    assert "Trop d’essais." in page.content.decode()
    assert len(mail.outbox) == 6


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Donnez votre adresse e-mail"),
        ("claire", "Cette adresse e-mail n’est pas complète"),
        ("a" * 250 + "@example.org", "254"),
        ("a@b.org\nBcc: x@y.org", "Cette adresse e-mail n’est pas complète"),
    ],
)
def test_what_is_no_address_is_refused_in_words(client: Client, typed: str, said: str) -> None:
    page = client.post(reverse("accounts:login"), {"email": typed})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert mail.outbox == []


def test_a_mail_that_cannot_leave_is_told(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for email in ("claire@example.org", "nobody@example.org"):
        assert "Aucun e-mail n’a pu partir" in ask(client, email)
        client.post(reverse("accounts:logout"))


def test_the_mail_is_written_in_the_language_of_the_page(client: Client) -> None:
    make.user(email="claire@example.org", language="fr")
    client.post("/en/account/login/", {"email": "claire@example.org"})
    message = mail.outbox[0]
    assert message.subject == f"{code()} is your code for Escale"
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert [part[1] for part in message.alternatives] == ["text/html"]
    assert message.extra_headers == {
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def test_there_is_no_sign_up_and_no_password(client: Client) -> None:
    claire = make.user(email="claire@example.org", password="Known to the thief")
    page = client.get(reverse("accounts:login")).content.decode()
    assert 'type="password"' not in page
    client.post(
        reverse("accounts:login"),
        {"email": claire.email, "login": claire.email, "password": "Known to the thief"},
    )
    client.post(
        "/fr/admin/login/", {"username": claire.email, "password": "Known to the thief", "next": "/fr/admin/"}
    )
    assert not is_in(client)
    page = client.get(reverse("account_signup")).content.decode()
    assert "<form" not in page
    assert client.post(reverse("account_signup"), {"email": "new@example.org"}).status_code == 405


def test_the_administration_has_the_same_door(client: Client) -> None:
    response = client.get("/fr/admin/login/?next=/fr/admin/")
    assert response.headers["Location"] == f"{reverse('accounts:login')}?next=%2Ffr%2Fadmin%2F"
    client.force_login(make.user())
    assert client.get("/fr/admin/login/").status_code == 403


def test_pages_of_signing_in_are_kept_by_no_cache(client: Client) -> None:
    for name in ("accounts:login", "mfa_index", "accounts:profile"):
        client.force_login(make.user())
        if name == "accounts:login":
            client.logout()
        response = client.get(reverse(name))
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
