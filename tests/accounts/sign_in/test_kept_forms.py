"""What was typed in a long form outlives the sign-in: it is on the page that answers, and can be sent again."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cycles.models import Programme
from tests import make
from tests.desk.browsing import filled

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

HERE: dict[str, Any] = {"HTTP_ORIGIN": "http://testserver"}
TYPED: dict[str, str | list[str]] = {
    "slug": "quai-neuf",
    "title-fr": "Le quai « neuf »",
    "body-fr": "Une ligne.\r\n\r\nUne <autre> & plus.",
    "kind": ["a", "b"],
    "do": "save",
}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def kept(answer: Any) -> dict[str, list[str]]:
    """Return what the form of a page would send again, its token included."""
    result: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page_of(answer)):
        result.setdefault(name, []).append(html.unescape(value))
    return result


def without_token(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"}


def listed(fields: dict[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in fields.items()}


@pytest.fixture
def claire() -> User:
    return make.membership(programme=make.programme(slug="quais")).user


def token(client: Client, page: str) -> str:
    return str(re.findall(r'name="csrfmiddlewaretoken" value="([^"]{64})"', page_of(client.get(page)))[0])


def test_who_was_signed_out_gets_back_what_they_typed(client: Client) -> None:
    page = f"{reverse('desk:content-new', args=['news'])}?programme=quais"
    answer = client.post(page, TYPED)
    assert answer.status_code == 403
    assert without_token(kept(answer)) == listed(TYPED)
    text = page_of(answer)
    assert "Vous n’êtes plus connecté·e" in text
    assert f'action="{page}"' in text
    assert f'href="{reverse("accounts:login")}?next={reverse("accounts:signed-in")}" target="_blank"' in text
    assert "no-store" in answer.headers["Cache-Control"]
    # Nothing of it is anywhere but on this page.
    assert "_auth_user_id" not in client.session
    assert list(client.session.keys()) == []


def test_signed_in_again_the_same_form_is_saved(claire: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(claire)
    page = reverse("desk:content-edit", args=["programmes", "quais"])
    sent = filled(client, page) | {"summary_fr": "Une ligne.\r\n\r\nUne <autre> & plus."}
    first = token(client, page)
    client.logout()
    answer = client.post(page, sent | {"csrfmiddlewaretoken": first}, **HERE)
    assert answer.status_code == 403
    assert without_token(kept(answer)) == {k: [str(v)] for k, v in sent.items() if v != []}
    # Signing in in another tab changes the token of every page that is open.
    client.force_login(claire)
    client.cookies["csrftoken"] = "x" * 32
    again = client.post(page, kept(answer), **HERE)
    assert again.status_code == 403
    assert without_token(kept(again)) == without_token(kept(answer))
    assert "Envoyez encore une fois" in page_of(again)
    third = client.post(page, kept(again), **HERE)
    assert third.status_code == 302, re.findall('class="error">[^<]*', page_of(third))
    assert str(Programme.objects.get().summary) == sent["summary_fr"].replace("\r", "")


def test_a_form_of_another_site_gets_no_button(claire: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(claire)
    page = reverse("desk:content-new", args=["news"])
    for origin in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}):
        answer = client.post(page, TYPED, **origin)  # type: ignore[arg-type]
        assert (answer.status_code, kept(answer)) == (403, {})
        assert "quai-neuf" not in page_of(answer)


def test_a_visitor_s_form_is_kept_too() -> None:
    cycle = make.cycle(slug="tour")
    make.session(cycle=cycle, number=1)
    page = reverse("registrations:register", args=["tour"])
    client = Client(enforce_csrf_checks=True)
    client.get(page)
    answer = client.post(page, {"first_name": "Ada", "csrfmiddlewaretoken": "x" * 32}, **HERE)
    assert (answer.status_code, without_token(kept(answer))) == (403, {"first_name": ["Ada"]})
    assert len(kept(answer)["csrfmiddlewaretoken"]) == 1


def test_a_password_is_typed_anew(claire: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(claire)
    answer = client.post(reverse("account_reauthenticate"), {"password": "s3cret", "x": "1"}, **HERE)
    assert without_token(kept(answer)) == {"x": ["1"]}
    assert "s3cret" not in page_of(answer)


def test_of_a_file_its_name_is_told(client: Client) -> None:
    page = reverse("desk:registrants-import", args=["tour"])
    file = SimpleUploadedFile("Élèves.csv", b"x" * 1000)
    answer = client.post(page, {"pasted": "Ada;ada@example.org", "file": file})
    assert without_token(kept(answer)) == {"pasted": ["Ada;ada@example.org"]}
    assert "Un fichier ne peut pas être conservé" in page_of(answer)
    assert "Élèves.csv" in page_of(answer)


def test_what_is_too_long_to_be_kept_says_so(client: Client) -> None:
    page = reverse("desk:cycle-plan", args=["tour"])
    answer = client.post(page, {"a": "x" * 300_000})
    assert (answer.status_code, kept(answer)) == (403, {})
    assert "trop long pour être gardé" in page_of(answer)
    assert reverse("accounts:signed-in") in page_of(answer)


def test_signed_in_in_another_tab_one_is_led_back_to_the_first(client: Client, claire: User) -> None:
    page = reverse("accounts:signed-in")
    assert client.get(page).headers["Location"] == f"{reverse('accounts:login')}?next={page}"
    client.force_login(claire)
    assert "Fermez celui-ci" in page_of(client.get(page))


def test_a_page_that_is_only_read_leads_to_signing_in_as_before(client: Client) -> None:
    page = reverse("desk:home")
    assert client.get(page).headers["Location"] == f"{reverse('accounts:login')}?next={page}"
