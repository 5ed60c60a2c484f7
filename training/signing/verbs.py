"""Signing for a half-day, and what its trainer notes: the only writer of signatures and notes.

Each verb is one transaction and holds the session, so that a signature and a countersignature at the same time wait for
each other. `by` is the account of who acts for others, `by_name` how the sheet calls them (also without an account).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from cycles.language import wording
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from registrations.models import Registration
from registrations.models import State as Place
from training.models import Signature, TrainerNote

from . import queries, statements, states

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.models import Session

Means = Signature.Means
# What the trainer answers for, and may take back: nobody's own act.
VOUCHED = (Means.PAPER, Means.TRAINER)


class SigningError(Exception):
    """An act that is refused; the message says why, in the reader's language."""


def clock(moment: dt.datetime, session: Session, *, language: str) -> str:
    """Return the hour at the session's place, as people read it."""
    return wording.clock(moment.astimezone(session.zone), language=language)


def _held(session_id: int) -> Session:
    """Lock a session. Raises SigningError where nobody signs, or no longer."""
    session = noting.lock(session_id)
    if not queries.is_signed_for(session):
        raise SigningError(_("Nobody signs for this session: it is not held, or is no training."))
    if queries.live_sheet(session_id) is not None:
        raise SigningError(
            _("The sheet is countersigned: nothing of it changes, unless that is undone first.")
        )
    return session


def _place(registration: Registration) -> Registration:
    row = Registration.objects.select_related("participant", "cycle_registration").get(pk=registration.pk)
    if row.state != Place.CONFIRMED:
        raise SigningError(_("This person holds no place at this half-day."))
    return row


@transaction.atomic
def sign(
    registration: Registration,
    *,
    means: str,
    by: User | None = None,
    by_name: str = "",
    language: str,
    at: dt.datetime,
) -> Signature:
    """Sign for one's presence, by one's own link or on the tablet that `by_name` holds; return the signature.

    Signing again, or from a second device, gives the first one back. Raises SigningError outside the window.
    """
    session = _held(registration.session_id)
    row = _place(registration)
    before = Signature.objects.filter(registration=row).first()
    if before is not None:
        return before
    window = queries.window_of(session)
    if window.is_early(at=at):
        raise SigningError(
            _("You can sign from %(clock)s on.")
            % {"clock": clock(window.opens_at, session, language=language)}
        )
    if not window.is_open(at=at):
        raise SigningError(
            _("It closed at %(clock)s: ask the trainer, who can still note that you were there.")
            % {"clock": clock(window.closes_at, session, language=language)}
        )
    return _sign(session, row, means=means, by=by, by_name=by_name, reason="", at=at)


def _sign(
    session: Session,
    row: Registration,
    *,
    means: str,
    by: User | None,
    by_name: str,
    reason: str,
    at: dt.datetime,
) -> Signature:
    window = queries.window_of(session)
    Signature.objects.bulk_create(
        [
            Signature(
                registration=row,
                means=means,
                signed_at=at,
                opens_at=window.opens_at,
                closes_at=window.closes_at,
                statement_version=statements.VERSION,
                by=by,
                by_name=by_name,
                reason=reason,
            )
        ],
        ignore_conflicts=True,
    )
    signature = Signature.objects.get(registration=row)
    _write_attendance(session, row, by=by, at=at)
    return signature


def vouch(
    registration: Registration,
    *,
    means: str,
    reason: str,
    arrived_at: dt.datetime | None = None,
    left_at: dt.datetime | None = None,
    by: User | None,
    by_name: str,
    at: dt.datetime,
) -> Signature:
    """Note that somebody signed on paper, or was there without signing: the trainer says why and answers for it.

    With an hour at which they came or left (aware instants) only what lies between counts. Raises SigningError without
    a reason, before the half-day may be signed for, or with hours that make no sense.
    """
    with journal.entry("training.vouch", registration, by=by, at=at):
        session = _held(registration.session_id)
        row = _place(registration)
        if means not in VOUCHED:
            msg = "a trainer vouches for paper or for what they saw"
            raise ValueError(msg)
        if not reason.strip():
            raise SigningError(_("Say why: it stands on the sheet."))
        if queries.window_of(session).is_early(at=at):
            raise SigningError(_("The half-day has not begun."))
        TrainerNote.objects.filter(registration=row, kind__in=("absent", "excused")).delete()
        signature = _sign(session, row, means=means, by=by, by_name=by_name, reason=reason.strip(), at=at)
        if arrived_at is not None or left_at is not None:
            note(
                row,
                kind=TrainerNote.Kind.PARTIAL,
                arrived_at=arrived_at,
                left_at=left_at,
                reason=reason,
                by=by,
                by_name=by_name,
                at=at,
            )
        return signature


def note(
    registration: Registration,
    *,
    kind: str,
    arrived_at: dt.datetime | None = None,
    left_at: dt.datetime | None = None,
    reason: str = "",
    by: User | None,
    by_name: str,
    at: dt.datetime,
) -> TrainerNote:
    """Note that somebody came late or left early (aware instants), was absent or excused. It replaces an earlier note.

    Who comes in part signs as well, or the trainer vouches for them; a note of absence takes back that one vouched.
    Raises SigningError with what is missing.
    """
    with journal.entry("training.note", registration, by=by, at=at):
        session = _held(registration.session_id)
        row = _place(registration)
        reason = reason.strip()
        is_partial = kind == TrainerNote.Kind.PARTIAL
        if is_partial:
            _check_times(session, arrived_at=arrived_at, left_at=left_at)
        if not reason and kind != TrainerNote.Kind.ABSENT:
            raise SigningError(_("Say why: it stands on the sheet."))
        if not is_partial:
            _take_vouching_back(row)
        signature = Signature.objects.filter(registration=row).first()
        if signature is None and is_partial:
            raise SigningError(
                _("This person has not signed: let them sign first, or note that you saw them and why.")
            )
        if signature is not None and kind == TrainerNote.Kind.ABSENT and not reason:
            raise SigningError(_("This person has signed: to note them as absent, say why."))
        written, _is_new = TrainerNote.objects.update_or_create(
            registration=row,
            defaults={
                "kind": kind,
                "arrived_at": arrived_at if is_partial else None,
                "left_at": left_at if is_partial else None,
                "reason": reason,
                "by": by,
                "by_name": by_name,
                "noted_at": at,
            },
        )
        _write_attendance(session, row, by=by, at=at)
        return written


def _check_times(session: Session, *, arrived_at: dt.datetime | None, left_at: dt.datetime | None) -> None:
    if session.starts_at is None or session.ends_at is None:
        raise SigningError(_("This half-day has no hours."))
    if arrived_at is None and left_at is None:
        raise SigningError(_("Say when they came, or when they left."))
    arrived, left = arrived_at or session.starts_at, left_at or session.ends_at
    if not session.starts_at <= arrived < left <= session.ends_at:
        raise SigningError(
            _("These hours are not within the half-day, in order: somebody comes, then leaves.")
        )
    if arrived == session.starts_at and left == session.ends_at:
        raise SigningError(_("This is the whole half-day: there is nothing to note."))


def clear_note(registration: Registration, *, by: User | None, at: dt.datetime) -> int:
    """Take back what the trainer noted or vouched for; what the person signed counts again. Returns how much went."""
    with journal.entry("training.clear_note", registration, by=by, at=at):
        session = _held(registration.session_id)
        count = TrainerNote.objects.filter(registration=registration).delete()[0]
        count += _take_vouching_back(registration)
        if count:
            _write_attendance(session, registration, by=by, at=at)
        return count


def _take_vouching_back(registration: Registration) -> int:
    """Forget that the trainer vouched for somebody: a sheet never says both that they were seen and absent."""
    return Signature.objects.filter(registration=registration, means__in=VOUCHED).delete()[0]


def mark_absent(session: Session, *, by: User | None, by_name: str, at: dt.datetime) -> int:
    """Note as absent whoever did not sign, once the half-day is over; return how many.

    Whoever a platform's report saw is left: the trainer decides about each of them.
    """
    with journal.entry("training.mark_absent", session, by=by, at=at):
        held = _held(session.pk)
        if held.ends_at is None or held.ends_at > at:
            raise SigningError(_("The half-day is not over yet: somebody may still come."))
        missing = [
            one for one in queries.trainees(held) if not one.presence.is_decided and not one.log_minutes
        ]
        TrainerNote.objects.bulk_create(
            TrainerNote(
                registration=one.registration,
                kind=TrainerNote.Kind.ABSENT,
                by=by,
                by_name=by_name,
                noted_at=at,
            )
            for one in missing
        )
        noting.save(
            [
                noting.row_of(
                    one.registration.pk,
                    Attendance.State.ABSENT,
                    None,
                    source=Attendance.Source.HAND,
                    by=by,
                    at=at,
                )
                for one in missing
            ]
        )
        if missing:
            noting.tell(held.pk, at=at)
        return len(missing)


def _write_attendance(session: Session, row: Registration, *, by: User | None, at: dt.datetime) -> None:
    """Let attendance say what the sheet says, for reports, mails and figures."""
    one = queries.trainee(queries.rows([session]).get(pk=row.pk), session)
    result = one.presence
    if result.state is states.State.UNDECIDED:
        Attendance.objects.filter(registration=row).exclude(source=Attendance.Source.REPORT).delete()
    else:
        source = Attendance.Source.SIGNATURE if one.signature and result.came else Attendance.Source.HAND
        noting.save(
            [
                noting.row_of(
                    row.pk,
                    result.state.value,
                    result.minutes if result.came else None,
                    source=source,
                    by=by,
                    at=at,
                )
            ]
        )
    noting.tell(session.pk, at=at)
