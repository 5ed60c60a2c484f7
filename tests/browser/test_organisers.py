"""The organisers' stories in a real browser: J6 (a move and a cancellation), J7 (reminders, texts), J4 (afterwards)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from cycles.models import Cycle, Membership, News, Session
from notifications.delivery.run import sending
from notifications.models import Delivery, ReminderStep
from notifications.plan import defaults, planner
from registrations.attendance.models import Attendance
from tests import make

from .checks import all_complaints

if TYPE_CHECKING:
    from typing import Any

    import time_machine
    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# Friday 11 December 2026, ten o'clock in Paris, as in the journey shifted by six years.
NOW = make.paris(2026, 12, 11, 10).astimezone(dt.UTC)
GRACE = dt.timedelta(minutes=11)
DESK = "/fr/desk/cycles/voyage"
NAMES = ("amina", "zoe", "jean")


@pytest.fixture(autouse=True)
def _mails_are_kept(settings: Any, tmp_path: Any, site: LiveServer) -> None:
    settings.EMAIL_BACKEND = "notifications.transport.mailbox.MailboxBackend"
    settings.ESCALE_MAILBOX_DIR = tmp_path
    settings.ESCALE_BASE_URL = site.url


@pytest.fixture
def cycle(site: LiveServer, claire: User, clock: time_machine.Traveller) -> Cycle:  # noqa: ARG001 - its database
    """A cycle with stops 2 (held), 3 and 6, and three people in all of them."""
    clock.move_to(NOW)
    programme = make.programme(slug="quais")
    make.membership(user=claire, programme=programme, role=Membership.Role.OWNER)
    cycle = make.cycle(slug="voyage", programme=programme)
    defaults.default_steps(cycle)
    people = [
        make.participant(
            given_name=name.capitalize(), email=f"{name}@example.org", email_key=f"{name}@example.org"
        )
        for name in NAMES
    ]
    for number, start in ((2, (2026, 11, 19)), (3, (2026, 12, 17)), (6, (2027, 3, 18))):
        session = make.session(
            cycle=cycle, number=number, slug=f"escale-{number:02d}", starts_at=make.paris(*start)
        )
        for person in people:
            make.registration(session=session, participant=person)
        planner.replan(session)
    return cycle


def send() -> None:
    """Do what worker and beat do, at the site's time."""
    at = timezone.now()
    sending.tick(clock=at)
    sending.drain(clock=at)


def text_of(page: Page) -> str:
    return " ".join(page.locator("main").inner_text().replace("\u202f", " ").replace("\u00a0", " ").split())


def sent(kind: str) -> list[str]:
    rows = Delivery.objects.filter(kind=kind, state=Delivery.State.SENT)
    return sorted(rows.values_list("to_address", flat=True))


EVERYONE = sorted(f"{name}@example.org" for name in NAMES)


def test_j6_a_stop_is_moved_another_cancelled_and_everyone_told_once(
    cycle: Cycle, signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    # 1. What the move causes stands there before it is saved.
    page = visit(f"{DESK}/sessions/escale-03/move/", context=signed_in).page
    page.fill("[name=date]", "2027-01-07")
    page.fill("[name=reason_fr]", "Salle indisponible")
    page.click("main form.form .actions button")
    shown = text_of(page)
    assert "1er jeudi" in shown
    assert "jeu. 31 déc. 2026, 13 h 00" in shown
    assert Session.objects.get(cycle=cycle, number=3).starts_at == make.paris(2026, 12, 17)
    page.click("text=Enregistrer le déplacement")
    assert "3 personnes sont prévenues par e-mail" in text_of(page)

    # 3. The other one is cancelled, with its reason; an empty one is refused and nothing is lost.
    page.goto(f"{DESK}/sessions/escale-06/cancel/")
    page.fill("[name=reason_en]", "x")
    page.fill("[name=reason_en]", "")
    page.click("button.danger")
    assert "Dites pourquoi" in text_of(page)
    page.fill("[name=reason_fr]", "Intervenante souffrante")
    page.click("button.danger")
    assert "3 personnes sont prévenues par e-mail" in text_of(page)

    # 2. One mail each, of both dates; nothing of the old one.
    clock.shift(GRACE)
    send()
    assert (sent("schedule_changed"), sent("session_moved")) == (EVERYONE, [])
    page.goto("/mailbox/")
    page.locator("main a[href^='/mailbox/']").first.click()
    body = page.locator("main pre").first.inner_text()
    for words in ("2 dates ont changé", "7 janvier 2027", "Salle indisponible", "Intervenante souffrante"):
        assert words in body, words
    clock.move_to(make.paris(2026, 12, 17, 12).astimezone(dt.UTC))
    send()
    assert sent("reminder") == []

    # Visitors see both, and the organiser takes the cancellation back.
    public = visit("/fr/cycles/voyage/escale-06/")
    assert "Cette séance est annulée." in text_of(public.page)
    assert all_complaints(public) == []
    page.goto(f"{DESK}/sessions/escale-06/restore/")
    page.click("main form button[type=submit]")
    assert Session.objects.get(cycle=cycle, number=6).status == Session.Status.CONFIRMED
    clock.shift(GRACE)
    send()
    assert sent("session_restored") == EVERYONE


def test_j7_a_reminder_is_added_another_paused_and_a_text_tried(
    cycle: Cycle, signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    # 1 and 2. The plan, what a new line changes, and only then the saving.
    page = visit(f"{DESK}/reminders/?session=escale-03", context=signed_in).page
    assert "mer. 16 déc. 2026, 13 h 00" in text_of(page)
    page.fill("[name=count]", "3")
    page.select_option("[name=unit]", "days")
    page.uncheck("[name='on_j-7']")
    page.click("#plan > .actions button")
    shown = text_of(page)
    assert "envois prévus retirés" in shown
    assert "ajoutés" in shown
    assert not ReminderStep.objects.filter(cycle=cycle, code="j-3").exists()
    page.click("button[formaction*='/save/']")
    assert ReminderStep.objects.get(cycle=cycle, code="j-3").is_enabled
    assert not ReminderStep.objects.get(cycle=cycle, code="j-7").is_enabled

    # 3. One's own words: a variable that is none is refused where it stands, then a test to oneself.
    page.goto(f"{DESK}/messages/reminder/")
    page.fill("[name=subject_fr]", "{soon} : rendez-vous avec {prenom}")
    page.fill("[name=body_fr]", "Bonjour {given_name},\n\n{card}\n\n{join_link}")
    page.click("main form button[type=submit]")
    assert "{prenom}" in text_of(page)
    page.fill("[name=subject_fr]", "{soon} : rendez-vous avec {given_name}")
    page.click("main form button[type=submit]")
    frame = page.frame_locator("iframe")
    assert "Bonjour Camille," in frame.locator("body").inner_text()
    page.click("text=Envoyer un essai à claire@example.org")
    page.goto("/mailbox/")
    assert "[ESSAI]" in page.locator("main").inner_text()

    # What was planned is what leaves, once each.
    clock.move_to(make.paris(2026, 12, 14, 13, 1).astimezone(dt.UTC))
    send()
    send()
    assert sent("reminder") == EVERYONE

    # 5. The board says so, person by person.
    page.goto(f"{DESK}/deliveries/?q=amina@example.org&state=sent")
    assert "amina@example.org" in text_of(page)


def test_j4_after_the_session_attendance_recap_and_the_next_date(
    cycle: Cycle, signed_in: BrowserContext, visit: Visits, clock: time_machine.Traveller
) -> None:
    clock.move_to(make.paris(2026, 11, 19, 14, 35).astimezone(dt.UTC))
    # 4. The platform's file: what it says first, who is in it and registered nowhere, then the button.
    page = visit(f"{DESK}/sessions/escale-02/after/", context=signed_in).page
    page.click("a[href$='/attendance/import/']")
    lines = (
        "Nom;Adresse e-mail;Heure d’arrivée;Durée (minutes)",
        "Amina;amina@example.org;19/11/2026 12:58;88",
        "Zoe;zoe@example.org;19/11/2026 13:30;20",
        "Inconnu;personne@example.org;19/11/2026 13:00;90",
    )
    page.set_input_files(
        "[name=file]",
        {"name": "zoom.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode("cp1252")},
    )
    page.click("main form button[type=submit]")
    assert "personne@example.org" in text_of(page)
    assert Attendance.objects.count() == 0
    # Somebody is unknown: who is not in the file is absent only if she says so.
    assert not page.is_checked("[name=absent_others]")
    page.check("[name=absent_others]")
    page.click("main form .actions button[formaction$='/save/']")
    states = Attendance.objects.order_by("registration__participant__email_key")
    assert list(states.values_list("state", flat=True)) == ["present", "absent", "partial"]

    # 6. The recap, seen as visitors will see it, then published: one mail with the next date.
    page.goto(f"{DESK}/sessions/escale-02/after/")
    page.fill("[name=title_fr]", "Retour sur l’escale 2")
    page.fill("[name=body_fr]", "Ce que **nous** avons appris.\n\nEt la suite.")
    page.fill("[name=replay_url]", "https://video.example.org/2")
    page.click("button[formaction$='/publish/']")
    # Who is told is said first.
    assert "3 personnes" in text_of(page)
    page.click("form:has([name=announced]) button[type=submit]")
    page.wait_for_url("**/after/")
    recap = News.objects.get()
    assert recap.is_published
    public = visit(f"/fr/news/{recap.slug}/")
    assert "Ce que nous avons appris." in text_of(public.page)
    assert all_complaints(public) == []
    clock.shift(GRACE)
    send()
    assert sent("recap") == EVERYONE
    clock.move_to(make.paris(2026, 11, 19, 16, 31).astimezone(dt.UTC))
    send()
    assert (sent("thanks"), sent("missed")) == (
        ["amina@example.org", "zoe@example.org"],
        ["jean@example.org"],
    )
    assert News.objects.filter(programme=cycle.programme).count() == 1
