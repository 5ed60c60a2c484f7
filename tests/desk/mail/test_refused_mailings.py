"""What the desk says of a mailing that was refused, and what an organiser decides there."""

from __future__ import annotations

import datetime as dt
import html
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from cycles.models import Membership
from notifications.delivery import ledger
from notifications.models import Delivery, RefusedMailing, Suppression
from notifications.transport import transports, trouble
from tests import make

if TYPE_CHECKING:
    from registrations.models import CycleRegistration

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Client:
    client = Client()
    client.force_login(make.user(is_superuser=True, is_staff=True, name="Claire"))
    return client


def told(client: Client, address: str) -> str:
    return " ".join(html.unescape(client.get(address).content.decode()).split())


def wave(count: int) -> tuple[CycleRegistration, RefusedMailing]:
    """So many people, each refused once as unknown and stopped, and one who waits."""
    at = timezone.now()
    session = make.session(cycle=make.cycle(slug="tour"), starts_at=at + dt.timedelta(days=3))
    mailing = make.refused_mailing(cycle=session.cycle, mailing=f"reminder:{session.cycle_id}:{at:%Y-%m-%d}")
    for _number in range(count):
        row = make.registration(session=session)
        make.delivery(row, state="suppressed", refusal="no_mailbox", created_at=at, next_at=at)
        ledger.suppress(
            row.participant.email, reason=Suppression.Reason.BOUNCE, at=at, mailing=mailing.mailing
        )
    waits = make.registration(session=session)
    make.delivery(waits, created_at=at, next_at=at + dt.timedelta(minutes=10))
    return waits.cycle_registration, mailing


def test_a_held_mailing_is_told_on_the_home_and_on_the_board(claire: Client) -> None:
    wave(3)
    home = told(claire, "/en/desk/")
    assert "A mailing waits for you: 5 emails were refused in the same way" in home
    assert "<b>3</b> stopped addresses" in home
    board = told(claire, "/en/desk/cycles/tour/deliveries/")
    assert "5 emails were refused in the same way" in board
    assert "1 email waits." in board
    assert "3 addresses were stopped." in board


def test_lifting_the_stops_and_going_on_are_one_act_each(claire: Client) -> None:
    _row, mailing = wave(3)
    base = f"/en/desk/cycles/tour/refused/{mailing.pk}"
    assert claire.get(f"{base}/lift/").status_code == 405
    assert claire.post(f"{base}/lift/").status_code == 302
    assert Suppression.objects.count() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending"}
    assert claire.post(f"{base}/go-on/").status_code == 302
    assert RefusedMailing.objects.get().held_at is None
    assert "refused in the same way" not in told(claire, "/en/desk/cycles/tour/deliveries/")
    assert "stopped address" not in told(claire, "/en/desk/")


def test_who_has_no_role_decides_nothing() -> None:
    _row, mailing = wave(1)
    client = Client()
    client.force_login(make.user(email="lise@example.org"))
    assert client.post(f"/en/desk/cycles/tour/refused/{mailing.pk}/lift/").status_code == 404
    assert Suppression.objects.count() == 1
    assert Membership.objects.count() == 0


def test_a_refusal_of_ours_is_told_on_the_home_the_board_and_to_supervisors(claire: Client) -> None:
    wave(1)
    down = transports.TransportDown(
        "550 5.1.8 <escale@example.org>: Sender address rejected", refusal="sender"
    )
    trouble.note(down, at=timezone.now())
    why = "the mail server refuses our sender address (DEFAULT_FROM_EMAIL)"
    assert f"No email leaves: {why}. Nobody is stopped" in told(claire, "/en/desk/")
    board = told(claire, "/en/desk/cycles/tour/deliveries/")
    assert f"No email leaves: {why}." in board
    assert "550 5.1.8 …: Sender address rejected" in board
    assert claire.get("/readyz").json()["mail_refused"] == "sender"
    trouble.accepted(at=timezone.now())
    assert "mail_refused" not in claire.get("/readyz").json()


@pytest.mark.parametrize(
    ("count", "goes_on", "advice"),
    [
        (0, False, "Once what the server objects to is mended, go on. Nobody gets an email twice."),
        (1, False, "once it is mended, lift the stops, then go on. Nobody gets an email twice."),
        (3, True, "once it is mended, lift the stops. Nobody gets an email twice."),
    ],
)
def test_the_advice_names_only_buttons_that_are_there(
    claire: Client, count: int, *, goes_on: bool, advice: str
) -> None:
    _row, mailing = wave(count)
    if goes_on:
        claire.post(f"/en/desk/cycles/tour/refused/{mailing.pk}/go-on/")
    board = told(claire, "/en/desk/cycles/tour/deliveries/")
    assert ("Lift these stops" in board, "Go on<" in board) == (count > 0, not goes_on)
    assert [text for text in ("lift the stops", "go on.") if text in board] == [
        text for text in ("lift the stops", "go on.") if text in advice
    ]
    assert advice in board
