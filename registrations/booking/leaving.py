"""Giving places back: one, all, or with the person who is erased. What is freed goes to those who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Session
from registrations import proofs
from registrations.booking import places
from registrations.models import CycleRegistration, Registration, State

from .queue import pass_on
from .telling import ALIVE, BookingError, lock_all, tell, tell_passed, touch

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User

LIVE = (*ALIVE, State.IN_REVIEW)


def cancel(
    registration: Registration,
    *,
    by: User | None = None,
    as_asked: bool = False,
    reason: str = "",
    at: dt.datetime,
) -> Registration:
    """Give one place back, and let the first who waits have it. Kept: no fan-out brings it back.

    So an offered place is declined, too. Once the session has begun it is too late to pass the place on; the
    wish is recorded all the same. `by` is the organiser who does it, None when it is the person. Unless the
    person asked for it (`as_asked`), they are told that the organisers did it, with a `reason` if one is given.
    Raises BookingError for one half-day of a run that the person gives back: they are registered for all of it.
    """
    with journal.entry("registration.cancel", registration, by=by, at=at) as entry:
        session = (
            Session.objects.select_for_update(of=("self",))
            .select_related("cycle")
            .get(pk=registration.session_id)
        )
        row = Registration.objects.select_for_update().get(pk=registration.pk)
        if row.state == State.CANCELLED:
            entry.drop()
            return row
        if session.cycle.is_run and by is None and row.state != State.OFFERED:
            raise BookingError(
                _(
                    "A run is followed as a whole: cancel your registration, or tell the organisers what you will miss."
                )
            )
        row.state, row.cancelled_at, row.offer_ends_at = State.CANCELLED, at, None
        row.is_opt_out = True
        row.save(update_fields=["state", "cancelled_at", "offer_ends_at", "is_opt_out"])
        touch([row.participant_id], at=at)
        owner = CycleRegistration.objects.select_related("participant").get(pk=row.cycle_registration_id)
        tell("removed" if by and not as_asked else "cancelled", owner, [row.pk], at=at, reason=reason)
        if session.capacity is not None and session.is_held and session.starts_at and session.starts_at > at:
            tell_passed(places.seat([session.pk], offer_hours=session.cycle.offer_hours, at=at), at=at)
        return row


def cancel_all(
    registration: CycleRegistration,
    *,
    by: User | None = None,
    as_asked: bool = False,
    reason: str = "",
    at: dt.datetime,
) -> CycleRegistration:
    """Give back every place in the cycle that is still ahead, or the wish for one; what was attended stays.

    `by`, `as_asked` and `reason` as for `cancel`.
    """
    with journal.entry("registration.cancel_all", registration, by=by, at=at) as entry:
        row, terms, counted = lock_all(registration, at=at)
        if row.state not in LIVE:
            entry.drop()
            return row
        ahead = row.registrations.filter(state__in=ALIVE).exclude(session__ends_at__lte=at)
        ids = list(ahead.order_by("pk").values_list("pk", flat=True))
        Registration.objects.filter(pk__in=ids).update(
            state=State.CANCELLED, cancelled_at=at, offer_ends_at=None
        )
        row.state, row.cancelled_at, row.offer_ends_at = State.CANCELLED, at, None
        row.save(update_fields=["state", "cancelled_at", "offer_ends_at"])
        touch([row.participant_id], at=at)
        tell("removed" if by and not as_asked else "cancelled", row, ids, at=at, reason=reason)
        pass_on(row.cycle_id, terms=terms, counted=counted, at=at)
        return row


@transaction.atomic
def decline_offer(row: Registration | CycleRegistration, *, at: dt.datetime) -> None:
    """Leave an offered place to the next who waits. A place that is held already stays as it is."""
    row.refresh_from_db(fields=["state"])
    if row.state != State.OFFERED:
        return
    if isinstance(row, CycleRegistration):
        cancel_all(row, at=at)
    else:
        cancel(row, at=at)


@transaction.atomic
def remove(registration: CycleRegistration, *, at: dt.datetime) -> None:
    """Erase a registration and its rows without a mail; the places go to those who wait."""
    row, terms, counted = lock_all(registration, at=at)
    row.delete()
    pass_on(row.cycle_id, terms=terms, counted=counted, at=at)


@transaction.atomic
def leave(registration: CycleRegistration, *, at: dt.datetime) -> None:
    """End a registration without a mail: what is ahead is deleted, what is past or proved stays."""
    row, terms, counted = lock_all(registration, at=at)
    row.registrations.exclude(session__ends_at__lte=at).exclude(proofs.of_registrations()).delete()
    if row.state != State.CANCELLED:
        row.state, row.cancelled_at, row.offer_ends_at = State.CANCELLED, at, None
        row.save(update_fields=["state", "cancelled_at", "offer_ends_at"])
    pass_on(row.cycle_id, terms=terms, counted=counted, at=at)
