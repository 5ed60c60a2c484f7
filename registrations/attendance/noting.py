"""Noting who came, by a click or by hand; `applying` does it from a report.

What a person noted by hand or signed is never changed by a click or a report; a report counts for more than a
click. Every verb is one transaction, locks the session (a report and a hand at the same time wait for each
other) and writes by the set. `by` is the organiser, None when it is the person.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Session
from registrations import proofs
from registrations.events import AttendanceChanged
from registrations.models import Registration, State

from .models import Attendance, AttendanceCount

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from accounts.models import User

HALF_DAY = 1
BATCH = 1000
SETTLED = (Attendance.Source.HAND, Attendance.Source.SIGNATURE)


class AttendanceError(Exception):
    """A wish that cannot be granted; the message says why, in the reader's language."""


@transaction.atomic
def join(registration: Registration, *, at: dt.datetime) -> bool:
    """Note that the person went to the room; only the first time counts. Returns whether it was the first.

    Where they sign for their presence, it says nothing about that.
    """
    is_first = bool(Registration.objects.filter(pk=registration.pk, joined_at=None).update(joined_at=at))
    if is_first and registration.session.legal_frame != Session.LegalFrame.TRAINING:
        # In a training a click is no presence: people sign (training.signing).
        # A report that said "absent" was wrong, or of another hour: the organiser decides, not a click.
        Attendance.objects.bulk_create(
            [
                Attendance(
                    registration=registration,
                    half_day=HALF_DAY,
                    state=Attendance.State.PRESENT,
                    source=Attendance.Source.JOIN,
                    noted_at=at,
                )
            ],
            ignore_conflicts=True,
        )
        tell(registration.session_id, at=at)
    return is_first


def row_of(
    registration_id: int,
    state: str,
    minutes: int | None,
    *,
    source: str,
    by: User | None,
    at: dt.datetime,
    spans: Iterable[Sequence[int]] | None = None,
) -> Attendance:
    """Return a row to be saved: `spans` are seconds from the session's start, where a report says when."""
    return Attendance(
        registration_id=registration_id,
        half_day=HALF_DAY,
        state=state,
        source=source,
        minutes=minutes,
        spans=None if spans is None else [list(span) for span in spans],
        noted_at=at,
        noted_by=by,
    )


def save(rows: Iterable[Attendance]) -> None:
    """Write rows by the set, over what was known."""
    Attendance.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["registration", "half_day"],
        update_fields=["state", "source", "minutes", "spans", "noted_at", "noted_by"],
    )


def lock(session_id: int) -> Session:
    """Hold a session, so that a report and a hand at the same time wait for each other."""
    return Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session_id)


def tell(session_id: int, *, at: dt.datetime) -> None:
    """Say, inside the transaction, that the attendance of a session is another."""
    AttendanceChanged(session_id=session_id, at=at).send()


def refuse_closed(session_id: int) -> None:
    """Raise AttendanceError where a sheet says for good who came."""
    if proofs.is_closed(session_id):
        raise AttendanceError(
            _("The sign-in sheet of this session is countersigned: undo that first, with a reason.")
        )


def note(
    session: Session,
    *,
    values: Mapping[int, tuple[str, int | None]],
    by: User | None,
    at: dt.datetime,
) -> int:
    """Note by hand {registration: (state, minutes)}; return how many. Others' registrations are left alone.

    Who signed is noted on the sign-in sheet only. Raises AttendanceError once that is countersigned.
    """
    with journal.entry("attendance.note", session, by=by, at=at):
        lock(session.pk)
        refuse_closed(session.pk)
        rows_of_session = Registration.objects.filter(session=session, pk__in=values)
        own = set(rows_of_session.exclude(proofs.of_registrations()).values_list("pk", flat=True))
        came = (Attendance.State.PRESENT, Attendance.State.PARTIAL)
        rows = [
            row_of(pk, state, minutes if state in came else None, source=Attendance.Source.HAND, by=by, at=at)
            for pk, (state, minutes) in values.items()
            if pk in own
        ]
        save(rows)
        if rows:
            tell(session.pk, at=at)
        return len(rows)


def mark_absent(session: Session, *, by: User | None, at: dt.datetime) -> int:
    """Note everybody who holds a place and of whom nothing is known as absent; return how many.

    Raises AttendanceError while the session is not over.
    """
    with journal.entry("attendance.mark_absent", session, by=by, at=at):
        locked = lock(session.pk)
        if not locked.is_held or locked.ends_at is None or locked.ends_at > at:
            raise AttendanceError(_("The session is not over yet: somebody may still come."))
        refuse_closed(session.pk)
        unknown = Registration.objects.confirmed().filter(session=session, attendances=None)
        rows = [
            row_of(pk, Attendance.State.ABSENT, None, source=Attendance.Source.HAND, by=by, at=at)
            for pk in unknown.order_by("pk").values_list("pk", flat=True)
        ]
        save(rows)
        if rows:
            tell(session.pk, at=at)
        return len(rows)


CAME = (Attendance.State.PRESENT, Attendance.State.PARTIAL)
KNOWN = (*CAME, Attendance.State.ABSENT, Attendance.State.EXCUSED)
WITHOUT_PLACE = Count("pk", filter=~Q(registration__state=State.CONFIRMED))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many people a session had in each state, and how many of these had no place there."""

    states: Counter[str] = field(default_factory=Counter)
    unplaced: Counter[str] = field(default_factory=Counter)

    @property
    def came(self) -> int:
        return sum(self.states[state] for state in CAME)

    @property
    def came_without_place(self) -> int:
        return sum(self.unplaced[state] for state in CAME)

    @property
    def is_noted(self) -> bool:
        return any(self.states[state] for state in KNOWN)

    @property
    def known(self) -> int:
        """The people with a place of whom something is known."""
        return sum(self.states[state] - self.unplaced[state] for state in KNOWN)


def tallies(session_ids: Iterable[int]) -> dict[int, Tally]:
    """Return what each session has, erased rows included (their counts outlive them), in two queries."""
    ids = list(session_ids)
    result = {pk: Tally() for pk in ids}
    rows: Any = (
        Attendance.objects.filter(registration__session__in=ids, half_day=HALF_DAY)
        .order_by()
        .values_list("registration__session_id", "state")
        .annotate(people=Count("pk"), without_place=WITHOUT_PLACE)
    )
    kept: Any = (
        AttendanceCount.objects.filter(session__in=ids)
        .order_by()
        .values_list("session_id", "state")
        .annotate(total=Sum("people"), without=Sum("without_place"))
    )
    for pk, state, people, without_place in [*rows, *kept]:
        result[pk].states[state] += people
        result[pk].unplaced[state] += without_place
    return result
