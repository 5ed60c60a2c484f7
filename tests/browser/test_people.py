"""The pages of people who register: each state of each page, in every width and theme."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from cycles.models import Cycle, Session
from notifications.delivery.run import sending
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, Question, Registration, State
from speakers.people import links as speaker_links
from tests import make

from .checks import all_complaints, report
from .conftest import AT

if TYPE_CHECKING:
    import time_machine

    from .conftest import Visits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demonstration"),
]

CYCLE = "onze-ponts"
FORM = f"/fr/register/{CYCLE}/"
CHOICES = {"fr": "À pied\nEn train", "en": "On foot\nBy train"}


def amina() -> CycleRegistration:
    return CycleRegistration.objects.get(
        cycle__slug=CYCLE, participant__email_key="amina@asso-test.example.org"
    )


def seat_of_amina() -> Registration:
    return Registration.objects.get(
        session__cycle__slug=CYCLE,
        session__number=7,
        participant__email_key="amina@asso-test.example.org",
    )


def path(address: str) -> str:
    return urlsplit(address).path


def unsound(
    visit: Visits, pages: dict[str, str], *, statuses: dict[str, int] | None = None
) -> dict[str, object]:
    """Return what is wrong, by page: a complaint, or a status other than the expected one."""
    result: dict[str, object] = {}
    for name, address in pages.items():
        seen = visit(address)
        wanted = (statuses or {}).get(name, 200)
        complaints = [
            line for line in all_complaints(seen) if wanted == 200 or "says: Failed to load" not in line
        ]
        if seen.status != wanted or complaints:
            result[name] = (seen.status, complaints)
    return result


def test_pages_of_a_registration(visit: Visits) -> None:
    mine = amina()
    person = mine.participant
    asked = booking.register(
        mine.cycle,
        applicant=booking.Applicant(
            email="new@example.org",
            given_name="Nouvelle",
            family_name="Personne",
            organisation_name="",
            language="fr",
        ),
        scope=CycleRegistration.Scope.ALL,
        at=AT,
    )
    added = booking.add(
        mine.cycle,
        applicant=booking.Applicant(email="added@example.org", given_name="Ajoutée", family_name="Parent"),
        scope=CycleRegistration.Scope.ALL,
        by=None,
        at=AT,
    )
    manage = path(personal_links.manage(person, language="fr"))
    pages = {
        "form": FORM,
        "form in English": f"/en/register/{CYCLE}/",
        "form for one stop": f"{FORM}?stop=pont-07",
        "sent": f"{FORM}sent/",
        "confirm": path(personal_links.confirm(asked, language="fr")),
        "my page": manage,
        "my page in English": path(personal_links.manage(person, language="en")),
        "erase": f"{manage}erase/",
        "erased": "/fr/erased/",
        "unknown link": "/fr/my/no-such-token/",
        "unknown link in English": "/en/join/no-such-token/",
        "confirm, used": path(personal_links.confirm(mine, language="fr")),
        "find": "/fr/link/",
        "find in English": "/en/link/",
        "link sent": "/fr/link/sent/",
        "links ended": "/fr/link/ended/",
        "send the link": f"/fr/link/{personal_links.mail_token(person)}/",
        "prove": path(personal_links.manage(added.participant, language="fr")),
        "closed cycle": "/fr/register/21-jours-pour-convaincre-2019/",
        "sign in": "/fr/account/login/",
    }
    statuses = {"unknown link": 404, "unknown link in English": 404}
    result = unsound(visit, pages, statuses=statuses)
    assert not result, report(result)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(visit: Visits) -> None:
    page = visit(FORM).page
    page.fill("#id_given_name", "Zoë")
    page.fill("#id_email", "a@b")
    page.click("main form button[type=submit]")
    # The browser moves the focus once it has drawn the page.
    page.wait_for_selector("#errors:focus")
    assert page.input_value("#id_given_name") == "Zoë"
    assert page.get_attribute("#id_email", "aria-invalid") == "true"
    # One name is enough: only the address is wrong.
    summary = page.locator(".errors a, [role=alert] a")
    assert summary.count() == 1
    summary.first.click()
    assert page.evaluate("document.activeElement.id") == "id_email"


def test_the_waiting_room_in_each_state(visit: Visits, clock: time_machine.Traveller) -> None:
    seat = seat_of_amina()
    starts_at = seat.session.starts_at
    assert starts_at is not None
    Session.objects.filter(pk=seat.session_id).update(room_url="https://room.example.org/pont-07")
    with translation.override("fr"):
        join = path(personal_links.join(seat, language="fr"))
    result: dict[str, object] = {}
    for minutes in (-2 * 24 * 60, -14, 30, 3 * 60):
        clock.move_to(starts_at + dt.timedelta(minutes=minutes))
        result |= {f"{minutes} {name}": what for name, what in unsound(visit, {"join": join}).items()}
    Session.objects.filter(pk=seat.session_id).update(room_url="")
    clock.move_to(starts_at)
    result |= unsound(visit, {"no room": join})
    assert not result, report(result)


def test_mails_and_the_page_that_stops_reminders(visit: Visits, settings: object) -> None:
    person = amina().participant
    settings.EMAIL_BACKEND = "notifications.transport.mailbox.MailboxBackend"  # type: ignore[attr-defined]  # pytest-django's wrapper
    sending.tick(clock=AT)
    sending.drain(clock=AT)
    box = visit("/mailbox/")
    assert [line for line in all_complaints(box) if "another language" not in line] == []
    box.page.click("main a[href^='/mailbox/']")
    frame = box.page.frame_locator("iframe")
    assert frame.locator("h1, p").count() > 1
    stop = visit(path(personal_links.unsubscribe(person)))
    assert [line for line in all_complaints(stop) if "another language" not in line] == []


def test_the_button_of_the_waiting_room_works_at_its_hour_without_a_reload(
    visit: Visits, clock: time_machine.Traveller
) -> None:
    seat = seat_of_amina()
    starts_at = seat.session.starts_at
    assert starts_at is not None
    room = "https://room.example.org/pont-07"
    Session.objects.filter(pk=seat.session_id).update(room_url=room)
    clock.move_to(starts_at - dt.timedelta(minutes=16))
    page = visit(path(personal_links.join(seat, language="fr"))).page
    page.route(f"{room}**", lambda route: route.fulfill(body="room", content_type="text/plain"))
    button, status = page.locator("main form[data-opens-in] button"), page.locator("#door-status")
    assert button.get_attribute("aria-disabled") == "true"
    button.focus()
    page.keyboard.press("Enter")
    assert status.inner_text() == "La salle ouvre dans 1 minute."
    page.evaluate("const now = Date.now; Date.now = () => now() + 60000")
    page.wait_for_selector("main form[data-opens-in] button:not([aria-disabled])")
    assert (button.inner_text(), status.inner_text()) == ("Rejoindre maintenant", "La salle est ouverte.")
    # The site's own clock must have reached the hour as well.
    clock.move_to(starts_at - dt.timedelta(minutes=14))
    # Changed at the last minute: the page that was open leads to the new room.
    Session.objects.filter(pk=seat.session_id).update(room_url=f"{room}-bis")
    button.click()
    page.wait_for_url(f"{room}-bis")
    seat.refresh_from_db()
    assert seat.joined_at is not None


def test_pages_of_those_who_wait_are_asked_and_speak(visit: Visits) -> None:
    mine = amina()
    seat = seat_of_amina()
    for order, kind in enumerate(Question.Kind.values, start=1):
        choices = CHOICES if kind in (Question.Kind.CHOICE, Question.Kind.SEVERAL) else ""
        make.question(cycle=mine.cycle, order=order, kind=kind, choices=choices, is_required=order % 2 == 1)
    Registration.objects.filter(pk=seat.pk).update(
        state=State.OFFERED, confirmed_at=None, offer_ends_at=AT + dt.timedelta(hours=48)
    )
    other = CycleRegistration.objects.filter(cycle=mine.cycle, state=State.CONFIRMED).exclude(pk=mine.pk)[0]
    Cycle.objects.filter(pk=mine.cycle_id).update(registration_mode=Cycle.RegistrationMode.APPROVAL)
    CycleRegistration.objects.filter(pk=other.pk).update(state=State.IN_REVIEW, confirmed_at=None)
    slot = make.slot(seat.session)
    pages = {
        "offer": path(personal_links.offer(mine, language="fr")),
        "offer answered": path(personal_links.offer(other, language="en")),
        "my page with an offer": path(personal_links.manage(mine.participant, language="fr")),
        "my page in review": path(personal_links.manage(other.participant, language="fr")),
        "form with questions": FORM,
        "form with questions in English": f"/en/register/{CYCLE}/",
        "speaker": path(speaker_links.page(make.contact(slot.contact_email), language="fr")),
    }
    result = unsound(visit, pages)
    assert not result, report(result)


def test_answers_are_asked_for_and_kept(visit: Visits) -> None:
    cycle = amina().cycle
    long = make.question(cycle=cycle, order=1, kind=Question.Kind.LONG, is_required=True)
    choice = make.question(cycle=cycle, order=2, kind=Question.Kind.CHOICE, choices=CHOICES, is_required=True)
    seen = visit(FORM)
    page = seen.page
    page.fill("#id_given_name", "Zoë")
    page.fill("#id_family_name", "O'Brien")
    page.fill("#id_email", "zoe@example.org")
    page.check(f"input[name=question_{choice.pk}] >> nth=1")
    page.click("main form button[type=submit]")
    page.wait_for_selector("#errors:focus")
    assert page.is_checked(f"input[name=question_{choice.pk}] >> nth=1")
    field = page.locator(f"[name=question_{long.pk}]")
    assert field.get_attribute("aria-invalid") == "true"
    assert [line for line in all_complaints(seen) if "Failed to load" not in line] == []
    field.fill("Pour apprendre")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/sent/")
    row = CycleRegistration.objects.get(participant__email_key="zoe@example.org")
    assert row.answers == {str(long.pk): "Pour apprendre", str(choice.pk): "En train"}
