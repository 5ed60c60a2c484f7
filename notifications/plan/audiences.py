"""Who a mailing is for. Each audience is one query, so that a fan-out is one statement.

Rule R1: only those known before the mailing was due. Rule R7: of two sessions that follow each other closely
only the first reminds. Rule R9: who stopped reminders gets none of these, and every notice all the same.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from cycles.models import Session, SessionChange
from notifications.mail.kinds import ARTICLE, DIGEST
from notifications.models import Delivery, NewsStop, Occurrence, ReminderStep
from notifications.notices import digests, recaps, speakers, surveys
from notifications.notices.training import training_days
from registrations.attendance.models import Attendance
from registrations.models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from registrations.models import RegistrationQuerySet

CLOSE_BY = dt.timedelta(minutes=90)
# Half-days of one day of training: whoever is reminded of the morning knows of the afternoon.
CLOSE_BY_IN_RUNS = dt.timedelta(hours=6)
# Nothing longer than this is asked about: a session lasts a day at most.
LONGEST_SESSION = dt.timedelta(days=1)
KNOWN_AT = Coalesce(F("confirmed_at"), F("queued_at"))
Audience = ReminderStep.Audience
OF_ATTENDANCE = (Audience.ATTENDED, Audience.MISSED, Audience.UNKNOWN)


def of(occurrence: Occurrence) -> QuerySet[Registration] | QuerySet[CycleRegistration]:
    """Return the registrations that a mailing is for, in no order: of people who have an address."""
    session, step = occurrence.session, occurrence.step
    if occurrence.kind in recaps.KINDS:
        left = NewsStop.objects.filter(participant=OuterRef("participant"), cycle=session.cycle_id)
        known = Q(confirmed_at__lte=occurrence.due_at)
        readers = CycleRegistration.objects.filter(known, cycle=session.cycle_id, state=State.CONFIRMED)
        return readers.exclude(participant__email="").exclude(Exists(left))
    if occurrence.kind == DIGEST:
        return digests.people(occurrence)
    if step is None:
        change = SessionChange.objects.get(session=session, revision=occurrence.revision)
        live = Registration.objects.live().filter(session=session).exclude(participant__email="")
        return live.annotate(known_at=KNOWN_AT).filter(known_at__lte=change.at)
    return of_step(step, session, due_at=occurrence.due_at)


def waiting(notice: Occurrence) -> QuerySet[CycleRegistration]:
    """Return who is told of a change of date without a row at it: who waits for the cycle since before the change.

    They know the date from the page on which they asked. Whoever was told in a row that they had is not told again.
    """
    change = SessionChange.objects.get(session=notice.session_id, revision=notice.revision)
    told = Delivery.objects.filter(occurrence=notice, cycle_registration=OuterRef("pk"))
    asked = CycleRegistration.objects.waiting_by_date().filter(
        date=notice.session_id, requested_at__lte=change.at
    )
    return asked.exclude(participant__email="").exclude(Exists(told))


def count(step: ReminderStep, session: Session, *, due_at: dt.datetime) -> int:
    """Count whom a line of the plan reaches for a session when it is due at `due_at`."""
    if step.audience == Audience.SPEAKERS:
        number = len(speakers.reached(step.kind, session, due_at=due_at))
        return number - _told_with_another(step, [session])[session.pk, step.code]
    if step.audience == Audience.SURVEYED:
        return surveys.count(step.kind, session.cycle_id, due_at=due_at)
    return of_step(step, session, due_at=due_at).count()


def counts(step: ReminderStep, sessions: Sequence[Session], *, at: dt.datetime) -> dict[int, int]:
    """Count whom a line of the plan reaches at each of several sessions of one cycle, due now or later.

    Two queries, and some more only for a session close behind another one (R7).
    """
    if not sessions:
        return {}
    pks = [session.pk for session in sessions]
    if step.audience == Audience.CYCLE:
        return dict.fromkeys(pks, of_step(step, sessions[0], due_at=at).count())
    if step.audience == Audience.SPEAKERS:
        told = _told_with_another(step, sessions)
        number = speakers.counts(step.kind, pks, at=at)
        return {pk: number[pk] - told[pk, step.code] for pk in pks}
    if step.audience == Audience.SURVEYED:
        return surveys.counts(step.kind, sessions, due_at=at)
    rows = reached(step.audience, Registration.objects.filter(session__in=pks), due_at=at)
    by_session = dict(rows.order_by().values_list("session").annotate(Count("pk")))
    number = {pk: by_session.get(pk, 0) for pk in pks}
    if _reminds_once(step):
        held = list(Session.objects.held().filter(cycle=sessions[0].cycle_id))
        for session in sessions:
            if any(_is_close_before(other, session) for other in held):
                number[session.pk] = count(step, session, due_at=at)
    return number


def _told_with_another(step: ReminderStep, sessions: Sequence[Session]) -> Counter[tuple[int, str]]:
    if not training_days.concerns(step.kind, sessions[0].cycle):
        return Counter()
    return training_days.told_with_another([(session.pk, step.code) for session in sessions])


def of_step(
    step: ReminderStep, session: Session, *, due_at: dt.datetime
) -> QuerySet[Registration] | QuerySet[CycleRegistration]:
    """Return the registrations that a line of the plan reaches for a session when it is due at `due_at`."""
    if step.audience == Audience.CYCLE:
        return CycleRegistration.objects.filter(
            cycle=session.cycle_id,
            state=State.CONFIRMED,
            confirmed_at__lte=due_at,
            participant__reminders_stopped_at=None,
        ).exclude(participant__email="")
    if step.audience == Audience.SPEAKERS:
        # They need no registration: notifications.notices.speakers knows them.
        return Registration.objects.none()
    if step.audience == Audience.SURVEYED:
        return surveys.registered(step.kind, session.cycle_id, due_at=due_at)
    rows = reached(step.audience, Registration.objects.filter(session=session), due_at=due_at)
    return _reminded_once(rows, step, session) if _reminds_once(step) else rows


def _reminds_once(step: ReminderStep) -> bool:
    """Tell whether R7 holds for a line: one day ends as the next begins, and each has an article of its own."""
    return not step.is_after and step.kind != ARTICLE


def reached(audience: str, rows: RegistrationQuerySet, *, due_at: Any) -> RegistrationQuerySet:
    """Keep those of some registrations whom a line for an audience reaches, whatever the other sessions.

    Nobody without an address is one of them.
    """
    rows = rows.filter(participant__reminders_stopped_at=None).exclude(participant__email="")
    rows = rows.filter(state=State.WAITLISTED) if audience == Audience.WAITLISTED else rows.confirmed()
    if audience in OF_ATTENDANCE:
        rows = _by_attendance(rows, audience)
    return rows.annotate(known_at=KNOWN_AT).filter(known_at__lte=due_at)


def _by_attendance(rows: RegistrationQuerySet, audience: str) -> RegistrationQuerySet:
    """Keep who came, who missed it, or of whom neither is known (somebody excused is among these)."""
    of_row = Attendance.objects.filter(registration=OuterRef("pk"))
    if audience == Audience.ATTENDED:
        return rows.filter(Exists(of_row.came()))
    if audience == Audience.MISSED:
        return rows.filter(Exists(of_row.missed())).exclude(Exists(of_row.came()))
    return rows.exclude(Exists(of_row.came())).exclude(Exists(of_row.missed()))


def _reminded_once(rows: RegistrationQuerySet, step: ReminderStep, session: Session) -> RegistrationQuerySet:
    """Leave out those whom the same line reminds of a session that ends less than 90 minutes before (R7)."""
    before = earlier(session)
    if not before:
        return rows
    reminded = (
        Registration.objects.confirmed()
        .annotate(known_at=KNOWN_AT)
        .filter(
            participant=OuterRef("participant"),
            session__in=before,
            session__mailings__step__code=step.code,
            session__mailings__revision=F("session__revision"),
            session__mailings__state__in=(
                Occurrence.State.PLANNED,
                Occurrence.State.OPEN,
                Occurrence.State.CLOSED,
            ),
            session__mailings__due_at__gte=F("known_at"),
        )
    )
    return rows.exclude(Exists(reminded))


def earlier(session: Session) -> list[int]:
    """Return the cycle's sessions that begin before this one and end less than 90 minutes before it starts."""
    if session.starts_at is None:
        return []
    near = Session.objects.held().filter(
        cycle=session.cycle_id,
        starts_at__lte=session.starts_at,
        starts_at__gt=session.starts_at - LONGEST_SESSION - _close_by(session),
    )
    return [other.pk for other in near if _is_close_before(other, session)]


def _close_by(session: Session) -> dt.timedelta:
    return CLOSE_BY_IN_RUNS if session.cycle.is_run else CLOSE_BY


def _is_close_before(other: Session, session: Session) -> bool:
    """Tell whether a session with a date begins before another and ends less than 90 minutes before it."""
    if session.starts_at is None or other.starts_at is None or other.ends_at is None:
        return False
    # Of two that begin together, the one that was made first.
    is_before = (other.starts_at, other.pk) < (session.starts_at, session.pk)
    return is_before and other.pk != session.pk and other.ends_at > session.starts_at - _close_by(session)


def following(session: Session) -> list[Session]:
    """Return the cycle's sessions that begin less than 90 minutes after this one, or after the last of them."""
    if session.starts_at is None or session.ends_at is None:
        return []
    chain, end = [], session.ends_at
    near = Session.objects.held().filter(
        cycle=session.cycle_id,
        starts_at__gte=session.starts_at,
        starts_at__lt=session.ends_at + LONGEST_SESSION,
    )
    for other in near.exclude(pk=session.pk).order_by("starts_at", "pk"):
        if other.starts_at is None or other.ends_at is None or other.starts_at >= end + _close_by(session):
            break
        if (other.starts_at, other.pk) > (session.starts_at, session.pk):
            other.cycle = session.cycle
            chain.append(other)
            end = max(end, other.ends_at)
    return chain
