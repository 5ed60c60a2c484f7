"""Personal links: one person's until they or their address change, each for its purpose and nothing more."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from cycles.models import Cycle
from notifications.mail import compose
from notifications.models import Delivery, NewsStop
from registrations import booking
from registrations.calendar import feed_tokens
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant, State
from registrations.people import correcting, participants
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
NOW = make.AT
ALL = CycleRegistration.Scope.ALL


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seat() -> Registration:
    """One person with a place, an offer of the cycle, and a private calendar."""
    return make.registration(session=make.session(room_url="https://room.example.org/"))


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def everything(seat: Registration) -> dict[str, str]:
    """Return the path of every link of a person, the private calendar among them."""
    person, row = Participant.objects.get(pk=seat.participant_id), seat.cycle_registration
    seat.participant = row.participant = person
    row_of_feed = feed_tokens.live(person)
    token = feed_tokens.shown(row_of_feed) if row_of_feed else feed_tokens.reset(person, at=NOW)
    return {
        "manage": path(personal_links.manage(person, language="fr")),
        "export": path(personal_links.manage(person, language="fr")) + "export.json",
        "join": path(personal_links.join(seat, language="fr")),
        "offer": path(personal_links.offer(row, language="fr")),
        "confirm": path(personal_links.confirm(row, language="fr")),
        "reminders": path(personal_links.unsubscribe(person)),
        "news": path(personal_links.unsubscribe(person, cycle_id=row.cycle_id)),
        "mail": reverse("registrations:send-link", args=[personal_links.mail_token(person)]),
        "calendar": reverse("registrations:private-feed", args=[token]),
    }


def statuses(paths: dict[str, str]) -> dict[str, int]:
    return {name: Client().get(each).status_code for name, each in paths.items()}


def signed(purpose: str, value: Any) -> str:
    """Return a token as it was made before docs/decisions/0085: a number, signed for ever."""
    salt = f"escale.registrations.{purpose}"
    if purpose == "confirm":
        return signing.dumps(value, salt=salt)
    return signing.Signer(salt=salt).sign_object(value)


def words(content: bytes) -> str:
    return " ".join(content.decode().replace("\u202f", " ").split())


def test_a_corrected_address_ends_every_link_that_the_organiser_had(client: Client) -> None:
    """The attack: an organiser registers a mailbox of theirs, and corrects its address to a victim's."""
    cycle = make.session().cycle
    mine = booking.Applicant(email="organiser@example.org", given_name="O", family_name="O")
    added = booking.add(cycle, applicant=mine, scope=ALL, by=None, at=NOW)
    seat = added.registrations.get()
    participants.prove(added.participant, at=NOW)
    paths = everything(seat)
    assert set(statuses(paths).values()) == {200}
    correcting.correct_address(
        added, email="victim@example.org", within=Cycle.objects.all(), by=None, at=NOW + dt.timedelta(hours=1)
    )
    # A calendar that was taken back is an empty one for a while (docs/calendars.md).
    assert statuses(paths) == dict.fromkeys(paths, 404) | {"calendar": 200}
    assert b"BEGIN:VEVENT" not in client.get(paths["calendar"]).content
    assert feed_tokens.live(added.participant) is None
    # What is mailed from now on opens the page, once its reader has pressed a button.
    mail = Delivery.objects.get(kind="address_corrected")
    assert mail.to_address == "victim@example.org"
    url = re.search(r"\S+/my/\S+", str(compose.message(mail, at=NOW).body))
    assert url is not None
    page = client.get(path(url[0]))
    assert "Est-ce bien vous ?" in words(page.content)
    assert "export.json" not in page.content.decode()


def test_what_is_still_owed_leaves_with_the_links_of_today(seat: Registration) -> None:
    owed = make.delivery(seat)
    before = personal_links.manage(seat.participant)
    participants.change_address(seat.participant, email="new@example.org", renews_feed=True, at=NOW)
    owed = Delivery.objects.get(pk=owed.pk)
    body = str(compose.message(owed, at=NOW).body)
    assert (owed.to_address, before in body) == ("new@example.org", False)
    assert personal_links.manage(Participant.objects.get()) in body
    assert personal_links.join(owed.registration, language="fr") in body  # type: ignore[arg-type]  # it has one


def test_a_mail_in_hand_when_the_address_changes_holds_no_newer_link(seat: Registration) -> None:
    """It goes to the address of before: the links in it are those of before, too, and open nothing."""
    make.delivery(seat)
    in_hand = Delivery.objects.select_related("participant", "registration", "cycle_registration").get()
    participants.change_address(seat.participant, email="new@example.org", renews_feed=True, at=NOW)
    body = str(compose.message(in_hand, at=NOW).body)
    result = re.findall(r"http://testserver(/(?:fr/(?:my|join)|stop)/\S+)", body)
    assert len(result) == 3
    assert [Client().get(each).status_code for each in result] == [404, 404, 404]


def test_the_person_ends_all_old_links_and_the_new_one_goes_to_the_address_only(
    client: Client, seat: Registration
) -> None:
    paths = everything(seat)
    answer = client.post(paths["manage"] + "links/end/")
    assert (answer.status_code, answer["Location"]) == (302, "/fr/link/ended/")
    page = client.get(answer["Location"]).content.decode()
    assert ("/my/" in page, "ont pris fin" in page) == (False, True)
    assert statuses(paths) == dict.fromkeys(paths, 404) | {"calendar": 200}
    mail = Delivery.objects.get(kind="own_link")
    assert mail.to_address == seat.participant.email
    new = everything(seat)
    assert new["manage"] in str(compose.message(mail, at=NOW).body)
    assert set(statuses(new).values()) == {200}
    # The old link ends nothing a second time.
    assert client.post(paths["manage"] + "links/end/").status_code == 404


def test_whom_an_organiser_added_proves_the_address_before_anything_is_shown(client: Client) -> None:
    cycle = make.session().cycle
    zoe = booking.Applicant(email="zoe@example.org", given_name="Zoë", family_name="Ndiaye")
    added = booking.add(cycle, applicant=zoe, scope=ALL, by=None, at=NOW)
    person = Participant.objects.get()
    manage = path(personal_links.manage(person))
    seat = added.registrations.get()
    for name in ("", "copy/", "erase/", "export.json"):
        page = client.get(manage + name)
        assert (page.status_code, "Est-ce bien vous ?" in words(page.content)) == (200, True)
    for name in (f"cancel/{seat.pk}/", "erase/", "calendar/", "reminders/stop/"):
        assert client.post(manage + name).status_code == 200
    seat.refresh_from_db()
    person.refresh_from_db()
    assert (seat.state, person.proved_at, person.reminders_stopped_at) == (State.CONFIRMED, None, None)
    answer = client.post(manage + "prove/")
    assert (answer.status_code, answer["Location"]) == (302, f"{manage}?done=proved")
    assert "Vous avez une place" in client.get(answer["Location"]).content.decode()
    person.refresh_from_db()
    assert person.proved_at == NOW


def test_the_button_of_a_confirmation_proves_the_address_too() -> None:
    cycle, other = make.session().cycle, make.session().cycle
    zoe = booking.Applicant(email="zoe@example.org", given_name="Zoë", family_name="Ndiaye")
    booking.add(cycle, applicant=zoe, scope=ALL, by=None, at=NOW)
    booking.confirm(booking.register(other, applicant=zoe, scope=ALL, at=NOW), at=NOW)
    assert Participant.objects.get().proved_at == NOW


def _offered() -> Registration:
    cycle = make.cycle(capacity=1, offer_hours=24)
    session = make.session(cycle=cycle)
    row = make.cycle_registration(
        cycle=cycle, state=State.OFFERED, queued_at=NOW, offer_ends_at=NOW + dt.timedelta(hours=5)
    )
    return make.registration(participant=row.participant, session=session, cycle_registration=row)


@pytest.mark.parametrize("name", ["join", "offer", "confirm", "reminders", "news", "mail"])
def test_a_link_opens_its_purpose_and_offers_to_mail_the_own_page(client: Client, name: str) -> None:
    seat = _offered() if name == "offer" else make.registration()
    address = everything(seat)[name]
    button = address + ("accept/" if name == "offer" else "")
    answers = [client.get(address), client.post(button, follow=True), client.get(address)]
    pages = [answer.content.decode() for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [re.findall(r"/my/|/calendar/", page) for page in pages] == [[], [], []]
    before = Delivery.objects.filter(kind="own_link").count()
    if name == "mail":
        assert before == 1
        return
    (send,) = set(re.findall(r'action="(/(?:fr|en)/link/[^"]+)"', pages[0]))
    for _twice in range(2):
        assert client.post(send)["Location"] == "/fr/link/sent/"
    (mail,) = Delivery.objects.filter(kind="own_link")
    assert mail.to_address == seat.participant.email


def test_an_answered_offer_says_so_on_its_own_page(client: Client) -> None:
    seat = _offered()
    address = everything(seat)["offer"]
    answer = client.post(f"{address}decline/", follow=True)
    assert "la place est libre pour quelqu’un d’autre" in words(answer.content)
    assert "/my/" not in answer.content.decode()


def test_mails_of_ones_own_link_are_few(client: Client, seat: Registration) -> None:
    send = everything(seat)["mail"]
    for minute in range(6):
        with time_machine.travel(NOW + minute * dt.timedelta(minutes=1), tick=False):
            assert client.post(send).status_code == 302
        Delivery.objects.filter(kind="own_link").update(state=Delivery.State.SENT, sent_at=NOW)
    assert Delivery.objects.filter(kind="own_link").count() == 3


@pytest.mark.parametrize("purpose", ["join", "offer", "unsubscribe", "confirm"])
def test_a_link_of_before_goes_on_opening_what_it_was_for_until_the_links_are_renewed(
    client: Client, seat: Registration, purpose: str
) -> None:
    person, row = seat.participant, seat.cycle_registration
    value = {"join": seat.pk, "offer": row.pk, "unsubscribe": person.pk, "confirm": row.pk}[purpose]
    word = {"unsubscribe": "/unsubscribe"}.get(purpose, f"/fr/{purpose}")
    address = f"{word}/{signed(purpose, value)}/"
    page = client.get(address)
    assert (page.status_code, "/my/" in page.content.decode()) == (200, False)
    participants.change_address(person, email="new@example.org", renews_feed=True, at=NOW)
    assert client.get(address).status_code == 404


def test_a_link_of_before_leaves_the_news_of_one_cycle(client: Client, seat: Registration) -> None:
    cycle = seat.cycle_registration.cycle
    token = signed("unsubscribe", [seat.participant_id, cycle.pk])
    assert client.post(f"/unsubscribe/{token}/").status_code == 200
    assert NewsStop.objects.get().cycle == cycle


def test_the_own_page_of_before_opens_nothing_and_offers_to_mail_the_link_of_today(
    client: Client, seat: Registration
) -> None:
    token = signed("manage", seat.participant_id)
    for answer in (
        client.get(f"/fr/my/{token}/"),
        client.get(f"/fr/my/{token}/export.json"),
        client.post(f"/fr/my/{token}/cancel/{seat.pk}/"),
    ):
        assert (answer.status_code, answer["Location"]) == (302, everything(seat)["mail"])
    seat.refresh_from_db()
    assert seat.state == State.CONFIRMED
    page = client.get(everything(seat)["mail"]).content.decode()
    assert (str(seat.participant) in page, seat.participant.email in page) == (False, False)


def test_the_own_page_of_before_names_nobody_once_the_links_are_renewed(
    client: Client, seat: Registration
) -> None:
    address = f"/fr/my/{signed('manage', seat.participant_id)}/"
    assert client.get(address).status_code == 302
    participants.change_address(seat.participant, email="new@example.org", renews_feed=True, at=NOW)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("value", [None, True, "1", [1, 2, 3], 0, -1, 2**70, 1.5, {"a": 1}])
@pytest.mark.parametrize("purpose", ["join", "offer", "unsubscribe", "manage", "speak"])
def test_a_signed_value_of_another_shape_opens_nothing(client: Client, purpose: str, value: object) -> None:
    make.registration()
    word = {"unsubscribe": "/unsubscribe", "manage": "/fr/my"}.get(purpose, f"/fr/{purpose}")
    assert client.get(f"{word}/{signed(purpose, value)}/").status_code == 404


@pytest.mark.parametrize("secret", ["", "theirs"])
def test_nobody_has_the_secret_of_another_or_none(secret: str) -> None:
    one, two = make.participant(), make.participant()
    assert (len(one.link_secret), one.link_secret == two.link_secret) == (22, False)
    two.link_secret = one.link_secret if secret else ""
    with pytest.raises(IntegrityError):
        two.save(update_fields=["link_secret"])


def test_a_request_of_a_stranger_has_a_secret_too() -> None:
    booking.register(
        make.session().cycle,
        applicant=booking.Applicant(email="a@example.org", given_name="A", family_name="B"),
        scope=ALL,
        at=NOW,
    )
    assert len(Participant.objects.get().link_secret) == 22
