"""The link of the first mail: looking changes nothing, the button confirms, an old link is renewed."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from registrations import booking
from registrations.links import personal_links, sealed_tokens
from registrations.models import CycleRegistration, Registration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
ALL = CycleRegistration.Scope.ALL
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    session = make.session(number=1)
    make.session(cycle=session.cycle, number=2, starts_at=make.paris(2026, 12, 17))
    return session.cycle


def request(cycle: Cycle, email: str = "amina@example.org") -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="Amina", family_name="Diallo-Lefèvre")
    return booking.register(cycle, applicant=applicant, scope=ALL, at=AT)


def path(registration: CycleRegistration) -> str:
    return personal_links.confirm(registration, language="fr").removeprefix("http://testserver")


def test_looking_changes_nothing(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    before = CycleRegistration.objects.values().get()
    assert client.get(path(registration)).status_code == 200
    assert client.head(path(registration)).status_code == 200
    assert CycleRegistration.objects.values().get() == before
    assert not Registration.objects.exists()


def test_the_button_confirms_and_leads_to_the_own_page(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    response = client.post(path(registration))
    own = reverse(
        "registrations:my-registrations", args=[personal_links.manage_token(registration.participant)]
    )
    assert (response.status_code, response["Location"]) == (302, f"{own}?done=confirmed")
    page = client.get(response["Location"]).content.decode()
    assert "Votre inscription est confirmée." in page
    assert page.count("Vous avez une place") == 2
    for again in (client.post(path(registration)), client.get(path(registration))):
        text = again.content.decode()
        assert (again.status_code, "Déjà confirmée" in text, "/my/" in text) == (200, True, False)
    assert Registration.objects.count() == 2


@pytest.mark.parametrize(
    ("full", "word", "said"),
    [
        (1, "confirmed-some", "Certaines de ses dates sont complètes"),
        (2, "waiting-dates", "Les dates que vous avez demandées sont complètes"),
    ],
)
def test_the_button_says_that_dates_are_full(
    client: Client, cycle: Cycle, full: int, word: str, said: str
) -> None:
    for session in cycle.sessions.order_by("number")[:full]:
        session.capacity = 1
        session.save()
        make.registration(session=session)
    response = client.post(path(request(cycle)))
    assert response["Location"].endswith(f"?done={word}")
    assert said in client.get(response["Location"]).content.decode()


def test_an_old_link_offers_a_new_one(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        page = client.get(old)
        assert (page.status_code, "Ce lien a expiré" in page.content.decode()) == (200, True)
        assert client.post(old)["Location"] == f"/fr/register/{cycle.slug}/sent/"
        registration.refresh_from_db()
        assert (registration.state, registration.request_number) == (State.PENDING, 2)
        assert client.post(path(registration)).status_code == 302
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_an_old_link_of_a_confirmed_person_opens_nothing_of_theirs(client: Client, cycle: Cycle) -> None:
    registration = booking.confirm(request(cycle), at=AT)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        page = client.get(old)
    assert (page.status_code, "Déjà confirmée" in page.content.decode()) == (200, True)
    assert "/my/" not in page.content.decode()


def test_the_link_of_a_cancelled_registration_does_not_bring_it_back(client: Client, cycle: Cycle) -> None:
    registration = booking.cancel_all(booking.confirm(request(cycle), at=AT), at=AT)
    assert client.post(path(registration)).status_code == 200
    registration.refresh_from_db()
    assert registration.state == State.CANCELLED


def test_a_link_whose_request_was_erased(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    old = path(registration)
    with time_machine.travel(AT + 8 * DAY, tick=False):
        booking.purge_unconfirmed(at=AT + 8 * DAY)
        assert client.get(old).status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["confirm", "my-registrations", "join"])
def test_every_bad_link_gets_the_same_answer(client: Client, cycle: Cycle, language: str, name: str) -> None:
    registration = booking.confirm(request(cycle), at=AT)
    person, seat = registration.participant, Registration.objects.order_by("pk")[0]
    tokens = {
        "confirm": personal_links.confirm_token(registration),
        "my-registrations": personal_links.manage_token(person),
        "join": personal_links.join_token(seat),
    }
    purposes: dict[str, sealed_tokens.Purpose] = {
        "confirm": "confirm",
        "my-registrations": "manage",
        "join": "join",
    }
    good = tokens.pop(name)
    bad = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:-1],
        "x" * 10_000,
        sealed_tokens.make(purposes[name], 999_999, secret=person.link_secret, at=AT),
        sealed_tokens.make(purposes[name], person.pk, secret="another", at=AT),
        *tokens.values(),
    ]
    place = {"confirm": "confirm", "my-registrations": "my", "join": "join"}[name]
    answers = [client.get(f"/{language}/{place}/{token}/") for token in bad]
    answers += [client.post(f"/{language}/{place}/{token}/") for token in bad if name != "my-registrations"]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert f'<html lang="{language}">' in answers[0].content.decode()


def test_the_page_shows_everything_that_the_button_records(client: Client, cycle: Cycle) -> None:
    question = make.question(cycle=cycle, label={"fr": "Votre fonction ?", "en": "Your role?"})
    booking.register(
        cycle,
        applicant=booking.Applicant(
            email="amina@example.org",
            given_name="Amina",
            family_name="Diallo-Lefèvre",
            organisation_name="Les Ponts",
            language="fr",
            timezone="Indian/Reunion",
        ),
        scope=ALL,
        wants_newsletter=True,
        accessibility_need="Une interprète, s’il vous plaît",
        source_code="phare",
        answers={str(question.pk): "Bénévole"},
        at=AT,
    )
    page = client.get(path(CycleRegistration.objects.get())).content.decode()
    # Everything stands before the button.
    page = page[: page.index('<button class="button"')]
    listed = re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", page)
    assert [(label, html.unescape(value)) for label, value in listed] == [
        ("Ce que vous avez demandé", "Tout le cycle"),
        ("Prénom", "Amina"),
        ("Nom", "Diallo-Lefèvre"),
        ("Adresse e-mail", "amina@example.org"),
        ("Organisation", "Les Ponts"),
        ("Langue des e-mails", "Français"),
        ("Votre fuseau horaire", "heure de La Réunion"),
        ("Votre fonction ?", "Bénévole"),
        ("Ce qui facilite votre participation", "Une interprète, s’il vous plaît"),
        ("Lettre d’information", "Oui, envoyez-la-moi"),
        ("Code du lien que vous avez suivi", "phare"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"given_name": "Quelqu’un"},
        {"organisation_name": "Autre"},
        {"wants_newsletter": True},
        {"accessibility_need": "Autre"},
        {"answers": {"1": "Autre"}},
        {"scope": CycleRegistration.Scope.CHOSEN},
    ],
)
def test_what_a_stranger_rewrote_after_the_page_was_shown_is_shown_first(
    client: Client, cycle: Cycle, change: dict[str, Any]
) -> None:
    registration = request(cycle)
    seen = re.findall(r'name="seen" value="([^"]+)"', client.get(path(registration)).content.decode())[0]
    typed: dict[str, Any] = {"given_name": "Amina", "family_name": "Diallo-Lefèvre"}
    given = {name: change[name] for name in ("given_name", "organisation_name") if name in change}
    rest: dict[str, Any] = {"scope": ALL} | {name: change[name] for name in change if name not in given}
    applicant = booking.Applicant(email="Amina@example.org", **(typed | given))
    # Within the minute, so without another mail; and later, with one.
    for later in (dt.timedelta(seconds=10), DAY):
        booking.register(cycle, applicant=applicant, at=AT + later, **rest)
        with time_machine.travel(AT + later, tick=False):
            answer = client.post(path(registration), {"seen": seen})
        registration.refresh_from_db()
        assert (answer.status_code, registration.state) == (409, State.PENDING)
        text = answer.content.decode()
        assert "avec d’autres informations" in text
        if given:
            assert html.escape(next(iter(given.values()))) in text
    with time_machine.travel(AT + DAY, tick=False):
        fresh = re.findall(r'name="seen" value="([^"]+)"', text)[0]
        assert client.post(path(registration), {"seen": fresh}).status_code == 302
    registration.refresh_from_db()
    assert registration.state == State.CONFIRMED


def test_the_same_request_again_leaves_the_page_that_is_open_as_it_is(client: Client, cycle: Cycle) -> None:
    registration = request(cycle)
    seen = re.findall(r'name="seen" value="([^"]+)"', client.get(path(registration)).content.decode())[0]
    request(cycle)
    assert client.post(path(registration), {"seen": seen}).status_code == 302


def test_an_older_mail_of_the_same_request_still_confirms_and_one_of_last_week_does_not(
    client: Client, cycle: Cycle
) -> None:
    registration = request(cycle)
    first = path(registration)
    applicant = booking.Applicant(email="amina@example.org", given_name="Amina", family_name="Diallo")
    booking.register(cycle, applicant=applicant, scope=ALL, at=AT + 5 * DAY)
    with time_machine.travel(AT + 5 * DAY, tick=False):
        assert b"<dt>" in client.get(first).content
    with time_machine.travel(AT + 8 * DAY, tick=False):
        assert "Ce lien a expiré" in client.get(first).content.decode()
        registration.refresh_from_db()
        assert b"<dt>" in client.get(path(registration)).content
