"""What keeps mail from leaving too fast: domains that asked for a rest, and rates that are never to be passed."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import addresses
from notifications.delivery import ledger
from notifications.delivery.run import breaker
from notifications.models import Delivery, DomainRest, Pace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

EVERYTHING = "*"
# So much of a rate may leave at once: the mails of one second, and always one.
SLACK = dt.timedelta(seconds=1)
RATE = re.compile(r"(?P<number>[1-9]\d{0,6})/(?P<unit>s|min|h)")
UNITS = {"s": dt.timedelta(seconds=1), "min": dt.timedelta(minutes=1), "h": dt.timedelta(hours=1)}


def slow_domain(domain: str, *, until: dt.datetime) -> None:
    """Let a mail domain that answered "slow down" wait. What is due for it waits when it is taken."""
    DomainRest.objects.update_or_create(domain=domain, defaults={"until": until})


def interval(rate: str) -> dt.timedelta:
    """Return the time between two mails at a rate such as "5/s", "300/min" or "10000/h". Raises ValueError."""
    match = RATE.fullmatch(rate.strip())
    if match is None:
        msg = f"{rate!r} is no rate: write it as 5/s, 300/min or 10000/h"
        raise ValueError(msg)
    return UNITS[match["unit"]] / int(match["number"])


def intervals() -> dict[str, dt.timedelta]:
    """Return the time between two mails of each domain that has a rate, and of all mail under EVERYTHING."""
    return _intervals(settings.ESCALE_MAIL_RATE, tuple(sorted(settings.ESCALE_MAIL_RATE_PER_DOMAIN.items())))


@functools.lru_cache(maxsize=4)
def _intervals(of_all: str, of_domains: tuple[tuple[str, str], ...]) -> dict[str, dt.timedelta]:
    result = {addresses.domain(domain): interval(rate) for domain, rate in of_domains}
    return result | ({EVERYTHING: interval(of_all)} if of_all else {})


def hold_back(taken: Collection[int], *, at: dt.datetime) -> frozenset[int]:
    """Let the mails among `taken` wait whose domain rests, whose mailing is held, or that come too fast; return which.

    Only what was just claimed is written, so that a domain with a million mails due costs no long statement.
    """
    resting = dict(DomainRest.objects.filter(until__gt=at).values_list("domain", "until"))
    waiting: set[int] = set()
    for domain, until in resting.items():
        rows = Delivery.objects.filter(pk__in=taken, domain=domain)
        result = set(rows.values_list("pk", flat=True))
        ledger.defer(Delivery.objects.filter(pk__in=result), until=until)
        waiting |= result
    waiting |= breaker.hold_back(set(taken) - waiting, at=at)
    if intervals():
        waiting |= _keep_pace(set(taken) - waiting, at=at)
    return frozenset(waiting)


def _keep_pace(taken: set[int], *, at: dt.datetime) -> set[int]:
    """Let wait what is over a rate, each until its turn; return which. The rates are of all workers together."""
    rows = list(Delivery.objects.filter(pk__in=taken).order_by("next_at", "pk").values_list("pk", "domain"))
    chosen = intervals()
    names = sorted({EVERYTHING, *(domain for _pk, domain in rows)} & chosen.keys())
    Pace.objects.bulk_create([Pace(name=name, free_at=at - SLACK) for name in names], ignore_conflicts=True)
    paces = {
        pace.name: pace for pace in Pace.objects.select_for_update().filter(name__in=names).order_by("name")
    }
    turns = _turns(rows, {name: max(pace.free_at, at - SLACK) for name, pace in paces.items()}, at=at)
    gone = [domain for pk, domain in rows if pk not in turns]
    for name, pace in paces.items():
        number = len(gone) if name == EVERYTHING else gone.count(name)
        pace.free_at = max(pace.free_at, at - SLACK) + number * chosen[name]
    Pace.objects.bulk_update(paces.values(), ["free_at"])
    for pk, turn in turns.items():
        ledger.defer(Delivery.objects.filter(pk=pk), until=turn)
    return set(turns)


def _turns(
    rows: Iterable[tuple[int, str]], free_at: dict[str, dt.datetime], *, at: dt.datetime
) -> dict[int, dt.datetime]:
    """Return when those may go that may not go at `at`. `free_at` says when each rate lets the next mail go."""
    chosen, later = intervals(), {}
    for pk, domain in rows:
        names = [name for name in (EVERYTHING, domain) if name in free_at]
        turn = max((free_at[name] for name in names), default=at)
        for name in names:
            # A mail that waits for its domain takes no turn from the others.
            if turn <= at or free_at[name] == turn:
                free_at[name] += chosen[name]
        if turn > at:
            later[pk] = turn
    return later


def next_turn(*, at: dt.datetime) -> dt.datetime | None:
    """Return when the next mail may go that a rate holds back; None where no rate is set, or nothing waits."""
    if not intervals():
        return None
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING, next_at__gt=at)
    return waiting.order_by("next_at", "id").values_list("next_at", flat=True).first()
