"""Somebody asks on the form. Nobody has a place before the address is proved."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from accounts import addresses, periods
from registrations.booking import places
from registrations.models import CycleRegistration, Participant, State, new_link_secret
from registrations.people import names, without_address

from .telling import lock, tell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cycles.models import Cycle

# A second click, or a form sent again by the back button, asks for no second mail.
SAME_REQUEST = dt.timedelta(minutes=1)

TYPED = ("email", "given_name", "family_name", "organisation_name", "language", "timezone")
PARTICIPANTS = Participant._meta.db_table
KEPT = ", ".join(
    f"{name} = CASE WHEN known.confirmed_at IS NULL THEN excluded.{name} ELSE known.{name} END"
    for name in TYPED
)
# One statement for a new person and a known one. The last thing typed counts while nobody proved the address;
# a confirmed person is never overwritten.
UPSERT_PERSON = f"""
INSERT INTO {PARTICIPANTS} AS known
    ({", ".join(TYPED)}, email_key, created_at, link_secret, asked_email, version)
VALUES ({", ".join(["%s"] * len(TYPED))}, %s, %s, %s, '', 1)
ON CONFLICT (email_key) DO UPDATE SET {KEPT}
RETURNING id, link_secret, {", ".join(TYPED)}
"""  # noqa: S608 - column names of our own
INSERT_REQUEST = f"""
INSERT INTO {places.PEOPLE}
    (cycle_id, participant_id, scope, state, source, source_code, accessibility_need, requested_session_ids,
     answers, wants_newsletter, {", ".join(names.TYPED)}, request_number, requested_at, decision_message)
VALUES (%s, %s, %s, 'pending', %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, '')
ON CONFLICT (cycle_id, participant_id) DO NOTHING RETURNING id
"""  # noqa: S608 - our own table


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What somebody typed about themselves. Until the address is confirmed it may be anybody's word.

    Registering raises AddressError for an `email` that no form would have taken. Organisers enter people who have
    none, too: then it is empty.
    """

    email: str
    given_name: str
    family_name: str
    organisation_name: str = ""
    language: str = "fr"
    timezone: str = ""

    @property
    def key(self) -> str:
        """What makes two entries the same person: the address, or for somebody without one the name here."""
        return address_key(self.email) if self.email else f"none:{without_address.known_as(self)}"

    def as_fields(self) -> dict[str, str]:
        return vars(self) | {"email": addresses.read(self.email)}


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """The rest of the form, by the names of the columns."""

    scope: str
    requested_session_ids: list[int]
    wants_newsletter: bool
    accessibility_need: str
    source_code: str
    typed_given_name: str
    typed_family_name: str
    typed_organisation_name: str
    answers: dict[str, Any] = field(default_factory=dict)
    source: str = CycleRegistration.Source.FORM.value

    def beside(self, row: CycleRegistration) -> dict[str, Any]:
        """Return what a new request writes on an older one: whoever was in is still known as they were."""
        fields = asdict(self)
        if row.confirmed_at is not None:
            fields = {name: value for name, value in fields.items() if name not in names.TYPED}
        return fields


def address_key(email: str) -> str:
    """Return what makes two spellings of an address the same person."""
    return addresses.key(email)


def _whole(
    cycle: Cycle, scope: CycleRegistration.Scope, session_ids: Collection[int]
) -> tuple[str, list[int]]:
    """Return the scope of a request: a run of training is one thing, whoever asks for a part of it asks for it."""
    if cycle.is_run:
        return CycleRegistration.Scope.ALL.value, []
    return scope, sorted(session_ids)


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
    answers: Mapping[str, Any] | None = None,
    at: dt.datetime,
) -> CycleRegistration:
    """Note a request and send the mail that confirms it; nobody has a place before that.

    The caller cannot tell a known address from a new one: somebody registered already gets the mail with
    their own link (kind "repeated") and nothing of theirs changes. `answers` are by the id of the question.
    """
    scope_asked, ids = _whole(cycle, scope, session_ids)
    asked = _Asked(
        scope=scope_asked,
        requested_session_ids=ids,
        wants_newsletter=wants_newsletter,
        accessibility_need=accessibility_need,
        source_code=source_code,
        answers=dict(answers or {}),
        **names.typed(applicant),
    )
    participant = _person(applicant, at=at)
    registration = _new_request(cycle, participant, asked, at=at)
    if registration is not None:
        tell("requested", registration, (), at=at)
        return registration
    return _known(CycleRegistration.objects.get(cycle=cycle, participant=participant), asked, at=at)


@transaction.atomic
def enter_for(
    cycle: Cycle,
    *,
    applicant: Applicant,
    scope: CycleRegistration.Scope,
    session_ids: Collection[int],
    at: dt.datetime,
    source: CycleRegistration.Source = CycleRegistration.Source.ORGANISER,
    may_return: bool = True,
    answers: Mapping[str, Any] | None = None,
) -> CycleRegistration | None:
    """Note a request on somebody's behalf, without a mail; return it, or None when they are in (or asked) already.

    Unless they `may_return` it is None, too, for somebody who cancelled. `answers` are by the id of the question; what
    the person answered themselves stays.
    """
    scope_asked, ids = _whole(cycle, scope, session_ids)
    asked = _Asked(
        scope=scope_asked,
        requested_session_ids=ids,
        wants_newsletter=False,
        accessibility_need="",
        source_code="",
        answers=dict(answers or {}),
        source=source.value,
        **names.typed(applicant),
    )
    participant = _person(applicant, at=at) if applicant.email else _without_address(cycle, applicant, at=at)
    registration = _new_request(cycle, participant, asked, at=at)
    if registration is not None:
        return registration
    row = lock(CycleRegistration.objects.get(cycle=cycle, participant=participant))
    if row.state != State.PENDING and not (may_return and row.state == State.CANCELLED):
        return None
    # What they typed themselves, and nobody proved, gives way to what they asked the organiser for.
    row.scope, row.requested_session_ids, row.source = asked.scope, asked.requested_session_ids, asked.source
    row.state, row.cancelled_at, row.requested_at = State.PENDING, None, at
    row.answers = {**asked.answers, **row.answers}
    if row.confirmed_at is None or row.has_typed_name:
        for name in names.TYPED:
            setattr(row, name, getattr(asked, name))
    changed = ("scope", "requested_session_ids", "source", "state", "cancelled_at", "requested_at", "answers")
    row.save(update_fields=[*changed, *names.TYPED])
    return row


def _person(applicant: Applicant, *, at: dt.datetime) -> Participant:
    typed = applicant.as_fields()
    key = address_key(applicant.email)
    values = [*(typed[name] for name in TYPED), key, places.moment(at), new_link_secret()]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT_PERSON, values)
        row = cursor.fetchone()
    known = dict(zip(TYPED, row[2:], strict=True))
    return Participant(pk=row[0], email_key=key, link_secret=row[1], **known)


def _without_address(cycle: Cycle, applicant: Applicant, *, at: dt.datetime) -> Participant:
    """Return who stands in the cycle under this name already, or somebody new."""
    known = without_address.find(cycle, applicant)
    if known is not None:
        return known
    fields = {name: value for name, value in asdict(applicant).items() if name != "email"}
    return Participant.objects.create(email="", email_key=without_address.key(), created_at=at, **fields)


def _new_request(
    cycle: Cycle, participant: Participant, asked: _Asked, *, at: dt.datetime
) -> CycleRegistration | None:
    """Insert a first request of somebody in a cycle; None when they have asked before."""
    values = [
        cycle.pk,
        participant.pk,
        str(asked.scope),
        asked.source,
        asked.source_code,
        asked.accessibility_need,
        json.dumps(asked.requested_session_ids),
        json.dumps(asked.answers),
        asked.wants_newsletter,
        *(getattr(asked, name) for name in names.TYPED),
        places.moment(at),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_REQUEST, values)
        row = cursor.fetchone()
    if row is None:
        return None
    return CycleRegistration(
        pk=row[0],
        cycle=cycle,
        participant=participant,
        state=State.PENDING,
        requested_at=at,
        **vars(asked),
    )


def _known(registration: CycleRegistration, asked: _Asked, *, at: dt.datetime) -> CycleRegistration:
    row = lock(registration)
    if row.state not in (State.PENDING, State.CANCELLED):
        tell("repeated", row, (), at=at)
        return row
    is_same = row.state == State.PENDING and at - row.requested_at < SAME_REQUEST
    fields = asked.beside(row)
    for name, value in fields.items():
        setattr(row, name, value)
    if is_same:
        row.save(update_fields=list(fields))
    else:
        _request(row, at=at, also=fields)
    return row


def _request(row: CycleRegistration, *, at: dt.datetime, also: Iterable[str] = ()) -> None:
    row.state, row.cancelled_at = State.PENDING, None
    row.requested_at = at
    row.request_number += 1
    row.save(update_fields=["state", "cancelled_at", "requested_at", "request_number", *also])
    tell("requested", row, (), at=at)


def request_mark(registration: CycleRegistration) -> str:
    """Return a short mark of everything that confirming a request records; its participant must be loaded."""
    person = registration.participant
    asked = {
        name: getattr(registration, name) for name in _Asked.__dataclass_fields__ if name not in names.TYPED
    }
    typed = {name: getattr(person, name) for name in TYPED}
    if person.proved_at is None:
        typed |= {name: getattr(registration.person, name) for name in names.COLUMNS}
    return hashlib.sha256(json.dumps([typed, asked], sort_keys=True).encode()).hexdigest()[:32]


def withdrawal_mark(registration: CycleRegistration, *, at: dt.datetime) -> str:
    """Return the mark by which whoever made a request at `at` can withdraw it; empty unless it was new then.

    It names everything that was asked: once anybody asks again for that address, it fits no longer.
    """
    is_new = (registration.state, registration.request_number, registration.requested_at) == (
        State.PENDING,
        1,
        at,
    )
    return (
        f"{registration.pk}:{_digest_of_wish(registration)}"
        if is_new and not registration.confirmed_at
        else ""
    )


def _digest_of_wish(registration: CycleRegistration) -> str:
    asked = {name: getattr(registration, name) for name in _Asked.__dataclass_fields__}
    told = [registration.participant_id, registration.requested_at.isoformat(), asked]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


@transaction.atomic
def withdraw(mark: str, *, at: dt.datetime) -> bool:
    """Erase the request that a mark names, and whoever exists by it alone; tell whether there was one.

    What was confirmed, decided or asked again since stays as it is. Its link is dead, and no mail of it leaves.
    """
    number, _colon, _digest = mark.partition(":")
    rows = CycleRegistration.objects.select_for_update(of=("self",)).select_related("participant")
    row = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if row is None or withdrawal_mark(row, at=row.requested_at) != mark or row.requested_at > at:
        return False
    person, asked_at = row.participant_id, row.requested_at
    tell("withdrawn", row, (), at=at)
    row.delete()
    Participant.objects.filter(
        pk=person, confirmed_at=None, proved_at=None, created_at=asked_at, cycle_registrations=None
    ).delete()
    return True


@transaction.atomic
def resend(registration: CycleRegistration, *, at: dt.datetime) -> None:
    """Send a new confirmation link for a request whose link has grown old."""
    row = lock(registration)
    if row.state == State.PENDING and at - row.requested_at >= SAME_REQUEST:
        _request(row, at=at)


@transaction.atomic
def purge_unconfirmed(*, at: dt.datetime) -> int:
    """Erase requests that nobody confirmed within the life of their link; return how many.

    Somebody who had been registered before and only asked again goes back to having cancelled.
    """
    stale = CycleRegistration.objects.filter(
        state=State.PENDING, requested_at__lt=at - periods.length("confirm")
    )
    returned = stale.filter(confirmed_at__isnull=False).update(state=State.CANCELLED, cancelled_at=at)
    erased = stale.filter(confirmed_at=None).delete()[0]
    Participant.objects.filter(
        confirmed_at=None, created_at__lt=at - periods.length("confirm"), cycle_registrations=None
    ).delete()
    return returned + erased
