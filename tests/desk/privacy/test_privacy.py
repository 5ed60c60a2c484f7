"""Requests of people about their data (journey J12): found, read, handed over, erased, by officers alone."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, cast

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Session
from notifications.models import Delivery
from registrations.calendar import feed_tokens
from registrations.models import CycleRegistration, Participant, Registration, State
from tests import make
from tests.desk.browsing import go_on

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from accounts.models import User
    from cycles.models import Programme

pytestmark = pytest.mark.django_db

START = make.paris(2026, 10, 22)
LATER = START + dt.timedelta(days=3)
SEARCH = "/en/desk/data/"
FORGET = "/en/desk/data/forget-contact/"
ADDRESS = "amina@example.org"
Role = Membership.Role


@pytest.fixture(autouse=True)
def _clock() -> object:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    return make.programme(slug="quais")


@pytest.fixture
def ines(client: Client, programme: Programme) -> User:
    """The data-protection officer of one programme, signed in."""
    user = make.membership(programme=programme, role=Role.PRIVACY).user
    client.force_login(user)
    AuditEntry.objects.all().delete()
    return user


def registered(programme: Programme, person: Participant | None = None, **session: object) -> Registration:
    """Return a past place of Amina in a programme, with who came and a mail about it."""
    row = make.registration(
        participant=person or make.participant(email=ADDRESS),
        session=make.session(cycle=make.cycle(programme=programme), starts_at=START, **session),
    )
    make.attendance(registration=row, minutes=88)
    make.delivery(row, kind="reminder", state="sent")
    return row


def page(name: str, person: Participant) -> str:
    return reverse(f"desk:{name}", args=[person.pk]).replace("/fr/", "/en/", 1)


def search(client: Client, email: str) -> HttpResponse:
    return cast("HttpResponse", client.post(SEARCH, {"email": email}))


def journal() -> list[tuple[str, str, int | None]]:
    entries = AuditEntry.objects.order_by("pk")
    return list(entries.values_list("verb", "detail", "count"))


@pytest.mark.parametrize("typed", [ADDRESS, " Amina@Example.ORG "])
def test_the_whole_address_finds_in_any_case_and_stands_in_no_address(
    client: Client, ines: User, programme: Programme, typed: str
) -> None:
    person = registered(programme).participant
    response = search(client, typed)
    assert (response.status_code, response.headers["Location"]) == (302, page("data-person", person))
    assert journal() == [("privacy.search", "", 1)]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.target_kind, entry.target_id) == (ines, "registrations.participant", person.pk)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "%",
        "*@example.org",
        "amina",
        "@example.org",
        "amina@example.org, zoe@example.org",
        "amina@example.org\nzoe@example.org",
        "' OR 1=1 --",
        " ".join(f"p{number}@example.org" for number in range(1000)),
    ],
)
@pytest.mark.usefixtures("ines")
def test_parts_patterns_and_lists_find_nobody(client: Client, programme: Programme, typed: str) -> None:
    registered(programme)
    response = search(client, typed)
    # A star is a letter like any other in an address: it is searched, and found nowhere.
    assert response.status_code == (200 if typed.startswith("*") else 422)
    assert b"Amina Diallo" not in response.content


@pytest.mark.usefixtures("ines")
def test_who_is_unknown_and_who_is_elsewhere_get_the_same_answer(client: Client) -> None:
    elsewhere = registered(make.programme())
    known = search(client, ADDRESS)
    unknown = search(client, "nobody@example.org")
    assert (known.status_code, unknown.status_code) == (200, 200)
    outcome = "Nothing is held under this address in the programmes that you answer for."
    assert [outcome in response.content.decode() for response in (known, unknown)] == [True, True]
    assert journal() == [("privacy.search", "", 0), ("privacy.search", "", 0)]
    for name in ("data-person", "data-json", "data-html", "data-erase"):
        assert client.get(page(name, elsewhere.participant)).status_code == 404


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.TRAINER, Role.READER])
def test_others_are_refused_and_it_is_noted(client: Client, programme: Programme, role: Role) -> None:
    person = registered(programme).participant
    client.force_login(make.membership(programme=programme, role=role).user)
    AuditEntry.objects.all().delete()
    assert search(client, ADDRESS).status_code == 403
    for name in ("data-person", "data-json", "data-html", "data-erase"):
        assert client.get(page(name, person)).status_code == 403
    assert client.post(page("data-erase", person), {"checked": "on"}).status_code == 403
    assert Participant.objects.filter(pk=person.pk, email=ADDRESS).exists()
    assert journal() == [("access.refused", "privacy", None)] * 6


@pytest.mark.usefixtures("ines")
def test_the_page_says_what_is_held_why_and_how_long(client: Client, programme: Programme) -> None:
    row = registered(programme)
    CycleRegistration.objects.update(accessibility_need="Captions")
    other = make.registration(
        participant=make.participant(email="amina.d@example.org"), session=row.session
    ).participant
    make.person(given_name="Amina", family_name="Diallo-Lefèvre")
    response = client.get(page("data-person", row.participant))
    assert [(line.what, line.count) for line in response.context["holdings"]] == [
        ("Name, address, language", 1),
        ("Registrations and answers", 1),
        ("Accessibility needs", 1),
        ("Attendance", 1),
        ("Emails sent and planned (not their text)", 1),
    ]
    content = response.content.decode()
    for words in (
        "The person asked to take part.",
        "12 months after the end of the cycle, then only numbers",
        "30 days after the last session",
        "72 months for a training",
        f'href="{page("data-person", other)}"',
        "Speaker of the same name",
        "Captions",
    ):
        assert words in content


def test_the_copy_holds_only_the_programmes_that_one_answers_for(
    client: Client, ines: User, programme: Programme
) -> None:
    row = registered(programme)
    make.membership(user=ines, programme=make.programme(), role=Role.READER)
    registered(make.programme(), row.participant)
    response = client.get(page("data-json", row.participant))
    assert (
        response.headers["Content-Disposition"] == f'attachment; filename="person-{row.participant_id}.json"'
    )
    copy = json.loads(response.content)
    assert [len(copy["registrations"]), len(copy["mails"])] == [1, 1]
    title = Cycle.objects.get(pk=row.session.cycle_id).title
    assert copy["registrations"][0]["cycle"] == title.localize("en")
    assert copy["registrations"][0]["sessions"][0]["attendance"][0]["minutes"] == 88
    client.force_login(make.user(is_superuser=True))
    copy = json.loads(client.get(page("data-json", row.participant)).content)
    assert [len(copy["registrations"]), len(copy["mails"])] == [2, 2]


def test_the_copy_to_read_is_one_file_in_the_language_of_the_person(
    client: Client, ines: User, programme: Programme
) -> None:
    row = registered(programme)
    Participant.objects.update(organisation_name="<script>alert(1)</script>")
    response = client.get(page("data-html", row.participant))
    content = response.content.decode()
    assert (
        response.headers["Content-Disposition"] == f'attachment; filename="person-{row.participant_id}.html"'
    )
    assert '<html lang="fr">' in content
    assert "Données conservées\u202f: Amina Diallo-Lefèvre" in content
    assert ADDRESS in content
    assert "<script" not in content
    assert [name for name in ("href=", "src=") if name in content] == []
    assert journal() == [("privacy.export", "html", None)]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.programme_id, entry.target_id) == (ines, programme.pk, row.participant_id)


@pytest.mark.usefixtures("ines")
def test_an_erasure_asks_first_then_leaves_only_numbers(client: Client, programme: Programme) -> None:
    row = registered(programme)
    person = row.participant
    feed = feed_tokens.reset(person, at=make.AT)
    ahead = make.registration(participant=person, session=make.session(cycle=row.session.cycle, capacity=1))
    waiting = make.registration(session=ahead.session, state=State.WAITLISTED)
    assert client.get(page("data-erase", person)).status_code == 200
    assert client.post(page("data-erase", person)).status_code == 422
    assert Participant.objects.filter(pk=person.pk).exists()
    asked = client.post(page("data-erase", person), {"checked": "on"})
    # Their place goes to whoever waits: that is said first.
    assert "A place was given: to 1 person, at once." in asked.content.decode()
    response = client.get(go_on(client, asked).headers["Location"])
    assert [str(message) for message in response.context["messages"]] == [
        "The person is erased. Only what follows, if anything, is kept.",
        (
            "A place was given: to 1 person, at once. "
            f'<a href="/en/desk/cycles/{row.session.cycle.slug}/deliveries/?state=pending">'
            "See these emails, or stop them</a>"
        ),
    ]
    assert not Participant.objects.filter(email_key=ADDRESS).exists()
    assert Registration.objects.confirmed().filter(session=row.session).count() == 1
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED
    # Calendar programs forget what they hold when they find it empty.
    assert b"BEGIN:VEVENT" not in client.get(f"/fr/calendar/{feed}.ics").content
    old = Delivery.objects.get(kind="reminder")
    assert (old.to_address, old.participant) == ("", None)
    # The button pressed twice, or after the back button: there is nobody any more.
    assert client.post(page("data-erase", person), {"checked": "on"}).status_code == 404
    assert journal() == [("privacy.erase", "", 5)]


@pytest.mark.usefixtures("ines")
def test_what_must_be_kept_is_said_before_and_after(client: Client, programme: Programme) -> None:
    person = registered(programme, legal_frame=Session.LegalFrame.TRAINING).participant
    assert "until Friday 22 October 2032" in client.get(page("data-erase", person)).content.decode()
    response = client.post(page("data-erase", person), {"checked": "on"}, follow=True)
    [done, kept] = [str(message) for message in response.context["messages"]]
    assert done.startswith("The person is erased.")
    assert kept.endswith(", until Friday 22 October 2032")
    person.refresh_from_db()
    assert (person.family_name, person.email, person.erased_at) == ("Diallo-Lefèvre", "", LATER)
    assert client.get(page("data-person", person)).status_code == 404
    assert search(client, ADDRESS).status_code == 200


@pytest.mark.usefixtures("ines")
def test_what_belongs_to_others_stays_theirs(client: Client, programme: Programme) -> None:
    row = registered(programme)
    person = row.participant
    CycleRegistration.objects.update(accessibility_need="Captions")
    other = registered(make.programme(), person)
    assert client.post(page("data-erase", person), {"checked": "on"}).status_code == 302
    assert list(person.cycle_registrations.values_list("pk", flat=True)) == [other.cycle_registration_id]
    person.refresh_from_db()
    assert person.email == ADDRESS
    nobodys = CycleRegistration.objects.get(pk=row.cycle_registration_id)
    assert (nobodys.participant.email, nobodys.accessibility_need) == ("", "")
    mails = Delivery.objects.order_by("pk").values_list("to_address", "participant")
    assert list(mails) == [("", None), (ADDRESS, person.pk)]
    assert client.get(page("data-person", person)).status_code == 404


def test_the_journal_names_nobody(client: Client, ines: User, programme: Programme) -> None:
    person = registered(programme).participant
    search(client, ADDRESS)
    client.get(page("data-json", person))
    client.post(page("data-erase", person), {"checked": "on"})
    assert journal() == [
        ("privacy.search", "", 1),
        ("privacy.export", "json", None),
        ("privacy.erase", "", 4),
    ]
    told = client.get(reverse("desk:journal", args=[programme.slug])).content.decode()
    assert [word for word in ("Amina", "Diallo", ADDRESS) if word in told] == []
    assert set(AuditEntry.objects.values_list("by", flat=True)) == {ines.pk}


def test_the_desk_shows_the_way_to_officers_only(client: Client, ines: User, programme: Programme) -> None:
    home = reverse("desk:home")
    way = f'href="{reverse("desk:data-requests")}"'
    assert way in client.get(home).content.decode()
    client.force_login(make.membership(programme=programme, role=Role.ORGANISER).user)
    assert way not in client.get(home).content.decode()
    assert ines.is_active


@pytest.mark.usefixtures("ines")
def test_the_contact_of_a_speaker_is_found_and_erased(client: Client, programme: Programme) -> None:
    mine = make.slot(make.session(cycle=make.cycle(programme=programme), starts_at=START))
    others = make.slot(contact_email="NADIA@example.org")
    mail = make.delivery(registered(programme), kind="speaker_moved")
    Delivery.objects.filter(pk=mail.pk).update(
        participant=None, to_address="nadia@example.org", session=mine.segment.session
    )
    result = search(client, "Nadia@example.org")
    assert result.status_code == 200
    assert "The contact of someone who speaks" in result.content.decode()
    AuditEntry.objects.all().delete()
    asked = {"email": "nadia@example.org"}
    assert client.post(FORGET, asked).headers["Location"] == SEARCH
    for slot in (mine, others):
        slot.refresh_from_db()
    assert (mine.contact_name, mine.contact_email, others.contact_email) == ("", "", "nadia@example.org")
    mail.refresh_from_db()
    assert (mail.to_address, mail.state, mail.reason) == ("", "skipped", "erased")
    assert journal() == [("privacy.erase", "contact", 1)]
    assert "Nothing is held under this address" in search(client, "nadia@example.org").content.decode()


@pytest.mark.usefixtures("ines")
def test_a_registered_person_who_also_speaks_is_pointed_out(client: Client, programme: Programme) -> None:
    person = registered(programme).participant
    make.slot(make.session(cycle=make.cycle(programme=programme)), contact_email="Amina@Example.org")
    shown = client.get(page("data-person", person)).content.decode()
    assert "Contact of a speaker under this address:" in shown


def test_an_organiser_cannot_erase_a_contact(client: Client, programme: Programme) -> None:
    client.force_login(make.membership(programme=programme, role=Role.ORGANISER).user)
    slot = make.slot(make.session(cycle=make.cycle(programme=programme)))
    asked = {"email": slot.contact_email}
    assert client.post(FORGET, asked).status_code == 403
    slot.refresh_from_db()
    assert slot.contact_email == "nadia@example.org"
