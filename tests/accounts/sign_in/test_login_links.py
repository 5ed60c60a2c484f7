"""One-time links: what works, and everything an outsider may try."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import periods
from accounts.models import User
from accounts.sign_in import login_links
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def path(user: User) -> str:
    return login_links.make(user).removeprefix(settings.ESCALE_BASE_URL)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_link_signs_in_by_its_button_and_leads_to_the_desk(client: Client) -> None:
    claire = make.user(email="claire@example.org", name="Claire")
    link = path(claire)
    page = client.get(link)
    assert page.status_code == 200
    assert "Claire" in page.content.decode()
    assert not is_signed_in(client)  # mail scanners open every link
    response = client.post(link)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("desk:home"))
    assert client.session["_auth_user_id"] == str(claire.pk)


def test_opening_a_link_any_number_of_times_does_not_use_it_up(client: Client) -> None:
    link = path(make.user())
    for _time in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link).status_code == 302


def test_a_link_works_once(client: Client) -> None:
    link = path(make.user())
    client.post(link)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404
    assert not is_signed_in(client)


def test_two_links_made_together_are_used_up_together(client: Client) -> None:
    claire = make.user()
    first, second = path(claire), path(claire)
    client.post(first)
    client.logout()
    assert client.post(second).status_code == 404


def test_a_link_ages(client: Client) -> None:
    claire = make.user()
    with time_machine.travel(dt.datetime(2026, 10, 1, 7, 0, tzinfo=dt.UTC), tick=False) as clock:
        link = path(claire)
        clock.shift(periods.length("login_link").total_seconds())
        assert client.get(link).status_code == 200
        clock.shift(1)
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404


def test_an_altered_link_is_refused(client: Client) -> None:
    link = path(make.user())
    token = link.split("/")[-2]
    for wrong in (token[:-1], f"{token}x", token[::-1], "x", f"{token.split(':', 1)[0]}::x"):
        response = client.post(link.replace(token, wrong))
        assert response.status_code == 404
    # No address at all holds such a character.
    assert client.post(link.replace(token, "%00")).status_code == 400
    assert not is_signed_in(client)


def test_a_token_of_another_purpose_is_refused(client: Client) -> None:
    from django.core import signing  # noqa: PLC0415 - only this test forges a token

    claire = make.user()
    forged = signing.dumps([claire.pk, "never"], salt="another purpose")
    assert client.post(reverse("accounts:enter", args=[forged])).status_code == 404


@pytest.mark.parametrize("content", [[1], [1, 2, 3], "text", 7, {"pk": 1}, None, [None, "never"]])
def test_a_signed_token_of_another_shape_is_refused(content: object) -> None:
    from django.core import signing  # noqa: PLC0415 - likewise

    assert login_links.read(signing.dumps(content, salt=login_links.SALT)) is None


def test_an_account_that_is_switched_off_cannot_enter(client: Client) -> None:
    claire = make.user()
    link = path(claire)
    claire.is_active = False
    claire.save(update_fields=["is_active"])
    assert client.post(link).status_code == 404
    assert not is_signed_in(client)


def test_a_link_speaks_its_owners_language() -> None:
    assert "/en/account/enter/" in login_links.make(make.user(language="en"))
    assert "/fr/account/enter/" in login_links.make(make.user(language="fr"))


def test_signing_in_changes_the_session_key(client: Client) -> None:
    client.get(reverse("accounts:login"))
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    assert before
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    client.post(path(make.user()))
    assert client.session.session_key != before


def test_signing_out_is_a_post(client: Client) -> None:
    client.force_login(make.user())
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert is_signed_in(client)
    assert client.post(reverse("accounts:logout")).status_code == 302
    assert not is_signed_in(client)


def test_the_login_page_tells_how_and_skips_who_is_in(client: Client) -> None:
    assert client.get(reverse("accounts:login")).status_code == 200
    client.force_login(make.user())
    assert client.get(reverse("accounts:login")).headers["Location"] == reverse("desk:home")


# the command


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("login_link", *args, stdout=out)
    return out.getvalue().strip()


def test_the_command_prints_a_link_that_works(client: Client) -> None:
    claire = make.user(email="claire@example.org")
    link = run("CLAIRE@example.org")
    client.post(link.removeprefix(settings.ESCALE_BASE_URL))
    assert client.session["_auth_user_id"] == str(claire.pk)


def test_the_command_creates_an_administrator_on_request() -> None:
    run("first@example.org", "--create", "--name", "Première")
    user = User.objects.get()
    assert (user.email, user.name, user.is_superuser, user.is_staff, user.has_usable_password()) == (
        "first@example.org",
        "Première",
        True,
        True,
        False,
    )
    run("First@Example.org", "--create")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("claire", "“claire” is not an email address: write it as claire@example.org"),
        (
            "nobody@example.org",
            "there is no account for nobody@example.org: add --create to make a site administrator",
        ),
        (
            "off@example.org",
            "the account off@example.org is switched off: an administrator can switch it on again",
        ),
    ],
)
def test_the_command_says_what_is_wrong(email: str, message: str) -> None:
    make.user(email="off@example.org", is_active=False)
    with pytest.raises(CommandError) as error:
        run(email)
    assert str(error.value) == message


# the account


def test_addresses_are_one_whatever_their_case() -> None:
    make.user(email="Claire@Example.org")
    assert User.objects.get_by_natural_key("CLAIRE@example.org").email == "claire@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="CLAIRE@example.org")])


def test_an_account_needs_an_address() -> None:
    with pytest.raises(ValueError, match="an account needs an email address"):
        User.objects.create_user("")


def test_an_account_is_called_by_name_or_address() -> None:
    assert str(make.user(name="Claire")) == "Claire"
    nameless = make.user(name="", email="x@example.org")
    assert (str(nameless), nameless.get_full_name(), nameless.get_short_name()) == ("x@example.org",) * 3
