"""A person's own pages and mails in each state: true, in words, and leading on."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle
from cycles.schedule import planning
from notifications.mail import compose
from notifications.models import Delivery
from notifications.plan import defaults, planner
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from django.test import Client

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
ALL = CycleRegistration.Scope.ALL
DAY = dt.timedelta(days=1)
START = make.paris(2026, 10, 22)
ROOM = "https://visio.example.org/salle"
# A name of ours with underscores or a slug; None as Python writes it.
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\bescale-\d\d\b|\bNone\b|\bTrue\b|\bFalse\b")
PROMISES = {
    "fr": ("Vous avez une place", "Votre place est gardée", "Votre place est réservée", "Vous êtes inscrit"),
    "en": ("You have a place", "Your place is kept", "Your place is held", "You are registered"),
}
STATES = ("confirmed", "waiting", "waiting_cycle", "offered", "in_review", "refused", "cancelled", "late")
WITHOUT_PLACE = ("waiting", "waiting_cycle", "offered", "in_review", "refused")


def _asked(cycle: Cycle, email: str, *, language: str = "fr", at: dt.datetime = AT) -> CycleRegistration:
    applicant = booking.Applicant(
        email=email, given_name="Amina", family_name="Diallo", language=language, timezone="Indian/Reunion"
    )
    asked = booking.register(cycle, applicant=applicant, scope=ALL, at=at)
    return booking.confirm(asked, at=at)


def stood(state: str, *, language: str = "fr") -> tuple[CycleRegistration, dt.datetime]:
    """Bring somebody into a state of a cycle with three dates; return them, and the moment at which they look."""
    special: dict[str, dict[str, Any]] = {
        "waiting_cycle": {"capacity": 1},
        "offered": {"offer_hours": 48},
        "in_review": {"registration_mode": Cycle.RegistrationMode.APPROVAL},
        "refused": {"registration_mode": Cycle.RegistrationMode.APPROVAL},
    }
    cycle = make.cycle(**special.get(state, {}))
    places = 1 if state in ("waiting", "offered") else None
    for n in range(3):
        session = make.session(
            cycle=cycle,
            number=n + 1,
            slug=f"escale-{n + 1:02d}",
            starts_at=START + n * 28 * DAY,
            capacity=places,
            room_url=ROOM,
        )
        planner.replan(session)
    defaults.default_steps(cycle)
    first = _asked(cycle, "first@example.org") if state in ("waiting", "waiting_cycle", "offered") else None
    at = START + dt.timedelta(minutes=5) if state == "late" else AT
    mine = _asked(cycle, "amina@example.org", language=language, at=at)
    if state == "offered" and first is not None:
        booking.cancel_all(first, at=at)
    elif state == "refused":
        booking.refuse(mine, message="Une autre fois.", by=None, at=at)
    elif state == "cancelled":
        booking.cancel_all(mine, at=at)
    mine.refresh_from_db()
    return mine, at


def own_pages(mine: CycleRegistration, language: str) -> dict[str, str]:
    """The path of each page that this person's links open, by name."""
    person = mine.participant
    token = personal_links.manage_token(person)
    with translation.override(language):
        pages = {
            name: reverse(f"registrations:{name}", args=[token])
            for name in ("my-registrations", "my-copy", "my-erase")
        }
        pages["my-cancel-all"] = reverse("registrations:my-cancel-all", args=[token, mine.pk])
        pages["offer"] = reverse("registrations:offer", args=[personal_links.offer_token(mine)])
        pages["confirm"] = reverse("registrations:confirm", args=[personal_links.confirm_token(mine)])
        pages |= {
            f"join {row.session.slug}": reverse("registrations:join", args=[personal_links.join_token(row)])
            for row in mine.registrations.select_related("session").order_by("pk")
        }
    return pages


def main_of(page: str) -> str:
    match = re.search(r"<main.*?</main>", page, re.DOTALL)
    return match[0] if match else page


def words_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def mails_of(mine: CycleRegistration, *, at: dt.datetime) -> list[Any]:
    owed = Delivery.objects.filter(participant=mine.participant).exclude(kind="confirm_address")
    return [compose.message(delivery, at=at) for delivery in owed.order_by("pk")]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", STATES)
def test_no_code_word_and_no_dead_end(client: Client, state: str, language: str) -> None:
    mine, at = stood(state, language=language)
    with time_machine.travel(at, tick=False):
        for name, path in own_pages(mine, language).items():
            response = client.get(path, follow=True)
            main = main_of(response.content.decode())
            assert (name, response.status_code) == (name, 200)
            assert (name, CODE.findall(words_of(main))) == (name, [])
            links = [unescape(link) for link in re.findall(r'href="([^"#]+)"', main)]
            ways = [link for link in links if link.startswith("/")]
            forms = re.findall(r'<form[^>]*\bmethod="post"', main)
            assert (name, bool(ways or forms)) == (name, True)
            closed = {link: client.get(link).status_code for link in ways}
            assert (name, {link: code for link, code in closed.items() if code not in (200, 302)}) == (
                name,
                {},
            )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", WITHOUT_PLACE)
def test_who_has_no_place_is_promised_none(client: Client, state: str, language: str) -> None:
    mine, at = stood(state, language=language)
    with time_machine.travel(at, tick=False):
        for name, path in own_pages(mine, language).items():
            page = main_of(client.get(path, follow=True).content.decode())
            kept = [promise for promise in PROMISES[language] if promise in words_of(page)]
            assert (name, kept, re.findall(r'href="[^"]*/join/[^"]*"', page)) == (name, [], [])
        for mail in mails_of(mine, at=at):
            html = str(mail.alternatives[0][0])
            said = [mail.subject, mail.body, html]
            kept = [promise for promise in PROMISES[language] if any(promise in text for text in said)]
            calendars = [part for part in mail.message().walk() if part.get_content_type() == "text/calendar"]
            assert (mail.subject, kept, "/join/" in mail.body + html, calendars) == (
                mail.subject,
                [],
                False,
                [],
            )


@pytest.mark.parametrize("state", STATES)
def test_every_mail_speaks_in_words(state: str) -> None:
    mine, at = stood(state)
    mails = mails_of(mine, at=at)
    assert mails
    for mail in mails:
        html = str(mail.alternatives[0][0])
        shown = re.sub("<style.*?</style>", "", html, flags=re.DOTALL)
        text = re.sub(r"https?://\S+", "", f"{mail.subject}\n{mail.body}\n{words_of(shown)}")
        assert (mail.subject, CODE.findall(text)) == (mail.subject, [])
        # One button is filled, or none.
        assert (mail.subject, html.count('class="button"') <= 1) == (mail.subject, True)


def test_who_waits_and_is_moved_keeps_a_number_and_gets_no_way_in(client: Client) -> None:
    mine, at = stood("waiting", language="en")
    row = mine.registrations.select_related("session").earliest("session__number")
    planning.move(row.session, to=START + 2 * DAY, by=None, at=at, reason="Salle prise")
    later = at + dt.timedelta(minutes=30)
    planner.open_due(at=later)
    moved = Delivery.objects.get(kind="session_moved", participant=mine.participant)
    mail = compose.message(moved, at=later)
    assert "You keep your number on the waiting list" in mail.body
    assert ("/join/" in mail.body, "kept" in mail.body) == (False, False)
    with time_machine.travel(later, tick=False):
        page = client.get(own_pages(mine, "en")["my-registrations"]).content.decode()
    assert words_of(page).count("Waiting list: number 1") == 3


@pytest.mark.parametrize("is_run", [False, True])
def test_where_organisers_decide_every_button_asks(client: Client, *, is_run: bool) -> None:
    fields = {"registration_mode": Cycle.RegistrationMode.APPROVAL, "slug": "demandes"}
    cycle = make.run(**fields) if is_run else make.cycle(**fields)
    make.session(cycle=cycle, slug="un", starts_at=START)
    with time_machine.travel(AT, tick=False), translation.override("en"):
        paths = [reverse("cycles:home"), reverse("cycles:cycle-detail", args=["demandes"])]
        paths += [reverse("cycles:session-detail", args=["demandes", "un"])] if not is_run else []
        paths += [reverse("cycles:module-list")] if is_run else []
        paths.append(reverse("registrations:register", args=["demandes"]))
        pages = [main_of(client.get(path).content.decode()) for path in paths]
    buttons = [re.findall(r'class="button[^>]*>(Ask|Register)', page) for page in pages]
    assert [set(each) for each in buttons] == [{"Ask"}] * len(paths)


@pytest.mark.parametrize(
    ("act", "said"),
    [("cancel", "is cancelled."), ("postpone", "is postponed: its new date is not known yet.")],
)
def test_a_link_to_a_date_that_is_off_says_so_on_the_form(client: Client, act: str, said: str) -> None:
    first, _second = (make.session(cycle=cycle, starts_at=START) for cycle in [make.cycle(slug="voyage")] * 2)
    getattr(planning, act)(first, by=None, at=AT, reason={"en": "The hall is closed."})
    with time_machine.travel(AT, tick=False):
        response = client.get(f"/en/register/voyage/?stop={first.slug}")
    assert f"A title: “the trial”” {said}" in words_of(main_of(response.content.decode()))


def test_the_line_follows_the_dates_whatever_the_numbers(client: Client) -> None:
    mine, at = stood("confirmed", language="en")
    first = mine.cycle.sessions.get(number=1)
    planning.move(first, to=START + 40 * DAY, by=None, at=at, reason="Salle prise")
    with time_machine.travel(at, tick=False):
        page = words_of(main_of(client.get(own_pages(mine, "en")["my-registrations"]).content.decode()))
    line = page[page.index("What happens next") if "What happens next" in page else 0 :]
    assert re.findall(r"Stop \d(?= confirmed| next)", line)[-3:] == ["Stop 2", "Stop 1", "Stop 3"]


@pytest.mark.parametrize("page", ["my-registrations", "join escale-01", "the session", "the cycle"])
def test_each_page_says_why_a_date_is_off_and_which_it_was(client: Client, page: str) -> None:
    mine, at = stood("confirmed", language="en")
    first, second, _third = mine.cycle.sessions.order_by("number")
    planning.postpone(first, by=None, at=at, reason={"en": "The speaker is ill."})
    planning.cancel(second, by=None, at=at, reason={"en": "The hall is closed."})
    paths = own_pages(mine, "en")
    with time_machine.travel(at, tick=False), translation.override("en"):
        paths["the cycle"] = reverse("cycles:cycle-detail", args=[mine.cycle.slug])
        paths["the session"] = reverse("cycles:session-detail", args=[mine.cycle.slug, first.slug])
        said = words_of(main_of(client.get(paths[page]).content.decode()))
    assert "It was planned for Thursday 22 October 2026. The speaker is ill." in said
    assert ("The hall is closed." in said) is (page in ("my-registrations", "the cycle"))


def test_who_is_accepted_while_the_cycle_is_full_is_told_both() -> None:
    cycle = make.cycle(capacity=1, registration_mode=Cycle.RegistrationMode.APPROVAL)
    make.session(cycle=cycle, starts_at=START)
    first, mine = (_asked(cycle, f"{name}@example.org", language="en") for name in ("first", "amina"))
    booking.accept(first, by=None, at=AT)
    booking.accept(mine, by=None, at=AT + DAY)
    told = Delivery.objects.get(kind="waiting_list", participant=mine.participant)
    text = " ".join(compose.message(told, at=AT + DAY).body.split())
    assert "The organisers accepted your request." in text
    assert "is full for now: you have no place yet" in text


@pytest.mark.parametrize(("state", "is_filled"), [("late", True), ("confirmed", False)])
def test_on_the_day_joining_is_the_first_and_only_filled_button(
    client: Client, state: str, *, is_filled: bool
) -> None:
    mine, at = stood(state)
    with time_machine.travel(at, tick=False):
        page = main_of(client.get(own_pages(mine, "fr")["my-registrations"]).content.decode())
    filled = [words_of(button) for button in re.findall(r'<(?:a|button) class="button"[^>]*>(.*?)</', page)]
    assert filled == (["Rejoindre Escale 1"] if is_filled else [])


def seat_moved_to_today() -> tuple[Registration, dt.datetime]:
    mine, at = stood("confirmed")
    row = mine.registrations.select_related("session").earliest("session__number")
    planning.move(row.session, to=at + dt.timedelta(hours=6), by=None, at=at, reason="Salle prise")
    return row, at + dt.timedelta(minutes=30)


def test_a_late_move_brings_the_way_in_first() -> None:
    row, at = seat_moved_to_today()
    planner.open_due(at=at)
    mail = compose.message(Delivery.objects.get(kind="session_moved", registration=row), at=at)
    html = str(mail.alternatives[0][0])
    filled = re.findall(r'<a class="button" href="([^"]+)"[^>]*>([^<]+)', html)
    join = personal_links.join(row, language="fr")
    assert filled == [(join, "Rejoindre")]
    assert html.count('class="second"') == 1
    assert join in mail.body


@pytest.mark.parametrize(
    ("state", "whole", "places"),
    [
        ("confirmed", State.CONFIRMED, {State.CONFIRMED}),
        ("waiting", State.CONFIRMED, {State.WAITLISTED}),
        ("waiting_cycle", State.WAITLISTED, set()),
        ("offered", State.CONFIRMED, {State.OFFERED}),
        ("in_review", State.IN_REVIEW, set()),
        ("refused", State.REFUSED, set()),
        ("cancelled", State.CANCELLED, {State.CANCELLED}),
        ("late", State.CONFIRMED, {State.CONFIRMED}),
    ],
)
def test_the_states_are_what_their_names_say(state: str, whole: State, places: set[State]) -> None:
    mine, _at = stood(state)
    assert (mine.state, set(mine.registrations.values_list("state", flat=True))) == (whole, places)
