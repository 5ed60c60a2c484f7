"""Taking and giving back places: the only writer of registrations.

Every verb is one transaction, takes the moment `at` (aware UTC), and may be repeated without harm: a
second click changes nothing. Sessions that count places are locked first, always in the order of their ids;
then rows are written by the set. `registration_changed` is sent inside the transaction.

`by` is the organiser who acts for a person, None when it is the person.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cycles.models import Cycle, Session

from . import notices, places
from .models import Consent, ConsentText, CycleRegistration, Participant, Registration, State
from .signals import registration_changed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from accounts.models import User

# A second click, or a form sent again by the back button, asks for no second mail.
SAME_REQUEST = dt.timedelta(minutes=1)
CONFIRM_WITHIN = dt.timedelta(days=7)
ALIVE = (State.CONFIRMED, State.WAITLISTED, State.OFFERED)


class BookingError(Exception):
    """A wish that cannot be granted; the message tells the person why, in their language."""


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What somebody typed about themselves. Until the address is confirmed it may be anybody's word."""

    email: str
    given_name: str
    family_name: str
    organisation_name: str = ""
    language: str = "fr"
    timezone: str = ""

    def as_fields(self) -> dict[str, str]:
        return asdict(self) | {"email": self.email.strip()}


def address_key(email: str) -> str:
    """Return what makes two spellings of an address the same person."""
    return email.strip().casefold()


def _tell(kind: str, registration: CycleRegistration, rows: Iterable[int], *, at: dt.datetime) -> None:
    registration_changed.send(
        sender=CycleRegistration,
        kind=kind,
        cycle_registration_id=registration.pk,
        registration_ids=list(rows),
        participant_id=registration.participant_id,
        cycle_id=registration.cycle_id,
        at=at,
    )


def _tell_promoted(promoted: Iterable[Registration], *, cycle_id: int, at: dt.datetime) -> None:
    for row in promoted:
        registration_changed.send(
            sender=CycleRegistration,
            kind="promoted",
            cycle_registration_id=row.cycle_registration_id,
            registration_ids=[row.pk],
            participant_id=row.participant_id,
            cycle_id=cycle_id,
            at=at,
        )


def _touch(participant_id: int) -> None:
    """Let the private feed and the personal page know that they are out of date."""
    Participant.objects.filter(pk=participant_id).update(version=F("version") + 1)


@transaction.atomic
def register(
    cycle: Cycle,
    *,
    applicant: Applicant,
    scope: CycleRegistration.Scope,
    session_ids: Collection[int] = (),
    wants_newsletter: bool = False,
    accessibility_need: str = "",
    source_code: str = "",
    at: dt.datetime,
) -> CycleRegistration:
    """Note a request and send the mail that confirms it; nobody has a place before that.

    The caller cannot tell a known address from a new one: somebody registered already gets the mail with
    their own link (kind "repeated") and nothing of theirs changes.
    """
    key = address_key(applicant.email)
    Participant.objects.bulk_create(
        [Participant(email_key=key, created_at=at, **applicant.as_fields())], ignore_conflicts=True
    )
    participant = Participant.objects.get(email_key=key)
    asked: dict[str, Any] = {
        "scope": scope,
        "requested_session_ids": sorted(session_ids),
        "wants_newsletter": wants_newsletter,
        "accessibility_need": accessibility_need,
        "source_code": source_code,
    }
    CycleRegistration.objects.bulk_create(
        [CycleRegistration(cycle=cycle, participant=participant, requested_at=at, request_number=0, **asked)],
        ignore_conflicts=True,
    )
    registration = CycleRegistration.objects.select_for_update().get(cycle=cycle, participant=participant)
    if registration.state not in (State.PENDING, State.CANCELLED):
        _tell("repeated", registration, (), at=at)
        return registration
    _correct_unconfirmed(participant, applicant)
    is_same = (
        registration.state == State.PENDING
        and registration.request_number > 0
        and at - registration.requested_at < SAME_REQUEST
    )
    for name, value in asked.items():
        setattr(registration, name, value)
    if is_same:
        registration.save(update_fields=list(asked))
    else:
        _request(registration, at=at, also=asked)
    return registration


def _correct_unconfirmed(participant: Participant, applicant: Applicant) -> None:
    """Keep the last thing typed while nobody proved the address; never overwrite a confirmed person."""
    typed = applicant.as_fields()
    if participant.confirmed_at is None and any(
        getattr(participant, name) != value for name, value in typed.items()
    ):
        Participant.objects.filter(pk=participant.pk, confirmed_at=None).update(**typed)


def _request(registration: CycleRegistration, *, at: dt.datetime, also: Iterable[str] = ()) -> None:
    registration.state = State.PENDING
    registration.cancelled_at = None
    registration.requested_at = at
    registration.request_number += 1
    registration.save(update_fields=["state", "cancelled_at", "requested_at", "request_number", *also])
    _tell("requested", registration, (), at=at)


@transaction.atomic
def resend(registration: CycleRegistration, *, at: dt.datetime) -> None:
    """Send a new confirmation link for a request whose link has grown old."""
    row = CycleRegistration.objects.select_for_update().get(pk=registration.pk)
    if row.state == State.PENDING and at - row.requested_at >= SAME_REQUEST:
        _request(row, at=at)


@transaction.atomic
def confirm(registration: CycleRegistration, *, at: dt.datetime) -> CycleRegistration:
    """Give the places that were asked for: the address is proved. Doing it again changes nothing.

    The whole cycle means a row for each held session that is not over, by one statement. Where places are
    counted and none is left the row waits. A session declined earlier stays declined, unless it was now
    chosen by name.
    """
    row, counted = _locked_all(registration, at=at)
    if row.state != State.PENDING:
        return row
    only = None if row.scope == CycleRegistration.Scope.ALL else row.requested_session_ids
    _give_places(row, counted=counted, only=only, at=at)
    Participant.objects.filter(pk=row.participant_id, confirmed_at=None).update(confirmed_at=at)
    _consent(row, at=at)
    return row


def _locked_all(
    registration: CycleRegistration, *, at: dt.datetime
) -> tuple[CycleRegistration, dict[int, int]]:
    """Lock in the order that every verb keeps: cycle, sessions that count places, cycle registration."""
    places.hold_cycle(registration.cycle_id)
    counted = places.lock_counted(registration.cycle_id, at=at)
    return CycleRegistration.objects.select_for_update().get(pk=registration.pk), counted


def _give_places(
    row: CycleRegistration, *, counted: dict[int, int], only: Collection[int] | None, at: dt.datetime
) -> None:
    """Make a registration live at every session (or `only` these), seat it or let it wait, and tell."""
    is_return = row.confirmed_at is not None
    row.state, row.cancelled_at, row.confirmed_at = State.CONFIRMED, None, at
    row.save(update_fields=["state", "cancelled_at", "confirmed_at", "scope"])
    mine = row.registrations.all()
    if is_return:
        places.revive(mine.filter(is_opt_out=False) if only is None else mine.filter(session__in=only), at=at)
    places.fan_out(CycleRegistration.objects.filter(pk=row.pk), at=at, only=only)
    promoted = places.seat(counted, at=at)
    _touch(row.participant_id)
    _tell("confirmed", row, mine.filter(state__in=ALIVE).order_by("pk").values_list("pk", flat=True), at=at)
    _tell_promoted(
        (other for other in promoted if other.cycle_registration_id != row.pk), cycle_id=row.cycle_id, at=at
    )


def _consent(registration: CycleRegistration, *, at: dt.datetime) -> None:
    purposes = [ConsentText.Purpose.NOTICE]
    if registration.wants_newsletter:
        purposes.append(ConsentText.Purpose.NEWSLETTER)
    Consent.objects.bulk_create(
        [
            Consent(participant_id=registration.participant_id, text=text, form="registration", given_at=at)
            for text in notices.texts(purposes, at=at).values()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def join_added_sessions(cycle: Cycle, *, session_ids: Collection[int], at: dt.datetime) -> None:
    """Give everybody who is registered for the whole cycle a row at sessions that were added to it."""
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    counted = places.lock_counted(cycle.pk, at=at)
    places.fan_out(
        CycleRegistration.objects.filter(
            cycle=cycle, state=State.CONFIRMED, scope=CycleRegistration.Scope.ALL
        ),
        at=at,
        only=session_ids,
    )
    # One mail tells of the new sessions; a seat in them is not a promotion.
    places.seat({pk: free for pk, free in counted.items() if pk in session_ids}, at=at)
    Participant.objects.filter(registrations__session__in=list(session_ids)).update(version=F("version") + 1)


def _locked_session(session_id: int) -> Session:
    return Session.objects.select_for_update(of=("self",)).get(pk=session_id)


def _counted(session: Session) -> dict[int, int]:
    return {} if session.capacity is None else {session.pk: session.capacity}


@transaction.atomic
def cancel(registration: Registration, *, by: User | None = None, at: dt.datetime) -> Registration:
    """Give one place back, and let the first who waits have it. Kept: no fan-out brings it back.

    Once the session has begun it is too late to pass the place on; the wish is recorded all the same.
    """
    session = _locked_session(registration.session_id)
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.state == State.CANCELLED:
        return row
    row.state = State.CANCELLED
    row.cancelled_at = at
    row.is_opt_out = by is None
    row.save(update_fields=["state", "cancelled_at", "is_opt_out"])
    _touch(row.participant_id)
    _tell("cancelled", row.cycle_registration, [row.pk], at=at)
    if session.starts_at is not None and session.starts_at > at:
        _tell_promoted(places.seat(_counted(session), at=at), cycle_id=session.cycle_id, at=at)
    return row


@transaction.atomic
def cancel_all(registration: CycleRegistration, *, at: dt.datetime) -> CycleRegistration:
    """Give back every place in the cycle that is still ahead; what was attended stays on record."""
    row, counted = _locked_all(registration, at=at)
    if row.state == State.CANCELLED:
        return row
    ahead = row.registrations.filter(state__in=ALIVE).exclude(session__ends_at__lte=at)
    ids = list(ahead.order_by("pk").values_list("pk", flat=True))
    Registration.objects.filter(pk__in=ids).update(state=State.CANCELLED, cancelled_at=at)
    row.state = State.CANCELLED
    row.cancelled_at = at
    row.save(update_fields=["state", "cancelled_at"])
    _touch(row.participant_id)
    _tell("cancelled", row, ids, at=at)
    _pass_on(counted, cycle_id=row.cycle_id, at=at)
    return row


def _pass_on(counted: dict[int, int], *, cycle_id: int, at: dt.datetime) -> None:
    """Give freed places to those who wait, except at sessions that have begun: too late to tell them."""
    begun = set(Session.objects.filter(pk__in=counted, starts_at__lte=at).values_list("pk", flat=True))
    promoted = places.seat({pk: n for pk, n in counted.items() if pk not in begun}, at=at)
    _tell_promoted(promoted, cycle_id=cycle_id, at=at)


@transaction.atomic
def remove(registration: CycleRegistration, *, at: dt.datetime) -> None:
    """Erase a registration and its rows without a mail; the places go to those who wait."""
    row, counted = _locked_all(registration, at=at)
    row.delete()
    _pass_on(counted, cycle_id=row.cycle_id, at=at)


@transaction.atomic
def take(registration: CycleRegistration, *, session: Session, at: dt.datetime) -> Registration:
    """Take a place at one session, the first time or after having declined it (then at the end of the queue).

    Raises BookingError when the session is cancelled, postponed or over. A place that is held stays as it is.
    """
    locked = _locked_session(session.pk)
    if (
        locked.cycle_id != registration.cycle_id
        or not locked.is_held
        or not locked.ends_at
        or locked.ends_at <= at
    ):
        raise BookingError(_("Registration for this session is closed: it is over, postponed or cancelled."))
    owner = CycleRegistration.objects.select_for_update().get(pk=registration.pk)
    if owner.confirmed_at is None or owner.state == State.REFUSED:
        raise BookingError(_("Confirm your registration first, with the button of the mail we sent you."))
    row = Registration.objects.filter(session=locked, participant_id=owner.participant_id).first()
    if row is not None and row.state != State.CANCELLED:
        return row
    is_return = row is not None
    if owner.state == State.CANCELLED:
        # Coming back for one session is not coming back for all of them.
        owner.state, owner.cancelled_at = State.CONFIRMED, None
        owner.scope = CycleRegistration.Scope.CHOSEN
        owner.save(update_fields=["state", "cancelled_at", "scope"])
    if row is not None:
        places.revive(Registration.objects.filter(pk=row.pk), at=at)
    else:
        places.fan_out(CycleRegistration.objects.filter(pk=owner.pk), at=at, only=[locked.pk])
    promoted = places.seat(_counted(locked), at=at)
    row = Registration.objects.get(session=locked, participant_id=owner.participant_id)
    _touch(row.participant_id)
    _tell("restored" if is_return else "confirmed", owner, [row.pk], at=at)
    _tell_promoted((other for other in promoted if other.pk != row.pk), cycle_id=owner.cycle_id, at=at)
    return row


def undo_cancel(registration: Registration, *, at: dt.datetime) -> Registration:
    """Take a declined session back, at the end of its queue. Raises BookingError as `take` does."""
    return take(registration.cycle_registration, session=registration.session, at=at)


@transaction.atomic
def take_all(registration: CycleRegistration, *, at: dt.datetime) -> CycleRegistration:
    """Register a confirmed person for the whole cycle: all that is ahead, and sessions added later."""
    row, counted = _locked_all(registration, at=at)
    if row.confirmed_at is None or row.state not in (State.CONFIRMED, State.CANCELLED):
        raise BookingError(_("Confirm your registration first, with the button of the mail we sent you."))
    if row.state == State.CANCELLED or row.scope != CycleRegistration.Scope.ALL:
        row.scope = CycleRegistration.Scope.ALL
        _give_places(row, counted=counted, only=None, at=at)
    return row


@transaction.atomic
def set_capacity(session: Session, *, capacity: int | None, at: dt.datetime) -> list[Registration]:
    """Change a session's places; those who wait get what was freed. Nobody who sits is made to stand."""
    locked = _locked_session(session.pk)
    locked.capacity = capacity
    locked.save(update_fields=["capacity"])
    places_now = 2**31 - 1 if capacity is None else capacity
    promoted = places.seat({locked.pk: places_now}, at=at) if locked.is_held else []
    _tell_promoted(promoted, cycle_id=locked.cycle_id, at=at)
    return promoted


@transaction.atomic
def purge_unconfirmed(*, at: dt.datetime) -> int:
    """Erase requests that nobody confirmed within the life of their link; return how many.

    Somebody who had been registered before and only asked again goes back to having cancelled.
    """
    stale = CycleRegistration.objects.filter(state=State.PENDING, requested_at__lt=at - CONFIRM_WITHIN)
    returned = stale.filter(confirmed_at__isnull=False).update(state=State.CANCELLED, cancelled_at=at)
    erased = stale.filter(confirmed_at=None).delete()[0]
    Participant.objects.filter(
        confirmed_at=None, created_at__lt=at - CONFIRM_WITHIN, cycle_registrations=None
    ).delete()
    return returned + erased


def record_join(registration: Registration, *, at: dt.datetime) -> bool:
    """Note that the person went to the room; only the first time counts. Returns whether it was the first."""
    return bool(Registration.objects.filter(pk=registration.pk, joined_at=None).update(joined_at=at))
