"""The links of somebody who speaks or trains, mailed when they ask: their page, and the sheets that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from accounts import addresses, periods
from cycles.models import Session, SpeakerSlot
from notifications.delivery import ledger
from notifications.models import Delivery
from speakers.people import contacts, speaking
from training.models import Document
from training.signing import links as signing_links
from training.signing import queries

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models.sessions.session import SessionQuerySet

KIND = "speaker_links"
# A run has a dozen half-days at most; what is further off comes with its own emails.
MOST_SHEETS = 12


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A half-day of training, and the link by which its trainer keeps the sign-in sheet without an account."""

    session: Session
    url: str


def owe(email: str, *, at: dt.datetime) -> bool:
    """Owe the mail to whoever is asked to speak under an address; return whether one is owed now.

    It hangs on one of their sessions, so that it goes, and is forgotten, as all that is written to them. One is enough
    while it waits.
    """
    key = addresses.key(email)
    session = _foremost(key, at=at)
    speaker = speaking.find(session, email=key) if session is not None else None
    if session is None or speaker is None:
        return False
    mails = Delivery.objects.filter(kind=KIND, to_address=speaker.email, state=Delivery.State.PENDING)
    if mails.filter(not_after__gt=at).exists():
        return False
    contacts.ensure([speaker.email], at=at)
    mail = Delivery(
        key=f"{KIND}:{ledger.address_hash(speaker.email)[:32]}:{at:%Y%m%dT%H%M%S%f}",
        kind=KIND,
        session=session,
        to_address=speaker.email,
        domain=addresses.domain(speaker.email),
        language=speaker.language,
        created_at=at,
        next_at=at,
        not_after=at + periods.length("prove"),
    )
    ledger.owe([mail])
    return True


def _spoken_at(email: str) -> SessionQuerySet:
    slots = SpeakerSlot.objects.reachable().filter(contact_email=email)
    return Session.objects.filter(pk__in=slots.values("segment__session"))


def _foremost(email: str, *, at: dt.datetime) -> Session | None:
    """Return the next session at which somebody speaks, else the last one."""
    sessions = _spoken_at(email)
    coming = sessions.filter(ends_at__gt=at).order_by("starts_at", "pk").first()
    return coming or sessions.order_by(F("starts_at").desc(nulls_last=True), "-pk").first()


def sheets(email: str, *, language: str, at: dt.datetime) -> list[Sheet]:
    """Return the sheets that somebody keeps: of half-days to come, and of past ones that await their signature."""
    sessions = (
        _spoken_at(email)
        .held()
        .filter(queries.in_frame(), is_all_day=False, ends_at__gt=at - queries.SHEET_DUE)
        .exclude(pk__in=Document.objects.sheets().live().values("session"))
    )
    return [
        Sheet(session=session, url=signing_links.teach(session, email=email, language=language))
        for session in sessions.select_related("cycle").order_by("starts_at", "pk")[:MOST_SHEETS]
    ]
