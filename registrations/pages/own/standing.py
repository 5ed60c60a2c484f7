"""Where a person stands at one session, in one line that is true for them at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.models import Cycle, Session
from registrations.models import WAITING, CycleRegistration, State

if TYPE_CHECKING:
    from registrations.models import Registration


def words(
    session: Session,
    *,
    row: Registration | None,
    registration: CycleRegistration,
    position: int | None,
    offer_until: str,
    is_past: bool,
) -> str:
    """Return the line; empty where the state of the session says all (it is cancelled).

    `row` is the person's place at the session, `registration` the one in its cycle, `position` their number in the
    session's queue, `offer_until` until when a place is held, in words.
    """
    if session.status == Session.Status.CANCELLED:
        return ""
    state = State(row.state) if row is not None else None
    if is_past:
        return _past(state)
    if state is None or (row is not None and _is_asked_again(row, registration)):
        return _without_place(session, registration)
    return {
        State.CONFIRMED: "✓ " + _has_place(session),
        State.WAITLISTED: _("Waiting list: number %(position)s") % {"position": position},
        State.OFFERED: _("A place is held for you until %(until)s") % {"until": offer_until},
        State.CANCELLED: "✕ " + _("You are no longer registered for this date"),
    }.get(state, _("Not registered"))


def _has_place(session: Session) -> str:
    is_postponed = session.status == Session.Status.POSTPONED
    if is_postponed:
        return _("Your place is kept for the new date")
    if session.cycle.kind == Cycle.Kind.DAILY:
        # What is read has no seats.
        return _("You are registered")
    return _("You have a place")


def _past(state: State | None) -> str:
    if state == State.CONFIRMED:
        return _("You were registered")
    if state in (State.WAITLISTED, State.OFFERED):
        return _("You were on the waiting list")
    return _("You were not registered")


def _is_asked_again(row: Registration, registration: CycleRegistration) -> bool:
    """True for a place that went with a whole registration, and that its owner, who came back, waits for."""
    if row.state != State.CANCELLED or not _is_wanted(row.session_id, registration):
        return False
    # Coming back for the whole cycle is not coming back for what was declined by name.
    is_declined = registration.scope == CycleRegistration.Scope.ALL and row.is_opt_out
    is_waiting = registration.state in WAITING
    return is_waiting and not is_declined


def _is_wanted(session_id: int, registration: CycleRegistration) -> bool:
    return (
        registration.scope == CycleRegistration.Scope.ALL or session_id in registration.requested_session_ids
    )


def _without_place(session: Session, registration: CycleRegistration) -> str:
    """Say why there is no place at a session: the whole registration waits, or this date was not asked for."""
    is_wanted = _is_wanted(session.pk, registration)
    if is_wanted and registration.state == State.IN_REVIEW:
        return _("Asked for: the organisers have not answered yet")
    if is_wanted and registration.state in (State.WAITLISTED, State.OFFERED):
        return _("You have no place yet")
    return _("Not registered")
