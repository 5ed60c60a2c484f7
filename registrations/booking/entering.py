"""Who gets in: at once, as soon as it is decided, or on the waiting list of the cycle."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts import journal
from cycles.models import Session
from registrations.booking import places
from registrations.calendar.calendar_version import raised
from registrations.models import (
    Consent,
    ConsentText,
    CycleRegistration,
    Participant,
    Registration,
    State,
)
from registrations.people import names
from registrations.people.data import notices

from .requests import Applicant, enter_for, request_mark
from .telling import (
    AlreadyThereError,
    BookingError,
    RequestChangedError,
    lock,
    lock_all,
    tell,
    tell_passed,
    touch,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping
    from typing import Any

    from accounts.models import User
    from cycles.models import Cycle


Scope = CycleRegistration.Scope
# What a request and its confirmation write, wherever it leads.
ADMITTED = ("state", "scope", "requested_session_ids", *names.TYPED)


@transaction.atomic
def confirm(
    registration: CycleRegistration, *, seen: str | None = None, at: dt.datetime
) -> CycleRegistration:
    """Give the places that were asked for: the address is proved. Doing it again changes nothing.

    `seen` is the mark (`request_mark`) of what was shown beside the button: anybody who knows the address can ask
    anew with it. Raises RequestChangedError when that happened since.

    The whole cycle means a row for each held session that is not over, by one statement. Where places are
    counted and none is left the row waits; where the cycle counts them, or an organiser decides, so does the
    registration. A session declined earlier stays declined, unless it was now chosen by name.
    """
    row, terms, counted = lock_all(registration, at=at)
    if row.state != State.PENDING:
        return row
    if seen is not None and not constant_time_compare(seen, request_mark(row)):
        raise RequestChangedError
    person = row.participant
    changed: dict[str, Any] = {"proved_at": person.proved_at or at}
    if person.proved_at is None:
        # Who they are is what this request says, whoever else typed the address: an organiser may have, too.
        changed |= {name: getattr(row.person, name) for name in names.COLUMNS}
        changed["confirmed_at"] = person.confirmed_at or at
    Participant.objects.filter(pk=person.pk).update(**changed, **raised(at=at))
    for name, value in changed.items():
        setattr(person, name, value)
    # From here on the organisers of this cycle see what the person says of themselves.
    for name in names.TYPED:
        setattr(row, name, "")
    _consent(row, at=at)
    _enter(row, terms, counted, at=at)
    return row


def _consent(registration: CycleRegistration, *, at: dt.datetime) -> None:
    purposes = [ConsentText.Purpose.NOTICE]
    if registration.wants_newsletter:
        purposes.append(ConsentText.Purpose.NEWSLETTER)
    Consent.objects.bulk_create(
        [
            Consent(participant_id=registration.participant_id, text=text, form="registration", given_at=at)
            for text in notices.texts(
                purposes, is_training=registration.cycle.is_training_run, at=at
            ).values()
        ],
        ignore_conflicts=True,
    )


def _enter(row: CycleRegistration, terms: places.Terms, counted: list[int], *, at: dt.datetime) -> None:
    """Let a proved person in as the cycle's terms say. Who was accepted once needs no second decision."""
    if terms.needs_approval and row.decided_at is None:
        row.state, row.cancelled_at, row.confirmed_at = State.IN_REVIEW, None, at
        row.save(update_fields=[*ADMITTED, "cancelled_at", "confirmed_at"])
        tell("in_review", row, (), at=at)
        return
    admit(row, terms, counted, at=at)


def admit(row: CycleRegistration, terms: places.Terms, counted: list[int], *, at: dt.datetime) -> None:
    """Give a place in the cycle, or let the person wait for one."""
    if terms.capacity is None or places.has_room(row.cycle_id, capacity=terms.capacity):
        _give_places(row, terms, counted, at=at)
        return
    rank = row.queued_at or row.confirmed_at
    if rank is None or not places.is_undone(row.cancelled_at, at=at):
        last = places.last_in_queue(row.cycle_id)
        rank = at if last is None else max(at, last + places.TICK)
    row.state, row.cancelled_at, row.confirmed_at, row.queued_at = State.WAITLISTED, None, at, rank
    row.save(update_fields=[*ADMITTED, "cancelled_at", "confirmed_at", "queued_at"])
    tell("waitlisted", row, (), at=at)


def _give_places(row: CycleRegistration, terms: places.Terms, counted: list[int], *, at: dt.datetime) -> None:
    """Make a registration live at the sessions that it wants, seat it or let it wait, and tell."""
    is_return = row.confirmed_at is not None
    row.state, row.cancelled_at, row.confirmed_at, row.offer_ends_at = State.CONFIRMED, None, at, None
    row.save(update_fields=[*ADMITTED, "cancelled_at", "confirmed_at", "offer_ends_at"])
    rows, passed = open_rows([row], terms=terms, counted=counted, is_return=is_return, at=at)
    tell("confirmed", row, rows, at=at)
    tell_passed(passed, own=row.pk, at=at)


def open_rows(
    people: list[CycleRegistration],
    *,
    terms: places.Terms,
    counted: list[int],
    is_return: bool,
    at: dt.datetime,
) -> tuple[list[int], list[places.Passed]]:
    """Write the rows of people who got into the cycle, and seat them; return the rows, and who got a place.

    One who comes back gets the old rows back, at the end of the queues; what was declined by name stays so,
    unless it was now chosen by name.
    """
    rows = []
    if is_return:
        wishes = {
            row.pk: None if row.scope == Scope.ALL else set(row.requested_session_ids) for row in people
        }
        gone = Registration.objects.filter(cycle_registration__in=wishes, state=State.CANCELLED)
        wanted = [
            pk
            for pk, person, session, is_opt_out in gone.values_list(
                "pk", "cycle_registration_id", "session_id", "is_opt_out"
            )
            if (not is_opt_out if (ticked := wishes[person]) is None else session in ticked)
        ]
        rows += places.revive(Registration.objects.filter(pk__in=wanted), at=at) if wanted else []
    ids = [row.pk for row in people]
    rows += places.fan_out(ids, at=at)
    return sorted(rows), places.seat(counted, offer_hours=terms.offer_hours, at=at, own=ids)


def add(
    cycle: Cycle,
    *,
    applicant: Applicant,
    scope: CycleRegistration.Scope,
    session_ids: Collection[int] = (),
    by: User | None,
    at: dt.datetime,
) -> CycleRegistration:
    """Register somebody who asked an organiser: no address to confirm, no decision to wait for; places are counted.

    They get the mail that confirms a registration, which says who entered it; without an address they get none. A
    name that a person confirmed themselves is not overwritten. Raises BookingError for somebody who is in already, or
    was refused.
    """
    with journal.entry("registration.add", cycle, by=by, at=at):
        asked = enter_for(cycle, applicant=applicant, scope=scope, session_ids=session_ids, at=at)
        if asked is None:
            if applicant.email:
                message = _(
                    "This address is registered already, or its request awaits a decision: open its page."
                )
            else:
                message = _(
                    "Somebody without an email address has this name and organisation here already. If this is "
                    "another person, write something more in the name or the organisation that tells them apart."
                )
            raise AlreadyThereError(message)
        return _let_in(asked, by=by, at=at)


def _let_in(asked: CycleRegistration, *, by: User | None, at: dt.datetime) -> CycleRegistration:
    """Admit somebody for whom an organiser vouches: the address may be written to, the request is accepted.

    Nobody proved it: their own page asks them to press a button first.
    """
    row, terms, counted = lock_all(asked, at=at)
    Participant.objects.filter(pk=row.participant_id, confirmed_at=None).update(confirmed_at=at)
    touch([row.participant_id], at=at)
    row.decided_at, row.decided_by = at, by
    row.save(update_fields=["decided_at", "decided_by"])
    admit(row, terms, counted, at=at)
    return row


def add_all(
    cycle: Cycle,
    *,
    applicants: Collection[Applicant],
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    by: User | None,
    at: dt.datetime,
) -> Counter[str]:
    """Register the people of a list for the whole cycle as `add` does, in one transaction; places go in its order.

    Whoever is in already stays as they are, and so does whoever cancelled or was refused: a list that was kept
    elsewhere knows less than the person. Returns how many there are now by state, those left alone as "known".
    Bringing the same list in again changes nothing. `answers` are {key of the applicant: {question: answer}}.
    """
    done: Counter[str] = Counter()
    with journal.entry("registration.import", cycle, by=by, at=at, detail=str(len(applicants))):
        for applicant in applicants:
            asked = enter_for(
                cycle,
                applicant=applicant,
                scope=Scope.ALL,
                session_ids=(),
                at=at,
                source=CycleRegistration.Source.IMPORT,
                answers=(answers or {}).get(applicant.key),
                may_return=False,
            )
            done["known" if asked is None else _let_in(asked, by=by, at=at).state] += 1
    return done


def _check_in(row: CycleRegistration) -> None:
    """Raise BookingError, in words, for somebody who has no place in the cycle to choose sessions with."""
    if row.state == State.REFUSED:
        raise BookingError(_("The organisers could not accept your request for this cycle."))
    if row.state == State.IN_REVIEW:
        raise BookingError(_("Your request is with the organisers: they will write to you."))
    if row.state in (State.WAITLISTED, State.OFFERED):
        raise BookingError(
            _("You are on the waiting list of this cycle: dates can be chosen from a place in it.")
        )
    _check_was_in(row)


def _check_was_in(row: CycleRegistration) -> None:
    if row.confirmed_at is None or row.state == State.PENDING:
        raise BookingError(_("Confirm your registration first, with the button of the email we sent you."))


def _check_open(session: Session, cycle_id: int, *, at: dt.datetime) -> None:
    is_ahead = session.is_held and session.ends_at is not None and session.ends_at > at
    if session.cycle_id != cycle_id or not is_ahead:
        raise BookingError(_("Registration for this session is closed: it is over, postponed or cancelled."))


def take(
    registration: CycleRegistration,
    *,
    session: Session,
    by: User | None = None,
    at: dt.datetime,
) -> Registration | None:
    """Take a place at one session, the first time or after having declined it.

    Then it is at the end of the queue, or at the old rank when it was declined a moment ago.

    Raises BookingError when the session is cancelled, postponed or over, or the person is not in the cycle.
    A place that is held stays as it is. None: coming back needs a place in the cycle first, and they wait.
    `by` is the organiser to whom the person said so, None when it is the person.
    """
    with journal.entry("registration.take", registration, by=by, at=at):
        terms = places.hold_cycle(registration.cycle_id)
        locked = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
        _check_open(locked, registration.cycle_id, at=at)
        owner = lock(registration)
        counted = [] if locked.capacity is None else [locked.pk]
        if owner.state == State.CANCELLED and owner.confirmed_at is not None:
            # Coming back for one session is not coming back for all of them.
            owner.scope, owner.requested_session_ids = Scope.CHOSEN, [locked.pk]
            touch([owner.participant_id], at=at)
            _enter(owner, terms, counted, at=at)
            own = Registration.objects.live().filter(session=locked, cycle_registration=owner)
            return own.first()
        _check_in(owner)
        row = Registration.objects.filter(session=locked, cycle_registration=owner).first()
        if row is not None and row.state != State.CANCELLED:
            return row
        if row is not None:
            places.revive(Registration.objects.filter(pk=row.pk), at=at)
        else:
            places.fan_out([owner.pk], at=at, only=[locked.pk])
        passed = places.seat(counted, offer_hours=terms.offer_hours, at=at, own=[owner.pk])
        is_return, row = row is not None, Registration.objects.get(session=locked, cycle_registration=owner)
        touch([owner.participant_id], at=at)
        tell("restored" if is_return else "taken", owner, [row.pk], at=at)
        tell_passed(passed, own=owner.pk, at=at)
        return row


@transaction.atomic
def take_all(registration: CycleRegistration, *, at: dt.datetime) -> CycleRegistration:
    """Register a confirmed person for the whole cycle: all that is ahead, and sessions added later.

    Raises BookingError as `take` does. After having cancelled, they wait where the cycle is full.
    """
    row, terms, counted = lock_all(registration, at=at)
    if row.state == State.CANCELLED and row.confirmed_at is not None:
        row.scope = Scope.ALL
        touch([row.participant_id], at=at)
        _enter(row, terms, counted, at=at)
        return row
    _check_in(row)
    if row.scope != Scope.ALL:
        row.scope = Scope.ALL
        touch([row.participant_id], at=at)
        _give_places(row, terms, counted, at=at)
    return row


def undo_cancel_all(
    registration: CycleRegistration,
    *,
    by: User | None = None,
    at: dt.datetime,
) -> CycleRegistration:
    """Take a cancelled registration up again, for the dates that went with it.

    Where the cycle is full they wait: at the end of the queues, or at their old rank when it was cancelled a moment
    ago. Raises BookingError for somebody whose address was never proved; what is
    not cancelled stays as it is.
    """
    with journal.entry("registration.restore", registration, by=by, at=at) as entry:
        row, terms, counted = lock_all(registration, at=at)
        if row.state != State.CANCELLED:
            entry.drop()
            return row
        _check_was_in(row)
        if row.scope == Scope.CHOSEN:
            # Some may have been chosen after the request, some declined since, and some only waited for.
            went = row.registrations.filter(cancelled_at=row.cancelled_at, is_opt_out=False)
            declined = row.registrations.filter(is_opt_out=True).values_list("session_id", flat=True)
            wanted = {*row.requested_session_ids, *went.values_list("session_id", flat=True)}
            row.requested_session_ids = sorted(wanted.difference(declined))
        touch([row.participant_id], at=at)
        _enter(row, terms, counted, at=at)
        return row
