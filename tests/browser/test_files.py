"""Files brought in by an organiser, in a real browser: the previews hold what every page owes, and work by keyboard."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership, Session
from registrations.attendance.models import Attendance
from registrations.models import CycleRegistration
from tests import make

from .checks import all_complaints

if TYPE_CHECKING:
    import time_machine
    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
START = make.paris(2026, 11, 19)
REPORT = """Full name;Contact;When;Spent
Amina Essai;amina@example.org;19/11/2026 12:40;100
Mina;;19/11/2026 13:00;40
Anonymous;;19/11/2026 13:00;30
"""
LIST = """Inscriptions;;;
Adresse e-mail;Prénom;Nom;Statut;Métier
noel@example.org;Noël;Essai;Validé;x
ada@example.org;Ada;Un;Validé;x
ada@example.org;Lou;Deux;Validé;x
lea@example.org;Léa;Trois;Remboursé;x
sans-adresse;A;B;;x
"""


@pytest.fixture
def session(site: LiveServer, claire: User, clock: time_machine.Traveller) -> Session:  # noqa: ARG001 - its database
    clock.move_to((START - dt.timedelta(days=3)).astimezone(dt.UTC))
    programme = make.programme(slug="quais")
    make.membership(user=claire, programme=programme, role=Membership.Role.OWNER)
    cycle = make.cycle(slug="voyage", programme=programme)
    session = make.session(
        cycle=cycle, slug="escale-01", number=1, starts_at=START, ends_at=START + dt.timedelta(minutes=90)
    )
    for name in ("Amina", "Zoë"):
        email = f"{name.lower().replace('ë', 'e')}@example.org"
        person = make.participant(email=email, email_key=email, given_name=name, family_name="Essai")
        make.registration(session=session, participant=person)
    return session


def choose(page: Page, content: str) -> None:
    file = {"name": "file.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.set_input_files("[name=file]", file)  # type: ignore[arg-type]  # a file of no path


def shoot(page: Page, name: str) -> None:
    """Keep a picture where one was asked for (ESCALE_SHOTS), to be looked at."""
    if folder := os.environ.get("ESCALE_SHOTS"):
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_attendance_file_is_understood_with_a_little_help(
    session: Session, signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller, language: str
) -> None:
    clock.move_to((START + dt.timedelta(hours=3)).astimezone(dt.UTC))
    desk = f"/{language}/desk/cycles/voyage/sessions/{session.slug}/attendance/import/"
    opened = visit(desk, context=signed_in)
    page = opened.page
    assert all_complaints(opened) == []
    choose(page, REPORT)
    page.click("main form button[type=submit]")
    # No column of minutes is recognised: it says so, opens the columns and notes nobody.
    assert page.locator(".callout.warn").count() == 1
    assert page.locator("main form .actions button[formaction$='/save/']").count() == 0
    assert all_complaints(opened) == []
    shoot(page, f"attendance-columns-{language}")
    columns = page.locator("select[name^=column-]")
    columns.nth(1).select_option("email")
    columns.nth(2).select_option("joined")
    columns.nth(3).select_option("minutes")
    # Enter in a field counts again, and writes nothing.
    page.focus("[name=threshold]")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[list=registered]")
    assert Attendance.objects.count() == 0
    assert not page.is_checked("[name=absent_others]")
    assert all_complaints(opened) == []
    shoot(page, f"attendance-strangers-{language}")
    page.locator("input[list=registered]").first.fill("Zoë Essai · zoe@example.org")
    page.click("main form .actions button[formaction$='/save/']")
    rows = Attendance.objects.order_by("registration__participant__email")
    assert list(rows.values_list("state", "minutes")) == [("present", 80), ("partial", 40)]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_list_asks_what_it_cannot_know(
    session: Session, signed_in: BrowserContext, visit: Visits, language: str
) -> None:
    opened = visit(f"/{language}/desk/cycles/voyage/registrants/import/", context=signed_in)
    page = opened.page
    choose(page, LIST)
    page.click("main form .actions button:not([formaction])")
    page.wait_for_selector("[name=take]")
    assert page.locator("[name=take]").count() == 3
    assert all_complaints(opened) == []
    shoot(page, f"list-{language}")
    page.locator("[name=take]").nth(1).focus()
    page.keyboard.press("Space")
    page.click("main form .actions button:not([formaction])")
    page.check("[name=knows]")
    page.click("main form .actions button[formaction$='/save/']")
    rows = CycleRegistration.objects.filter(cycle=session.cycle, source="import").order_by("pk")
    assert list(rows.values_list("participant__given_name", "state")) == [
        ("Noël", "confirmed"),
        ("Lou", "confirmed"),
    ]
