"""My registrations: each button does its one thing, for its owner only."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from cycles.models import Session
from cycles.schedule import planning
from registrations import booking
from registrations.links import personal_links
from registrations.models import Consent, CycleRegistration, Participant, Registration, State
from registrations.people import participants
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
ALL = CycleRegistration.Scope.ALL
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def registered(count: int = 3, email: str = "amina@example.org", **fields: Any) -> CycleRegistration:
    """Somebody confirmed for a whole cycle of `count` monthly sessions."""
    cycle = make.cycle()
    for n in range(count):
        starts_at = make.paris(2026, 10, 22) + n * 28 * DAY
        make.session(cycle=cycle, number=n + 1, slug=f"escale-{n + 1:02d}", starts_at=starts_at, **fields)
    return join(cycle, email)


def join(cycle: Any, email: str, **fields: Any) -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="Amina", family_name="Diallo-Lefèvre", **fields)
    return booking.confirm(booking.register(cycle, applicant=applicant, scope=ALL, at=AT), at=AT)


def path(registration: CycleRegistration, name: str = "my-registrations", *args: int) -> str:
    return reverse(
        f"registrations:{name}", args=[personal_links.manage_token(registration.participant), *args]
    )


def press(client: Client, registration: CycleRegistration, name: str, *args: int) -> str:
    """Press a button; return what the page then says."""
    response = client.post(path(registration, name, *args))
    assert response.status_code == 302
    page = client.get(response["Location"])
    assert page.status_code == 200
    match = re.search(r'role="status"><p>([^<]+)', page.content.decode())
    return match[1] if match else ""


def states(registration: CycleRegistration) -> list[str]:
    return list(registration.registrations.order_by("session__number").values_list("state", flat=True))


def test_the_page_is_private(client: Client) -> None:
    response = client.get(path(registered()))
    assert "no-store" in response["Cache-Control"]
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert response.content.count(b"<h1") == 1


def test_somebody_who_never_confirmed_has_no_page(client: Client) -> None:
    session = make.session()
    applicant = booking.Applicant(email="x@example.org", given_name="X", family_name="Y")
    pending = booking.register(session.cycle, applicant=applicant, scope=ALL, at=AT)
    assert client.get(path(pending)).status_code == 404


def test_cancel_one_date_and_take_it_back(client: Client) -> None:
    mine = registered()
    row = mine.registrations.get(session__number=2)
    assert press(client, mine, "my-cancel", row.pk) == (
        "Votre place à cette date est rendue. Vous pouvez y revenir ci-dessous."
    )
    assert states(mine) == [State.CONFIRMED, State.CANCELLED, State.CONFIRMED]
    press(client, mine, "my-cancel", row.pk)
    assert states(mine) == [State.CONFIRMED, State.CANCELLED, State.CONFIRMED]
    assert press(client, mine, "my-take", mine.pk, row.session_id) == "Vous avez une place à cette date."
    assert states(mine) == [State.CONFIRMED] * 3


def test_too_late_is_said_and_recorded(client: Client) -> None:
    mine = registered()
    row = mine.registrations.select_related("session").get(session__number=1)
    assert row.session.starts_at is not None
    with time_machine.travel(row.session.starts_at, tick=False):
        assert press(client, mine, "my-cancel", row.pk).startswith("Trop tard")
    row.refresh_from_db()
    assert (row.state, row.is_opt_out) == (State.CANCELLED, True)


def test_a_full_date_says_so_with_the_position(client: Client) -> None:
    mine = registered(1, capacity=1)
    row = mine.registrations.get()
    others = [join(mine.cycle, f"p{n}@example.org") for n in range(2)]
    assert "Liste d’attente\u202f: numéro 2" in client.get(path(others[1])).content.decode()
    press(client, mine, "my-cancel", row.pk)
    assert "Liste d’attente\u202f: numéro 1" in client.get(path(others[1])).content.decode()
    assert press(client, mine, "my-take", mine.pk, row.session_id).startswith("Cette date est complète")
    assert states(others[0]) == [State.CONFIRMED]


def test_cancel_everything_and_come_back(client: Client) -> None:
    mine = registered()
    press(client, mine, "my-cancel-all", mine.pk)
    assert states(mine) == [State.CANCELLED] * 3
    press(client, mine, "my-take-all", mine.pk)
    assert states(mine) == [State.CONFIRMED] * 3


def test_who_is_removed_by_organisers_is_not_told_that_they_did_it(client: Client) -> None:
    mine = registered(3)
    booking.cancel(mine.registrations.earliest("pk"), by=make.user(), at=AT)
    page = client.get(path(mine)).content.decode()
    assert page.count("Vous n’êtes plus inscrit·e à cette date") == 1
    booking.cancel_all(mine, by=make.user(), at=AT)
    page = client.get(path(mine)).content.decode()
    assert page.count("Vous n’êtes plus inscrit·e à cette date") == 3
    assert "Votre inscription à ce cycle est annulée." in page
    assert re.findall("Vous avez (?:annulé|rendu)", page) == []


def test_a_date_that_closed_meanwhile(client: Client) -> None:
    mine = registered(1)
    row = mine.registrations.get()
    press(client, mine, "my-cancel", row.pk)
    planning.cancel(row.session, reason="Salle fermée", by=None, at=AT)
    assert press(client, mine, "my-take", mine.pk, row.session_id).startswith("Les inscriptions à cette date")
    assert states(mine) == [State.CANCELLED]


def test_three_acts_are_three(client: Client) -> None:
    mine = registered()
    press(client, mine, "my-newsletter-join")
    press(client, mine, "my-reminders-stop")
    person = Participant.objects.get()
    assert (person.reminders_stopped_at, participants.has_newsletter(person)) == (AT, True)
    assert states(mine) == [State.CONFIRMED] * 3
    press(client, mine, "my-newsletter-leave")
    press(client, mine, "my-reminders-resume")
    person.refresh_from_db()
    assert (person.reminders_stopped_at, participants.has_newsletter(person)) == (None, False)
    press(client, mine, "my-newsletter-join")
    dates = Consent.objects.filter(text__purpose="newsletter").order_by("pk")
    assert list(dates.values_list("given_at", "withdrawn_at")) == [(AT, AT), (AT, None)]
    assert states(mine) == [State.CONFIRMED] * 3


def test_details_are_changed_and_bad_ones_refused(client: Client) -> None:
    mine = registered()
    details = {
        "given_name": "Zoë",
        "family_name": "O'Brien-Nguyễn",
        "organisation_name": "Quais",
        "language": "en",
        "timezone": "Indian/Reunion",
    }
    assert client.post(path(mine, "my-person"), details).status_code == 302
    person = Participant.objects.get()
    assert {name: getattr(person, name) for name in details} == details
    assert person.email == "amina@example.org"
    page = " ".join(client.get(path(mine)).content.decode().replace("\u202f", " ").split())
    assert "jeudi 22 octobre 2026, 15 h 00 – 16 h 30 (heure de La Réunion)" in page
    for bad in (
        {"given_name": "www.x.fr"},
        {"family_name": "x\ny"},
        {"language": "xx"},
        {"timezone": "Mars/Phobos"},
    ):
        refused = client.post(path(mine, "my-person"), details | bad)
        assert (refused.status_code, list(refused.context["form"].errors)) == (200, list(bad))
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in details} == details


def test_the_export_holds_everything(client: Client) -> None:
    mine = registered(1)
    response = client.get(path(mine, "my-export"))
    assert response["Content-Type"] == "application/json"
    data = json.loads(response.content)
    assert data["person"]["email"] == "amina@example.org"
    assert [len(row["sessions"]) for row in data["registrations"]] == [1]
    assert [consent["purpose"] for consent in data["consents"]] == ["notice"]
    assert sorted(data) == [
        "consents",
        "documents",
        "mails",
        "person",
        "private_calendars",
        "registrations",
        "signatures",
        "trainee_files",
    ]


def test_erase_me(client: Client) -> None:
    mine = registered()
    assert client.get(path(mine, "my-erase")).status_code == 200
    assert Participant.objects.count() == 1
    response = client.post(path(mine, "my-erase"), follow=True)
    assert response.redirect_chain == [("/fr/erased/", 302)]
    assert [model.objects.count() for model in (Participant, CycleRegistration, Registration, Consent)] == [
        0
    ] * 4
    assert client.get(path(mine)).status_code == 404


@pytest.mark.parametrize("name", ["my-cancel", "my-cancel-all", "my-take-all"])
def test_nobody_acts_for_somebody_else(client: Client, name: str) -> None:
    mine = registered()
    theirs = join(mine.cycle, "zoe@example.org")
    number = theirs.registrations.earliest("pk").pk if name == "my-cancel" else theirs.pk
    assert client.post(path(mine, name, number)).status_code == 404
    assert states(theirs) == [State.CONFIRMED] * 3


def test_taking_a_date_for_somebody_else_or_of_another_cycle(client: Client) -> None:
    mine = registered()
    theirs = join(mine.cycle, "zoe@example.org")
    row = booking.cancel(theirs.registrations.earliest("pk"), at=AT)
    assert client.post(path(mine, "my-take", theirs.pk, row.session_id)).status_code == 404
    other = make.session()
    assert client.post(path(mine, "my-take", mine.pk, other.pk)).status_code == 404
    hidden = make.session(cycle=mine.cycle, status=Session.Status.DRAFT)
    assert client.post(path(mine, "my-take", mine.pk, hidden.pk)).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "my-reminders-stop",
        "my-reminders-resume",
        "my-newsletter-join",
        "my-newsletter-leave",
        "my-person",
        "my-feed-reset",
        "my-feed-alarm",
    ],
)
def test_looking_at_a_button_does_not_press_it(client: Client, name: str) -> None:
    mine = registered()
    assert [client.get(path(mine, name)).status_code, client.head(path(mine, name)).status_code] == [405, 405]


def test_buttons_speak_of_a_place_only_where_there_is_one(client: Client) -> None:
    """A full date is waited for, not taken; who waits for it leaves the list, and gives no place back."""
    mine = registered(1, capacity=1)
    (row,) = mine.registrations.all()

    def buttons(registration: CycleRegistration) -> set[str]:
        page = client.get(path(registration)).content.decode()
        known = (
            "Je ne viendrai pas",
            "Reprendre ma place",
            "Entrer en liste d’attente",
            "Quitter la liste d’attente",
        )
        return {words for words in known if words in page}

    assert buttons(mine) == {"Je ne viendrai pas"}
    press(client, mine, "my-cancel", row.pk)
    assert buttons(mine) == {"Reprendre ma place"}
    zoe = join(mine.cycle, "zoe@example.org")
    assert buttons(mine) == {"Entrer en liste d’attente"}
    waiting = press(client, mine, "my-take", mine.pk, row.session_id)
    assert "liste d’attente" in waiting
    assert buttons(mine) == {"Quitter la liste d’attente"}
    assert buttons(zoe) == {"Je ne viendrai pas"}
    # Also while it is held: nobody's place could have been passed on.
    with time_machine.travel(make.paris(2026, 10, 22) + dt.timedelta(minutes=5), tick=False):
        left = press(client, mine, "my-cancel", mine.registrations.get().pk)
    assert left == "Vous n’êtes plus sur la liste d’attente de cette date. Vous pouvez y revenir ci-dessous."


def test_who_only_waits_gives_no_place_back(client: Client) -> None:
    mine = registered(2, capacity=1)
    zoe = join(mine.cycle, "zoe@example.org")
    asked = {row: client.get(path(row, "my-cancel-all", row.pk)).content.decode() for row in (mine, zoe)}
    assert "Le bouton rend les 2 dates" in asked[mine]
    assert "retire des listes d’attente de ces 2 dates" in asked[zoe]
    assert "Le bouton rend" not in asked[zoe]
    assert press(client, zoe, "my-cancel-all", zoe.pk) == (
        "Vous n’attendez plus de place. Vous pouvez revenir ci-dessous."
    )
    assert press(client, mine, "my-cancel-all", mine.pk).startswith("Toutes vos places aux dates à venir")


def test_who_waits_for_a_training_is_not_told_of_a_cycle(client: Client) -> None:
    run = make.run(capacity=1)
    make.half_days(run)
    join(run, "zoe@example.org")
    page = client.get(path(join(run, "amina@example.org"))).content.decode()
    assert "Il n’y a plus de place. Vous êtes numéro 1 sur la liste d’attente" in page
    assert "Ce cycle est complet" not in page


@pytest.mark.parametrize("count", [1, 3, 12])
def test_queries_do_not_grow(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    mine = registered(count, capacity=1)
    join(mine.cycle, "zoe@example.org")
    with django_assert_num_queries(6):
        client.get(path(mine))


@pytest.mark.parametrize(
    ("zone", "own", "is_told"),
    [("", "7 h 00", False), ("Indian/Reunion", "15 h 00", False), ("Mars/Phobos", "7 h 00", True)],
)
def test_the_page_shows_ones_own_hour_and_another_for_once(
    client: Client, zone: str, own: str, *, is_told: bool
) -> None:
    session = make.session(starts_at=make.paris(2026, 10, 22))
    row = make.registration(session=session, participant=make.participant(timezone="America/Martinique"))
    response = client.get(
        reverse("registrations:my-registrations", args=[personal_links.manage_token(row.participant)]),
        {"tz": zone},
    )
    page = response.content.decode().replace("\u202f", " ")
    assert f"Pour vous : jeudi 22 octobre 2026, {own}" in page
    assert ("Aucun fuseau horaire ne porte le nom" in page) is is_told
    row.participant.refresh_from_db()
    assert row.participant.timezone == "America/Martinique"
