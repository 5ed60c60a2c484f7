"""Owing organisers their mails: once a day each, in the morning, and only when there is something to say.

Run again, it owes nothing twice: the key of each mail names the account and the day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts import addresses
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery

from . import findings, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

    Found = Callable[..., Any]

REQUESTS, TROUBLE, ROOM, WEEK = "organiser_requests", "organiser_trouble", "organiser_room", "organiser_week"
# From this hour of the site's zone on; what was found wrong with mails is told at any hour.
MORNING = dt.time(8)
MONDAY = 0
DAY = dt.timedelta(days=1)
FINDS: dict[str, Found] = {
    REQUESTS: findings.requests,
    TROUBLE: findings.trouble,
    ROOM: findings.unready,
    WEEK: findings.week,
}


def owe_due(*, at: dt.datetime) -> int:
    """Owe every organiser the mails of the day for which there is something to say; return how many were new."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    kinds = [TROUBLE]
    if local.time() >= MORNING:
        kinds += [REQUESTS, ROOM, *([WEEK] if local.weekday() == MONDAY else [])]
    known = set(
        Delivery.objects.filter(kind__in=kinds, created_at__gt=at - DAY).values_list("key", flat=True)
    )
    mails = []
    for kind in kinds:
        for user in told.organisers(kind):
            key = f"{kind}:{user.pk}:{local.date()}"
            if key not in known and FINDS[kind](told.cycles_of(user.email), at=at):
                mails.append(_mail(user, kind=kind, key=key, at=at))
    ledger.owe(mails)
    if mails:
        sending.wake()
    return len(mails)


def _mail(user: User, *, kind: str, key: str, at: dt.datetime) -> Delivery:
    return Delivery(
        key=key,
        kind=kind,
        to_address=user.email,
        domain=addresses.domain(user.email),
        language=user.language or settings.LANGUAGE_CODE,
        created_at=at,
        next_at=at,
        not_after=at + DAY,
    )
