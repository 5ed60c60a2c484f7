"""The trainees of a half-day with what is known of each, and whether its sheet is countersigned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from cycles.models import Cycle, Session
from registrations.attendance.models import Attendance
from registrations.models import Registration, State
from registrations.people import names
from training.models import Document, Signature, TrainerNote

from . import hours, states, window

# For how long organisers are reminded of a half-day without a countersigned sheet.
SHEET_DUE = dt.timedelta(days=90)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


def in_frame() -> Q:
    """Return the condition that a session is of a training, where people sign."""
    return Q(legal_frame=Session.LegalFrame.TRAINING)


def is_of_training(cycle: Cycle) -> bool:
    """Tell whether people sign in a cycle, or will: some of it is of a training, or it is a run of one."""
    if cycle.sessions.filter(in_frame()).exists():
        return True
    return cycle.is_training_run


def in_training(session: Session) -> bool:
    return session.legal_frame == Session.LegalFrame.TRAINING


def is_signed_for(session: Session) -> bool:
    """Tell whether people sign for a session: it is of a training, is held, and has its hours."""
    return (
        in_training(session)
        and session.is_held
        and session.starts_at is not None
        and session.ends_at is not None
        and not session.is_all_day
    )


def to_countersign(cycles: QuerySet[Cycle], *, at: dt.datetime) -> QuerySet[Session]:
    """Return the half-days of the last months with trainees and without a countersigned sheet, newest first."""
    seated = Registration.objects.filter(session=OuterRef("pk"), state=State.CONFIRMED)
    return (
        Session.objects.past(at=at)
        .filter(in_frame(), Exists(seated), cycle__in=cycles, is_all_day=False, ends_at__gt=at - SHEET_DUE)
        .exclude(pk__in=Document.objects.sheets().live().values("session"))
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .order_by("-ends_at", "-pk")
    )


def window_of(session: Session) -> window.Window:
    """Return when a dated session may be signed for."""
    if session.starts_at is None or session.ends_at is None:
        msg = "only a session with hours may be signed for"
        raise ValueError(msg)
    return window.window(starts_at=session.starts_at, ends_at=session.ends_at)


def minutes_of(session: Session) -> int:
    """Return the length of a session, 0 without hours."""
    if session.starts_at is None or session.ends_at is None:
        return 0
    return hours.length(starts_at=session.starts_at, ends_at=session.ends_at)


@dataclass(frozen=True, kw_only=True)
class Trainee:
    """One registered person at one half-day."""

    registration: Registration
    session: Session
    signature: Signature | None
    note: TrainerNote | None
    # What a platform's report says of them, which decides nothing here.
    log_minutes: int | None

    @property
    def name(self) -> str:
        return str(self.registration.person)

    @property
    def organisation(self) -> str:
        return self.registration.person.organisation_name

    @property
    def presence(self) -> states.Presence:
        session, note = self.session, self.note
        if session.starts_at is None or session.ends_at is None:
            return states.Presence(state=states.State.UNDECIDED, minutes=0)
        return states.presence(
            is_signed=self.signature is not None,
            note=states.State(note.kind) if note else None,
            arrived_at=note.arrived_at if note else None,
            left_at=note.left_at if note else None,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )


def rows(sessions: Iterable[Session]) -> QuerySet[Registration]:
    """Return the registrations on the sheets of some half-days, by name: places held, and whoever signed."""
    queryset: QuerySet[Any] = (
        Registration.objects.filter(session__in=list(sessions))
        .filter(Q(state=State.CONFIRMED) | Q(signature__isnull=False) | Q(trainer_note__isnull=False))
        .select_related("participant", "cycle_registration", "signature", "trainer_note")
        .prefetch_related(
            Prefetch("attendances", queryset=Attendance.objects.filter(source=Attendance.Source.REPORT))
        )
        .annotate(**names.shown("cycle_registration__"))
    )
    return queryset.order_by("shown_sort", "shown_given_sort", "pk")


def trainee(registration: Registration, session: Session) -> Trainee:
    """Return one row of a sheet; fetch it as `rows` does."""
    logs = [row.minutes for row in registration.attendances.all() if row.minutes is not None]
    return Trainee(
        registration=registration,
        session=session,
        signature=getattr(registration, "signature", None),
        note=getattr(registration, "trainer_note", None),
        log_minutes=max(logs, default=None),
    )


def trainees(session: Session) -> list[Trainee]:
    """Return everybody on the sheet of a half-day, by name; two queries."""
    return [trainee(row, session) for row in rows([session])]


def live_sheet(session_id: int) -> Document | None:
    """Return the countersigned sheet of a half-day, None while there is none."""
    return Document.objects.sheets().live().light().filter(session=session_id).first()


def half_days(cycle_id: int) -> QuerySet[Session]:
    """Return the half-days of a run that are signed for, in time."""
    return (
        Session.objects.held()
        .filter(in_frame(), cycle=cycle_id, starts_at__isnull=False, is_all_day=False)
        .order_by("starts_at", "pk")
    )
