"""One person's page: a name or an address corrected, dates given back and taken on their behalf, their other cycles."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Session
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.models import Delivery, Suppression
from registrations import booking
from registrations.models import CycleRegistration, Participant, Registration, State
from registrations.people import participants
from tests import make
from tests.desk.browsing import go_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
NOW = make.AT
PEOPLE = "/en/desk/cycles/tour/registrants/"
DAY = dt.timedelta(days=1)
Scope = CycleRegistration.Scope


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, month in enumerate((10, 11, 12), start=1):
        make.session(
            cycle=cycle,
            number=number,
            slug=f"escale-{number:02d}",
            starts_at=make.paris(2026, month, 22),
            capacity=1 if number == 2 else None,
        )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def enter(cycle: Cycle, email: str = "amina@example.org", *, only: tuple[int, ...] = ()) -> CycleRegistration:
    """Register somebody who confirmed; the mails about it have left."""
    row = booking.confirm(ask(cycle, email, only=only), at=NOW)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    return row


def ask(cycle: Cycle, email: str, *, only: tuple[int, ...] = ()) -> CycleRegistration:
    return booking.register(
        cycle,
        applicant=booking.Applicant(email=email, given_name="Amina", family_name="Dialo", language="en"),
        scope=Scope.CHOSEN if only else Scope.ALL,
        session_ids=[cycle.sessions.get(number=number).pk for number in only],
        at=NOW,
    )


def correct(client: Client, row: CycleRegistration, email: str, **names: str) -> Any:
    typed = {"given_name": "Amina", "family_name": "Dialo", "organisation_name": "", "email": email}
    return client.post(f"{PEOPLE}{row.pk}/correct/", typed | names, follow=True)


def press(client: Client, row: CycleRegistration, *parts: object) -> str:
    """Press a button of the page; return what it then says."""
    address = "/".join(map(str, (row.pk, *parts)))
    response = go_on(client, client.post(f"{PEOPLE}{address}/"))
    assert response.headers["Location"] == f"{PEOPLE}{row.pk}/"
    return said(client.get(response.headers["Location"]))


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def waiting() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(state=Delivery.State.PENDING).order_by("pk")
    return list(rows.values_list("kind", "to_address"))


def noted() -> list[tuple[str, str, int | None, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "target_kind", "target_id", "detail"))


def seats(row: CycleRegistration) -> list[str]:
    return list(row.registrations.order_by("session__number").values_list("state", flat=True))


def state(row: CycleRegistration) -> str:
    row.refresh_from_db()
    return row.state


def elsewhere(person: Participant) -> CycleRegistration:
    return make.cycle_registration(participant=person, cycle=make.cycle(programme=make.programme()))


CORRECTED = "The address is corrected: what waits for this person goes there, and they are told."
NOT_HERE = "This address cannot be corrected here: register the person with the right one instead."


def test_j7_a_bounced_address_is_corrected_and_only_that_mail_sent_again(
    claire: Client, cycle: Cycle
) -> None:
    row = enter(cycle, "amina@exemple.org")
    participants.join_newsletter(row.participant, form="registration", at=NOW)
    seat = row.registrations.get(session__number=1)
    bounced = make.delivery(seat, state=Delivery.State.FAILED, kind="session_moved")
    pending = make.delivery(seat)
    ledger.suppress("amina@exemple.org", reason=Suppression.Reason.BOUNCE, at=NOW)
    assert "1 email did not reach this person." in claire.get(f"{PEOPLE}{row.pk}/").content.decode()
    assert said(correct(claire, row, " Amina@Example.org ")) == CORRECTED
    row.participant.refresh_from_db()
    assert (row.participant.email, row.participant.email_key) == ("Amina@example.org", "amina@example.org")
    # What waited follows; the dead address is not written to, and stays stopped.
    assert waiting() == [("reminder", "Amina@example.org"), ("address_corrected", "Amina@example.org")]
    assert ledger.is_suppressed("amina@exemple.org")
    assert not participants.has_newsletter(row.participant)
    told = str(compose.message(Delivery.objects.get(kind="address_corrected"), at=NOW).body)
    assert ("corrected your address" in told, "/my/" in told) == (True, True)
    Delivery.objects.exclude(pk=bounced.pk).update(state=Delivery.State.SENT, sent_at=NOW)
    claire.post(f"/en/desk/cycles/tour/deliveries/{bounced.pk}/retry/")
    sending.drain(clock=NOW)
    assert [message.to for message in mail.outbox] == [["Amina@example.org"]]
    pending.refresh_from_db()
    assert pending.to_address == "Amina@example.org"
    # Who and which number: neither address.
    assert noted() == [
        ("registration.readdress", "registrations.cycleregistration", row.pk, ""),
        ("mail.retry", "notifications.delivery", bounced.pk, ""),
    ]


def test_an_address_that_still_reads_mail_is_told(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    correct(claire, row, "new@example.org")
    assert waiting() == [("address_corrected", "new@example.org"), ("address_changed", "amina@example.org")]
    # And is not moved on by the next correction.
    correct(claire, row, "newer@example.org")
    assert ("address_changed", "amina@example.org") in waiting()


def test_names_are_corrected_and_nothing_else_is_said(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    version = row.participant.version
    names = {"family_name": "Diallo", "organisation_name": "Association des Quais"}
    assert said(correct(claire, row, "AMINA@example.org", **names)) == "The details are saved."
    assert said(correct(claire, row, "amina@example.org", **names)) == "Nothing was changed."
    existing = Participant.objects.get()
    assert (existing.family_name, existing.organisation_name) == ("Diallo", "Association des Quais")
    assert (existing.email, existing.version > version) == ("amina@example.org", True)
    assert waiting() == []
    assert noted() == [("registration.correct", "registrations.cycleregistration", row.pk, "")]


@pytest.mark.parametrize("email", ["", "a@b", "x@example.org\nBcc: y@example.org"])
def test_what_is_no_address_is_refused(claire: Client, cycle: Cycle, email: str) -> None:
    row = enter(cycle)
    page = correct(claire, row, email, family_name="Other")
    assert (page.status_code, 'role="alert"' in page.content.decode()) == (422, True)
    assert list(Participant.objects.values_list("email", "family_name")) == [("amina@example.org", "Dialo")]


def test_the_address_of_somebody_whom_the_organiser_knows_is_refused(claire: Client, cycle: Cycle) -> None:
    row, other = enter(cycle), enter(cycle, "zoe@example.org")
    page = correct(claire, row, "ZOE@example.org", family_name="Other")
    text = page.content.decode()
    assert (page.status_code, "is that of somebody else who is registered" in text) == (422, True)
    assert f'href="{PEOPLE}{other.pk}/"' in text
    sister = make.cycle(programme=cycle.programme)
    make.cycle_registration(cycle=sister, participant=make.participant(email="sister@example.org"))
    page = correct(claire, row, "sister@example.org")
    assert (page.status_code, "Open the page of this person" in page.content.decode()) == (422, False)
    assert list(Participant.objects.filter(pk=row.participant_id).values_list("email", "family_name")) == [
        ("amina@example.org", "Dialo")
    ]
    assert (waiting(), noted()) == ([], [])


def test_no_organiser_moves_what_somebody_does_elsewhere_to_another_mailbox(
    claire: Client, cycle: Cycle
) -> None:
    """The new mailbox may be the organiser's own: its reader would open, cancel and erase all of it."""
    abroad, here = enter(cycle), enter(cycle, "bea@example.org")
    elsewhere(abroad.participant)
    stranger = make.participant(email="stranger@example.org")
    elsewhere(stranger)
    for row, email in ((abroad, "free@example.org"), (here, "stranger@example.org")):
        page = correct(claire, row, email)
        # The answer is the same whether the person is registered elsewhere, or the address is known there.
        assert (page.status_code, NOT_HERE in page.content.decode()) == (422, True)
    assert (waiting(), noted()) == ([], [])
    people = Participant.objects.order_by("pk").values_list("email", "asked_email")
    assert list(people) == [("amina@example.org", ""), ("bea@example.org", ""), ("stranger@example.org", "")]


def test_a_request_that_nobody_could_confirm_gets_its_mail_at_the_right_address(
    claire: Client, cycle: Cycle
) -> None:
    row = ask(cycle, "amina@exemple.org")
    Delivery.objects.update(state=Delivery.State.FAILED)
    with time_machine.travel(NOW + DAY, tick=False):
        assert said(correct(claire, row, "amina@example.org")) == CORRECTED
    assert waiting() == [("confirm_address", "amina@example.org")]
    text = str(compose.message(Delivery.objects.latest("pk"), at=NOW).body)
    assert ("/confirm/" in text, "/my/" in text) == (True, False)
    assert (state(row), row.participant.confirmed_at) == (State.PENDING, None)
    elsewhere(row.participant)
    page = correct(claire, row, "other@example.org")
    assert (page.status_code, NOT_HERE in page.content.decode()) == (422, True)


def test_an_address_that_nobody_proved_is_free_where_the_organiser_answers_for_it(
    claire: Client, cycle: Cycle
) -> None:
    row = enter(cycle)
    ask(cycle, "new@example.org")
    assert said(correct(claire, row, "new@example.org")) == CORRECTED
    assert list(Participant.objects.values_list("pk", "email")) == [(row.participant_id, "new@example.org")]
    elsewhere(make.participant(email="newer@example.org", confirmed_at=None))
    assert correct(claire, row, "newer@example.org").status_code == 422
    assert Participant.objects.count() == 2


def test_who_is_nobody_or_was_erased_is_neither_corrected_nor_moved(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    Participant.objects.update(erased_at=NOW, email="")
    seen = claire.get(f"{PEOPLE}{row.pk}/").content.decode()
    assert ("Correct the name" in seen, "Cancel this registration" in seen) == (False, False)
    assert claire.get(f"{PEOPLE}{row.pk}/correct/").status_code == 404
    session = row.registrations.earliest("pk").session_id
    for button in ("cancel", "restore", f"stops/{session}/cancel", f"stops/{session}/take"):
        assert claire.post(f"{PEOPLE}{row.pk}/{button}/").status_code == 404
    assert (seats(row), noted()) == (["confirmed"] * 3, [])


def test_a_registration_is_cancelled_the_place_goes_on_and_is_taken_up_again(
    claire: Client, cycle: Cycle
) -> None:
    row, behind = enter(cycle), enter(cycle, "zoe@example.org")
    assert seats(behind) == ["confirmed", "waitlisted", "confirmed"]
    for _again in range(2):
        asked = claire.post(f"{PEOPLE}{row.pk}/cancel/").content.decode()
    # Whoever waits gets the place: that is said first.
    assert "A place was given: to 1 person, at once." in asked
    assert press(claire, row, "cancel") == (
        "The registration is cancelled. The person is told by email. A place was given: to 1 person, at once. "
        '<a href="/en/desk/cycles/tour/deliveries/?state=pending">See these emails, or stop them</a>'
    )
    assert (state(row), seats(row), seats(behind)) == ("cancelled", ["cancelled"] * 3, ["confirmed"] * 3)
    assert waiting() == [
        ("registration_removed", "amina@example.org"),
        ("place_given", "zoe@example.org"),
    ]
    with time_machine.travel(NOW + DAY, tick=False):
        for _again in range(2):
            assert press(claire, row, "restore") == "The person is registered. The person is told by email."
    assert (state(row), seats(row)) == ("confirmed", ["confirmed", "waitlisted", "confirmed"])
    assert waiting()[2:] == [("registration_confirmed", "amina@example.org")]
    assert [verb for verb, *_target in noted()] == ["registration.cancel_all", "registration.restore"]


def test_chosen_dates_come_back_as_they_were_and_declined_ones_do_not(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle, only=(1, 2))
    numbers = {session.number: session for session in cycle.sessions.all()}
    assert press(claire, row, "stops", numbers[2].pk, "cancel") == (
        "The place is given back. The person is told by email."
    )
    with time_machine.travel(NOW + DAY, tick=False):
        press(claire, row, "stops", numbers[3].pk, "take")
        press(claire, row, "cancel")
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        press(claire, row, "restore")
    assert (state(row), row.scope, seats(row)) == (
        "confirmed",
        "chosen",
        ["confirmed", "cancelled", "confirmed"],
    )


def test_one_stop_is_given_back_and_taken_again(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    stop = row.registrations.get(session__number=2)
    for _again in range(2):
        press(claire, row, "stops", stop.session_id, "cancel")
    stop.refresh_from_db()
    # As their own button would: the fan-out of another day does not undo it.
    assert (stop.state, stop.is_opt_out) == (State.CANCELLED, True)
    assert waiting() == [("registration_removed", "amina@example.org")]
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    enter(cycle, "zoe@example.org")
    for _again in range(2):
        assert press(claire, row, "stops", stop.session_id, "take") == (
            "No place is left: the person is on the waiting list. The person is told by email."
        )
    assert seats(row) == ["confirmed", "waitlisted", "confirmed"]
    assert waiting() == [("registration_confirmed", "amina@example.org")]


def test_who_comes_back_into_a_full_cycle_waits_for_it(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    press(claire, row, "cancel")
    Cycle.objects.update(capacity=1)
    enter(cycle, "zoe@example.org")
    stop = cycle.sessions.get(number=3)
    assert press(claire, row, "stops", stop.pk, "take") == (
        "No place is left: the person is on the waiting list. The person is told by email."
    )
    assert (state(row), row.registrations.get(session=stop).state) == ("waitlisted", "cancelled")


def test_what_is_over_or_of_another_cycle_is_not_taken(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    other = make.session()
    for button in ("take", "cancel"):
        assert claire.post(f"{PEOPLE}{row.pk}/stops/{other.pk}/{button}/").status_code == 404
    first = cycle.sessions.get(number=1)
    booking.cancel(row.registrations.get(session=first), at=NOW)
    Session.objects.filter(pk=first.pk).update(starts_at=NOW - 2 * DAY, ends_at=NOW - DAY)
    assert press(claire, row, "stops", first.pk, "take").startswith("That is not possible")
    pending = ask(cycle, "late@example.org")
    assert press(claire, pending, "stops", cycle.sessions.get(number=3).pk, "take").startswith("That is not")
    booking.purge_unconfirmed(at=NOW + 30 * DAY)
    assert not Registration.objects.filter(participant__email="late@example.org").exists()


def test_a_request_is_withdrawn_and_asked_again(claire: Client, cycle: Cycle) -> None:
    cycle.registration_mode = Cycle.RegistrationMode.APPROVAL
    cycle.save(update_fields=["registration_mode"])
    row = enter(cycle)
    press(claire, row, "cancel")
    assert state(row) == State.CANCELLED
    assert (
        press(claire, row, "restore")
        == "The request waits for your decision again. The person is told by email."
    )
    assert state(row) == State.IN_REVIEW


def test_the_buttons_are_those_that_do_something(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle, only=(1,))
    page = claire.get(f"{PEOPLE}{row.pk}/")
    stops = page.context["person"].stops
    assert [(stop.session.number, stop.can_cancel, stop.can_take) for stop in stops] == [
        (1, True, False),
        (2, False, True),
        (3, False, True),
    ]
    assert "Register for it" in page.content.decode()
    claire.force_login(make.membership(programme=cycle.programme, role=Membership.Role.TRAINER).user)
    seen = claire.get(f"{PEOPLE}{row.pk}/").content.decode()
    assert [words in seen for words in ("Register for it", "Cancel this", "Correct the name")] == [False] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_other_cycles_of_the_person_are_shown_as_far_as_the_organiser_may_read_them(
    claire: Client, cycle: Cycle, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    row = enter(cycle)
    others = [
        make.cycle_registration(
            participant=row.participant,
            cycle=make.cycle(slug=f"other-{n}", programme=cycle.programme),
            state=State.CANCELLED,
            requested_at=NOW - n * DAY,
            cancelled_at=NOW,
        )
        for n in range(1, count + 1)
    ]
    hidden = elsewhere(row.participant)
    with django_assert_num_queries(13):
        page = claire.get(f"{PEOPLE}{row.pk}/")
    assert list(page.context["person"].elsewhere) == others
    text = page.content.decode()
    assert f"/en/desk/cycles/other-1/registrants/{others[0].pk}/" in text
    assert hidden.cycle.slug not in text
    # A reader of the other programme may see its plan, not its people.
    reader = Membership.objects.get(user__memberships__programme=cycle.programme).user
    make.membership(user=reader, programme=hidden.cycle.programme, role=Membership.Role.READER)
    assert list(claire.get(f"{PEOPLE}{row.pk}/").context["person"].elsewhere) == others


def test_the_dates_of_a_registration_are_said(claire: Client, cycle: Cycle) -> None:
    row = enter(cycle)
    booking.cancel(row.registrations.get(session__number=1), at=NOW + DAY)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        press(claire, row, "cancel")
        text = " ".join(claire.get(f"{PEOPLE}{row.pk}/").content.decode().split())
    for words in (
        "<dt>Confirmed</dt>",
        "<dt>Cancelled</dt>",
        'datetime="2026-10-02T',
        'datetime="2026-10-03T',
    ):
        assert words in text
