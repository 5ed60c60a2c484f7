"""Writing to a group from the table: who gets it is told first, one press sends, another stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership
from notifications.models import Delivery, GroupMessage
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

DESK = "/en/desk/cycles/tour"
NEW = f"{DESK}/registrants/message/"
WORDS = {
    "about": "organisation",
    "subject_fr": "Salle changée",
    "body_fr": "Bonjour {given_name}.",
    "subject_en": "",
    "body_en": "",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    user = make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user
    user.email = "claire@example.org"
    user.save()
    client.force_login(user)
    AuditEntry.objects.all().delete()
    return client


def register(cycle: Cycle, name: str, **fields: Any) -> Any:
    return make.cycle_registration(cycle=cycle, participant=make.participant(family_name=name), **fields)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_from_the_table_to_the_mail_and_the_stop(claire: Client, cycle: Cycle) -> None:
    for name in ("Abel", "Abelard", "Cros"):
        register(cycle, name)
    register(cycle, "Abelin", state="cancelled", cancelled_at=AT)
    page = claire.get(NEW, {"q": "abel"})
    assert "3 people chosen." in page.content.decode()
    looked = claire.post(f"{NEW}?q=abel", WORDS, follow=True)
    message = GroupMessage.objects.get()
    text = looked.content.decode()
    assert "2 people get it" in text
    assert "1 of those chosen gets nothing" in text
    assert looked.context["mail"].subject == "Salle changée"
    assert Delivery.objects.count() == 0
    here = f"{DESK}/group-messages/{message.pk}"
    frame = claire.get(f"{here}/body.html?language=en")
    assert "Bonjour Camille." in frame.content.decode()
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert said(claire.post(f"{here}/test/", {"language": "fr"}, follow=True)) == [
        "A test was sent to claire@example.org."
    ]
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["claire@example.org"], "[ESSAI] Salle changée")
    ]
    sent = claire.post(f"{here}/send/", {"expected": "2"}, follow=True)
    assert said(sent) == ["It leaves to 2 people in 10 minutes. Until then you can stop it here."]
    assert "Stop the 2 emails that wait" in sent.content.decode()
    assert ("It leaves to 2 people: " in sent.content.decode(), "Sent to" in sent.content.decode()) == (
        True,
        False,
    )
    first = Delivery.objects.filter(group_message=message).first()
    assert first is not None
    Delivery.objects.filter(pk=first.pk).update(state="sent", sent_at=AT)
    assert "1 of 2 emails waits." in claire.get(f"{here}/").content.decode()
    Delivery.objects.filter(pk=first.pk).update(state="pending", sent_at=None)
    mails = claire.get(f"{DESK}/deliveries/").content.decode()
    assert mails.count(f'<a href="{here}/">Salle changée</a>') == 2
    assert said(claire.post(f"{here}/stop/", follow=True)) == ["Stopped: 2 waiting emails were withdrawn."]
    assert said(claire.post(f"{here}/stop/", follow=True)) == [
        "Nothing was waiting any more: nothing was stopped."
    ]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "group_message.write",
        "message.test",
        "group_message.send",
        "group_message.stop",
    ]
    listed = claire.get(f"{DESK}/group-messages/")
    assert [(str(row), row.people) for row in listed.context["sent"]] == [("Salle changée", 2)]
    # What has left is read, not written.
    assert claire.get(f"{here}/edit/").status_code == 302
    assert claire.post(f"{here}/discard/", follow=True).status_code == 200
    assert GroupMessage.objects.count() == 1


def test_those_ticked_are_those_written_to(claire: Client, cycle: Cycle) -> None:
    rows = [register(cycle, name) for name in ("Abel", "Béranger", "Cros")]
    claire.post(f"{NEW}?person={rows[0].pk}&person={rows[2].pk}&q=nobody", WORDS)
    message = GroupMessage.objects.get()
    claire.post(f"{DESK}/group-messages/{message.pk}/send/", {"expected": "2"})
    assert sorted(Delivery.objects.values_list("cycle_registration", flat=True)) == [rows[0].pk, rows[2].pk]


def test_a_group_of_a_stop_is_held_to_that_stop(claire: Client, cycle: Cycle) -> None:
    session = cycle.sessions.get()
    row = register(cycle, "Abel")
    seat = make.registration(session=session, cycle_registration=row, participant=row.participant)
    claire.post(f"{NEW}?stop={session.slug}", WORDS)
    message = GroupMessage.objects.get()
    claire.post(f"{DESK}/group-messages/{message.pk}/send/", {"expected": "1"})
    delivery = Delivery.objects.get()
    assert (delivery.registration_id, delivery.cycle_registration_id) == (seat.pk, row.pk)


def test_a_group_that_changed_is_looked_at_again(claire: Client, cycle: Cycle) -> None:
    register(cycle, "Abel")
    claire.post(NEW, WORDS)
    message = GroupMessage.objects.get()
    register(cycle, "Béranger")
    for expected, error in (("1", "it is now 2"), ("", "it is now 2"), ("x", "it is now 2")):
        answer = claire.post(f"{DESK}/group-messages/{message.pk}/send/", {"expected": expected}, follow=True)
        assert error in said(answer)[0]
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subject_fr": "", "body_fr": ""}, "Write a subject and a text, in one language at least."),
        ({"body_fr": ""}, "Write both the subject and the text, or neither."),
        ({"subject_en": "Room"}, "Write both the subject and the text, or neither."),
        ({"body_fr": "{sesion}"}, "is not a variable of this email"),
        ({"body_fr": "x" * 5001}, "It is too long"),
        ({"about": "sport"}, "sport is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    claire: Client, cycle: Cycle, fields: dict[str, str], error: str
) -> None:
    register(cycle, "Abel")
    answer = claire.post(NEW, {**WORDS, **fields})
    assert (answer.status_code, error in answer.content.decode()) == (422, True)
    typed = {**WORDS, **fields}
    assert answer.context["form"]["subject_fr"].value() == typed["subject_fr"]
    assert GroupMessage.objects.count() == 0


def test_a_draft_is_changed_and_thrown_away(claire: Client, cycle: Cycle) -> None:
    register(cycle, "Abel")
    claire.post(NEW, WORDS)
    message = GroupMessage.objects.get()
    edit = f"{DESK}/group-messages/{message.pk}/edit/"
    assert claire.get(edit).context["form"]["body_fr"].value() == "Bonjour {given_name}."
    claire.post(edit, {**WORDS, "subject_fr": "Autre salle", "about": "news"})
    message.refresh_from_db()
    assert (str(message), message.about) == ("Autre salle", "news")
    assert said(claire.post(f"{DESK}/group-messages/{message.pk}/discard/", follow=True)) == [
        "The draft is gone."
    ]
    assert GroupMessage.objects.count() == 0


def test_nobody_to_write_to_is_said(claire: Client) -> None:
    claire.post(NEW, WORDS)
    message = GroupMessage.objects.get()
    page = claire.get(f"{DESK}/group-messages/{message.pk}/")
    assert "0 people get it" in page.content.decode()
    answer = claire.post(f"{DESK}/group-messages/{message.pk}/send/", {"expected": "0"}, follow=True)
    assert said(answer) == ["Nobody is left to write to: choose other people."]


def test_the_message_of_another_cycle_is_not_found(claire: Client) -> None:
    other = make.group_message()
    for path in ("", "edit/", "body.html"):
        assert claire.get(f"{DESK}/group-messages/{other.pk}/{path}").status_code == 404
    for path in ("send/", "stop/", "test/", "discard/"):
        assert claire.post(f"{DESK}/group-messages/{other.pk}/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 80])
def test_the_page_counts_its_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        register(cycle, f"Nom {number}")
    claire.post(NEW, WORDS)
    message = GroupMessage.objects.get()
    with django_assert_num_queries(20):
        claire.get(f"{DESK}/group-messages/{message.pk}/")
