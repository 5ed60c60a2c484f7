"""One list of rules: the statement that reserves a mail names the first that fails, and nothing waits for ever."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from accounts import addresses
from cycles.models import SpeakerSlot
from notifications.delivery import eligibility, ledger
from notifications.delivery.run import leases, sending, statements
from notifications.mail.kinds import KINDS
from notifications.models import Batch, Delivery, Occurrence, ReminderStep, Suppression
from notifications.plan import defaults, planner
from registrations import booking
from registrations.models import CycleRegistration, Participant
from tests import make
from tests.make import paris

pytestmark = pytest.mark.django_db
START = paris(2026, 11, 19)
DUE = paris(2026, 11, 19, 12)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
# What the two databases, Python's casefold and its lower take for the same in different ways.
ADDRESSES = [
    "JOSÉ@exemple.org",
    "josé@exemple.org",
    "jose\u0301@exemple.org",
    "ÉLODIE.Ñandú@exemple.org",
    "STRASSE@exemple.org",
    "straße@exemple.org",
    "I\u0307pek@exemple.org",
    "ΣΊΣΥΦΟΣ@exemple.org",
    "claire@éxemple.fr",
    "Claire@XN--XEMPLE-9UA.FR",
]


def waiting() -> list[tuple[str, str]]:
    return list(Delivery.objects.filter(state__in=("pending", "claimed")).values_list("to_address", "state"))


def ended() -> set[tuple[str, str]]:
    return set(Delivery.objects.values_list("state", "reason"))


@pytest.mark.parametrize("typed", ADDRESSES)
def test_no_address_of_a_speaker_makes_a_mail_wait_for_ever(typed: str) -> None:
    session = make.session(starts_at=START)
    ReminderStep.objects.create(
        cycle=session.cycle,
        code="h-1",
        kind=ReminderStep.Message.SPEAKER,
        moment=ReminderStep.Moment.BEFORE_START,
        offset=START - DUE,
        audience=ReminderStep.Audience.SPEAKERS,
    )
    make.slot(at=session, contact_email=typed, contact_name="José")
    planner.replan(session)
    sending.tick(clock=DUE)
    # As written before addresses had one form, and as another program would have written it into the row.
    SpeakerSlot.objects.filter(segment__session=session).update(contact_email=typed)
    Delivery.objects.update(to_address=typed)
    sending.drain(clock=DUE)
    sending.drain(clock=DUE)
    assert waiting() == []
    assert ended() <= {("sent", ""), ("skipped", "not_speaking"), ("failed", "")}


@pytest.mark.parametrize("typed", ADDRESSES)
def test_a_stopped_address_is_stopped_however_it_is_written(typed: str) -> None:
    session = make.session(starts_at=START)
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    make.registration(session=session, participant=make.participant(email="p@exemple.org"))
    sending.tick(clock=DUE)
    Participant.objects.update(email=typed)
    Delivery.objects.update(to_address=typed)
    ledger.suppress(addresses.key(typed), reason=Suppression.Reason.BOUNCE, at=DUE)
    sending.drain(clock=DUE)
    sending.drain(clock=DUE)
    assert (waiting(), ended()) == ([], {("suppressed", "")})


def test_every_rule_has_a_name_and_words_and_waits_or_ends() -> None:
    names = [rule.name for rule in eligibility.RULES]
    assert names == [
        "erased",
        "not_speaking",
        "not_speaking",
        "answered",
        # One pair for each of the six surveys.
        *("answered", "survey_closed") * 6,
        "superseded",
        "superseded",
        # A certificate that is issued, one that is withdrawn.
        "superseded",
        "superseded",
        "session_gone",
        "registration_gone",
        "registration_gone",
        "registration_gone",
        "registration_gone",
        "reminders_stopped",
        "news_stopped",
        "step_off",
        "no_article",
        "too_late",
        "too_late",
        "suppressed",
        "held",
    ]
    assert all(str(rule.label) for rule in eligibility.RULES)
    assert [rule.name for rule in eligibility.RULES if rule.state == Delivery.State.PENDING] == ["held"]
    by_hand = {"stopped", "restored"}
    assert {rule.reason for rule in eligibility.RULES} - {""} == set(Delivery.Reason.values) - by_hand


def test_what_is_unknown_does_not_leave() -> None:
    """A mail whose mailing, session or registration is gone is kept back by the rule that asks for it."""
    row = make.registration(session=make.session(starts_at=START))
    reminder = make.delivery(row, kind="reminder")
    rules = eligibility.rules_for(KINDS["reminder"])

    def verdict(**gone: object) -> str:
        Delivery.objects.filter(pk=reminder.pk).update(**gone)
        batch = Batch.objects.create(worker="a", lease_until=START)
        Delivery.objects.filter(pk=reminder.pk).update(state="claimed", batch=batch)
        parameters = leases._parameters(batch, None, reminder) | {"now": leases._moment(DUE)}
        with connection.cursor() as cursor:
            cursor.execute(statements.judge(rules, connection.vendor).format(now="%(now)s"), parameters)
            (found,) = cursor.fetchone()
        Delivery.objects.filter(pk=reminder.pk).update(state="pending", batch=None)
        return str(found)

    assert verdict(occurrence=None) == "step_off"
    assert verdict(registration=None, cycle_registration=None) == "registration_gone"
    assert verdict(session=None) == "superseded"
    assert verdict(participant=None) == "erased"


@pytest.mark.parametrize("comes_back", [False, True])
def test_who_left_since_is_not_told_that_they_are_registered(*, comes_back: bool) -> None:
    """The mail for a date taken back waits for others; its reader left the cycle, or waits for a place in it."""
    session = make.session(cycle=make.cycle(capacity=1), starts_at=START)
    at = START - 30 * DAY

    def registered(email: str) -> CycleRegistration:
        applicant = booking.Applicant(email=email, given_name="Amina", family_name="Diallo")
        asked = booking.register(session.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=at)
        return booking.confirm(asked, at=at)

    mine = registered("amina@example.org")
    sending.drain(clock=at)
    booking.cancel(mine.registrations.get(), at=at)
    sending.drain(clock=at)
    booking.take(mine, session=session, at=at + MINUTE)
    booking.cancel_all(mine, at=at + 2 * MINUTE)
    if comes_back:
        registered("zoe@example.org")
        booking.take(mine, session=session, at=at + 3 * MINUTE)
    sending.drain(clock=at + 4 * MINUTE)
    mail.outbox.clear()
    sending.drain(clock=at + 30 * MINUTE)
    assert mail.outbox == []
    taken = Delivery.objects.get(key__startswith=f"taken:{mine.pk}:")
    assert (taken.kind, taken.state, taken.reason) == (
        "registration_confirmed",
        "skipped",
        "registration_gone",
    )


def test_a_statement_takes_no_value_from_outside() -> None:
    with pytest.raises(ValueError, match="does not belong"):
        statements._place("x' OR '1'='1")
    assert statements._place("not_speaking") == "'not_speaking'"


def test_no_statement_names_a_table_of_another_app() -> None:
    """Whatever is asked of another app is asked through its models."""
    tables = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+[\"`]?(?:accounts|cycles|registrations)_\w+")
    folder = Path(settings.BASE_DIR) / "notifications"
    sources = [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    assert [path.name for path in sources if tables.search(path.read_text(encoding="utf-8"))] == []
    assert len(sources) > 40


def test_a_held_mailing_waits_and_is_looked_at_again() -> None:
    row = make.registration(session=make.session(starts_at=START))
    defaults.default_steps(row.session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(row.session)
    sending.tick(clock=DUE)
    batch, (claimed,) = leases.claim(worker="a", limit=1, clock=DUE)
    assert batch is not None
    mailing = Occurrence.objects.get()
    make.refused_mailing(
        cycle=row.session.cycle, mailing=f"occurrence:{mailing.pk}", occurrence=mailing, held_at=DUE
    )
    assert leases.advance(batch, settled=None, reserve=claimed, clock=DUE) is leases.Turn.PASS
    claimed.refresh_from_db()
    assert (claimed.state, claimed.reason, claimed.batch_id) == ("pending", "", None)
    assert claimed.next_at > DUE
