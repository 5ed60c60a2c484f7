"""What pages say before and after a change of schedule is what notifications then do."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.utils import translation

from cycles.language import wording
from cycles.models import Membership, Session, SessionChange
from cycles.schedule import planning, recurrence
from desk.schedule import consequences
from desk.schedule.effects import effects, of_cancelling
from notifications.delivery.run import sending
from notifications.mail.kinds import NOTICES
from notifications.models import Delivery, Occurrence
from notifications.plan import defaults, planner
from registrations.models import FeedToken
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 2, 10)
MINUTE = dt.timedelta(minutes=1)
NEAR = make.paris(2026, 11, 19) - 20 * MINUTE
Kind = SessionChange.Kind
HERE = "/en/desk/cycles/tour/"
STOP = f"{HERE}sessions/escale-02/"
TO = recurrence.local_span(dt.date(2026, 12, 3), local_start=dt.time(13), minutes=90, zone="Europe/Paris")
CHANGES: dict[Kind, Callable[[Session, dt.datetime], object]] = {
    Kind.MOVED: lambda s, at: planning.move(s, to=TO.starts_at, until=TO.ends_at, by=None, at=at),
    Kind.POSTPONED: lambda s, at: planning.postpone(s, by=None, at=at),
    Kind.CANCELLED: lambda s, at: planning.cancel(s, reason="Grève", by=None, at=at),
    Kind.RESTORED: lambda s, at: planning.restore(s, by=None, at=at),
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    planner.replan(session)
    return session


@pytest.fixture
def claire(client: Client, session: Session) -> Client:
    client.force_login(
        make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER).user
    )
    return client


def fresh(session: Session) -> Session:
    return Session.objects.select_related("cycle").get(pk=session.pk)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("since", [MINUTE, 20 * MINUTE, NEAR - AT])
@pytest.mark.parametrize(
    "kinds",
    [
        (Kind.MOVED,),
        (Kind.POSTPONED,),
        (Kind.CANCELLED,),
        (Kind.CANCELLED, Kind.RESTORED),
        (Kind.POSTPONED, Kind.MOVED),
        (Kind.POSTPONED, Kind.CANCELLED),
        (Kind.POSTPONED, Kind.CANCELLED, Kind.RESTORED),
    ],
)
def test_the_mail_that_is_foreseen_is_the_one_that_is_planned(
    session: Session, kinds: tuple[Kind, ...], since: dt.timedelta
) -> None:
    make.registration(session=session)
    at = AT
    for kind in kinds:
        at += since
        sending.tick(clock=at)
        sending.drain(clock=at)
        now = fresh(session)
        if kind == Kind.MOVED and at >= TO.starts_at:
            break
        if planning.refusal(planning.Act(ACTS[kind]), now, at=at):
            break
        foreseen = effects(functools.partial(CHANGES[kind], now, at), now, at=at).notice
        CHANGES[kind](now, at)
        planned = Occurrence.objects.filter(kind__in=NOTICES, state=Occurrence.State.PLANNED).first()
        assert (foreseen is None) == (planned is None)
        if foreseen and planned:
            assert foreseen.is_at_once == (planned.due_at <= at)
            local = planned.due_at.astimezone(make.PARIS).time()
            assert foreseen.clock == wording.clock(local, language="fr")


ACTS = {Kind.MOVED: "move", Kind.POSTPONED: "postpone", Kind.CANCELLED: "cancel", Kind.RESTORED: "restore"}


@pytest.mark.parametrize("kind", [Kind.MOVED, Kind.POSTPONED, Kind.CANCELLED])
def test_what_is_withdrawn_is_counted_as_it_happens(session: Session, kind: Kind) -> None:
    reminder = Occurrence.objects.get(session=session, step__code="j-7")
    for _number in range(5):
        make.delivery(make.registration(session=session), occurrence=reminder)
    Occurrence.objects.filter(pk=reminder.pk).update(state=Occurrence.State.OPEN, passes=1)
    # The announcement of themes tells of another matter: a change does not withdraw it.
    news = make.delivery(make.registration(session=session), kind="themes_announced")
    of_plan = Occurrence.objects.filter(session=session, step__isnull=False)
    before = of_plan.filter(state=Occurrence.State.PLANNED)
    planned = before.count()
    result = effects(functools.partial(CHANGES[kind], session, AT), session, at=AT)
    # Those that are planned follow a move; the one that is leaving does not.
    expected = (planned, 1) if kind == Kind.MOVED else (0, planned + 1)
    assert (result.followed, result.withdrawn, result.withdrawn_mails) == (*expected, 5)
    assert before.count() == planned
    CHANGES[kind](session, AT)
    assert Delivery.objects.filter(state=Delivery.State.SKIPPED).count() == result.withdrawn_mails
    cancelled = of_plan.filter(state=Occurrence.State.CANCELLED).count()
    assert cancelled == result.withdrawn
    news.refresh_from_db()
    assert news.state == Delivery.State.PENDING


def test_people_are_counted_once_however_many_dates_they_have(session: Session) -> None:
    other = make.session(cycle=session.cycle)
    both, waits, only_waits = (make.participant(email=f"p{n}@example.org") for n in range(3))
    make.registration(session=session, participant=both)
    make.registration(session=other, participant=both, state="waitlisted")
    make.registration(session=session, participant=waits, state="waitlisted")
    make.registration(session=other, participant=waits)
    make.registration(session=other, participant=only_waits, state="waitlisted")
    FeedToken.objects.create(participant=both, token_hash="x", created_at=AT)
    for stop in (session, other):
        make.slot(stop, contact_email="Nadia@example.org")
    make.slot(session, contact_email="p0@example.org")
    result = consequences.people(session, other)
    assert result == consequences.People(seated=2, waiting=1, calendars=1, speakers=1)
    with translation.override("en"):
        assert (result.told, result.split) == (4, " (2 with a seat, 1 waiting, 1 speaking)")


def test_a_change_taken_back_asks_for_no_call_that_nobody_needs(claire: Client, session: Session) -> None:
    make.registration(session=session)
    silent = make.registration(session=session).participant
    silent.email = ""
    silent.save()
    planning.move(session, to=TO.starts_at, until=TO.ends_at, by=None, at=AT)
    done = claire.post(f"{STOP}undo/", follow=True)
    assert " ".join(said(done)) == (
        "Undone: everything is as it was before. Nobody is told by email. "
        "1 person has no email address: tell them if you had told them of the change."
    )


def test_a_cancellation_taken_back_in_the_grace_tells_nobody(claire: Client, session: Session) -> None:
    make.registration(session=session)
    page = claire.get(f"{STOP}cancel/").content.decode()
    assert "1 person is told by email." in page
    assert "The email leaves 10 minutes after" in page
    assert "Every subscription follows by itself." in page
    planning.cancel(session, reason="Grève", by=None, at=AT)
    assert "the email about the change before has not left" in claire.get(f"{STOP}restore/").content.decode()
    seen = {"seen": fresh(session).revised_at.isoformat()}
    assert said(claire.post(f"{STOP}restore/", seen, follow=True)) == ["Restored. Nobody is told by email."]
    sending.tick(clock=AT + 15 * MINUTE)
    sending.drain(clock=AT + 15 * MINUTE)
    assert mail.outbox == []


def test_near_to_a_session_the_mail_leaves_at_once(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=AT + 20 * MINUTE, ends_at=AT + 60 * MINUTE)
    make.registration(session=session)
    assert "The email leaves at once" in claire.get(f"{STOP}cancel/").content.decode()
    several = claire.get(f"{HERE}cancel/").content.decode()
    assert " is too near to wait: its email leaves at once." in several
    form = {"reason_fr": "Panne", "reason_en": "", "seen": session.revised_at.isoformat()}
    assert said(claire.post(f"{STOP}cancel/", form, follow=True)) == [
        "Cancelled: it stays on the page, struck through. 1 person is told by email at once."
    ]


def test_nothing_and_nobody_reads_well_in_french(claire: Client) -> None:
    page = claire.get(f"{STOP}cancel/".replace("/en/", "/fr/")).content.decode()
    assert "Personne n’est prévenu par e-mail\u202f: personne n’est inscrit ni n’intervient." in page
    assert "Chaque abonnement suit de lui-même." in page
    assert [number for number in ("0 agenda", "0 personne", "0 envoi", "0 rappel") if number in page] == []


def test_undoing_what_was_told_already_says_that_it_is_told_too(claire: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(starts_at=AT + 20 * MINUTE, ends_at=AT + 60 * MINUTE)
    make.registration(session=session)
    planning.move(session, to=make.paris(2026, 12, 3), by=None, at=AT)
    sending.tick(clock=AT)
    sending.drain(clock=AT)
    assert [letter.subject.partition(",")[0] for letter in mail.outbox] == ["Nouvelle date"]
    assert said(claire.post(f"{STOP}undo/", follow=True)) == [
        "Undone: everything is as it was before. 1 person is told by email at once."
    ]


@pytest.mark.parametrize("sessions", [1, 3])
def test_what_is_read_of_cancelling_all_is_what_cancelling_does(session: Session, sessions: int) -> None:
    rows = [session]
    for number in range(1, sessions):
        soon = {"starts_at": AT + 20 * MINUTE, "ends_at": AT + 60 * MINUTE} if number == 1 else {}
        rows.append(make.session(cycle=session.cycle, slug=f"other-{number}", **soon))
        planner.replan(rows[-1])
    leaving = Occurrence.objects.filter(session=session, step__code="j-7").get()
    Occurrence.objects.filter(pk=leaving.pk).update(state=Occurrence.State.OPEN, passes=1)
    for row in rows:
        make.delivery(make.registration(session=row), occurrence=leaving)
    read = of_cancelling(*rows, at=AT)
    tried = effects(lambda: planning.cancel_all(session.cycle, reason="Grève", by=None, at=AT), *rows, at=AT)
    assert (read.people, read.near, read.withdrawn, read.withdrawn_mails) == (
        tried.people,
        tried.near,
        tried.withdrawn,
        tried.withdrawn_mails,
    )
    assert read.withdrawn_mails == sessions
