"""A workshop whose hour is not known: people register for its day, and are told the hour by one mail."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle, Module, Session, Workshop
from cycles.schedule import planning
from cycles.site.page_cache.snapshots import store
from notifications.mail import compose
from notifications.models import Delivery
from notifications.plan import planner
from registrations import booking
from registrations.models import CycleRegistration
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = paris(2026, 9, 1, 9).astimezone(dt.UTC)
DAY = dt.date(2026, 10, 6)
OPEN = "/fr/desk/workshops/atelier/open/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def module() -> Module:
    return make.module(slug="lire", programme=make.programme())


@pytest.fixture
def marc(client: Client, module: Module) -> Client:
    client.force_login(make.membership(programme=module.programme).user)
    Workshop.objects.create(
        slug="atelier",
        module=module,
        title={"fr": "Atelier carnet", "en": "Notebook workshop"},
        date_from=DAY,
        date_precision="day",
    )
    return client


def row(**fields: str) -> dict[str, str]:
    return {
        "day-TOTAL_FORMS": "5",
        "day-INITIAL_FORMS": "1",
        **{f"day-{n}-modality": "on_site" for n in range(5)},
        "registration_mode": "open",
        "day-0-date": "2026-10-06",
        **fields,
    }


def opened(marc: Client) -> Session:
    answer = marc.post(OPEN, row(**{"day-0-place_fr": "Maison des Rives", "day-0-place_en": "The house"}))
    assert answer.status_code == 302
    marc.post("/fr/desk/cycles/lire-1/publish/")
    return Session.objects.get()


def test_it_is_opened_with_its_day_alone(marc: Client) -> None:
    session = opened(marc)
    assert (session.starts_at, session.ends_at) == (paris(2026, 10, 6, 0), paris(2026, 10, 7, 0))
    assert (session.is_all_day, session.place.data) == (True, {"fr": "Maison des Rives", "en": "The house"})
    store.recheck()
    for page, words in (
        ("/fr/cycles/lire-1/", "heure à annoncer"),
        (f"/en/cycles/lire-1/{session.slug}/", "hour to be announced"),
        ("/fr/register/lire-1/", "heure à annoncer"),
    ):
        assert words in marc.get(page).content.decode()
    assert "journée entière" not in marc.get("/fr/cycles/lire-1/").content.decode()


@pytest.mark.parametrize(("given", "wanted"), [("starts", "ends"), ("ends", "starts")])
def test_one_hour_without_the_other_is_no_half_day(marc: Client, given: str, wanted: str) -> None:
    answer = marc.post(OPEN, row(**{f"day-0-{given}": "14:00"}))
    assert answer.status_code == 422
    assert f'id="id_day-0-{wanted}_error"' in answer.content.decode()
    assert not Cycle.objects.exists()


def registered(session: Session) -> CycleRegistration:
    applicant = booking.Applicant(email="amina@example.org", given_name="Amina", family_name="Diallo")
    asked = booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    return booking.confirm(asked, at=AT)


def test_people_register_and_are_told_the_hour(marc: Client) -> None:
    session = opened(marc)
    registered(session)
    confirmed = compose.message(Delivery.objects.get(kind="registration_confirmed"), at=AT)
    assert "mardi 6 octobre 2026 (heure à annoncer)" in confirmed.body
    page = f"/fr/desk/cycles/lire-1/sessions/{session.slug}/move/"
    sent = {"date": "2026-10-06", "hour": "14:00", "minutes": "120", "seen": session.revised_at.isoformat()}
    looked = marc.post(page, sent).content.decode()
    assert "14 h 00" in looked.replace("\u202f", " ").replace("\xa0", " ")
    assert marc.post(f"{page}save/", sent).status_code == 302
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (paris(2026, 10, 6, 14), paris(2026, 10, 6, 16))
    assert session.is_all_day is False
    later = AT + dt.timedelta(hours=1)
    planner.open_due(at=later)
    moved = compose.message(Delivery.objects.get(kind="session_moved"), at=later)
    assert "14 h" in moved.body.replace("\u202f", " ").replace("\xa0", " ")
    assert "0 h" not in moved.body.replace("\u202f", " ").replace("\xa0", " ")


def test_an_hour_that_is_taken_back_is_not_known_again(marc: Client) -> None:
    session = opened(marc)
    planning.move(session, to=paris(2026, 10, 6, 14), until=paris(2026, 10, 6, 16), by=None, at=AT)
    planning.undo(session, by=None, at=AT)
    session.refresh_from_db()
    assert (session.starts_at, session.is_all_day) == (paris(2026, 10, 6, 0), True)


def test_another_day_without_an_hour_stays_without_one(marc: Client) -> None:
    session = opened(marc)
    page = f"/fr/desk/cycles/lire-1/sessions/{session.slug}/move/"
    sent = {"date": "2026-10-25", "hour": "", "minutes": "", "seen": session.revised_at.isoformat()}
    assert marc.post(f"{page}save/", sent).status_code == 302
    session.refresh_from_db()
    # A day of 25 hours.
    assert (session.starts_at, session.ends_at) == (paris(2026, 10, 25, 0), paris(2026, 10, 26, 0))
    assert session.is_all_day is True
    refused = marc.post(page, {**sent, "hour": "14:00"})
    assert (refused.status_code, 'id="id_minutes_error"' in refused.content.decode()) == (422, True)


def test_places_are_those_of_the_run(marc: Client) -> None:
    session = opened(marc)
    page = marc.get(f"/fr/desk/cycles/lire-1/sessions/{session.slug}/").content.decode()
    assert 'name="capacity"' not in page
    webinar = make.session(cycle=make.cycle(programme=session.cycle.programme), slug="w")
    page = marc.get(f"/fr/desk/cycles/{webinar.cycle.slug}/sessions/w/").content.decode()
    assert 'name="capacity"' in page
