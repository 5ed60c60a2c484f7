"""J8 up to registration: Marc opens a run, people register, a half-day moves, the run is cancelled."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Module, Session
from cycles.site.page_cache.snapshots import store
from notifications.mail import compose
from notifications.models import Delivery
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, State
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
AT = paris(2026, 9, 1, 9).astimezone(dt.UTC)
PLACE = "Maison des Rives, 3 quai du Gué, Nantes"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def module() -> Module:
    return make.module(
        slug="lire", programme=make.programme(slug="vaubrette", contact_email="equipe@example.org")
    )


@pytest.fixture
def marc(client: Client, module: Module) -> Client:
    client.force_login(make.membership(programme=module.programme).user)
    return client


def form(*days: tuple[str, str, str], **fields: str) -> dict[str, str]:
    """Return what the form of a run sends: half-days (date, from, to), then the terms."""
    rows = {"day-TOTAL_FORMS": "5", "day-INITIAL_FORMS": "1"}
    for n in range(5):
        rows |= {f"day-{n}-modality": "on_site"}
    for n, (date, starts, ends) in enumerate(days):
        rows |= {f"day-{n}-date": date, f"day-{n}-starts": starts, f"day-{n}-ends": ends}
    rows["day-0-place_fr"] = PLACE
    return {**rows, "registration_mode": "open", **fields}


J8 = (("2026-10-06", "09:00", "12:30"), ("2026-10-06", "14:00", "17:30"))


def opened(client: Client, **fields: str) -> Cycle:
    terms = {"capacity": "2", "price_fr": "120 € ; gratuit pour les bénévoles", **fields}
    answer = client.post("/fr/desk/modules/lire/runs/new/", form(*J8, **terms))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/desk/cycles/lire-1/")
    return Cycle.objects.get(slug="lire-1")


def read(client: Client, path: str) -> str:
    store.recheck()
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def register(cycle: Cycle, *names: str) -> list[CycleRegistration]:
    rows = []
    for n, name in enumerate(names):
        at = AT + dt.timedelta(minutes=n)
        applicant = booking.Applicant(email=f"{name}@example.org", given_name=name, family_name="X")
        asked = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        rows.append(booking.confirm(asked, at=at))
    return rows


def test_a_run_is_opened_published_and_one_can_register(marc: Client) -> None:
    cycle = opened(marc, contact_email="formation@example.org")
    assert (cycle.kind, cycle.run_number, cycle.capacity, cycle.status) == ("run", 1, 2, "draft")
    rows = cycle.sessions.order_by("number")
    assert [(s.slug, s.number, s.starts_at, s.ends_at, s.modality, str(s.place)) for s in rows] == [
        ("demi-journee-01", 1, paris(2026, 10, 6, 9), paris(2026, 10, 6, 12, 30), "on_site", PLACE),
        ("demi-journee-02", 2, paris(2026, 10, 6, 14), paris(2026, 10, 6, 17, 30), "on_site", PLACE),
    ]
    # A draft is nobody's: and the module does not say that one can register.
    assert marc.get("/fr/cycles/lire-1/").status_code == 404
    assert "/fr/register/lire-1/" not in read(marc, "/fr/modules/lire/")
    assert "pas de date pour le moment" in read(marc, "/fr/modules/lire/")
    marc.post("/fr/desk/cycles/lire-1/publish/")
    for path in ("/fr/modules/", "/fr/modules/lire/", "/fr/programmes/vaubrette/", "/fr/cycles/lire-1/"):
        page = read(marc, path)
        shown = (
            "mardi 6 octobre 2026",
            PLACE,
            "2\xa0places libres".replace("\xa0", " "),
            "/fr/register/lire-1/",
        )
        results = [word in page for word in shown]
        # The card of a list begins with the date in small letters.
        assert results == [True] * 4, path
    page = read(marc, "/fr/cycles/lire-1/")
    assert "2 demi-journées, 7\xa0h au total" in page
    assert [word in page for word in ("120 €", "formation@example.org", "inscription ouverte")] == [True] * 3
    assert PLACE in read(marc, "/fr/register/lire-1/")


def test_what_search_engines_and_calendars_read(marc: Client) -> None:
    opened(marc)
    marc.post("/fr/desk/cycles/lire-1/publish/")
    page = read(marc, "/fr/modules/lire/")
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert data["@type"] == "Course"
    assert [
        (one["startDate"], one["endDate"], one["courseMode"], one["offers"]["availability"])
        for one in data["hasCourseInstance"]
    ] == [
        (
            "2026-10-06T09:00:00+02:00",
            "2026-10-06T17:30:00+02:00",
            "Onsite",
            "https://schema.org/InStock",
        )
    ]
    session = read(marc, "/fr/cycles/lire-1/demi-journee-01/")
    event = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', session)[0])
    assert event["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert (event["location"]["name"], event["isAccessibleForFree"]) == (PLACE, False)
    for path in ("/fr/modules/lire.ics", "/fr/calendar.ics", "/fr/programmes/vaubrette.ics"):
        result = icalendar.Calendar.from_ical(read(marc, path)).walk("VEVENT")
        assert [str(e["LOCATION"]) for e in result] == [PLACE, PLACE]


def test_places_the_waiting_list_and_one_email_a_person(marc: Client) -> None:
    cycle = opened(marc)
    marc.post("/fr/desk/cycles/lire-1/publish/")
    people = register(cycle, "amina", "zoe", "teva")
    assert [row.state for row in people] == [State.CONFIRMED, State.CONFIRMED, State.WAITLISTED]
    assert [row.registrations.count() for row in people] == [2, 2, 0]
    page = read(marc, "/fr/modules/lire/")
    assert ["complet, liste d’attente ouverte" in page, "Entrer en liste d’attente" in page] == [True, True]
    (mail,) = Delivery.objects.filter(kind="registration_confirmed", cycle_registration=people[0])
    message = compose.message(mail, at=AT)
    assert (PLACE in message.body, "Rejoindre" in message.body) == (True, False)
    (invite,) = [a for a in message.attachments if a[0] == "invite.ics"]
    (event,) = icalendar.Calendar.from_ical(invite[1]).walk("VEVENT")
    assert (str(event["LOCATION"]), "CONFERENCE" in event, str(event["TRANSP"])) == (PLACE, False, "OPAQUE")
    booking.cancel_all(people[1], at=AT + dt.timedelta(hours=1))
    people[2].refresh_from_db()
    assert people[2].state == State.CONFIRMED
    assert Delivery.objects.filter(kind="place_given", cycle_registration=people[2]).count() == 1


def test_a_run_is_followed_as_a_whole(marc: Client) -> None:
    cycle = opened(marc)
    marc.post("/fr/desk/cycles/lire-1/publish/")
    applicant = booking.Applicant(email="a@example.org", given_name="A", family_name="B")
    only = cycle.sessions.get(number=2)
    asked = booking.register(
        cycle, applicant=applicant, scope=CycleRegistration.Scope.CHOSEN, session_ids=[only.pk], at=AT
    )
    row = booking.confirm(asked, at=AT)
    assert (row.scope, row.registrations.count()) == ("all", 2)
    with translation.override("fr"):
        mine = reverse("registrations:my-registrations", args=[personal_links.manage_token(row.participant)])
    page = read(marc, mine)
    assert ["Annuler mon inscription" in page, f"/cancel/{row.registrations.earliest('pk').pk}/" in page] == [
        True,
        False,
    ]
    seat = row.registrations.get(session=only)
    with pytest.raises(booking.BookingError):
        booking.cancel(seat, at=AT)
    answer = marc.post(f"{mine}cancel/{seat.pk}/", follow=True)
    assert "se suit en entier" in answer.content.decode()
    seat.refresh_from_db()
    assert seat.state == State.CONFIRMED


def test_both_half_days_move_in_one_email_and_the_run_is_cancelled(marc: Client) -> None:
    cycle = opened(marc)
    marc.post("/fr/desk/cycles/lire-1/publish/")
    (row,) = register(cycle, "amina")
    for session in cycle.sessions.order_by("number"):
        assert session.starts_at is not None
        sent = {
            "date": "2026-10-07",
            "hour": f"{session.starts_at.astimezone(session.zone):%H:%M}",
            "minutes": "210",
            "reason_fr": "Salle prise",
            "seen": session.revised_at.isoformat(),
        }
        path = f"/fr/desk/cycles/lire-1/sessions/{session.slug}/move/save/"
        assert marc.post(path, sent).status_code == 302
    assert "mercredi 7 octobre 2026" in read(marc, "/fr/cycles/lire-1/")
    assert list(Session.objects.order_by("number").values_list("revision", flat=True)) == [1, 1]
    outcome = {"reason_fr": "Trop peu de monde", "title": str(cycle.title.localize("fr"))}
    assert marc.post("/fr/desk/cycles/lire-1/cancel/", outcome).status_code == 302
    assert "annulée" in read(marc, "/fr/modules/lire/")
    assert "/fr/register/lire-1/" not in read(marc, "/fr/modules/lire/")
    assert row.registrations.count() == 2


@pytest.mark.parametrize(
    ("fields", "days", "french", "english"),
    [
        ({"capacity": "0"}, J8, "Écrivez au moins un, ou rien.", "Write one at least, or nothing."),
        ({"capacity": "-3"}, J8, "Écrivez au moins un, ou rien.", "Write one at least, or nothing."),
        ({}, (), "Ce champ est obligatoire.", "This field is required."),
        ({}, (("2026-10-06", "12:30", "09:00"),), "finit après avoir commencé", "ends after it starts"),
        ({}, (*J8, ("2026-10-06", "12:00", "15:00")), "se chevauchent", "overlap"),
        ({}, (("2027-03-28", "02:30", "05:00"),), "n’existe pas ce jour-là", "does not exist on that day"),
        (
            {"trainer_1": "Personne Inconnue"},
            J8,
            "Personne ne porte ce nom",
            "No person has this name",
        ),
    ],
)
def test_bad_input_is_told_and_nothing_typed_is_lost(
    marc: Client, fields: dict[str, str], days: Any, french: str, english: str
) -> None:
    for language, words in (("fr", french), ("en", english)):
        sent = form(*days, price_fr="120 € le jour", **{"capacity": "12", **fields})
        answer = marc.post(f"/{language}/desk/modules/lire/runs/new/", sent)
        page = answer.content.decode()
        assert (answer.status_code, words in page, "120 € le jour" in page, PLACE in page) == (
            422,
            *[True] * 3,
        )
    assert not Cycle.objects.exists()


def test_repeated_added_to_and_a_run_below_its_people(marc: Client) -> None:
    cycle = opened(marc)
    marc.post("/fr/desk/cycles/lire-1/publish/")
    people = register(cycle, "amina", "zoe")
    assert marc.post("/fr/desk/cycles/lire-1/repeat/", {"first_day": "2026-11-03"}).status_code == 302
    again = Cycle.objects.get(slug="lire-2")
    # The wall clock stays over the change of clocks.
    assert list(again.sessions.order_by("number").values_list("starts_at", flat=True)) == [
        paris(2026, 11, 3, 9),
        paris(2026, 11, 3, 14),
    ]
    assert (again.capacity, again.run_number, again.status) == (2, 2, "draft")
    day = form(("2026-10-07", "09:00", "12:30"))
    assert marc.post("/fr/desk/cycles/lire-1/half-days/", day).status_code == 302
    assert [row.registrations.count() for row in people] == [3, 3]
    assert Delivery.objects.filter(kind="sessions_added").count() == 2
    booking.settle_due(at=AT)
    Cycle.objects.filter(pk=cycle.pk).update(capacity=1)
    assert CycleRegistration.objects.filter(cycle=cycle, state=State.CONFIRMED).count() == 2


def test_a_workshop_with_an_unknown_hour_then_open(marc: Client, module: Module) -> None:
    workshop = module.workshops.create(
        slug="atelier", title={"fr": "Atelier carnet"}, date_from=dt.date(2026, 10, 8), date_precision="day"
    )
    page = read(marc, "/fr/modules/lire/")
    assert [word in page for word in ("Atelier carnet", "heure à annoncer", "lieu à annoncer")] == [True] * 3
    sent = form(("2026-10-08", "14:00", "16:00"))
    assert marc.post("/fr/desk/workshops/atelier/open/", sent).status_code == 302
    workshop.refresh_from_db()
    assert workshop.run is not None
    marc.post(f"/fr/desk/cycles/{workshop.run.slug}/publish/")
    page = read(marc, "/fr/modules/lire/")
    assert f"/fr/register/{workshop.run.slug}/" in page
    assert "Atelier\u202f: Atelier carnet" in read(marc, f"/fr/cycles/{workshop.run.slug}/atelier-01/")


@pytest.mark.parametrize(
    ("first", "last", "url", "state", "leads"),
    [
        ("2026-09-20", "", "https://mooc.example.org/", "inscription ailleurs", True),
        ("2026-09-20", "", "", "annoncée", False),
        ("2026-08-20", "2026-10-01", "https://mooc.example.org/", "en cours", True),
        ("2026-08-20", "", "https://mooc.example.org/", "commencée", True),
        ("2025-08-20", "2025-10-01", "https://mooc.example.org/", "passée", False),
    ],
)
def test_a_run_elsewhere_follows_its_dates(  # noqa: PLR0917 - the columns of a table
    marc: Client,
    first: str,
    last: str,
    url: str,
    state: str,
    leads: bool,  # noqa: FBT001 - likewise
) -> None:
    sent = {"first_date": first, "last_date": last, "url": url, "price_fr": "", "price_en": ""}
    assert marc.post("/fr/desk/modules/lire/runs/elsewhere/", sent).status_code == 302
    marc.post("/fr/desk/cycles/lire-1/publish/")
    page = read(marc, "/fr/cycles/lire-1/")
    assert (state in page, "https://mooc.example.org/" in page) == (True, leads)
    assert "/fr/register/" not in page


def test_whose_pages_stay_as_many_queries(client: Client, django_assert_num_queries: Any) -> None:
    module = make.module(slug="lire", programme=make.programme())
    counts = []
    for _more in range(3):
        run = make.run(module=module, capacity=12)
        make.half_days(run)
        results = []
        for path in ("/fr/modules/", "/fr/modules/lire/", f"/fr/cycles/{run.slug}/"):
            store.clear()
            with django_assert_num_queries({"/fr/modules/": 7, "/fr/modules/lire/": 12}.get(path, 12)):
                results.append(client.get(path).status_code)
        counts.append(results)
    assert counts == [[200] * 3] * 3
