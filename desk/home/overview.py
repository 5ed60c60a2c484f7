"""What the desk's home shows beside what is to be done: a few figures, the next session."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from cycles.models import Cycle, Session
from desk.mail.deliveries.stopped import MOST_TRIED
from notifications.delivery import ledger
from notifications.models import Occurrence, Suppression
from registrations.booking import counting
from registrations.models import SEATED, CycleRegistration, Registration, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Programme

SOON = dt.timedelta(days=7)
# More people than these are counted once in ten minutes.
MOST_COUNTED, COUNTED_SECONDS = 5000, 600
# The home lists so many cycles at most.
MOST_LISTED = 40


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and the words that make it a sentence."""

    number: int
    words: str


def figures(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Figure]:
    """Return four figures about these cycles, in four queries; a fifth of stopped addresses, where there are any."""
    people = people_count(cycles)
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
        Figure(
            number=people.registered,
            words=ngettext("person registered", "people registered", people.registered),
        ),
        *(
            [
                Figure(
                    number=people.waiting,
                    words=ngettext(
                        "person waiting, without any place",
                        "people waiting, without any place",
                        people.waiting,
                    ),
                )
            ]
            if people.waiting
            else []
        ),
        Figure(number=ahead, words=ngettext("session ahead", "sessions ahead", ahead)),
        Figure(number=held, words=ngettext("session held", "sessions held", held)),
        Figure(
            number=mailings,
            words=ngettext("mailing within seven days", "mailings within seven days", mailings),
        ),
    ]


def people_count(cycles: QuerySet[Cycle]) -> counting.People:
    """Count the people registered in these cycles, and who only waits; of very many, as of some minutes ago."""
    rows = CycleRegistration.objects.filter(cycle__in=cycles).order_by()
    if len(rows.values_list("pk")[: MOST_COUNTED + 1]) <= MOST_COUNTED:
        return counting.people(cycles)
    key = hashlib.sha256(repr(sorted(cycles.values_list("pk", flat=True))).encode()).hexdigest()
    registered, waiting = cache.get_or_set(
        f"desk.people:{key}", lambda: astuple(counting.people(cycles)), COUNTED_SECONDS
    ) or (0, 0)
    return counting.People(registered=registered, waiting=waiting)


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
    coming = Session.objects.upcoming(at=at).filter(cycle__in=cycles)
    soonest = coming.exclude(cycle__status=Cycle.Status.ARCHIVED).values("pk")[:1]
    # People are counted of that one only, and from the index: joined, each of a hundred thousand would be a wide row.
    result = (
        Session.objects.filter(pk=Subquery(soonest))
        .select_related("cycle__programme")
        .annotate(seated=_count(*SEATED), waiting=_count(State.WAITLISTED))
        .first()
    )
    if result is not None:
        result.waiting += counting.waiting_for_all(result.cycle)  # type: ignore[attr-defined]  # annotated above
    return result


def _count(*states: State) -> Coalesce:
    """Return the expression of how many people of a session are in these states."""
    rows = Registration.objects.filter(session=OuterRef("pk"), state__in=states).order_by()
    return Coalesce(Subquery(rows.values("session").annotate(count=Count("pk")).values("count")), 0)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The programmes and cycles that the home lists, by programme (None: those of no programme)."""

    groups: tuple[tuple[Programme | None, tuple[Cycle, ...]], ...]
    # There are more than it lists: the search finds the others.
    is_cut: bool


def listed(programmes: QuerySet[Programme], cycles: QuerySet[Cycle], *, at: dt.datetime) -> Listed:
    """Return all programmes with their cycles; of more than MOST_LISTED cycles, those that run now come first."""
    groups: dict[Programme | None, list[Cycle]] = {}
    mine = list(programmes[: MOST_LISTED + 1])
    rows = list(cycles.order_by("programme__slug", "-first_date", "slug")[: MOST_LISTED + 1])
    is_cut = len(rows) > MOST_LISTED or len(mine) > MOST_LISTED
    if is_cut:
        day = at.date()
        running = cycles.exclude(status=Cycle.Status.ARCHIVED).exclude(last_date__lt=day)
        rows = sorted(
            running.order_by("-first_date", "slug")[:MOST_LISTED],
            key=lambda cycle: cycle.programme.slug if cycle.programme else "",
        )
    else:
        groups |= {programme: [] for programme in mine}
    for cycle in rows:
        groups.setdefault(cycle.programme, []).append(cycle)
    return Listed(groups=tuple((key, tuple(found)) for key, found in groups.items()), is_cut=is_cut)
