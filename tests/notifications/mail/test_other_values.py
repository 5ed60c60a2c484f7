"""What pages and mails say of times is what enforces them: with other values, none of the old numbers is found."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts import periods
from cycles.site.page_cache.snapshots import store
from notifications.mail.kinds import KINDS
from notifications.mail.preview import rehearsal
from notifications.models import ReminderStep
from notifications.plan import planner, policy
from registrations import booking
from registrations.links import personal_links
from registrations.models import CycleRegistration, State
from tests import doors, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import Settings

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
AT = make.paris(2026, 11, 2, 10)
START = make.paris(2026, 11, 19)
UNITS = {
    "minute": "minute",
    "hour": "hour",
    "heure": "hour",
    "day": "day",
    "jour": "day",
    "week": "week",
    "semaine": "week",
    "month": "month",
    "mois": "month",
}
NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "un": 1,
    "une": 1,
    "two": 2,
    "deux": 2,
    "seven": 7,
    "sept": 7,
    "ten": 10,
    "dix": 10,
    "twelve": 12,
    "douze": 12,
    "fifteen": 15,
    "quinze": 15,
}
SAID = re.compile(
    rf"\b(\d+|{'|'.join(NUMBERS)})[ \u00a0]+(?:(?:prochains|derniers) )?({'|'.join(UNITS)})s?\b"
    r"|\b(the (?:week|day|hour)) before",
    re.IGNORECASE,
)
DEFAULT = {(7, "day"), (2, "day"), (24, "hour"), (10, "minute"), (15, "minute"), (12, "month"), (30, "day")}
DEFAULT |= {(1, "day"), (1, "hour"), (48, "hour"), (1, "week")}
OTHER_PERIODS = {
    "confirm": dt.timedelta(days=11),
    "prove": dt.timedelta(days=5),
    "invitation": dt.timedelta(days=13),
    "login_link": dt.timedelta(hours=31),
    "grace": dt.timedelta(minutes=17),
    "survey": dt.timedelta(days=37),
}
OTHER_TERMS = {
    "needs_days": 19,
    "attendance_months": 5,
    "mails_months": 8,
    "registrations_months": 23,
    "replays_months": 9,
    "contacts_months": 41,
    "proofs_months": 83,
}
# The help of the offer's form explains a number that is typed there; a calendar rings when its reader wants.
CHOICES = re.compile(r"<select.*?</select>|<option.*?</option>", re.DOTALL)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def lengths(text: str) -> set[tuple[int, str]]:
    """Return the lengths of time that a text names, in either language."""
    plain = re.sub(r"<style.*?</style>|<[^>]+>", "\n", CHOICES.sub(" ", text), flags=re.DOTALL)
    result = set()
    for number, unit, other in SAID.findall(plain):
        if other:
            result.add((1, other.split()[-1].lower()))
        else:
            count = int(number) if number.isdigit() else NUMBERS[number.lower()]
            result.add((count, UNITS[unit.lower()]))
    return result


@pytest.fixture
def other(settings: Settings) -> None:
    """Set everything that is promised to a value that it does not have by default."""
    settings.ESCALE_PERIODS = OTHER_PERIODS
    settings.ESCALE_RETENTION = OTHER_TERMS
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 21 * 60
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 22 * 60
    store.clear()


def other_plan(cycle: Cycle) -> None:
    """Give a cycle three reminders that no default plan has."""
    for count, unit in ((9, "days"), (4, "days"), (3, "hours")):
        values = {"kind": ReminderStep.Message.REMINDER, "audience": ReminderStep.Audience.CONFIRMED}
        policy.add(
            cycle,
            timing=policy.Timing(count=count, unit=unit),
            values=values,
            by=None,
            at=AT - 9 * periods.DAY,
        )


def opened() -> list[str]:
    """Return every public page, and every page that a link of somebody opens, in both languages."""
    world = doors.world()
    other_plan(world.cycle)
    ReminderStep.objects.exclude(offset=dt.timedelta(hours=3)).exclude(day_delta__in=(-9, -4)).delete()
    planner.replan(world.session)
    row = make.registration(session=world.session)
    asks = make.cycle_registration(
        cycle=world.cycle,
        participant=make.participant(confirmed_at=None),
        state=State.PENDING,
        confirmed_at=None,
        requested_at=AT,
    )
    moving = make.participant(asked_email="new@example.org", asked_email_at=AT)
    paths = []
    for language in ("fr", "en"):
        with translation.override(language):
            paths += [
                doors.address(name, world)
                for name, door in doors.DOORS.items()
                if door.kind is doors.Kind.PUBLIC
            ]
            paths += [
                personal_links.path(
                    "confirm", personal_links.confirm(asks, language=language).rstrip("/").rpartition("/")[2]
                ),
                personal_links.path("my-registrations", personal_links.manage_token(row.participant)),
                personal_links.path("my-registrations", personal_links.manage_token(row.participant))
                + "?done=address-asked",
                personal_links.prove_address(moving, email="new@example.org", language=language).removeprefix(
                    "http://testserver"
                ),
                personal_links.join(row, language=language, person=row.participant).removeprefix(
                    "http://testserver"
                ),
            ]
    return paths


@pytest.mark.usefixtures("other")
def test_no_public_page_and_no_personal_page_says_an_old_number(client: Client) -> None:
    wrong, answers = [], []
    for path in opened():
        response = client.get(path)
        kind = response.headers.get("Content-Type", "")
        if response.status_code == 200 and kind.startswith("text/html"):
            answers.append(path)
            # What calendars of others do, and what the session lasts, are no promises of ours.
            if "subscribe" in path or "abonn" in path:
                continue
            outcome = lengths(response.content.decode()) & DEFAULT
            wrong += [(path, one) for one in sorted(outcome)]
    assert wrong == []
    assert len(answers) >= 40


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_kind_of_mail_says_an_old_number(language: str) -> None:
    cycle = make.cycle(slug="tour", offer_hours=29)
    other_plan(cycle)
    session = make.session(cycle=cycle, slug="escale-02", starts_at=START, room_opens_minutes=25)
    planner.replan(session)
    outcome: dict[str, set[tuple[int, str]]] = {}
    for name in KINDS:
        scene = rehearsal.Scene(cycle=cycle, kind=name, session=session, language=language)
        message = rehearsal.rehearse(scene, at=AT)
        outcome[name] = lengths(f"{message.subject} {message.body} {message.alternatives[0][0]!s}")
    # The week of an organiser has seven days, whatever is set.
    assert outcome.pop("organiser_week") == {(7, "day")}
    assert {name: sorted(found & DEFAULT) for name, found in outcome.items() if found & DEFAULT} == {}
    assert {name: found for name, found in outcome.items() if found} == {
        "confirm_address": {(11, "day")},
        "address_to_prove": {(5, "day")},
        "registration_cancelled": {(17, "minute")},
        "reminder": {(25, "minute")},
    }


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mails_of_organisers_say_what_holds(client: Client, language: str) -> None:
    make.user(email="claire@example.org", language=language)
    with translation.override(language):
        client.post(reverse("accounts:login"), {"email": "claire@example.org"})
        invitation = render_to_string("accounts/email/invitation/body.txt", {})
    (code,) = mail.outbox
    assert [lengths(str(code.body)), lengths(invitation)] == [{(21, "minute")}, {(13, "day")}]


@pytest.mark.parametrize(
    ("language", "after", "words"),
    [
        (
            "en",
            dt.timedelta(0),
            "Without an account. Reminders: 9\u00a0days before, 4\u00a0days before, 3\u00a0hours before.",
        ),
        (
            "fr",
            dt.timedelta(0),
            "Sans compte. Rappels\u202f: 9\u00a0jours avant, 4\u00a0jours avant, 3\u00a0heures avant.",
        ),
        (
            "en",
            dt.timedelta(days=12),
            "Without an account. Reminders: 4\u00a0days before, 3\u00a0hours before.",
        ),
        ("en", dt.timedelta(days=17, hours=1), "Without an account."),
    ],
)
def test_the_page_of_a_session_promises_the_reminders_that_are_still_to_come(
    client: Client, language: str, after: dt.timedelta, words: str
) -> None:
    cycle = make.cycle(slug="tour")
    other_plan(cycle)
    session = make.session(cycle=cycle, slug="escale-02", starts_at=START)
    planner.replan(session)
    path = {"fr": "/fr/cycles/tour/escale-02/", "en": "/en/cycles/tour/escale-02/"}[language]
    store.clear()
    with time_machine.travel(AT + after, tick=False):
        text = " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split(" "))
    assert re.findall(r"(?:Without an account|Sans compte)\.[^\n<]*?(?=\s*\n|\s*$)", text)[0].strip() == words


def test_a_changed_plan_is_a_changed_page(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    cycle = make.cycle(slug="tour")
    other_plan(cycle)
    session = make.session(cycle=cycle, slug="escale-02", starts_at=START)
    planner.replan(session)

    def promised() -> bool:
        return "3\u00a0hours before" in client.get("/en/cycles/tour/escale-02/").content.decode()

    before = promised()
    step = ReminderStep.objects.get(offset=dt.timedelta(hours=3))
    with django_capture_on_commit_callbacks(execute=True):
        policy.switch(step, on=False, by=None, at=AT)
    assert (before, promised()) == (True, False)


def test_a_confirmation_promises_reminders_to_whoever_gets_them() -> None:
    cycle = make.cycle(slug="tour", title={"fr": "Le tour", "en": "The tour"})
    other_plan(cycle)
    session = make.session(cycle=cycle, slug="escale-02", starts_at=START)
    planner.replan(session)

    def confirmed(**fields: Any) -> str:
        person = make.participant(language="en", **fields)
        row = make.cycle_registration(cycle=cycle, participant=person)
        make.registration(session=session, participant=person, cycle_registration=row)
        scene = rehearsal.Scene(cycle=cycle, kind="registration_confirmed", session=session, language="en")
        assert scene.kind in KINDS
        return _body(row)

    assert "We will remind you before each date." in confirmed()
    assert "We will remind you" not in confirmed(reminders_stopped_at=AT)
    ReminderStep.objects.update(is_enabled=False)
    assert "We will remind you" not in confirmed()


def _body(row: CycleRegistration) -> str:
    from notifications.mail import compose  # noqa: PLC0415 - used by this one test
    from notifications.models import Delivery  # noqa: PLC0415 - likewise

    delivery = Delivery(
        pk=row.pk,
        key=f"confirmed:{row.pk}",
        kind="registration_confirmed",
        cycle_registration=row,
        participant=row.participant,
        to_address=row.participant.email,
        language="en",
        created_at=AT,
        next_at=AT,
    )
    return str(compose.message(delivery, at=AT).body)


def test_a_request_lives_as_long_as_its_link_says(settings: Settings) -> None:
    settings.ESCALE_PERIODS = OTHER_PERIODS
    applicant = booking.Applicant(email="a@example.org", given_name="A", family_name="B")
    row = booking.register(make.cycle(), applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    sent = row.participant.deliveries.get()
    assert sent.not_after == AT + dt.timedelta(days=11)
    booking.purge_unconfirmed(at=AT + dt.timedelta(days=11))
    assert CycleRegistration.objects.count() == 1
    booking.purge_unconfirmed(at=AT + dt.timedelta(days=11, seconds=1))
    assert CycleRegistration.objects.count() == 0


@pytest.mark.parametrize(
    ("span", "english", "french"),
    [
        (dt.timedelta(minutes=1), "1 minute", "1\u00a0minute"),
        (dt.timedelta(minutes=90), "90 minutes", "90\u00a0minutes"),
        (dt.timedelta(hours=1), "1 hour", "1\u00a0heure"),
        (dt.timedelta(hours=24), "24 hours", "24\u00a0heures"),
        (dt.timedelta(days=2), "2 days", "2\u00a0jours"),
        (dt.timedelta(days=2, hours=1), "49 hours", "49\u00a0heures"),
    ],
)
def test_a_length_in_words(span: dt.timedelta, english: str, french: str) -> None:
    results = []
    for language in ("en", "fr"):
        with translation.override(language):
            results.append(periods.in_words(span))
    assert results == [english, french]
