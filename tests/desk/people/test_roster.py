"""A list of people brought in: told line by line first, one mail each, nobody's own decision undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.models import Delivery
from registrations import booking
from registrations.models import CycleRegistration, Participant, State
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.AT
PAGE = "/en/desk/cycles/tour/registrants/import/"
LIST = """E-mail;Prénom;Nom;Organisation;Langue;Téléphone
amina@example.org;Amina;Benali;Le Phare;;0600
ZOE@Example.org;Zoë;O’Brien;;english;
 jean@example.org ;Jean-Noël;Müller;"A; B";fr;
"""


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, month in enumerate((10, 11), start=1):
        make.session(cycle=cycle, number=number, starts_at=make.paris(2026, month, 22))
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def post(client: Client, text: str, *, do: str = "look", **fields: Any) -> Any:
    address = f"{PAGE}save/" if do == "save" else PAGE
    return client.post(address, {"text": text, "language": "fr", **fields})


def told(*mails: str) -> str:
    """Return what a page says of mails that wait for the grace."""
    link = "/en/desk/cycles/tour/deliveries/?state=pending"
    words = " ".join(f"{each}, Thu 1 Oct 2026, 09:10." for each in mails)
    return f'{words} <a href="{link}">See these emails, or stop them</a>'


def acts(response: Any) -> list[tuple[str, str]]:
    return [(step.line.email, step.act.value) for step in response.context["preview"].steps]


def test_a_list_is_shown_then_registered(claire: Client, cycle: Cycle) -> None:
    looked = post(claire, LIST)
    assert acts(looked) == [
        ("amina@example.org", "new"),
        ("ZOE@Example.org", "new"),
        ("jean@example.org", "new"),
    ]
    text = looked.content.decode()
    assert "Columns that are not read: Téléphone." in text
    assert "Register 3 people" in text
    assert (Participant.objects.count(), Delivery.objects.count()) == (0, 0)
    # What the page shows is what is sent back.
    form = looked.context["form"]
    done = claire.post(
        f"{PAGE}save/", {"text": form["text"].value(), "language": "fr", "knows": "on"}, follow=True
    )
    assert [str(message) for message in done.context["messages"]] == [
        "3 people are registered.",
        told("Registration confirmed: to 3 people"),
    ]
    rows = CycleRegistration.objects.order_by("pk").select_related("participant")
    assert [
        (row.participant.email, row.participant.language, row.state, row.scope, row.source) for row in rows
    ] == [
        ("amina@example.org", "fr", "confirmed", "all", "import"),
        ("ZOE@example.org", "en", "confirmed", "all", "import"),
        ("jean@example.org", "fr", "confirmed", "all", "import"),
    ]
    assert rows[2].participant.organisation_name == "A; B"
    assert [row.registrations.count() for row in rows] == [2, 2, 2]
    assert list(AuditEntry.objects.values_list("verb", "target_kind", "target_id", "detail")) == [
        ("registration.import", "cycles.cycle", cycle.pk, "3")
    ]
    # Until then they can be stopped.
    assert sending.drain(clock=AT) == 0
    sending.drain(clock=AT + planning.grace())
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ZOE@example.org",
        "amina@example.org",
        "jean@example.org",
    ]
    assert "An organiser registered you" in next(m.body for m in mail.outbox if m.to == ["ZOE@example.org"])


def test_the_same_list_again_changes_nothing(claire: Client) -> None:
    post(claire, LIST, do="save", knows="on")
    mails = Delivery.objects.count()
    looked = post(claire, LIST)
    assert [act for _email, act in acts(looked)] == ["known"] * 3
    assert "There is nobody to register." in looked.content.decode()
    assert post(claire, LIST, do="save", knows="on").status_code == 200
    assert (Participant.objects.count(), Delivery.objects.count()) == (3, mails)


def test_what_people_decided_themselves_stays(claire: Client, cycle: Cycle) -> None:
    for name, state in (("gone", "cancelled"), ("no", "refused"), ("asked", "pending")):
        person = make.participant(
            email=f"{name}@example.org", email_key=f"{name}@example.org", confirmed_at=AT, given_name="Own"
        )
        fields = (
            {"cancelled_at": AT} if state == "cancelled" else {"decided_at": AT} if state == "refused" else {}
        )
        make.cycle_registration(cycle=cycle, participant=person, state=state, **fields)
    text = "e-mail;prénom;nom\ngone@example.org;A;B\nno@example.org;A;B\nasked@example.org;A;B"
    looked = post(claire, text)
    assert [act for _email, act in acts(looked)] == ["left", "left", "new"]
    assert "cancelled their registration: it is theirs to take again" in looked.content.decode()
    post(claire, text, do="save", knows="on")
    states = CycleRegistration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "refused", "confirmed"]
    # A name that was confirmed by its owner is not overwritten by a list.
    assert set(Participant.objects.values_list("given_name", flat=True)) == {"Own"}


def test_nobody_is_brought_back_who_cancels_between_the_look_and_the_button(cycle: Cycle) -> None:
    applicant = booking.Applicant(email="a@example.org", given_name="A", family_name="B")
    assert booking.add_all(cycle, applicants=[applicant], by=None, at=AT) == {"confirmed": 1}
    booking.cancel_all(CycleRegistration.objects.get(), at=AT)
    assert booking.add_all(cycle, applicants=[applicant], by=None, at=AT) == {"known": 1}
    assert CycleRegistration.objects.get().state == State.CANCELLED


def test_lines_that_are_wrong_are_told_and_left_out(claire: Client) -> None:
    text = "\n".join(
        (
            "E-mail;Prénom;Nom",
            "no-address;A;B",
            ";A;B",
            "c@example.org;;",
            f"d@example.org;A;{'x' * 121}",
            "e@example.org;A;B",
            "E@EXAMPLE.org;A;B",
        )
    )
    looked = post(claire, text)
    assert [act for _email, act in acts(looked)] == ["wrong", "ask", "wrong", "wrong", "new", "twice"]
    result = looked.content.decode()
    assert "3 lines cannot be read and are left out" in result
    assert "Line 2: The email address is missing or is none." in result
    assert "Line 4: The name is missing, too long or no name." in result
    post(claire, text, do="save", knows="on")
    assert list(Participant.objects.values_list("email", flat=True)) == ["e@example.org"]


def test_somebody_without_an_address_is_registered_when_the_organiser_says_so(
    claire: Client, cycle: Cycle
) -> None:
    text = "E-mail;Prénom;Nom\na@example.org;Amina;B\n;Odette;Vasseur\n;Paul;Orme\n"
    looked = post(claire, text)
    assert [act for _email, act in acts(looked)] == ["new", "ask", "ask"]
    post(claire, text, do="save", knows="on")
    assert Participant.objects.filter(email="").count() == 0
    keys = [step.key for step in looked.context["preview"].questions]
    taken = post(claire, text, take=keys)
    assert [act for _email, act in acts(taken)] == ["known", "new", "new"]
    assert taken.context["preview"].unreachable == 2
    assert "2 of them have no email address: nothing is sent to them." in taken.content.decode()
    post(claire, text, do="save", knows="on", take=keys)
    people = Participant.objects.filter(email="").order_by("family_name")
    assert [str(person) for person in people] == ["Paul Orme", "Odette Vasseur"]
    # The same list again, in other letters, enters nobody twice.
    again = post(claire, text.replace("Odette;Vasseur", "ODETTE;vasseur"), take=keys)
    assert [act for _email, act in acts(again)] == ["known", "known", "known"]
    assert cycle.registrations.count() == 3


def test_one_name_is_enough_in_a_list(claire: Client) -> None:
    text = "E-mail;Prénom;Nom\na@example.org;Amina;\nb@example.org;;Diallo\n"
    post(claire, text, do="save", knows="on")
    assert [str(person) for person in Participant.objects.order_by("email")] == ["Amina", "Diallo"]


def test_places_go_in_the_order_of_the_list(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(capacity=2)
    done = claire.post(f"{PAGE}save/", {"text": LIST, "language": "fr", "knows": "on"}, follow=True)
    assert [str(message) for message in done.context["messages"]] == [
        "2 people are registered. 1 is on the waiting list, and is told so.",
        told("Registration confirmed: to 2 people", "On the waiting list: to 1 person"),
    ]
    assert list(CycleRegistration.objects.order_by("pk").values_list("state", flat=True)) == [
        "confirmed",
        "confirmed",
        "waitlisted",
    ]


def test_nobody_is_registered_without_knowing_it(claire: Client) -> None:
    answer = post(claire, LIST, do="save")
    assert answer.status_code == 422
    assert "Nobody is registered without knowing it" in answer.content.decode()
    assert answer.context["form"]["text"].value().count("\n") == 4
    assert Participant.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Choose a file, or paste the lines of the list."),
        ({"text": "Nom;Prénom\nA;B"}, "There is no column of email addresses"),
        ({"text": "e-mail;nom\n" + "a@example.org;B\n" * 1001}, "more than 1000 people"),
        ({"file": SimpleUploadedFile("list.xlsx", b"\xd0\xcf\x11\xe0")}, "This is an old spreadsheet"),
        ({"file": SimpleUploadedFile("list.csv", b"\x00\x01\x02\x03\x04")}, "This file cannot be read"),
        ({"file": SimpleUploadedFile("list.csv", b"x" * 20_000_000)}, "larger than 1\xa0MB"),
        ({"file": SimpleUploadedFile("list.csv", b"")}, "This file is empty."),
        ({"text": LIST, "language": "de"}, "de is not one of the available choices"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_to_do(
    claire: Client, fields: dict[str, Any], error: str
) -> None:
    answer = claire.post(PAGE, {"language": "fr", **fields})
    assert (
        answer.status_code,
        error.replace("\xa0", " ") in answer.content.decode().replace("\xa0", " "),
    ) == (
        422,
        True,
    )


def test_a_file_lands_in_the_field_where_it_can_be_corrected(claire: Client) -> None:
    file = SimpleUploadedFile("list.csv", "Email,First name,Last name\na@example.org,Zoë,\n".encode("utf-16"))
    answer = claire.post(PAGE, {"file": file, "language": "en"})
    assert answer.status_code == 200
    assert answer.context["form"]["text"].value() == "Email,First name,Last name\na@example.org,Zoë,\n"


@pytest.mark.parametrize(("count", "queries"), [(1, 29), (3, 29)])
def test_looking_does_what_saving_does_and_takes_it_back(
    claire: Client, django_assert_num_queries: Any, count: int, queries: int
) -> None:
    text = "e-mail;prénom;nom\n" + "".join(f"p{number}@example.org;A;B\n" for number in range(count))
    with django_assert_num_queries(queries):
        looked = post(claire, text)
    assert looked.context["preview"].states == {"confirmed": count}
    assert (Participant.objects.count(), Delivery.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)
