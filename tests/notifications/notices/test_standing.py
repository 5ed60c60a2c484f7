"""What mails say to someone who waits, and to someone whom organisers removed: no more than is true."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import translation

from notifications.mail import compose
from notifications.mail.kinds import KINDS
from notifications.mail.parts import envelope
from notifications.models import Delivery
from registrations import booking
from registrations.models import CycleRegistration, State
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from cycles.models import Cycle

pytestmark = pytest.mark.django_db
SOON = AT + dt.timedelta(days=30)
HOUR = dt.timedelta(hours=1)
# Said to people who have a place, and to nobody else.
PROMISES = re.compile(
    r"(?<!no )place is (?:kept|booked|held|yours)|have a place\b(?!, it is kept; where)"
    r"|registration for .{0,80} is confirmed"
    r"|place est (?:conservée|réservée)|updates? your calendar|puts the next date"
)
# They are only sent to somebody who has, or is offered, what they speak of.
OF_A_PLACE = {
    "registration_confirmed",
    "place_given",
    "place_offered",
    "registration_cancelled",
    "joining_instructions",
}


def written(mail: EmailMultiAlternatives) -> str:
    return " ".join(f"{mail.subject} {mail.body} {mail.alternatives[0][0]!s}".split())


def entries(mail: EmailMultiAlternatives) -> list[str]:
    return [str(a[0]) for a in mail.attachments if str(a[0]).endswith(".ics")]


@pytest.mark.parametrize(
    "kind",
    ["session_moved", "session_postponed", "session_restored", "session_cancelled", "reminder", "note"],
)
@pytest.mark.parametrize("state", [State.WAITLISTED, State.OFFERED])
def test_who_waits_for_a_place_is_promised_none(kind: str, state: State) -> None:
    session = make.session(starts_at=SOON)
    person = make.participant(language="en")
    row = make.registration(
        session=session,
        participant=person,
        state=state,
        offer_ends_at=SOON if state == State.OFFERED else None,
    )
    mail = compose.message(make.delivery(row, kind=kind), at=AT)
    assert PROMISES.findall(written(mail)) == []
    assert entries(mail) == []


@pytest.mark.parametrize("kind", ["session_moved", "session_postponed", "session_restored"])
def test_who_has_a_place_is_told_that_it_is_kept(kind: str) -> None:
    row = make.registration(session=make.session(starts_at=SOON), participant=make.participant(language="en"))
    mail = compose.message(make.delivery(row, kind=kind), at=AT)
    assert "Your place is kept." in written(mail)
    assert entries(mail) == ["invite.ics"]


def to_confirm(cycle: Cycle) -> str:
    person = make.participant(language="en", confirmed_at=None)
    row = make.cycle_registration(cycle=cycle, participant=person, state=State.PENDING, confirmed_at=None)
    mail = Delivery.objects.create(
        key=f"confirm:{row.pk}",
        kind="confirm_address",
        cycle_registration=row,
        participant=person,
        to_address=person.email,
        language="en",
        created_at=AT,
        next_at=AT,
    )
    return written(compose.message(mail, at=AT))


def test_the_first_mail_promises_a_place_only_where_places_are_not_counted() -> None:
    assert "your place is booked" in to_confirm(make.cycle())
    limited = to_confirm(make.cycle(capacity=10))
    assert PROMISES.findall(limited) == []
    assert "whether there is a place" in limited
    assert PROMISES.findall(to_confirm(make.cycle(registration_mode="approval"))) == []
    cycle = make.cycle()
    make.session(cycle=cycle, capacity=3)
    assert PROMISES.findall(to_confirm(cycle)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_who_only_waits_for_dates_is_not_told_that_they_are_registered(number: int) -> None:
    cycle = make.cycle(title={"fr": "Le cycle", "en": "The cycle"})
    cycle.refresh_from_db()
    row = make.cycle_registration(
        cycle=cycle, participant=make.participant(language="en"), scope=CycleRegistration.Scope.CHOSEN
    )
    for week in range(number):
        session = make.session(cycle=cycle, slug=f"s{week}", starts_at=SOON + week * dt.timedelta(days=7))
        make.registration(
            session=session, participant=row.participant, cycle_registration=row, state=State.WAITLISTED
        )
    mail = compose.message(_confirmed(row), at=AT)
    assert mail.subject == "On the waiting list: The cycle"
    assert written(mail).count("You are number 1.") == 2 * number
    assert re.findall("You are registered|is confirmed|remind you before", written(mail)) == []
    assert entries(mail) == []


def test_who_has_one_place_and_waits_for_another_date_is_registered() -> None:
    row = enrolled(1)
    session = make.session(cycle=row.cycle, slug="full", starts_at=SOON + dt.timedelta(days=70))
    make.registration(
        session=session, participant=row.participant, cycle_registration=row, state=State.WAITLISTED
    )
    mail = compose.message(_confirmed(row), at=AT)
    assert mail.subject.startswith("You are registered: ")
    assert "You are number 1." in mail.body


def _confirmed(row: CycleRegistration) -> Delivery:
    return Delivery.objects.create(
        key=f"confirmed:{row.pk}",
        kind="registration_confirmed",
        cycle_registration=row,
        participant=row.participant,
        to_address=row.participant.email,
        language="en",
        created_at=AT,
        next_at=AT,
    )


def enrolled(number: int) -> CycleRegistration:
    """Somebody with a place at so many sessions ahead, and one that is over."""
    cycle = make.cycle()
    row = make.cycle_registration(cycle=cycle, participant=make.participant(language="en"))
    for week in range(number):
        session = make.session(cycle=cycle, slug=f"s{week}", starts_at=SOON + week * dt.timedelta(days=7))
        make.registration(session=session, participant=row.participant, cycle_registration=row)
    make.registration(
        session=make.session(cycle=cycle, slug="over", starts_at=AT - dt.timedelta(days=9)),
        participant=row.participant,
        cycle_registration=row,
    )
    return row


@pytest.mark.parametrize(("number", "files"), [(1, ["invite.ics"]), (3, ["s0.ics", "s1.ics", "s2.ics"])])
def test_who_is_removed_reads_that_organisers_did_it_why_and_gets_each_date_off_the_calendar(
    number: int, files: list[str]
) -> None:
    row = enrolled(number)
    booking.cancel_all(row, by=make.user(), reason="You wrote that you moved.", at=AT + HOUR)
    delivery = Delivery.objects.get()
    mail = compose.message(delivery, at=AT + HOUR)
    outcome = written(mail)
    assert (delivery.kind, delivery.note) == ("registration_removed", "You wrote that you moved.")
    assert "The organisers cancelled your registration" in outcome
    assert "The organisers write: You wrote that you moved." in " ".join(mail.body.split())
    assert "Changed your mind" not in outcome
    files_say = "file takes this date" if number == 1 else "files take these dates"
    assert outcome.count(f"The attached {files_say} off your calendar.") == 2
    assert entries(mail) == files
    assert all(b"METHOD:CANCEL" in bytes(a[1]) for a in mail.attachments)


def test_who_asked_for_it_is_told_as_by_their_own_button() -> None:
    row = enrolled(3)
    booking.cancel_all(row, by=make.user(), as_asked=True, reason="", at=AT + HOUR)
    mail = compose.message(Delivery.objects.get(kind="registration_cancelled"), at=AT + HOUR)
    assert "Changed your mind?" in written(mail)
    assert entries(mail) == ["s0.ics", "s1.ics", "s2.ics"]


def test_a_request_that_organisers_end_has_no_calendar_to_change() -> None:
    row = make.cycle_registration(state=State.IN_REVIEW, participant=make.participant(language="fr"))
    booking.cancel_all(row, by=make.user(), at=AT + HOUR)
    with translation.override("fr"):
        mail = compose.message(Delivery.objects.get(kind="registration_removed"), at=AT + HOUR)
    assert entries(mail) == []
    assert "agenda" not in mail.body
    assert mail.reply_to == [envelope.voice(row.cycle).contact]


def test_the_words_of_an_organiser_go_with_the_person() -> None:
    row = enrolled(1)
    booking.cancel_all(row, by=make.user(), reason="Private.", at=AT + HOUR)
    row.participant.delete()
    assert list(Delivery.objects.values_list("note", flat=True)) == [""]


def test_every_kind_is_looked_at_here_or_has_no_promise() -> None:
    """The words of a kind that may reach somebody who waits hold no promise outside a condition."""
    folder = Path(settings.BASE_DIR) / "templates" / "notifications" / "email"
    guarded = {
        "session_moved",
        "session_postponed",
        "session_restored",
        "schedule_changed",
        "confirm_address",
    }
    result = {
        name
        for name in KINDS
        if not KINDS[name].is_to_group
        and name not in OF_A_PLACE
        and not KINDS[name].is_to_speaker
        and not KINDS[name].is_to_organiser
        and any(PROMISES.search(path.read_text()) for path in (folder / name).glob("body.*"))
    }
    assert result - guarded == set()


def test_an_offer_of_a_whole_run_names_its_dates() -> None:
    run = make.run()
    make.half_days(run, day=(AT + dt.timedelta(days=40)).date())
    row = make.cycle_registration(
        cycle=run, state=State.OFFERED, offer_ends_at=SOON, queued_at=AT, confirmed_at=AT
    )
    delivery = Delivery.objects.create(
        key="offer",
        kind="place_offered",
        state="pending",
        cycle=run,
        cycle_registration=row,
        participant=row.participant,
        to_address=row.participant.email,
        language="fr",
        created_at=AT,
        next_at=AT,
    )
    body = " ".join(str(compose.message(delivery, at=AT).body).split())
    wanted = ("Demi-journée 1", "9 h 00 – 12 h 30", "Demi-journée 2", "14 h 00 – 17 h 30")
    assert [words for words in wanted if words not in body] == []
