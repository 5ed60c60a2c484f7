"""What organisers decide of a request: letting in, or refusing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import journal
from registrations.models import (
    CycleRegistration,
    State,
)

from .entering import admit
from .telling import (
    BookingError,
    lock,
    lock_all,
    tell,
    touch,
)

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


def accept(
    registration: CycleRegistration, *, message: str = "", by: User | None, at: dt.datetime
) -> CycleRegistration:
    """Let in somebody who asked, or who was refused before. Accepting twice changes nothing.

    Raises BookingError for somebody who gave up, or whose address is not proved.
    """
    with journal.entry("registration.accept", registration, by=by, at=at):
        row, terms, counted = lock_all(registration, at=at)
        if row.state not in (State.IN_REVIEW, State.REFUSED):
            _check_decidable(row)
            return row
        _decide(row, message=message, by=by, at=at)
        touch([row.participant_id], at=at)
        admit(row, terms, counted, at=at)
        return row


def refuse(
    registration: CycleRegistration, *, message: str = "", by: User | None, at: dt.datetime
) -> CycleRegistration:
    """Refuse somebody who asked; they are told, with the message. It stands until they are accepted.

    Raises BookingError for somebody who is in already (cancel the registration instead) or gave up.
    """
    with journal.entry("registration.refuse", registration, by=by, at=at):
        row = lock(registration)
        if row.state == State.REFUSED:
            return row
        if row.state != State.IN_REVIEW:
            _check_decidable(row)
            raise BookingError(_("This person is registered already: cancel the registration instead."))
        _decide(row, message=message, by=by, at=at)
        row.state = State.REFUSED
        row.save(update_fields=["state"])
        touch([row.participant_id], at=at)
        tell("refused", row, (), at=at)
        return row


def _check_decidable(row: CycleRegistration) -> None:
    if row.state in (State.PENDING, State.CANCELLED):
        raise BookingError(_("There is no request to decide on: it was withdrawn, or never confirmed."))


def _decide(row: CycleRegistration, *, message: str, by: User | None, at: dt.datetime) -> None:
    row.decided_at, row.decided_by, row.decision_message = at, by, message
    row.save(update_fields=["decided_at", "decided_by", "decision_message"])
