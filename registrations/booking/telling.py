"""What every verb shares: the states of a live row, the refusal, and telling the apps above."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from registrations.booking import places
from registrations.calendar.calendar_version import raised
from registrations.events import QueueMoved, RegistrationChanged
from registrations.models import CycleRegistration, Participant, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from cycles.models import Cycle

ALIVE = (State.CONFIRMED, State.WAITLISTED, State.OFFERED)


class BookingError(Exception):
    """A wish that cannot be granted; the message tells the person why, in their language."""


class AlreadyThereError(BookingError):
    """Somebody is to be registered who is registered already, or asked to be."""


class RequestChangedError(BookingError):
    """A request is not any more what was shown beside the button that confirms it."""


def has_people(cycle: Cycle) -> bool:
    """Tell whether somebody is in a cycle, or has asked to be."""
    gone = (State.CANCELLED, State.REFUSED)
    return CycleRegistration.objects.filter(cycle=cycle).exclude(state__in=gone).exists()


def lock(registration: CycleRegistration) -> CycleRegistration:
    """Return the row as it is now, with its participant and cycle, held until the transaction ends."""
    rows = CycleRegistration.objects.select_for_update(of=("self",)).select_related("participant", "cycle")
    return rows.get(pk=registration.pk)


def lock_all(
    registration: CycleRegistration, *, at: dt.datetime
) -> tuple[CycleRegistration, places.Terms, list[int]]:
    """Lock the cycle, all its sessions that count places, and the registration; return it, terms, sessions."""
    terms = places.hold_cycle(registration.cycle_id)
    counted = places.lock_counted(registration.cycle_id, at=at)
    return lock(registration), terms, counted


def touch(people: Collection[int], *, at: dt.datetime) -> None:
    """Let the private feeds and the personal pages of these participants know that they are out of date."""
    Participant.objects.filter(pk__in=people).update(**raised(at=at))


def tell(
    kind: str, registration: CycleRegistration, rows: Iterable[int], *, at: dt.datetime, reason: str = ""
) -> None:
    RegistrationChanged(
        kind=kind, registration=registration, registration_ids=list(rows), reason=reason, at=at
    ).send()


def tell_queue(kind: str, people: dict[int, list[int]], *, at: dt.datetime) -> None:
    if people:
        Participant.objects.filter(cycle_registrations__in=people).update(**raised(at=at))
        QueueMoved(kind=kind, people=people, at=at).send()


def tell_passed(passed: Iterable[places.Passed], *, own: int | None = None, at: dt.datetime) -> None:
    """Tell who got a place or an offer of one at a session; `own` is told otherwise."""
    told: dict[str, dict[int, list[int]]] = {"promoted": defaultdict(list), "offered": defaultdict(list)}
    for one in passed:
        if one.cycle_registration_id != own:
            told["offered" if one.offer_ends_at else "promoted"][one.cycle_registration_id].append(one.id)
    for kind, people in told.items():
        tell_queue(kind, dict(people), at=at)
