"""Contacts: made once for each address, found again, forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import addresses
from cycles.models import SpeakerSlot
from speakers.models import Contact, Engagement, SpeakerCard, SpeakerProfile

from .speaking import CONCERNED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable


def ensure(emails: Iterable[str], *, at: dt.datetime) -> dict[str, Contact]:
    """Return the contact of each address by its normal form; those that are missing are made."""
    keys = {addresses.key(email) for email in emails if email}
    queryset = {one.email: one for one in Contact.objects.filter(email__in=keys)}
    if missing := keys - queryset.keys():
        Contact.objects.bulk_create(
            [Contact(email=key, created_at=at) for key in sorted(missing)], ignore_conflicts=True
        )
        queryset |= {one.email: one for one in Contact.objects.filter(email__in=missing)}
    return queryset


def of_session(session_id: int, *, at: dt.datetime) -> dict[str, Contact]:
    """Make sure that everybody who may be written to about a session has a contact; return them by address."""
    slots = SpeakerSlot.objects.exclude(contact_email="").filter(segment__session=session_id)
    return ensure(slots.values_list("contact_email", flat=True), at=at)


def find(email: str) -> Contact | None:
    """Return the contact of an address; None for one that nobody was ever asked under."""
    return Contact.objects.filter(email=addresses.key(email)).first() if email else None


@transaction.atomic
def forget(email: str, *, cycles: Collection[int] | None = None) -> int:
    """Blank an address wherever it is a contact (in these cycles), with what was sent in for them.

    Return in how many slots it stood. What is public stays, except what was made from their own card; consents stay
    as proof, without the address once nothing else is kept under it.
    """
    slots = SpeakerSlot.objects.filter(contact_email=email)
    contact = find(email)
    rows = SpeakerCard.objects.filter(contact=contact) if contact else SpeakerCard.objects.none()
    answers = Engagement.objects.filter(contact=contact) if contact else Engagement.objects.none()
    if cycles is not None:
        slots = slots.filter(segment__session__cycle__in=cycles)
        rows = rows.filter(session__cycle__in=cycles)
        answers = answers.filter(session__cycle__in=cycles)
    count = slots.update(contact_name="", contact_email="")
    rows.delete()
    answers.delete()
    if contact is not None and not SpeakerSlot.objects.filter(contact_email=contact.email).exists():
        empty(Contact.objects.filter(pk=contact.pk))
    return count


def empty(contacts: Iterable[Contact]) -> int:
    """Let contacts be nobody's: no address, no card, no profile. Those with consents stay as their proof."""
    count = 0
    for contact in contacts:
        SpeakerCard.objects.filter(contact=contact).delete()
        SpeakerProfile.objects.filter(contact=contact).delete()
        if contact.consents.exists():
            Engagement.objects.filter(contact=contact).update(reason="")
            Contact.objects.filter(pk=contact.pk).update(email="", timezone="")
        else:
            contact.delete()
        count += 1
    return count


def concerned() -> Exists:
    """Return the condition on contacts that a slot of an agenda still names them."""
    return Exists(SpeakerSlot.objects.filter(contact_email=OuterRef("email"), state__in=CONCERNED))
