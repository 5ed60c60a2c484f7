"""Somebody who has no e-mail address: on every list and export, in no mailing; the address may come later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from accounts import addresses
from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.models import Delivery
from notifications.plan import audiences, defaults, planner
from registrations import booking
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.people import without_address
from registrations.people.data import rights
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMessage
    from django.test import Client

pytestmark = pytest.mark.django_db
AT = make.AT
ADD = "/en/desk/cycles/tour/registrants/add/"
TABLE = "/en/desk/cycles/tour/registrants/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, month in enumerate((10, 11, 12), start=1):
        make.session(
            cycle=cycle, slug=f"escale-{number:02d}", number=number, starts_at=make.paris(2026, month, 22)
        )
    defaults.default_steps(cycle)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "given_name": "Odette",
        "family_name": "Vasseur",
        "email": "",
        "without_email": "on",
        "organisation_name": "Club des Rives",
        "language": "fr",
        "scope": "all",
        **fields,
    }


def odette(cycle: Cycle, **fields: Any) -> CycleRegistration:
    applicant = booking.Applicant(
        **{
            "email": "",
            "given_name": "Odette",
            "family_name": "Vasseur",
            "organisation_name": "Club",
            **fields,
        }
    )
    return booking.add(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, by=None, at=AT)


def test_somebody_without_an_address_gets_their_places_and_no_mail(claire: Client) -> None:
    response = claire.post(ADD, typed(), follow=True)
    row = CycleRegistration.objects.get()
    assert response.redirect_chain == [(f"{TABLE}{row.pk}/", 302)]
    said = [str(message) for message in response.context["messages"]]
    assert said == ["Registered. Tell the person yourself: nothing is sent to them."]
    assert (row.state, row.participant.email, row.participant.lacks_address) == (State.CONFIRMED, "", True)
    assert row.registrations.filter(state=State.CONFIRMED).count() == 3
    assert Delivery.objects.count() == 0
    assert "No email address: nothing is ever sent to this person" in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"without_email": ""}, "Give the address of the person, or tick that they have none."),
        ({"email": "o@example.org"}, "Leave the address empty, or untick that they have none."),
    ],
)
def test_the_form_asks_which_it_is(claire: Client, fields: dict[str, str], error: str) -> None:
    response = claire.post(ADD, typed(**fields))
    assert response.status_code == 422
    assert response.context["form"].errors == {"email": [error]}
    assert response.context["form"]["family_name"].value() == "Vasseur"
    assert Participant.objects.count() == 0


def test_the_same_person_is_not_entered_twice_and_two_of_one_name_are_two(
    claire: Client, cycle: Cycle
) -> None:
    first = odette(cycle, organisation_name="Club des Rives")
    response = claire.post(ADD, typed(given_name="ODETTE", family_name="Vasseur"))
    assert response.status_code == 422
    assert response.context["known"] == first
    assert claire.post(ADD, typed(organisation_name="Mairie")).status_code == 302
    assert Participant.objects.count() == 2


def test_lists_and_exports_have_them_and_say_that_there_is_no_address(claire: Client, cycle: Cycle) -> None:
    odette(cycle)
    make.cycle_registration(cycle=cycle, participant=make.participant(family_name="Zola"))
    page = claire.get(TABLE).content.decode()
    assert page.count("no email address") == 1
    table = claire.get(TABLE, {"without_email": "on"})
    assert [str(row.registration.person) for row in table.context["rows"]] == ["Odette Vasseur"]
    lines = b"".join(claire.get("/en/desk/cycles/tour/registrants.csv")).decode("utf-8-sig").splitlines()
    assert [line.split(";")[:3] for line in lines[1:] if "Vasseur" in line] == [["Vasseur", "Odette", ""]]
    session = cycle.sessions.get(number=1)
    url = f"/en/desk/cycles/tour/sessions/{session.slug}/attendance/"
    assert "no email address" in claire.get(url).content.decode()
    # Nobody is found by what stands where the address would be.
    key = Participant.objects.get(email="").email_key
    assert claire.get(TABLE, {"q": key}).context["rows"] == []
    assert claire.get(TABLE, {"q": "none"}).context["rows"] == []


def test_no_mailing_tries_them_whatever_happens(cycle: Cycle) -> None:
    """A whole season: reminders, a moved date, one cancelled, a message of before, a cancellation and its undoing."""
    row, other = odette(cycle), make.participant(family_name="Zola")
    make.cycle_registration(cycle=cycle, participant=other)
    first, second, third = cycle.sessions.order_by("number")
    for session in (first, second, third):
        make.registration(session=session, participant=other)
    planner.replan_all([first.pk, second.pk, third.pk])
    by, now = make.user(), AT
    planning.move(second, to=make.paris(2026, 11, 26), by=by, at=now)
    planning.cancel(third, reason={"en": "No room."}, by=by, at=now)
    booking.cancel_all(row, by=by, reason="x", at=now)
    booking.undo_cancel_all(row, by=by, at=now)
    while now < make.paris(2026, 11, 28):
        sending.tick(clock=now)
        sending.drain(clock=now)
        now += dt.timedelta(hours=6)
    assert Delivery.objects.count() > 6
    assert set(Delivery.objects.values_list("participant", flat=True)) == {other.pk}
    step = cycle.reminder_steps.get(code="j-7")
    assert audiences.count(step, first, due_at=AT) == audiences.counts(step, [first], at=AT)[first.pk] == 1


def test_who_is_told_of_a_change_counts_those_with_an_address_only(claire: Client, cycle: Cycle) -> None:
    odette(cycle)
    page = "/en/desk/cycles/tour/sessions/escale-01/cancel/"
    shown = claire.get(page).content.decode()
    assert "1 person has no email address: tell them yourself." in shown
    assert "Nobody is told by email: nobody is registered or speaks." not in shown
    make.registration(session=cycle.sessions.get(number=1))
    shown = claire.get(page).content.decode()
    assert "1 person is told by email." in shown
    assert "1 person has no email address: tell them yourself." in shown


def test_an_address_that_comes_later_is_read_as_any_other_and_gets_the_confirmation(
    claire: Client, cycle: Cycle, mailoutbox: list[EmailMessage]
) -> None:
    row = odette(cycle)
    page = f"{TABLE}{row.pk}/correct/"
    names = {"given_name": "Odette", "family_name": "Vasseur", "organisation_name": "Club"}
    refused = claire.post(page, {**names, "email": "odette@"})
    assert refused.status_code == 422
    assert claire.post(page, {**names, "email": ""}).status_code == 302
    assert Delivery.objects.count() == 0
    secret = row.participant.link_secret
    claire.post(page, {**names, "email": " Odette@Exemple-École.FR "})
    person = Participant.objects.get()
    assert (person.email_key, person.lacks_address, person.proved_at) == (
        addresses.key("odette@exemple-école.fr"),
        False,
        None,
    )
    assert person.link_secret != secret
    assert list(Delivery.objects.values_list("kind", "to_address")) == [
        ("registration_confirmed", person.email)
    ]
    sending.tick(clock=AT)
    sending.drain(clock=AT)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([person.email], "Vous êtes inscrit·e\u202f: Le tour en 12 étapes")
    ]
    assert [line.verb for line in AuditEntry.objects.filter(verb="registration.readdress")] == [
        "registration.readdress"
    ]


def test_the_address_of_somebody_else_is_not_given_to_them(claire: Client, cycle: Cycle) -> None:
    row = odette(cycle)
    other = make.cycle_registration(cycle=cycle, participant=make.participant(email="zola@example.org"))
    response = claire.post(
        f"{TABLE}{row.pk}/correct/",
        {"given_name": "Odette", "family_name": "Vasseur", "email": "zola@example.org"},
    )
    assert response.status_code == 422
    assert response.context["known"] == other
    assert Participant.objects.filter(email="").count() == 1


def test_an_address_cannot_be_taken_away_by_emptying_it(claire: Client, cycle: Cycle) -> None:
    row = make.cycle_registration(cycle=cycle)
    response = claire.post(f"{TABLE}{row.pk}/correct/", {"given_name": "A", "email": ""})
    assert response.status_code == 422
    assert Participant.objects.filter(email="").count() == 0


def test_their_data_are_found_handed_over_and_erased_from_their_page(client: Client, cycle: Cycle) -> None:
    row = odette(cycle)
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.OWNER).user)
    page = client.get(f"{TABLE}{row.pk}/").content.decode()
    link = f"/en/desk/data/{row.participant_id}/"
    assert link in page
    assert client.get(link).status_code == 200
    assert rights.export(row.participant)["person"]["email"] == ""
    rights.erase(row.participant, at=AT)
    assert Participant.objects.filter(pk=row.participant_id).count() == 0
    assert Registration.objects.count() == 0


def test_they_are_known_within_the_cycle_by_name_and_organisation(cycle: Cycle) -> None:
    row = odette(cycle)
    same = booking.Applicant(email="", given_name="Vasseur", family_name="odette", organisation_name="CLUB")
    assert without_address.find(cycle, same) == row.participant
    assert without_address.find(make.cycle(programme=cycle.programme), same) is None
    with pytest.raises(booking.AlreadyThereError):
        odette(cycle, given_name="Vasseur", family_name="Odette")
    booking.cancel_all(row, by=None, at=AT)
    assert odette(cycle).pk == row.pk


def test_the_public_form_still_wants_an_address(cycle: Cycle) -> None:
    with pytest.raises(addresses.AddressError):
        booking.register(
            cycle,
            applicant=booking.Applicant(email="", given_name="O", family_name="V"),
            scope=CycleRegistration.Scope.ALL,
            at=AT,
        )
    assert Participant.objects.count() == 0
