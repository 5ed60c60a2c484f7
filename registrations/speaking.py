"""Who speaks at a session, as far as mail reaches them: the contact of each slot, one for each address (R8)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import addresses
from cycles.models import SpeakerSlot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cycles.models import Session


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Someone to write to about a session at which they speak, with their parts of it in order."""

    email: str
    name: str
    language: str
    slots: tuple[SpeakerSlot, ...]

    @property
    def given_name(self) -> str:
        """How a mail greets them: the contact, else the person named in public, else the organisation."""
        first = self.slots[0]
        person = first.person.given_name if first.person else ""
        return self.name or person or str(first)

    @property
    def timezone(self) -> str:
        """None of their own: the session's."""
        return ""

    def __str__(self) -> str:
        return self.name or str(self.slots[0])


def of(session: Session) -> list[Speaker]:
    """Return whom to write to about a session, in the order of its agenda; one query."""
    slots = SpeakerSlot.objects.reachable().filter(segment__session=session)
    return _by_address(slots.select_related("segment", "person", "organisation"))


def _by_address(slots: Iterable[SpeakerSlot]) -> list[Speaker]:
    found: dict[str, list[SpeakerSlot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.segment.order, slot.order)):
        found.setdefault(slot.contact_email, []).append(slot)
    return [
        Speaker(
            email=slots[0].contact_email,
            name=slots[0].contact_name,
            language=slots[0].contact_language,
            slots=tuple(slots),
        )
        for slots in found.values()
    ]


def find(session: Session, *, email: str) -> Speaker | None:
    """Return who speaks at a session under an address in its normal form; None for somebody who no longer does.

    Equal is what the database takes for equal (notifications.delivery.leases): otherwise a mail would wait for ever.
    """
    return next((one for one in of(session) if one.email == email), None)


def mark(email: str) -> str:
    """Return what a link says of an address: enough to find it again, and nothing that leads back to it."""
    key = hashlib.sha256(b"speaker" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, addresses.key(email).encode(), hashlib.sha256).hexdigest()[:24]


def forget(email: str, *, cycles: Iterable[int] | None = None) -> int:
    """Blank an address wherever it is a contact (in these cycles); return in how many slots. What is public stays."""
    slots = SpeakerSlot.objects.filter(contact_email=email)
    if cycles is not None:
        slots = slots.filter(segment__session__cycle__in=cycles)
    return slots.update(contact_name="", contact_email="")
