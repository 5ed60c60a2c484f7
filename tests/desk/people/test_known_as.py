"""What an organiser learns of somebody whose address they know, and how far what they say of them reaches."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from accounts import periods
from cycles.models import Cycle, Membership
from desk.attendance import table as attendance
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, ReminderStep, Suppression
from registrations import booking
from registrations.attendance import applying
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant
from registrations.pages.form import requested
from registrations.people import correcting, participants
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
AT = make.AT
NOW = make.paris(2026, 10, 20, 9)
SECRETS = ("Zoraide", "Confidentielle", "Laboratoire Discret")
WORDS = ("Confidentielle", "Laboratoire")
ADDRESS = "zoraide@example.org"
Scope = CycleRegistration.Scope
LINKS = re.compile(r'(?:href|action)="(/en/desk/[^"#]*)"')


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def cycle_of(slug: str, **fields: Any) -> Cycle:
    cycle = make.cycle(slug=slug, programme=make.programme(slug=f"p-{slug}"), **fields)
    for number, month in enumerate((10, 11, 12), start=1):
        make.session(cycle=cycle, slug=f"s{number}", number=number, starts_at=make.paris(2026, month, 22))
    return cycle


@pytest.fixture
def theirs() -> CycleRegistration:
    """The person registered, and confirmed, in a programme of other people's."""
    applicant = booking.Applicant(
        email=ADDRESS, given_name="Zoraide", family_name="Confidentielle", organisation_name=SECRETS[2]
    )
    asked = booking.register(cycle_of("ailleurs"), applicant=applicant, scope=Scope.ALL, at=AT)
    return booking.confirm(asked, at=AT)


@pytest.fixture
def mine() -> Cycle:
    return cycle_of("tour")


@pytest.fixture
def mallory(client: Client, mine: Cycle) -> Client:
    """An owner of a programme, and of no other: whoever may begin a programme is one."""
    client.force_login(make.membership(programme=mine.programme, role=Membership.Role.OWNER).user)
    return client


def typed(**fields: str) -> dict[str, str]:
    return {
        "given_name": "Jane",
        "family_name": "Doe",
        "email": ADDRESS,
        "organisation_name": "ACME",
    } | fields


def by_hand(client: Client, _cycle: Cycle) -> None:
    form = typed() | {"language": "fr", "scope": "all"}
    assert client.post("/en/desk/cycles/tour/registrants/add/", form).status_code == 302


def by_list(client: Client, _cycle: Cycle) -> None:
    text = f"E-mail;Given name;Family name;Organisation\n{ADDRESS};Jane;Doe;ACME\n"
    form = {"text": text, "language": "fr", "knows": "on"}
    assert client.post("/en/desk/cycles/tour/registrants/import/save/", form).status_code == 302


def by_form(_client: Client, cycle: Cycle) -> None:
    booking.register(cycle, applicant=booking.Applicant(**typed()), scope=Scope.ALL, at=NOW)


DOORS = [by_hand, by_list, by_form]


def readable(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return html.unescape(body.decode("utf-8", "replace"))


def everything(client: Client, *first: str) -> dict[str, str]:
    """Return all that the desk answers to who follows every link of it, by address."""
    waiting, seen = list(first), {}
    while waiting:
        address = html.unescape(waiting.pop())
        if address in seen:
            continue
        response = client.get(address)
        seen[address] = readable(response) if response.status_code == 200 else ""
        waiting += LINKS.findall(seen[address])
    return seen


@pytest.mark.thorough
@pytest.mark.parametrize("enter", DOORS)
def test_nothing_that_the_person_said_elsewhere_is_read_anywhere_in_the_desk(
    mallory: Client, mine: Cycle, theirs: CycleRegistration, enter: Callable[[Client, Cycle], None]
) -> None:
    enter(mallory, mine)
    row = mine.registrations.get()
    assert row.participant == theirs.participant
    pages = everything(
        mallory,
        "/en/desk/",
        f"/en/desk/data/{row.participant_id}/",
        *(f"/en/desk/search/?q={text}" for text in (ADDRESS, *WORDS)),
        *(f"/en/desk/cycles/tour/registrants/?q={text}" for text in (*WORDS, "Doe")),
        *(f"/en/desk/cycles/tour/deliveries/?q={text}" for text in WORDS),
        f"/en/desk/cycles/tour/registrants/{row.pk}/correct/",
    )
    # The address itself is no news to her, and a page repeats what is looked for on it.
    bodies = {url: body.replace(ADDRESS, "") for url, body in pages.items() if "?q=" not in url}
    assert [(url, text) for url, body in bodies.items() for text in SECRETS if text in body] == []
    assert len(bodies) > 40
    # Searching by the hidden name finds nobody: whether it does would tell it.
    search = "/en/desk/cycles/tour/registrants/?q="
    assert ["Jane" in pages[f"{search}{text}"] for text in (*WORDS, "Doe")] == [
        False,
        False,
        True,
    ]
    assert "Jane" in pages[f"/en/desk/cycles/tour/registrants/{row.pk}/"]


@pytest.mark.parametrize("enter", DOORS)
def test_the_organisers_see_the_own_name_once_the_person_confirms_here(
    mallory: Client, mine: Cycle, theirs: CycleRegistration, enter: Callable[[Client, Cycle], None]
) -> None:
    enter(mallory, mine)
    row = mine.registrations.select_related("participant").get()
    assert (str(row.person), row.person.organisation_name) == ("Jane Doe", "ACME")
    assert str(theirs.person) == "Zoraide Confidentielle"
    if enter is by_form:
        booking.confirm(row, at=NOW)
    else:
        # They open their page, which says who sees it, and save it.
        participants.set_person(
            Participant.objects.get(pk=row.participant_id),
            given_name="Zoraide",
            family_name="Confidentielle",
            organisation_name=SECRETS[2],
            language="fr",
            timezone="",
            at=NOW,
        )
    row = mine.registrations.select_related("participant").get()
    assert (str(row.person), row.person.organisation_name) == ("Zoraide Confidentielle", SECRETS[2])


def test_their_own_page_says_who_sees_what_they_write(client: Client, theirs: CycleRegistration) -> None:
    page = client.get(
        reverse("registrations:my-registrations", args=[personal_links.manage_token(theirs.participant)])
    )
    assert (
        "The organisers of every cycle listed above see your name and organisation." in page.content.decode()
    )


def test_two_strangers_who_type_one_unknown_address_do_not_read_each_other(mine: Cycle) -> None:
    other = cycle_of("ailleurs")
    names = {mine: ("Jane", "Doe"), other: ("Iris", "Martin")}
    for cycle, (given, family) in names.items():
        applicant = booking.Applicant(email=ADDRESS, given_name=given, family_name=family)
        booking.register(cycle, applicant=applicant, scope=Scope.ALL, at=NOW)
    rows = CycleRegistration.objects.select_related("participant").order_by("pk")
    assert [str(row.person) for row in rows] == ["Jane Doe", "Iris Martin"]
    # Whoever has the address confirms one of the two: that is who they are.
    booking.confirm(rows[0], at=NOW)
    assert [str(row.person) for row in rows.all()] == ["Jane Doe", "Iris Martin"]
    assert str(Participant.objects.get()) == "Jane Doe"


def test_who_never_confirmed_is_not_shown_by_a_request_that_ages(
    mallory: Client, mine: Cycle, theirs: CycleRegistration
) -> None:
    """Entered by hand, cancelled, asked again on the public form: none of it shows the hidden name."""
    by_hand(mallory, mine)
    row = mine.registrations.get()
    booking.cancel_all(row, by=None, at=NOW)
    booking.register(mine, applicant=booking.Applicant(**typed()), scope=Scope.ALL, at=NOW)
    later = NOW + periods.length("confirm") * 2
    booking.purge_unconfirmed(at=later)
    row = mine.registrations.select_related("participant").get()
    assert (row.state, str(row.person)) == ("cancelled", "Jane Doe")
    assert row.participant == theirs.participant


def correct(client: Client, row: CycleRegistration, **fields: str) -> None:
    address = f"/en/desk/cycles/{row.cycle.slug}/registrants/{row.pk}/correct/"
    assert client.post(address, typed(**fields)).status_code == 302


def test_a_corrected_name_reaches_as_far_as_ones_programmes(
    mallory: Client, mine: Cycle, theirs: CycleRegistration
) -> None:
    by_hand(mallory, mine)
    row = mine.registrations.exclude(pk=theirs.pk).get()
    correct(mallory, row, given_name="Renamed", family_name="By Mallory", organisation_name="Evil")
    rows = {r.cycle.slug: r for r in CycleRegistration.objects.select_related("participant", "cycle")}
    assert {slug: str(r.person) for slug, r in rows.items()} == {
        "tour": "Renamed By Mallory",
        "ailleurs": "Zoraide Confidentielle",
    }
    assert str(Participant.objects.get()) == "Zoraide Confidentielle"
    assert Participant.objects.get().organisation_name == SECRETS[2]


def test_a_corrected_name_is_the_person_s_where_they_are_nowhere_else(mallory: Client, mine: Cycle) -> None:
    by_hand(mallory, mine)
    row = mine.registrations.get()
    correct(mallory, row, given_name="Janet")
    assert str(Participant.objects.get()) == "Janet Doe"
    within = Cycle.objects.filter(pk=mine.pk)
    again = {"given_name": "Janet", "family_name": "Doe", "organisation_name": "ACME"}
    row.refresh_from_db()
    assert correcting.correct_names(row, **again, within=within, by=make.user(), at=NOW) is False


def test_attendance_lists_and_finds_people_by_the_name_that_is_shown(
    mallory: Client, mine: Cycle, theirs: CycleRegistration
) -> None:
    by_hand(mallory, mine)
    session = mine.sessions.get(number=1)
    for name in ("Abel", "Emile"):
        make.registration(session=session, participant=make.participant(family_name=name))
    people = attendance.people(session, QueryDict())
    assert [row.person.family_name for row in people] == ["Abel", "Doe", "Emile"]
    assert [row.person.family_name for row in attendance.people(session, QueryDict("q=doe"))] == ["Doe"]
    assert list(attendance.people(session, QueryDict("q=Confidentielle"))) == []
    # A report of who came names her as she is: only the name that is shown here is hers here.
    report = make.attendance_report(session=session, content=b"Name,Duration\nJane Doe,60\n")
    assert applying.read(report, asked=applying.Asked(), at=NOW).by_name == {
        session.registrations.get(participant=theirs.participant).pk
    }


def stopped_for(cycle: Cycle) -> bool:
    seat = cycle.sessions.get(number=1).registrations.get()
    owed = make.delivery(seat, kind="session_moved", key=f"moved:{cycle.slug}")
    sending.drain(clock=NOW)
    owed.refresh_from_db()
    return owed.state == Delivery.State.SUPPRESSED


def test_a_stop_by_hand_concerns_ones_own_programme(
    mallory: Client, mine: Cycle, theirs: CycleRegistration
) -> None:
    by_hand(mallory, mine)
    stop = f"/en/desk/cycles/tour/stopped/{theirs.participant_id}/stop/"
    assert mallory.post(stop, {"reason": "asked"}).status_code == 302
    assert (stopped_for(mine), stopped_for(theirs.cycle)) == (True, False)


@pytest.mark.parametrize("case", ["bounce", "bounce, elsewhere", "complaint", "asked"])
def test_a_stop_of_the_whole_site_is_lifted_where_it_concerns_nobody_else(
    mallory: Client, mine: Cycle, request: pytest.FixtureRequest, case: str
) -> None:
    reason, _comma, elsewhere = case.partition(", ")
    lifted = case == "bounce"
    if elsewhere:
        request.getfixturevalue("theirs")
    by_hand(mallory, mine)
    row = mine.registrations.get()
    ledger.suppress(ADDRESS, reason=Suppression.Reason(reason), at=NOW)
    answer = mallory.post(f"/en/desk/cycles/tour/stopped/{row.participant_id}/allow/", follow=True)
    assert ledger.is_suppressed(ADDRESS) is not lifted
    refused = "This address is stopped for the whole site: only a site administrator lets it back."
    assert (refused in answer.content.decode()) is not lifted
    mallory.force_login(make.user(is_superuser=True, is_staff=True))
    mallory.post(f"/en/desk/cycles/tour/stopped/{row.participant_id}/allow/")
    assert not ledger.is_suppressed(ADDRESS)


def test_the_officer_of_a_programme_hands_over_what_is_theirs(
    mallory: Client, mine: Cycle, theirs: CycleRegistration
) -> None:
    participants.join_newsletter(theirs.participant, form="registration", at=AT)
    by_hand(mallory, mine)
    copy = mallory.get(f"/en/desk/data/{theirs.participant_id}/copy.json").json()
    assert copy["person"] == {
        "email": ADDRESS,
        "given_name": "Jane",
        "family_name": "Doe",
        "organisation_name": "ACME",
    }
    assert (copy["consents"], copy["private_calendars"]) == ([], [])


@pytest.mark.parametrize("audience", ["confirmed", "cycle"])
def test_who_gets_a_reminder_now_is_named_as_they_are_known_here(
    mallory: Client, mine: Cycle, theirs: CycleRegistration, audience: str
) -> None:
    by_hand(mallory, mine)
    session = mine.sessions.get(number=1)
    for name in ("Abel", "Emile"):
        make.registration(session=session, participant=make.participant(given_name="", family_name=name))
    ReminderStep.objects.create(
        cycle=mine, code="now", moment="before_start", offset=dt.timedelta(hours=1), audience=audience
    )
    page = mallory.get("/en/desk/cycles/tour/sessions/s1/reminders/now/send/")
    assert page.context["people"] == [
        ("Abel", session.registrations.get(participant__family_name="Abel").participant.email),
        ("Doe Jane", ADDRESS),
        ("Emile", session.registrations.get(participant__family_name="Emile").participant.email),
    ]
    assert str(theirs.participant) == "Zoraide Confidentielle"


def test_a_name_that_an_organiser_gave_is_not_that_of_who_registers_elsewhere(mine: Cycle) -> None:
    """Whoever is added may never have read a mail of ours: nobody proved that they are called so."""
    given = booking.Applicant(
        email=ADDRESS, given_name="Rude", family_name="Word", organisation_name="Nobody"
    )
    added = booking.add(mine, applicant=given, scope=Scope.ALL, by=None, at=AT)
    own = booking.Applicant(email=ADDRESS, given_name="Zoraide", family_name="Confidentielle")
    asked = booking.register(cycle_of("ailleurs"), applicant=own, scope=Scope.ALL, at=AT)
    asked.refresh_from_db()
    shown = dict(requested.recorded(asked))
    assert (shown["Given name"], shown["Family name"], shown.get("Organisation")) == (
        "Zoraide",
        "Confidentielle",
        None,
    )
    confirmed = booking.confirm(asked, seen=booking.request_mark(asked), at=AT)
    confirmed.participant.refresh_from_db()
    person = confirmed.participant
    assert (str(confirmed.person), person.given_name, person.organisation_name) == (
        "Zoraide Confidentielle",
        "Zoraide",
        "",
    )
    added.refresh_from_db()
    assert str(added.person) == "Rude Word"
