"""What moves by itself: freed and added places go to those who wait, offers end, added sessions are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from cycles.models import Cycle, Session
from registrations.booking import places
from registrations.calendar.calendar_version import raised
from registrations.events import SessionsJoined
from registrations.models import CycleRegistration, Participant, Registration, State

from .entering import open_rows
from .telling import BookingError, lock, tell_passed, tell_queue, touch

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


def pass_on(cycle_id: int, *, terms: places.Terms, counted: Collection[int], at: dt.datetime) -> None:
    """Give the free places of a locked cycle and its locked sessions to those who wait for them.

    Except at sessions that have begun: too late to tell anybody.
    """
    if terms.capacity is not None:
        _pass_cycle_places(cycle_id, terms=terms, counted=counted, at=at)
    open_ones = Session.objects.held().filter(pk__in=counted, starts_at__gt=at)
    passed = places.seat(
        list(open_ones.values_list("pk", flat=True)) if counted else [],
        offer_hours=terms.offer_hours,
        at=at,
    )
    tell_passed(passed, at=at)


def _pass_cycle_places(
    cycle_id: int, *, terms: places.Terms, counted: Collection[int], at: dt.datetime
) -> None:
    passed = places.pass_cycle_places(cycle_id, terms=terms, at=at)
    ids = [one.id for one in passed]
    if not ids:
        return
    if passed[0].offer_ends_at is not None:
        tell_queue("offered", {pk: [] for pk in ids}, at=at)
        return
    let_in(ids, terms=terms, counted=counted, at=at)
    tell_queue("promoted", {pk: [] for pk in ids}, at=at)


def let_in(ids: Collection[int], *, terms: places.Terms, counted: Collection[int], at: dt.datetime) -> None:
    """Write the rows of people who got their place in the cycle from its waiting list."""
    people = list(CycleRegistration.objects.filter(pk__in=ids).order_by("queued_at", "pk"))
    _rows, passed = open_rows(people, terms=terms, counted=list(counted), is_return=True, at=at)
    tell_passed((one for one in passed if one.cycle_registration_id not in ids), at=at)


@transaction.atomic
def settle(cycle_id: int, *, at: dt.datetime) -> None:
    """End the offers of a cycle that ran out, and give every free place to whoever waits longest.

    What a change of places, or the passing of time, owes; any number of times.
    """
    terms = places.hold_cycle(cycle_id, alone=True)
    counted = _lock_sessions(cycle_id, at=at)
    _end_offers(cycle_id, at=at)
    if terms.capacity is None:
        # Places are counted no more: nobody need wait for the cycle.
        _pass_cycle_places(cycle_id, terms=terms, counted=counted, at=at)
    pass_on(cycle_id, terms=terms, counted=counted, at=at)


def _lock_sessions(cycle_id: int, *, at: dt.datetime) -> list[int]:
    """Lock every session of a cycle that counts places, or did so: somebody waits or is offered one."""
    queued = Registration.objects.filter(session__cycle=cycle_id, state__in=(State.WAITLISTED, State.OFFERED))
    ours = Session.objects.select_for_update(of=("self",)).filter(cycle=cycle_id)
    concerned = ours.filter(Q(capacity__isnull=False, ends_at__gt=at) | Q(pk__in=queued.values("session")))
    return list(concerned.order_by("pk").values_list("pk", flat=True))


def _end_offers(cycle_id: int, *, at: dt.datetime) -> None:
    """End the offers that ran out: who did not answer is out, and may ask again."""
    ended: dict[int, list[int]] = {}
    rows = Registration.objects.select_for_update(of=("self",)).filter(
        session__cycle=cycle_id, state=State.OFFERED, offer_ends_at__lte=at
    )
    for pk, person in rows.order_by("pk").values_list("pk", "cycle_registration_id"):
        ended.setdefault(person, []).append(pk)
    people = CycleRegistration.objects.select_for_update().filter(
        cycle=cycle_id, state=State.OFFERED, offer_ends_at__lte=at
    )
    for pk in people.order_by("pk").values_list("pk", flat=True):
        ended.setdefault(pk, [])
    gone = {"state": State.CANCELLED, "cancelled_at": at, "offer_ends_at": None}
    Registration.objects.filter(pk__in=[pk for ids in ended.values() for pk in ids]).update(**gone)
    CycleRegistration.objects.filter(pk__in=[pk for pk, ids in ended.items() if not ids]).update(**gone)
    tell_queue("offer_ended", ended, at=at)


def settle_due(*, at: dt.datetime) -> int:
    """Settle every cycle where an offer ran out or somebody waits beside a free place; return how many.

    Heals whatever changed places without a verb (an import, the administration), too.
    """
    ended = Q(state=State.OFFERED, offer_ends_at__lte=at)
    cycles = set(CycleRegistration.objects.filter(ended).values_list("cycle", flat=True))
    cycles |= set(Registration.objects.filter(ended).values_list("session__cycle", flat=True))
    taken = Count("registrations", filter=Q(registrations__state__in=(State.CONFIRMED, State.OFFERED)))
    waiting = Count("registrations", filter=Q(registrations__state=State.WAITLISTED))
    room = Q(capacity=None) | Q(taken__lt=F("capacity"))
    queued = Registration.objects.filter(state=State.WAITLISTED).values("session")
    sessions = Session.objects.held().filter(starts_at__gt=at, pk__in=queued)
    counted = sessions.annotate(taken=taken).filter(room)
    cycles |= set(counted.order_by().values_list("cycle", flat=True))
    full = Cycle.objects.annotate(taken=taken, waiting=waiting).filter(room, waiting__gt=0)
    ahead = Session.objects.held().filter(ends_at__gt=at).values("cycle")
    cycles |= set(full.filter(pk__in=ahead).order_by().values_list("pk", flat=True))
    for cycle_id in sorted(cycles):
        settle(cycle_id, at=at)
    return len(cycles)


@transaction.atomic
def accept_offer(row: Registration | CycleRegistration, *, at: dt.datetime) -> None:
    """Take a place that is held for somebody. Accepting again changes nothing.

    Raises BookingError when the offer has ended: the place has gone, or goes, to the next.
    """
    if isinstance(row, CycleRegistration):
        _accept_cycle_place(row, at=at)
        return
    session = Session.objects.select_for_update(of=("self",)).get(pk=row.session_id)
    held = Registration.objects.select_for_update().get(pk=row.pk)
    if held.state == State.CONFIRMED:
        return
    _check_offer(held, at=at)
    if not session.is_held:
        raise BookingError(_("This session is no longer held."))
    held.state, held.confirmed_at, held.offer_ends_at = State.CONFIRMED, at, None
    held.save(update_fields=["state", "confirmed_at", "offer_ends_at"])
    touch([held.participant_id], at=at)
    tell_queue("promoted", {held.cycle_registration_id: [held.pk]}, at=at)


def _accept_cycle_place(registration: CycleRegistration, *, at: dt.datetime) -> None:
    terms = places.hold_cycle(registration.cycle_id)
    counted = places.lock_counted(registration.cycle_id, at=at)
    held = lock(registration)
    if held.state == State.CONFIRMED:
        return
    _check_offer(held, at=at)
    held.state, held.confirmed_at, held.offer_ends_at = State.CONFIRMED, at, None
    held.save(update_fields=["state", "confirmed_at", "offer_ends_at"])
    let_in([held.pk], terms=terms, counted=counted, at=at)
    tell_queue("promoted", {held.pk: []}, at=at)


def _check_offer(held: Registration | CycleRegistration, *, at: dt.datetime) -> None:
    if held.state != State.OFFERED or held.offer_ends_at is None or held.offer_ends_at <= at:
        raise BookingError(_("This offer has ended: the place is no longer held for you."))


@transaction.atomic
def join_added_sessions(cycle: Cycle, *, session_ids: Collection[int], at: dt.datetime) -> None:
    """Give everybody who is registered for the whole cycle a row at sessions that were added to it."""
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    counted = [pk for pk in places.lock_counted(cycle.pk, at=at) if pk in session_ids]
    if not places.fan_out_standing(cycle.pk, sessions=session_ids, at=at):
        return
    # A seat at a session that was just added is no promotion: one mail tells of all of them.
    places.seat(counted, offer_hours=None, at=at)
    Participant.objects.filter(registrations__session__in=list(session_ids)).update(**raised(at=at))
    SessionsJoined(cycle_id=cycle.pk, session_ids=list(session_ids), at=at).send()
