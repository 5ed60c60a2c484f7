"""A place beyond the capacity, given on purpose to somebody who waits, whoever waits before them.

Nobody else moves: those who wait keep their order, and a place that becomes free goes to them once fewer are taken
than there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Session
from registrations.booking import places
from registrations.models import CycleRegistration, Registration, State

from .queue import let_in
from .telling import BookingError, lock_all, tell_queue, touch

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

# Who waits, or holds an offer that they have not taken.
WITHOUT_A_PLACE = (State.WAITLISTED, State.OFFERED)


def give_place(
    registration: CycleRegistration, *, session: Session | None, by: User | None, at: dt.datetime
) -> None:
    """Give somebody the place that they wait for, in the cycle or (`session`) at one date, though none is left.

    Whoever has the place already keeps it. Raises BookingError for somebody who does not wait for it, and for a date
    that is over or not held.
    """
    with journal.entry("registration.beyond", registration, by=by, at=at) as entry:
        is_here = (
            _in_cycle(registration, at=at) if session is None else _at_session(registration, session, at=at)
        )
        if not is_here:
            entry.drop()


def _in_cycle(registration: CycleRegistration, *, at: dt.datetime) -> bool:
    row, terms, counted = lock_all(registration, at=at)
    if row.state == State.CONFIRMED:
        return False
    if row.state not in WITHOUT_A_PLACE:
        raise BookingError(_("This person does not wait for a place."))
    row.state, row.confirmed_at, row.offer_ends_at = State.CONFIRMED, at, None
    row.save(update_fields=["state", "confirmed_at", "offer_ends_at"])
    let_in([row.pk], terms=terms, counted=counted, at=at)
    tell_queue("promoted", {row.pk: []}, at=at)
    return True


def _at_session(registration: CycleRegistration, session: Session, *, at: dt.datetime) -> bool:
    places.hold_cycle(registration.cycle_id)
    locked = Session.objects.select_for_update(of=("self",)).get(
        pk=session.pk, cycle_id=registration.cycle_id
    )
    row = (
        Registration.objects.select_for_update()
        .filter(session=locked, cycle_registration=registration)
        .first()
    )
    if row is not None and row.state == State.CONFIRMED:
        return False
    is_ahead = locked.is_held and locked.ends_at is not None and locked.ends_at > at
    if row is None or row.state not in WITHOUT_A_PLACE or not is_ahead:
        raise BookingError(_("This person does not wait for a place."))
    row.state, row.confirmed_at, row.offer_ends_at = State.CONFIRMED, at, None
    row.save(update_fields=["state", "confirmed_at", "offer_ends_at"])
    touch([row.participant_id], at=at)
    tell_queue("promoted", {row.cycle_registration_id: [row.pk]}, at=at)
    return True
