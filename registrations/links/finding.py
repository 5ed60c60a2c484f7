"""Whoever lost the link of their own page gets it by mail, at the address on record, and nowhere else.

Those who speak or train have pages of other apps: these are told of each request, and mail them likewise.

The answer to a known address and to an unknown one is the same, and so is the work that is done for it: the request
is written down, and a worker looks it up a moment later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from registrations import booking
from registrations.events import LinkAsked, LinksSought
from registrations.models import CycleRegistration, LinkRequest, Participant, State

if TYPE_CHECKING:
    import datetime as dt

AT_ONCE = 200
MOST_RESENT = 2


@transaction.atomic
def ask(*, email: str, at: dt.datetime) -> None:
    """Note that the reader of an address asks for their link; asking again before the answer is asking once."""
    request = LinkRequest(email_key=booking.address_key(email), asked_at=at)
    LinkRequest.objects.bulk_create([request], ignore_conflicts=True)


def answer_all(*, at: dt.datetime) -> int:
    """Answer what was asked, oldest first, and forget the addresses; return how many there were."""
    pks = list(LinkRequest.objects.order_by("asked_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_answer(pk, at=at) for pk in pks)


@transaction.atomic
def _answer(pk: int, *, at: dt.datetime) -> bool:
    request = LinkRequest.objects.select_for_update().filter(pk=pk).first()
    if request is None:
        # Another worker was faster.
        return False
    request.delete()
    LinksSought(email=request.email_key, at=at).send()
    people = Participant.objects.filter(erased_at=None, anonymised_at=None)
    person = people.filter(email_key=request.email_key).first()
    if person is not None and person.confirmed_at is not None:
        LinkAsked(participant=person, at=at).send()
    elif person is not None:
        # They never pressed the button of the first mail: it comes again. Not for all that anybody may have asked for
        # in their name: each would be a mail.
        pending = CycleRegistration.objects.filter(participant=person, state=State.PENDING)
        for row in pending.order_by("-requested_at", "-pk")[:MOST_RESENT]:
            booking.resend(row, at=at)
    return True


@transaction.atomic
def mail(participant: Participant, *, at: dt.datetime) -> None:
    """Mail somebody their own link: a page that opens less offers it."""
    LinkAsked(participant=participant, at=at).send()
