"""One person stays one person, and nobody becomes another: participants, stopped addresses, speakers, lists."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import translation

from accounts import addresses
from cycles.models import Cycle, Membership, Session, SpeakerSlot
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, ReminderStep, Suppression
from notifications.plan import audiences, policy
from registrations import booking
from registrations.attendance import matching, reports
from registrations.links import signed_values
from registrations.models import CycleRegistration, Participant
from registrations.people import participants
from speakers.people import contacts, speaking
from tests import make
from tests.make import AT, paris
from tests.notifications.notices.test_speakers import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"
START, DUE = paris(2026, 11, 19), paris(2026, 11, 16)
# Each pair is one to UPPER, to LOWER or to casefold() somewhere, and two people to the mail.
PAIRS = [
    ("anna@stra\u00dfe.de", "anna@strasse.de"),
    ("anna@s\u0131te.org", "anna@site.org"),
    ("anna@xn--ste-jua.org", "anna@site.org"),
]
SPELLINGS = ["zoe@École.fr", "ZOE@xn--cole-9oa.fr", "zoe@e\u0301cole.FR", " Zoe@\u200bécole.fr. "]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle, number=1, room_url="https://visio.example.org/salle", starts_at=START)
    return cycle


def register(cycle: Cycle, email: str) -> CycleRegistration:
    applicant = booking.Applicant(email=email, given_name="Zoë", family_name="Essai")
    return booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)


def test_one_person_whatever_the_spelling(cycle: Cycle) -> None:
    for email in SPELLINGS:
        register(cycle, email)
    assert list(Participant.objects.values_list("email_key", flat=True)) == ["zoe@xn--cole-9oa.fr"]
    # The first spelling was never proved: the last one counts.
    assert Participant.objects.get().email == "Zoe@xn--cole-9oa.fr"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_people_however_alike(cycle: Cycle, first: str, second: str) -> None:
    rows = [register(cycle, email) for email in (first, second)]
    assert len({row.participant_id for row in rows}) == 2


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_stopping_one_address_stops_no_other(first: str, second: str) -> None:
    ledger.suppress(first, reason=Suppression.Reason.ASKED, at=AT)
    assert [ledger.is_suppressed(email) for email in (first, second)] == [True, False]
    assert [ledger.stops_of(email).delete()[0] for email in (second, first)] == [0, 1]


def test_a_stopped_address_is_stopped_in_every_spelling(cycle: Cycle) -> None:
    person = make.participant(email=addresses.read(SPELLINGS[0]))
    make.registration(session=cycle.sessions.get(), participant=person)
    ledger.suppress(SPELLINGS[2], reason=Suppression.Reason.ASKED, at=AT)
    assert [ledger.is_suppressed(email) for email in SPELLINGS] == [True] * 4
    planning.cancel(cycle.sessions.get(), by=None, at=AT, reason="Grève")
    sending.tick(clock=AT + dt.timedelta(minutes=11))
    sending.drain(clock=AT + dt.timedelta(minutes=11))
    assert list(Delivery.objects.values_list("state", flat=True)) == [Delivery.State.SUPPRESSED]
    assert mail.outbox == []


def reminded(cycle: Cycle) -> Session:
    session = cycle.sessions.get()
    policy.add(cycle, timing=policy.Timing(count=3, unit="days"), values=VALUES, by=None, at=AT)
    return session


@pytest.mark.parametrize("typed", [*SPELLINGS, "NADIA@ÉCOLE.FR", "Nadia@Example.org"])
def test_a_mail_to_a_speaker_with_accents_leaves_once_and_does_not_wait_for_ever(
    cycle: Cycle, typed: str
) -> None:
    """LOWER knows ASCII in SQLite and all of Unicode in PostgreSQL; the reason must be found by the same rule."""
    session = reminded(cycle)
    slot = make.slot(session, contact_email=typed)
    sending.tick(clock=DUE)
    # Between owing and leaving somebody writes the same address in another way.
    SpeakerSlot.objects.filter(pk=slot.pk).update(contact_email=typed.swapcase())
    sending.drain(clock=DUE)
    assert list(Delivery.objects.values_list("state", "to_address")) == [
        ("sent", addresses.normal_form(typed))
    ]
    assert [message.to for message in mail.outbox] == [[addresses.normal_form(typed)]]


def test_a_mail_to_somebody_who_speaks_no_more_is_withdrawn(cycle: Cycle) -> None:
    session = reminded(cycle)
    slot = make.slot(session, contact_email="nadia@École.fr")
    sending.tick(clock=DUE)
    SpeakerSlot.objects.filter(pk=slot.pk).update(contact_email="nadia@ecole.fr")
    sending.drain(clock=DUE)
    assert list(Delivery.objects.values_list("state", "reason")) == [
        (Delivery.State.SKIPPED, Delivery.Reason.NOT_SPEAKING)
    ]


def test_speakers_are_counted_by_address(cycle: Cycle) -> None:
    session = reminded(cycle)
    for email in (*SPELLINGS, "anna@straße.de", "anna@strasse.de"):
        make.slot(session, contact_email=email)
    assert [one.email for one in speaking.of(session)] == [
        "zoe@xn--cole-9oa.fr",
        "anna@xn--strae-oqa.de",
        "anna@strasse.de",
    ]
    step = ReminderStep.objects.get(audience=ReminderStep.Audience.SPEAKERS)
    assert audiences.counts(step, [session], at=AT) == {session.pk: 3}
    assert contacts.forget("ZOE@école.fr") == 4


def test_an_address_is_changed_to_the_one_that_was_proved() -> None:
    make.participant(email="anna@strasse.de")
    amina = make.participant(email="amina@example.org")
    assert participants.change_address(amina, email="anna@straße.de", renews_feed=False, at=AT)
    amina.refresh_from_db()
    assert (amina.email, amina.email_key) == ("anna@xn--strae-oqa.de", "anna@xn--strae-oqa.de")
    assert not participants.change_address(amina, email="Anna@STRASSE.de", renews_feed=False, at=AT)


def test_a_report_finds_people_by_the_same_rule() -> None:
    expected = [
        matching.Expected(id=1, email=addresses.key("zoe@école.fr"), name="Zoë Essai"),
        matching.Expected(id=2, email=addresses.key("anna@strasse.de"), name="Anna Essai"),
    ]
    table = "Name,Email,Duration (minutes)\nA,Zoe@École.FR,60\nB,anna@straße.de,60\nC,anna@strasse.de,30\n"
    match = matching.match(reports.read(table.encode(), day=dt.date(2026, 11, 19)).lines, expected)
    assert {pk: presence.stay.minutes for pk, presence in match.found.items()} == {1: 60, 2: 30}
    assert [stranger.email for stranger in match.strangers] == ["anna@xn--strae-oqa.de"]


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def look(claire: Client, text: str) -> Any:
    page = "/en/desk/cycles/tour/registrants/import/"
    return claire.post(page, {"text": text, "language": "fr"})


def test_a_list_with_signs_that_nobody_sees(claire: Client) -> None:
    answer = look(claire, (FILES / "13-invisible.csv").read_text(encoding="utf-8-sig"))
    steps = answer.context["preview"].steps
    assert [(step.email, step.act.value) for step in steps] == [
        ("amina@example.org", "new"),
        ("amina@example.org", "twice"),
        ("loic@example.org", "new"),
        ("zoe@example.org", "new"),
        ("noel@example.org", "new"),
        ("marie@example.org", "new"),
        ("anna@example.org", "new"),
    ]
    assert steps[1].why == "this person is further up in the list"
    assert answer.context["preview"].new[1].applicant.email == "loic@example.org"


def test_a_list_says_what_is_wrong_with_an_address_and_what_was_meant(claire: Client) -> None:
    answer = look(
        claire, "email;given name;family name\nrené@example.org;René;Essai\nzoe@gmial.com;Zoé;Essai\n"
    )
    page = answer.content.decode()
    assert "Before the @, an address has letters without accents" in page
    assert "“é” cannot stand there" in page
    assert "Did they mean zoe@gmail.com?" in page
    assert [step.act.value for step in answer.context["preview"].steps] == ["wrong", "new"]


def ask(client: Client, cycle: Cycle, email: str, **fields: str) -> Any:
    with time_machine.travel(AT - dt.timedelta(minutes=1), tick=False):
        started = signed_values.make("form", int((AT - dt.timedelta(minutes=1)).timestamp()))
    with translation.override("en"):
        page = reverse("registrations:register", args=[cycle.slug])
    typed = {"given_name": "Zoé", "family_name": "Essai", "scope": "all", "started": started, **fields}
    return client.post(page, {"email": email, **typed})


def test_a_slip_is_asked_about_once_and_nothing_typed_is_lost(client: Client, cycle: Cycle) -> None:
    answer = ask(client, cycle, "zoe@gmial.com", given_name="Zoé-Marie")
    page = answer.content.decode()
    assert "Is it zoe@gmail.com?" in page
    assert ('value="zoe@gmial.com"' in page, 'value="Zoé-Marie"' in page) == (True, True)
    assert Participant.objects.count() == 0
    kept = re.search(r'name="kept_address" value="([^"]+)"', page)
    assert kept is not None
    # Another slip is another question; the same one, sent again, is an answer.
    assert (
        "Is it zoe@orange.fr?" in ask(client, cycle, "zoe@ornage.fr", kept_address=kept[1]).content.decode()
    )
    assert ask(client, cycle, "zoe@gmial.com", kept_address=kept[1]).status_code == 302
    assert Participant.objects.get().email == "zoe@gmial.com"


def test_an_address_beside_none_is_not_asked_about(client: Client, cycle: Cycle) -> None:
    assert ask(client, cycle, "zoe@gmail.com").status_code == 302
    assert ask(client, cycle, "zoe@asso-des-quais.org").status_code == 302
    assert Participant.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("adm\u0131n@site.org", "“ı” cannot stand there"),
        ("admin@\u017fite.org", "“ſ” looks like another letter"),
        ("admin@\U0001f600.org", "there is no domain that can exist"),
        ("a" * 300 + "@site.org", "This address is too long: 254 characters at most."),
    ],
)
def test_what_would_become_somebody_else_is_refused_in_words(
    client: Client, cycle: Cycle, typed: str, said: str
) -> None:
    assert said in ask(client, cycle, typed).content.decode()
    assert Participant.objects.count() == 0


def test_an_address_is_shown_in_letters_and_found_by_them(claire: Client, cycle: Cycle) -> None:
    person = make.participant(email=addresses.read("zoe@École.fr"))
    row = make.cycle_registration(cycle=cycle, participant=person)
    for path in ("/en/desk/cycles/tour/registrants/", f"/en/desk/cycles/tour/registrants/{row.pk}/"):
        page = claire.get(path).content.decode()
        assert ("zoe@école.fr" in page, "xn--" in page) == (True, False)
    for word in ("École.fr", "zoe@école.fr", "ZOE@", "xn--cole-9oa"):
        page = claire.get("/en/desk/cycles/tour/registrants/", {"q": word}).content.decode()
        assert "zoe@école.fr" in page
    sheet = claire.get("/en/desk/cycles/tour/registrants.csv")
    assert "zoe@école.fr" in b"".join(sheet).decode("utf-8-sig")
