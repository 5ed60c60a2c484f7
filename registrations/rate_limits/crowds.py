"""How many people may register from one place: a room, a school and a company stand behind one address each.

What counts is a request that nobody has proved yet. One that is confirmed from the same place is given back, so
that a class which registers and confirms is never full. Organisers who know that a crowd comes announce it
(`announce`): for two hours the cycle takes ten times as many from each place.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings

from accounts import journal
from registrations.models import CrowdWindow

from . import limits
from .limits import Bucket

if TYPE_CHECKING:
    from accounts.models import User
    from cycles.models import Cycle

    from .limits import Limit

ANNOUNCED_FOR = dt.timedelta(hours=2)
ANNOUNCED_TIMES = 10
# Of everything that is sent to the form, mistakes too: far above what people do, and what looking at it costs.
ATTEMPTS_TIMES = 10


def _requests(network: str) -> Bucket:
    return Bucket(
        name="request",
        who=network,
        at_once=settings.ESCALE_REGISTRATIONS_AT_ONCE,
        a_minute=settings.ESCALE_REGISTRATIONS_A_MINUTE,
    )


def _announced(network: str, cycle: Cycle) -> Bucket:
    return Bucket(
        name="announced",
        who=network and f"{cycle.pk}:{network}",
        at_once=settings.ESCALE_REGISTRATIONS_AT_ONCE * ANNOUNCED_TIMES,
        a_minute=settings.ESCALE_REGISTRATIONS_A_MINUTE * ANNOUNCED_TIMES,
    )


def may_send(network: str, *, at: dt.datetime) -> bool:
    """Count a form that was sent, before anything in it is looked at; False when there were far too many.

    Each process counts for itself: a flood of forms must not become a flood of writes.
    """
    bucket = Bucket(
        name="attempt",
        who=network,
        at_once=settings.ESCALE_REGISTRATIONS_AT_ONCE * ATTEMPTS_TIMES,
        a_minute=settings.ESCALE_REGISTRATIONS_A_MINUTE * ATTEMPTS_TIMES,
    )
    return limits.attempts.take(bucket, at=at)


def count(network: str, cycle: Cycle, *others: Limit, people: int, at: dt.datetime) -> limits.Counted:
    """Count requests for a cycle, which nobody has proved yet, and one act under each of the `others`.

    Where the network has no room for all these people, nothing is counted.
    """
    counted = limits.count(*others, bucket=_requests(network), acts=people, at=at)
    if counted.has_room:
        return counted
    if announced_until(cycle, at=at) is not None and _announced(network, cycle).take(at=at, acts=people):
        return dataclasses.replace(counted, has_room=True)
    limits.take_back(*others)
    return counted


def proved(network: str, *, at: dt.datetime) -> None:
    """Give a request back: somebody of this network proved their address."""
    _requests(network).give_back(at=at)


def announced_until(cycle: Cycle, *, at: dt.datetime) -> dt.datetime | None:
    """Return until when a crowd may come; None when none is announced now."""
    window = CrowdWindow.objects.filter(cycle=cycle, ends_at__gt=at).first()
    return window.ends_at if window else None


def announce(
    cycle: Cycle,
    *,
    by: User | None,
    at: dt.datetime,
) -> CrowdWindow:
    """Let many people register for a cycle from one place, for two hours from `at`."""
    with journal.entry("registration.crowd", cycle, by=by, at=at):
        window, _is_new = CrowdWindow.objects.update_or_create(
            cycle=cycle, defaults={"ends_at": at + ANNOUNCED_FOR}
        )
        return window


def end(
    cycle: Cycle,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Let the usual limits hold again, from `at` on."""
    with journal.entry("registration.crowd_over", cycle, by=by, at=at):
        CrowdWindow.objects.filter(cycle=cycle, ends_at__gt=at).update(ends_at=at)
