"""Whole stories in a real browser: J1 to J3 without JavaScript, J5, J10; the real programme, mails that leave."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import icalendar
import pytest
from django.core.management import call_command
from django.utils import timezone

from cycles.models import Cycle, Membership, Programme, Session
from notifications.delivery.run import sending
from registrations.models import CycleRegistration, State
from registrations.people import participants
from tests import make

from .checks import HEIGHT, all_complaints, report
from .conftest import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import time_machine
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

REAL = "reconnaissance-2020-2021"
# What a person needs to fill a form in.
SECONDS = dt.timedelta(seconds=20)
# Thursday 1 October 2026, 09:00 in Paris, as in the journeys shifted by six years.
FIRST_OF_OCTOBER = dt.datetime(2026, 10, 1, 7, 0, tzinfo=dt.UTC)


@pytest.fixture
def plain(site: LiveServer, chromium: Browser) -> Iterator[BrowserContext]:
    """A telephone without JavaScript."""
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": 390, "height": HEIGHT},
        java_script_enabled=False,
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )
    yield context
    context.close()


@pytest.fixture(autouse=True)
def _mails_are_kept(settings: Any, tmp_path: Any, site: LiveServer) -> None:
    settings.EMAIL_BACKEND = "notifications.transport.mailbox.MailboxBackend"
    settings.ESCALE_MAILBOX_DIR = tmp_path
    settings.ESCALE_BASE_URL = site.url


def send() -> None:
    """Do what worker and beat do, at the site's time (left alone they read the database's clock)."""
    at = timezone.now()
    sending.tick(clock=at)
    sending.drain(clock=at)


def newest_mail(page: Page) -> str:
    """Open the newest mail in the mailbox page; return its plain text."""
    page.goto("/mailbox/")
    page.locator("main a[href^='/mailbox/']").first.click()
    return page.locator("main pre").first.inner_text()


def link_in(text: str, part: str) -> str:
    return next(word.strip("<>.") for word in text.split() if part in word)


def text_of(page: Page) -> str:
    return " ".join(page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ").split())


def test_j1_amina_registers_without_javascript(plain: BrowserContext, clock: time_machine.Traveller) -> None:
    clock.move_to(FIRST_OF_OCTOBER)
    call_command("import_programme", str(PROGRAMME), shift_years=6, verbosity=0)
    page = plain.new_page()

    # 1. The public page.
    page.goto(f"/fr/cycles/{REAL}/")
    text = text_of(page)
    for words in (
        "Le voyage en 12 escales",
        "jeudi 22 octobre 2026, 13 h 00 – 14 h 30 (heure de Paris)",
        "jeudi 15 octobre 2026",
        "le 15 octobre est le jour du lancement du programme",
        "Thème à annoncer",
    ):
        assert words in text, words

    # 2. The form: the whole cycle is chosen, the newsletter is not.
    page.click("text=M’inscrire à tout le cycle")
    assert page.locator("input[name=scope][value=all]").is_checked()
    assert not page.locator("input[name=newsletter]").is_checked()
    page.fill("#id_given_name", "Amina")
    page.fill("#id_family_name", "Diallo-Lefèvre")
    page.fill("#id_email", "amina@asso-test.example.org")
    clock.shift(SECONDS)
    page.click("main form button[type=submit]")
    assert page.url.endswith(f"/fr/register/{REAL}/sent/")
    assert "amina" not in page.url
    assert "vérifiez votre boîte" in text_of(page)

    # 3. The mail, the page behind its link, and the button: looking changes nothing.
    send()
    link = link_in(newest_mail(page), "/fr/confirm/")
    page.goto(link)
    assert CycleRegistration.objects.get().state == State.PENDING
    page.click("main form button[type=submit]")
    assert CycleRegistration.objects.get().state == State.CONFIRMED
    send()

    # 4. One consolidated mail; the page that its link opens shows the twelve dates.
    page.goto("/mailbox/")
    assert page.locator("main a[href^='/mailbox/']").count() == 2
    text = newest_mail(page)
    assert text.count("Escale ") >= 12
    page.goto(link_in(text, "/fr/my/"))
    own = text_of(page)
    assert "jeudi 22 octobre 2026" in own
    assert "jeudi 21 octobre 2027" in own
    registration = CycleRegistration.objects.get()
    assert registration.registrations.filter(state=State.CONFIRMED).count() == 12
    assert not participants.has_newsletter(registration.participant)

    # Three weeks later, J-7 comes by itself.
    clock.move_to(dt.datetime(2026, 10, 15, 11, 0, 30, tzinfo=dt.UTC))
    send()
    text = newest_mail(page)
    assert "jeudi 22 octobre 2026" in text.replace("\u202f", " ")
    page.goto("/mailbox/")
    assert page.locator("main a[href^='/mailbox/']").count() == 3


def test_j2_and_j3_one_stop_from_reunion_then_second_thoughts(
    plain: BrowserContext, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2026, 10, 16, 7, 0, tzinfo=dt.UTC))
    call_command("import_programme", str(PROGRAMME), shift_years=6, verbosity=0)
    page = plain.new_page()
    first = Session.objects.get(cycle__slug=REAL, number=1)

    # J2. An unknown zone is said; Réunion is chosen from the list; the form knows it.
    page.goto(f"/en/cycles/{REAL}/{first.slug}/times/?tz=Mars/Phobos")
    assert "No time zone has this name." in text_of(page)
    page.select_option("#tz", "Indian/Reunion")
    page.click("text=Show my time")
    assert "15:00–16:30" in text_of(page)
    page.click("text=Register, with emails in my time zone")
    assert page.locator("input[name=scope][value=chosen]").is_checked()
    page.fill("#id_given_name", "Payet")
    page.fill("#id_family_name", "Réunion")
    page.fill("#id_email", "payet@example.org")
    clock.shift(SECONDS)
    page.click("main form button[type=submit]")
    send()
    page.goto(link_in(newest_mail(page), "/en/confirm/"))
    page.click("main form button[type=submit]")
    send()
    text = newest_mail(page)
    assert "15:00–16:30" in text
    mine = CycleRegistration.objects.get()
    assert mine.registrations.filter(state=State.CONFIRMED).count() == 1

    # J3. Three acts that are three: reminders stop, a place goes and comes back, the newsletter is apart.
    page.goto(link_in(text, "/en/my/"))
    page.click("text=Stop the reminders")
    assert "Reminders are stopped: you are still registered" in text_of(page)
    page.click("main >> text=I can’t make it")
    assert "You are no longer registered for this date" in text_of(page)
    page.click("text=Take my place again")
    assert "You have a place" in text_of(page)
    page.click("button:has-text('Receive the newsletter')")
    page.click("button:has-text('Leave the newsletter')")
    assert mine.registrations.get().state == State.CONFIRMED
    clock.move_to(dt.datetime(2026, 10, 21, 11, 0, 30, tzinfo=dt.UTC))
    send()
    page.goto("/mailbox/")
    # The two of before: a place given back and taken again at once is worth no mail, and J-1 was not wanted.
    assert page.locator("main a[href^='/mailbox/']").count() == 2

    # Then she wants nothing of it any more.
    page.go_back()
    page.click("text=Erase me")
    page.click("main form button[type=submit]")
    assert page.url.endswith("/en/erased/")
    assert not CycleRegistration.objects.filter(participant__email__contains="payet").exists()


def test_j5_a_cycle_from_its_rule_and_the_programme_from_its_file(
    claire: User, signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2026, 9, 1, 7, 0, tzinfo=dt.UTC))
    programme = make.programme(slug="quais", title={"fr": "Les quais", "en": "The quays"})
    make.membership(user=claire, programme=programme, role=Membership.Role.OWNER)
    make.cycle(slug="tour", programme=programme, status=Cycle.Status.DRAFT)

    # 3 and 4. Thirteen dates for twelve planned: one is moved, one is left out.
    page = visit("/fr/desk/cycles/tour/plan/", context=signed_in).page
    assert "13 dates pour 12" in text_of(page)
    assert Session.objects.count() == 0

    # 7. The file: looked at first, then imported; the second time nothing changes.
    call_command("import_programme", str(PROGRAMME), shift_years=6, dry_run=True, verbosity=0)
    assert not Programme.objects.filter(slug="reconnaissance-mse").exists()
    for _time in range(2):
        call_command("import_programme", str(PROGRAMME), shift_years=6, verbosity=0)
    public = visit(f"/fr/cycles/{REAL}/")
    assert public.page.locator("#line ~ ol.line > li.stop, section ol.line > li.stop").count() >= 12
    complaints = all_complaints(public)
    assert not complaints, report({"cycle": complaints})


def test_j10_a_subscriber_sees_a_move(journey: LiveServer, signed_in: BrowserContext, visit: Visits) -> None:
    page = visit(f"/fr/cycles/{REAL}/").page

    # 1. From the page of the cycle to the address to copy.
    page.click("text=S’abonner à l’agenda")
    address = page.locator(".address").inner_text()
    assert address == f"{journey.url}/fr/cycles/{REAL}.ics"
    assert page.get_attribute("a[href^='webcal:']", "href") == address.replace("http://", "webcal://")
    before = page.request.get(address)
    assert before.headers["content-type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(before.body()).events
    # One is cancelled, and one postponed: that is cancelled at the date it had.
    assert [len(events), [str(e["STATUS"]) for e in events].count("CANCELLED")] == [12, 2]
    again = page.request.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert again.status == 304

    # 4. The organiser moves stop 3 in the desk; the next poll has it.
    moved = Session.objects.get(cycle__slug=REAL, number=3)
    desk = visit(f"/fr/desk/cycles/{REAL}/sessions/{moved.slug}/move/", context=signed_in).page
    desk.fill("[name=date]", "2027-01-07")
    desk.fill("[name=reason_fr]", "Salle indisponible")
    desk.click("main form.form .actions button")
    assert "1er jeudi" in text_of(desk)
    assert Session.objects.get(pk=moved.pk).revision == moved.revision
    desk.click("text=Enregistrer le déplacement")
    after = page.request.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status == 200
    by_uid = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(after.body()).events}
    old = next(event for event in events if str(event["UID"]).startswith(str(moved.uid)))
    new = by_uid[str(old["UID"])]
    assert new.start == make.paris(2027, 1, 7)
    assert new.sequence == old.sequence + 1

    # 6. Both sides of the change of clocks, with a zone that says so.
    starts = {event.start.isoformat() for event in by_uid.values() if hasattr(event.start, "hour")}
    assert {"2026-10-22T13:00:00+02:00", "2026-11-19T13:00:00+01:00"} <= starts
    assert b"BEGIN:VTIMEZONE" in after.body()
    assert b"RRULE:FREQ=YEARLY" in after.body()
