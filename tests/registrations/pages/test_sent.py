"""The page after the form: the address typed, a field to correct it, colleagues in one go."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from cycles.models import Cycle
from notifications.delivery.run import sending
from notifications.models import Delivery
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant, Question
from registrations.pages.form import sent
from tests import make
from tests.make import AT

from .form.filling import address, cycle_of, typed
from .test_states import main_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def page_after(client: Client, **fields: Any) -> tuple[str, str]:
    """Send the form; return the address of the page after it, and the page."""
    cycle, _ = cycle_of(2)
    path = client.post(address(cycle, "en"), typed(**fields))["Location"]
    return path, client.get(path).content.decode()


def emails() -> list[str]:
    rows = CycleRegistration.objects.select_related("participant").order_by("pk")
    return [row.participant.email for row in rows]


def test_the_address_is_shown_to_the_browser_that_sent_it_only(client: Client) -> None:
    path, page = page_after(client, email="amina@exemple.org")
    assert "We have just written to amina@exemple.org." in page
    assert 'value="amina@exemple.org"' in page
    stranger = Client().get(path).content.decode()
    assert ("amina" in stranger, "We have just written to the address you gave." in stranger) == (False, True)


def test_the_whole_cycle_says_which_of_its_dates_are_full(client: Client) -> None:
    cycle, sessions = cycle_of(3)
    cycle.sessions.update(capacity=1)
    said = []
    for session in sessions[:2]:
        make.registration(session=session)
        said += re.findall(
            r"[^<>]*waiting lists?(?=</strong>)", client.get(address(cycle, "en")).content.decode()
        )
    assert said == [
        "One of them is full: you join its waiting list",
        "2 of them are full: you join their waiting lists",
    ]


def test_what_is_read_has_no_seats(client: Client) -> None:
    cycle, _sessions = cycle_of(2)
    Cycle.objects.filter(pk=cycle.pk).update(kind=Cycle.Kind.DAILY)
    path = client.post(address(cycle, "en"), typed())["Location"]
    asked = client.get(path).content.decode()
    row = CycleRegistration.objects.select_related("participant").get()
    link = reverse("registrations:confirm", args=[personal_links.confirm_token(row)])
    to_confirm = client.get(link)
    done = client.post(link, {"seen": to_confirm.context["seen"]}, follow=True).content.decode()
    for page in (asked, to_confirm.content.decode()):
        assert ("you are registered from then on" in page, "your place" in page) == (True, False)
    assert ("✓ You are registered" in done, "place" in words_of(main_of(done))) == (True, False)


def test_the_cookie_is_kept_for_an_hour_and_for_this_page(client: Client) -> None:
    path, _page = page_after(client)
    cookie = client.cookies[sent.NAME]
    kept = (cookie["path"], cookie["max-age"], cookie["httponly"], cookie["samesite"])
    assert kept == (path, 3600, True, "Lax")
    with time_machine.travel(AT + dt.timedelta(hours=2), tick=False):
        assert "amina" not in client.get(path).content.decode()


def confirm_link(email: str) -> str:
    row = CycleRegistration.objects.select_related("participant").get(participant__email=email)
    return personal_links.confirm(row, language="en").removeprefix("http://testserver")


def test_a_wrong_address_is_corrected_and_the_rest_goes_along(client: Client) -> None:
    path, _page = page_after(
        client, email="amina@exemple.org", accessibility_need="Captions", newsletter="on"
    )
    response = client.post(path, {"email": "amina@example.org"})
    assert (response.status_code, response["Location"]) == (302, path)
    rows = CycleRegistration.objects.order_by("pk")
    told = rows.values_list("participant__email", "accessibility_need", "wants_newsletter", "scope")
    assert list(told) == [("amina@example.org", "Captions", True, "all")]
    assert "written to amina@example.org" in client.get(path).content.decode()


def test_the_request_of_the_wrong_address_ends_with_its_link_and_its_mail(client: Client) -> None:
    path, _page = page_after(client, email="amina@exemple.org")
    link = confirm_link("amina@exemple.org")
    assert Client().get(link).status_code == 200
    client.post(path, {"email": "amina@exemple.com"})
    client.post(path, {"email": "amina@example.org"})
    assert [Client().get(link).status_code, Client().post(link).status_code] == [404, 404]
    assert emails() == ["amina@example.org"]
    assert list(Participant.objects.values_list("email", flat=True)) == ["amina@example.org"]
    mail.outbox.clear()
    sending.drain(clock=AT)
    assert [message.to for message in mail.outbox] == [["amina@example.org"]]


def test_sent_again_to_the_same_address_the_request_stays(client: Client) -> None:
    path, _page = page_after(client, email="amina@example.org")
    (row,) = CycleRegistration.objects.all()
    client.post(path, {"email": " AMINA@Example.org"})
    assert list(CycleRegistration.objects.values_list("pk", flat=True)) == [row.pk]
    client.post(path, {"email": "amina@"})
    assert list(CycleRegistration.objects.values_list("pk", flat=True)) == [row.pk]


@pytest.mark.parametrize("came", ["before", "since", "confirmed"])
def test_a_request_that_somebody_else_made_is_never_withdrawn(client: Client, came: str) -> None:
    """The address that was typed by mistake is somebody's, who registers there themselves."""
    cycle, _ = cycle_of(2)
    own = typed(email="stranger@example.org", given_name="Sam", family_name="Stranger")
    if came == "before":
        Client().post(address(cycle, "en"), own)
    with time_machine.travel(AT + dt.timedelta(seconds=20), tick=False):
        path = client.post(address(cycle, "en"), typed(email="stranger@example.org"))["Location"]
    with time_machine.travel(AT + dt.timedelta(seconds=40), tick=False):
        if came == "since":
            Client().post(address(cycle, "en"), own)
        elif came == "confirmed":
            assert Client().post(confirm_link("stranger@example.org")).status_code == 302
        client.post(path, {"email": "amina@example.org"})
    assert emails() == ["stranger@example.org", "amina@example.org"]


def test_whoever_is_known_elsewhere_stays_so(client: Client) -> None:
    known = make.participant(email="known@example.org", given_name="Kim")
    make.cycle_registration(participant=known)
    path, _page = page_after(client, email="known@example.org")
    client.post(path, {"email": "amina@example.org"})
    assert emails() == ["known@example.org", "amina@example.org"]
    known.refresh_from_db()
    assert (known.given_name, known.cycle_registrations.count()) == ("Kim", 1)


def test_a_cookie_of_before_corrects_and_withdraws_nothing(client: Client) -> None:
    path, _page = page_after(client, email="amina@exemple.org")
    values = signing.loads(client.cookies[sent.NAME].value, salt=sent.SALT)
    client.cookies[sent.NAME] = signing.dumps(values[:2], salt=sent.SALT, compress=True)
    client.post(path, {"email": "amina@example.org"})
    assert emails() == ["amina@exemple.org", "amina@example.org"]


def test_an_address_that_is_none_gives_the_form_with_all_that_was_typed(client: Client) -> None:
    path, _page = page_after(client)
    page = client.post(path, {"email": "amina@"}).content.decode()
    assert ('value="amina@"' in page, 'value="Diallo-Lefèvre"' in page) == (True, True)
    assert f'action="{path.removesuffix("sent/")}"' in page


def test_without_what_was_sent_the_page_leads_back_to_the_form(client: Client) -> None:
    cycle, _ = cycle_of(1)
    path = f"{address(cycle, 'en')}sent/"
    assert client.post(path, {"email": "a@example.org"})["Location"] == address(cycle, "en")
    client.cookies[sent.NAME] = "forged"
    assert "The address is not right?" not in client.get(path).content.decode()


@pytest.mark.parametrize(
    "written",
    [
        "Zoé Petit zoe@example.org\nNoël noel@example.org",
        "Zoé Petit <zoe@example.org>; Noël <noel@example.org>",
        "- Zoé Petit zoe@example.org\n- Noël noel@example.org",
    ],
)
def test_colleagues_get_a_mail_each_and_ask_for_the_same_dates(client: Client, written: str) -> None:
    cycle, sessions = cycle_of(2)
    chosen = [sessions[1].pk]
    path = client.post(
        address(cycle, "en"), typed(scope="chosen", sessions=chosen, colleagues=written, newsletter="on")
    )["Location"]
    rows = CycleRegistration.objects.select_related("participant").order_by("pk")
    assert [
        (
            row.participant.email,
            row.participant.given_name,
            row.participant.organisation_name,
            row.requested_session_ids,
            row.wants_newsletter,
            row.state,
        )
        for row in rows
    ] == [
        ("amina@asso-test.example.org", "Amina", "Association des Quais", chosen, True, "pending"),
        ("zoe@example.org", "Zoé", "Association des Quais", chosen, False, "pending"),
        ("noel@example.org", "Noël", "Association des Quais", chosen, False, "pending"),
    ]
    owed = Delivery.objects.order_by("pk").values_list("kind", "to_address")
    assert list(owed) == [("confirm_address", row.participant.email) for row in rows]
    page = client.get(path).content.decode()
    assert "zoe@example.org, noel@example.org" in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("zoe@example.org", "Line 1: write the name beside the address."),
        ("Zoé Petit zoe@example", "Line 1: This is not a complete email address."),
        ("Zoé a@example.org\nNoël b@c", "Line 2: This is not a complete email address."),
        ("all of us", "Line 1: Write one colleague a line, like this: Zoé Petit zoe@example.org"),
        ("Zoé a@example.org\nNoël", "Line 2: Write one colleague a line, like this: Zoé Petit"),
        ("\n".join(f"P{n} p{n}@example.org" for n in range(11)), "10 colleagues at a time"),
    ],
)
def test_a_list_that_is_none_is_refused_by_line_and_kept(client: Client, written: str, said: str) -> None:
    cycle, _ = cycle_of(1)
    response = client.post(address(cycle, "en"), typed(colleagues=written))
    page = response.content.decode()
    assert list(response.context["form"].errors) == ["colleagues"]
    assert said in page
    assert "<details open>" in page
    assert not CycleRegistration.objects.exists()


def test_the_same_address_twice_is_one_request(client: Client) -> None:
    cycle, _ = cycle_of(1)
    own = "Amina AMINA@asso-test.example.org"
    client.post(address(cycle), typed(colleagues=f"{own}\nZoé zoe@example.org\nZoé ZOE@example.org"))
    assert emails() == ["amina@asso-test.example.org", "zoe@example.org"]


def test_where_something_must_be_answered_each_answers_alone(client: Client) -> None:
    cycle, _ = cycle_of(1)
    make.question(cycle=cycle, kind=Question.Kind.SHORT, is_required=True)
    assert b'name="colleagues"' not in client.get(address(cycle)).content
