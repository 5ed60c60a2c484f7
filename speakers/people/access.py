"""Who may open the page of somebody who speaks.

A link opens as long as a slot of some agenda names its address as a contact: an address that is corrected ends it.
Links of before this app named one session and a mark of the address; they open the same page on the same condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.crypto import constant_time_compare

from cycles.models import Session, SpeakerSlot
from registrations.links import sealed_tokens, signed_values
from speakers.models import Contact

from . import contacts, links, speaking

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _sealed(purpose: sealed_tokens.Purpose, token: str) -> Contact | None:
    sealed = sealed_tokens.read(purpose, token)
    if sealed is None:
        return None
    row = Contact.objects.exclude(email="").filter(contacts.concerned(), pk=sealed.numbers[0]).first()
    return row if row is not None and sealed.is_sealed_with(row.link_secret) else None


def contact(token: str) -> Contact | None:
    """Return whose page a link opens; None for every other link."""
    return _sealed("speaker", token) or _of_before(token)


def calendar_of(token: str) -> Contact | None:
    """Return whose calendar a link opens."""
    return _sealed("speaker-calendar", token)


def opens(token: str) -> bool:
    return contact(token) is not None


def _of_before(token: str) -> Contact | None:
    sealed = sealed_tokens.read("speak", token)
    pk, mark = (sealed.numbers[0], "") if sealed else _signed(token)
    session = (
        Session.objects.filter(pk=pk).first() if pk is not None and 0 < pk <= sealed_tokens.MOST else None
    )
    if session is None:
        return None
    for one in speaking.of(session, states=speaking.CONCERNED):
        own = speaking.mark(one.email)
        if (
            sealed.is_sealed_with(links.before_secret(session.pk, own))
            if sealed
            else constant_time_compare(own, mark)
        ):
            return contacts.find(one.email)
    return None


def _signed(token: str) -> tuple[int | None, str]:
    """Return the session and the mark that a link of before docs/decisions/0085 carried."""
    try:
        value = signed_values.read("speak", token)
    except signed_values.Invalid:
        return None, ""
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is int:  # noqa: PLR2004 - where, whose
        return value[0], str(value[1])
    return None, ""


def sessions(contact: Contact) -> QuerySet[Session]:
    """Return the sessions that the page of a contact is about."""
    slots = SpeakerSlot.objects.filter(contact_email=contact.email, state__in=speaking.CONCERNED)
    return Session.objects.filter(segments__slots__in=slots).distinct()
