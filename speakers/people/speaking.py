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
    from collections.abc import Collection, Iterable

    from cycles.models import Session

# What somebody's own page is about: all that they were asked, also after a no. A wish is nobody's yet.
CONCERNED = (*SpeakerSlot.SPEAKING, SpeakerSlot.State.DECLINED, SpeakerSlot.State.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Someone to write to about a session at which they speak, with their parts of it in order."""

    email: str
    name: str
    language: str
    slots: tuple[SpeakerSlot, ...]
    timezone: str = ""

    @property
    def given_name(self) -> str:
        """How a mail greets them: the contact, else the person named, else the organisation."""
        first = self.slots[0]
        person = first.person.given_name if first.person else ""
        return self.name or person or str(first)

    @property
    def state(self) -> str:
        """The state of their parts: all of one session are answered together."""
        return self.slots[0].state

    def __str__(self) -> str:
        return self.name or str(self.slots[0])


def of(session: Session, *, states: Collection[str] = SpeakerSlot.SPEAKING) -> list[Speaker]:
    """Return whom to write to about a session, in the order of its agenda; one query."""
    slots = SpeakerSlot.objects.exclude(contact_email="").filter(segment__session=session, state__in=states)
    return by_address(slots.select_related("segment__topic", "person", "organisation", "illustrates"))


def by_address(slots: Iterable[SpeakerSlot]) -> list[Speaker]:
    """Return the people behind slots of one session; whoever is asked or comes first stands for their parts."""
    result: dict[str, list[SpeakerSlot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.segment.order, slot.order)):
        result.setdefault(slot.contact_email, []).append(slot)
    return [
        Speaker(
            email=slots[0].contact_email,
            name=slots[0].contact_name,
            language=slots[0].contact_language,
            slots=tuple(slots),
        )
        for slots in result.values()
    ]


def find(session: Session, *, email: str, states: Collection[str] = SpeakerSlot.SPEAKING) -> Speaker | None:
    """Return who speaks at a session under an address in its normal form; None for somebody who no longer does.

    Equal is what the database takes for equal (notifications.delivery.run.leases): otherwise a mail would wait for
    ever.
    """
    return next((one for one in of(session, states=states) if one.email == email), None)


def states_for(*, needs_yes: bool) -> tuple[str, ...]:
    """Return in which states a mail is for somebody: any but a no, or a yes alone."""
    return (SpeakerSlot.State.ACCEPTED,) if needs_yes else SpeakerSlot.SPEAKING


def mark(email: str) -> str:
    """Return what a link of before says of an address: enough to find it again, and nothing that leads back to it."""
    key = hashlib.sha256(b"speaker" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, addresses.key(email).encode(), hashlib.sha256).hexdigest()[:24]
