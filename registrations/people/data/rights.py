"""What the law gives a person: a copy of everything held, and erasure (GDPR, articles 15, 17 and 20).

Apps above add what they hold to the copy by answering `further_parts`. A person gets all of it; a
data-protection officer answers for some cycles (`cycles`, their ids), and neither reads nor erases the others'.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.questions import Question
from cycles.language import naming
from cycles.models import Session
from registrations import booking, proofs
from registrations.attendance.models import Attendance
from registrations.calendar import feed_tokens
from registrations.events import AddressForgotten, RegistrationsForgotten
from registrations.models import CycleRegistration, Participant, Registration, State, new_link_secret
from registrations.people import names, notes
from registrations.people.coded import Coded
from registrations.people.data import anonymity, notices, retention_periods

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet

# Which {part: rows} do apps above hold of a person, in all cycles (None) or in these alone (their ids)?
further_parts: Question[[Participant, Collection[int] | None], dict[str, Any]] = Question()

PERSON = ("email", "asked_email", "given_name", "family_name", "organisation_name", "language", "timezone")
DATES = (
    "created_at",
    "confirmed_at",
    "proved_at",
    "links_renewed_at",
    "asked_email_at",
    "reminders_stopped_at",
)


def _theirs(participant: Participant, cycles: Collection[int] | None) -> QuerySet[CycleRegistration]:
    own = CycleRegistration.objects.filter(participant=participant)
    return own if cycles is None else own.filter(cycle__in=cycles)


def export(participant: Participant, *, cycles: Collection[int] | None = None) -> dict[str, Any]:
    """Return everything held about a person, for a JSON file and for the page of the same.

    What belongs to no cycle (the person, consents, calendars) is there for the person, and for an officer to whom
    the person has confirmed a registration: until then the name is what was typed there.
    """
    is_known = _is_known(participant, cycles)
    copy: dict[str, Any] = {
        "person": _person(participant, cycles, is_known=is_known),
        "registrations": [
            _registration(row)
            for row in _theirs(participant, cycles)
            .select_related("cycle")
            .prefetch_related("notes", "registrations__session__cycle", "registrations__attendances")
            .order_by("pk")
        ],
        "consents": [
            {
                "purpose": consent.text.purpose,
                "version": consent.text.version,
                "text": consent.text.text.data,
                "form": Coded(consent.form, notices.form_in_words(consent.form)),
                "given_at": consent.given_at,
                "withdrawn_at": consent.withdrawn_at,
            }
            for consent in participant.consents.select_related("text").order_by("pk")
            if is_known
        ],
        "private_calendars": [
            {"created_at": row.created_at, "revoked_at": row.revoked_at, "alarm_minutes": row.alarm_minutes}
            for row in participant.feed_tokens.order_by("pk")
            if is_known
        ],
    }
    for more in further_parts.ask(participant, cycles):
        copy |= more
    return copy


def _is_known(participant: Participant, cycles: Collection[int] | None) -> bool:
    return cycles is None or _theirs(participant, cycles).filter(names.follows()).exists()


def _person(participant: Participant, cycles: Collection[int] | None, *, is_known: bool) -> dict[str, Any]:
    if is_known:
        return {name: getattr(participant, name) for name in (*PERSON, *DATES)}
    known = names.known_in(participant, cycles=cycles or ())
    return {"email": known.email, **{name: getattr(known, name) for name in names.COLUMNS}}


def _when(session: Session) -> dt.datetime | dt.date | None:
    """Return the instant at which a session begins; of a whole day the day, which is the same in every zone."""
    if session.starts_at is None or not session.is_all_day:
        return session.starts_at
    return session.starts_at.astimezone(session.zone).date()


def _registration(row: CycleRegistration) -> dict[str, Any]:
    plain = ("state", "source", "source_code", "accessibility_need", "answers", "decision_message")
    dates = ("requested_at", "confirmed_at", "cancelled_at", "decided_at")
    return {
        "cycle": str(row.cycle),
        "scope": row.told_scope,
        **{name: getattr(row, name) for name in (*names.TYPED, *plain, *dates)},
        "notes": [{"note": note.text, "written_at": note.written_at} for note in row.notes.all()],
        "sessions": [
            {
                "session": naming.session_title(place.session),
                "starts_at": _when(place.session),
                "state": place.state,
                "confirmed_at": place.confirmed_at,
                "cancelled_at": place.cancelled_at,
                "joined_at": place.joined_at,
                "attendance": [
                    {
                        "state": one.state,
                        "source": one.source,
                        "minutes": one.minutes,
                        "spans": one.spans,
                        "noted_at": one.noted_at,
                    }
                    for one in place.attendances.all()
                ],
            }
            for place in row.registrations.all()
        ],
    }


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Something that an erasure leaves: what, and until which day."""

    what: str
    until: dt.date


def _proofs(*, at: dt.datetime) -> QuerySet[Registration]:
    """Return the registrations whose attendance proves a training action, for as long as it must be kept."""
    came = Attendance.objects.came().filter(registration=OuterRef("pk"))
    return Registration.objects.filter(
        Exists(came),
        session__legal_frame=Session.LegalFrame.TRAINING,
        session__ends_at__lte=at,
        session__ends_at__gt=retention_periods.proofs_since(at),
    )


def with_proofs(*, at: dt.datetime) -> QuerySet[CycleRegistration]:
    """Return the cycle registrations that hold such a proof, or that one of another source names."""
    return CycleRegistration.objects.filter(
        Exists(_proofs(at=at).filter(cycle_registration=OuterRef("pk"))) | proofs.of_cycle_registrations()
    )


def kept(participant: Participant, *, cycles: Collection[int] | None = None, at: dt.datetime) -> list[Kept]:
    """Return what an erasure asked for now would leave, and until when."""
    own = _theirs(participant, cycles)
    # What a document says is listed as that document.
    rows = (
        _proofs(at=at)
        .filter(cycle_registration__in=own.values("pk"))
        .exclude(proofs.of_registrations())
        .select_related("session__cycle")
    )
    documents = [
        Kept(what=proof.what, until=proof.until) for proof in proofs.kept(participant, cycles=cycles, at=at)
    ]
    return documents + [
        Kept(
            what=_("Attendance at the training “%(session)s”")
            % {"session": naming.session_title(row.session)},
            until=retention_periods.proof_until(row.session.ends_at).astimezone(row.session.zone).date(),
        )
        for row in rows.order_by("session__starts_at", "pk")
        if row.session.ends_at is not None
    ]


@transaction.atomic
def erase(participant: Participant, *, cycles: Collection[int] | None = None, at: dt.datetime) -> list[Kept]:
    """Erase a person and all that hangs on them; return what the law makes us keep.

    Places ahead go to those who wait. Past places stay as nobody's, so that counts stay true. Where a proof of
    training must be kept the name stays with it, without an address, and no link opens anything any more.
    Whoever is registered elsewhere than in `cycles` stays a person, with those registrations.
    """
    left = kept(participant, cycles=cycles, at=at)
    own = _theirs(participant, cycles)
    is_part = (
        CycleRegistration.objects.filter(participant=participant).exclude(pk__in=own.values("pk")).exists()
    )
    if is_part:
        ids = list(own.values_list("pk", flat=True))
        RegistrationsForgotten(ids=ids).send()
    else:
        feed_tokens.revoke(participant, at=at)
    proved = with_proofs(at=at).filter(participant=participant)
    proved_ids = set(proved.values_list("pk", flat=True))
    _give_back(own, proved=proved_ids, at=at)
    anonymity.anonymise(own.exclude(pk__in=proved.values("pk")).values_list("pk", flat=True), at=at)
    notes.forget(proved_ids)
    own.update(accessibility_need="", answers={}, decision_message="", requested_session_ids=[])
    if is_part:
        booking.touch([participant.pk], at=at)
        return left
    # A proof whose last day is past goes with the next purge; until then its registration cannot.
    if not left and not proved_ids:
        participant.delete()
        return []
    participant.consents.all().delete()
    forgotten: dict[str, Any] = {
        "email": "",
        "email_key": f"erased:{uuid.uuid4()}",
        "language": "fr",
        "timezone": "",
        "asked_email": "",
        "asked_email_at": None,
        "link_secret": new_link_secret(),
    }
    Participant.objects.filter(pk=participant.pk).update(**forgotten, erased_at=at)
    AddressForgotten(participant=participant).send()
    return left


def _give_back(rows: QuerySet[CycleRegistration], *, proved: Collection[int], at: dt.datetime) -> None:
    """End registrations: whoever held a place that is past, or signed, leaves its row to the counts."""
    held_places = Q(session__ends_at__lte=at) & ~Q(state=State.PENDING)
    for row in rows.order_by("cycle_id"):
        if row.pk in proved or row.registrations.filter(held_places).exists():
            booking.leave(row, at=at)
        else:
            booking.remove(row, at=at)
