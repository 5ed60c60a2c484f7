"""What the desk's home shows beside what is to be done: a few figures, the next session."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.translation import ngettext

from cycles.models import Cycle, Session
from desk.mail.deliveries.stopped import MOST_TRIED
from notifications.delivery import ledger
from notifications.models import Occurrence, Suppression
from registrations.models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON = dt.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and the words that make it a sentence."""

    number: int
    words: str


def figures(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Figure]:
    """Return four figures about these cycles, in four queries; a fifth of stopped addresses, where there are any."""
    people = (
        Registration.objects.live()
        .filter(session__cycle__in=cycles)
        .aggregate(n=Count("participant", distinct=True))["n"]
    )
    sessions = Session.objects.filter(cycle__in=cycles)
    ahead = sessions.upcoming(at=at).count()
    held = sessions.past(at=at).count()
    mailings = Occurrence.objects.filter(
        session__cycle__in=cycles, state=Occurrence.State.PLANNED, due_at__gte=at, due_at__lt=at + SOON
    ).count()
    stopped = stopped_count(cycles)
    return [
        *(
            [Figure(number=stopped, words=ngettext("stopped address", "stopped addresses", stopped))]
            if stopped
            else []
        ),
        Figure(number=people, words=ngettext("person registered", "people registered", people)),
        Figure(number=ahead, words=ngettext("session ahead", "sessions ahead", ahead)),
        Figure(number=held, words=ngettext("session held", "sessions held", held)),
        Figure(
            number=mailings,
            words=ngettext("mailing within seven days", "mailings within seven days", mailings),
        ),
    ]


def stopped_count(cycles: QuerySet[Cycle]) -> int:
    """Count the people of these cycles whose address gets no mail; of a very large site, among the newest.

    Only hashes of stopped addresses are kept (see stopped.py): addresses are tried.
    """
    hashes = set(Suppression.objects.filter(scope="all").values_list("address_hash", flat=True))
    if not hashes:
        return 0
    people = CycleRegistration.objects.filter(cycle__in=cycles).exclude(participant__email="")
    emails = people.order_by("-pk").values_list("participant__email", flat=True)[:MOST_TRIED]
    return sum(ledger.address_hash(email) in hashes for email in set(emails))


def next_session(cycles: QuerySet[Cycle], *, at: dt.datetime) -> Session | None:
    """Return the soonest held session of these cycles; `seated` and `waiting` count its people as the line does."""
    return (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles)
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .annotate(
            seated=Count("registrations", filter=Q(registrations__state__in=SEATED)),
            waiting=Count("registrations", filter=Q(registrations__state=State.WAITLISTED)),
        )
        .first()
    )
