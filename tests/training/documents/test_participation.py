"""Attestations of participation in webinars: the person's own, as far as it is known that they came."""

from __future__ import annotations

import datetime as dt
import json
from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from cycles.models import Session
from registrations.attendance import noting
from registrations.links import personal_links
from registrations.people.data import rights
from tests import make
from training.documents import participation
from training.models import Document

if TYPE_CHECKING:
    from registrations.models import Registration

pytestmark = pytest.mark.django_db
DONE = dt.datetime(2027, 11, 1, tzinfo=dt.UTC)


def cycle_of(minutes: list[int | None], *, held: int = 12) -> Registration:
    """Return the registration for the last of so many stops, of which the first were attended so many minutes."""
    cycle = make.cycle()
    person = make.participant()
    owner = make.cycle_registration(cycle=cycle, participant=person)
    row = None
    for number in range(held):
        session = make.session(
            cycle=cycle, number=number + 1, starts_at=make.paris(2026, 10, 1) + dt.timedelta(days=7 * number)
        )
        row = make.registration(session=session, participant=person, cycle_registration=owner)
        if number < len(minutes):
            length = minutes[number]
            state = "present" if length in (None, 90) else "partial"
            source = "join" if length is None else "report"
            noting.save([noting.row_of(row.pk, state, length, source=source, by=None, at=make.AT)])
    assert row is not None
    return row


def text(document: Document) -> str:
    pdf = pypdf.PdfReader(BytesIO(bytes(document.pdf)))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).replace("\u202f", " ").split())


@pytest.mark.parametrize(
    ("minutes", "cancelled", "said"),
    [
        ([90] * 8, 0, "8 séances sur 12, 12 h 00"),
        ([90] * 8 + [20], 0, "8 séances sur 12, 12 h 20"),
        ([90] * 8, 1, "8 séances sur 11, 12 h 00"),
        ([90] * 7 + [None], 0, "8 séances sur 12"),
    ],
)
def test_a_whole_cycle(minutes: list[int | None], cancelled: int, said: str) -> None:
    last = cycle_of(minutes)
    if cancelled:
        Session.objects.filter(pk=last.session_id).update(status="cancelled")
    document = participation.of_cycle(last.cycle_registration, at=DONE)
    assert f"{said}." in text(document)
    assert "n’est pas un certificat de réalisation" in text(document)
    assert document.full_number == "AC-2027-0001"


def test_it_is_the_same_until_something_else_is_known() -> None:
    last = cycle_of([90] * 3)
    owner = last.cycle_registration
    first = participation.of_cycle(owner, at=DONE)
    assert participation.of_cycle(owner, at=DONE).pk == first.pk
    noting.save([noting.row_of(last.pk, "present", 90, source="hand", by=None, at=DONE)])
    second = participation.of_cycle(owner, at=DONE)
    first.refresh_from_db()
    assert (second.full_number, first.end) == ("AC-2027-0001/2", "replaced")
    assert json.loads(second.record)["total"] == {"attended": 4, "held": 12, "minutes": 360}


def test_who_only_pressed_the_button_joined_and_no_minutes_are_said() -> None:
    row = cycle_of([None], held=1)
    result = text(participation.of_session(row, at=DONE))
    assert "s’est connecté·e à la séance" in result
    assert "Durée de présence" not in result


def test_who_did_not_come_gets_none() -> None:
    row = cycle_of([], held=1)
    with pytest.raises(participation.DocumentError):
        participation.of_session(row, at=DONE)
    with pytest.raises(participation.DocumentError):
        participation.of_cycle(row.cycle_registration, at=DONE)


def test_ones_own_page_makes_it_by_a_button_and_hands_it_out() -> None:
    row = cycle_of([90], held=1)
    token = personal_links.manage_token(row.participant)
    browser = Client(enforce_csrf_checks=True)
    page = reverse("training:mine", args=[token])
    assert browser.get(page).status_code == 200
    assert Document.objects.count() == 0
    sent = browser.post(reverse("training:attest-session", args=[token, row.pk]))
    assert sent.status_code == 302
    file = browser.get(sent.headers["Location"])
    document = Document.objects.get()
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/pdf")
    assert file.content == bytes(document.pdf)
    assert document.full_number in browser.get(page).content.decode()
    stranger = personal_links.manage_token(make.participant())
    # What is behind somebody else's link leads to the own page of whose link it is.
    theirs = browser.get(reverse("training:my-document", args=[stranger, document.code]))
    assert theirs.headers["Location"] == reverse("registrations:my-registrations", args=[stranger])
    assert browser.post(reverse("training:attest-session", args=[stranger, row.pk])).status_code == 404


def test_erasing_oneself_takes_ones_attestations_along() -> None:
    row = cycle_of([90], held=1)
    participation.of_session(row, at=DONE)
    participation.of_cycle(row.cycle_registration, at=DONE)
    assert rights.erase(row.participant, at=DONE) == []
    assert Document.objects.count() == 0
