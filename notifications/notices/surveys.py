"""Who a line of the plan asks to answer a survey: those concerned who have not answered, each once a line.

Those who are registered are found by a query, and owed by one statement. Guests have no registration, are few, and are
owed one by one. In both cases the key names the cycle and the line, and no date: whatever moves, nobody is asked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from accounts import addresses
from cycles.models import Session
from notifications.delivery import ledger
from notifications.mail.kinds import AT_THE_FIRST, OF_SURVEYS
from notifications.models import Delivery, ReminderStep
from registrations.attendance.models import Attendance
from registrations.models import CycleRegistration, State
from surveys.models import Answer, Guest, Survey, Turn

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from notifications.models import Occurrence

# Of those who came, and of nobody else.
AFTERWARDS = ("hot", "cold")


def is_of_guests(kind: str) -> bool:
    return OF_SURVEYS.get(kind) in Survey.OF_GUESTS


def registered(kind: str, cycle_id: int, *, due_at: dt.datetime) -> QuerySet[CycleRegistration]:
    """Return the registrations that a line asks, known by `due_at`: none while the survey is not open."""
    moment = OF_SURVEYS[kind]
    if moment in Survey.OF_GUESTS:
        return CycleRegistration.objects.none()
    rows = CycleRegistration.objects.filter(
        cycle=cycle_id,
        state=State.CONFIRMED,
        confirmed_at__lte=due_at,
        participant__reminders_stopped_at=None,
    )
    rows = rows.filter(Exists(Survey.objects.filter(cycle=cycle_id, moment=moment, closed_at=None)))
    if moment in AFTERWARDS:
        came = Attendance.objects.came().filter(registration__cycle_registration=OuterRef("pk"))
        rows = rows.filter(Exists(came))
    turns = Turn.objects.filter(survey__moment=moment, cycle_registration=OuterRef("pk"))
    answers = Answer.objects.filter(survey__moment=moment, cycle_registration=OuterRef("pk"))
    return rows.exclude(Exists(turns)).exclude(Exists(answers))


def guests(kind: str, cycle_id: int) -> QuerySet[Guest]:
    """Return the guests that a line asks and who have not answered."""
    rows = Guest.objects.filter(
        survey__cycle=cycle_id, survey__moment=OF_SURVEYS[kind], survey__closed_at=None
    )
    return rows.filter(survey_answers=None).order_by("pk")


def count(kind: str, cycle_id: int, *, due_at: dt.datetime) -> int:
    if is_of_guests(kind):
        return guests(kind, cycle_id).count()
    return registered(kind, cycle_id, due_at=due_at).count()


def counts(kind: str, sessions: Sequence[Session], *, due_at: dt.datetime) -> dict[int, int]:
    """Count whom a line asks at each of several sessions of one cycle: all at the one at which it leaves."""
    held = list(Session.objects.held().filter(cycle=sessions[0].cycle_id))
    asked = count(kind, sessions[0].cycle_id, due_at=due_at)
    return {one.pk: asked if leaves_at_this(kind, one, held) else 0 for one in sessions}


def key_prefix(step: ReminderStep) -> str:
    """Return the key of a line's mails up to the person: of the cycle, whatever becomes of its dates."""
    return f"survey:{step.cycle_id}:{step.code}:"


def owe(
    occurrence: Occurrence, *, prefix: str, leaves_at: dt.datetime, at: dt.datetime, is_late: bool
) -> int:
    """Owe a line's mails to guests; return how many were new. `is_late`: only written down."""
    step, session = occurrence.step, occurrence.session
    if step is None or not is_of_guests(occurrence.kind):
        return 0
    mails = [
        Delivery(
            key=f"{prefix}g{guest.pk}",
            kind=occurrence.kind,
            occurrence=occurrence,
            session=session,
            to_address=guest.email,
            domain=addresses.domain(guest.email),
            language=guest.language,
            on_uncertain=step.on_uncertain,
            state=Delivery.State.SKIPPED if is_late else Delivery.State.PENDING,
            reason=Delivery.Reason.TOO_LATE if is_late else "",
            created_at=at,
            next_at=leaves_at,
            not_after=occurrence.not_after,
        )
        for guest in guests(occurrence.kind, session.cycle_id)
    ]
    known = set(Delivery.objects.filter(key__in=[m.key for m in mails]).values_list("key", flat=True))
    ledger.owe(mails)
    return len({mail.key for mail in mails} - known)


def guest_of(delivery: Delivery) -> Guest | None:
    """Return the guest to whom a mail goes; None once they are asked no more."""
    if delivery.session is None:
        return None
    rows = Guest.objects.filter(
        survey__cycle=delivery.session.cycle_id,
        survey__moment=OF_SURVEYS[delivery.kind],
        email=delivery.to_address,
    )
    return rows.select_related("survey").first()


def is_unanswered(moment: str) -> Combinable:
    """Return the condition on a delivery that its reader has not answered a survey."""
    if moment in Survey.OF_GUESTS:
        answers = Answer.objects.filter(
            guest__survey__moment=moment,
            guest__survey__cycle=OuterRef("cycle"),
            guest__email=OuterRef("to_address"),
        )
        return ~Exists(answers)
    if moment in Survey.ANONYMOUS:
        turns = Turn.objects.filter(survey__moment=moment)
        return ~Exists(turns.filter(cycle_registration=OuterRef("cycle_registration")))
    named = Answer.objects.filter(survey__moment=moment)
    return ~Exists(named.filter(cycle_registration=OuterRef("cycle_registration")))


def is_open(moment: str) -> Combinable:
    """Return the condition on a delivery that its survey is open, asks its reader, and is about something held."""
    surveys = Survey.objects.filter(moment=moment, closed_at=None, cycle=OuterRef("cycle"))
    surveys = surveys.filter(Exists(Session.objects.held().filter(cycle=OuterRef("cycle"))))
    if moment in Survey.OF_GUESTS:
        asked = Guest.objects.filter(survey=OuterRef("pk"), email=OuterRef(OuterRef("to_address")))
        surveys = surveys.filter(Exists(asked))
    return Exists(surveys)


def is_elsewhere() -> Q:
    """Return the condition on lines of a session's cycle that they leave at another session of it.

    For a query whose outer row is a session, and whose rows are lines (plan/healing.py).
    """
    held = Session.objects.held().filter(cycle=OuterRef("cycle"), starts_at__isnull=False)
    here = {"starts": OuterRef(OuterRef("starts_at")), "pk": OuterRef(OuterRef("pk"))}
    before = held.filter(Q(starts_at__lt=here["starts"]) | Q(starts_at=here["starts"], pk__lt=here["pk"]))
    after = held.filter(Q(starts_at__gt=here["starts"]) | Q(starts_at=here["starts"], pk__gt=here["pk"]))
    first, surveyed = Q(kind__in=AT_THE_FIRST), Q(kind__in=list(OF_SURVEYS))
    return (first & Q(Exists(before))) | (surveyed & ~first & Q(Exists(after)))


def leaving_at(session: Session, steps: list[ReminderStep]) -> list[ReminderStep]:
    """Return those of the lines that leave at a session; one query where any leaves once in a cycle."""
    if not any(step.kind in OF_SURVEYS for step in steps):
        return steps
    held = list(Session.objects.held().filter(cycle=session.cycle_id))
    return [step for step in steps if leaves_at_this(step.kind, session, held)]


def leaves_at_this(kind: str, session: Session, held: Collection[Session]) -> bool:
    """Tell whether a line leaves at a session: the first, or the last, of those of its cycle that are held."""
    if kind not in OF_SURVEYS:
        return True
    dated = [one for one in held if one.cycle_id == session.cycle_id and one.starts_at is not None]
    in_time = sorted(dated, key=lambda one: (one.starts_at, one.pk))
    if not in_time:
        return False
    return session.pk == (in_time[0] if kind in AT_THE_FIRST else in_time[-1]).pk
