"""What an organiser's act sends to several people at once waits for the grace, so that it can be stopped."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cycles.models import Session
from cycles.schedule import planning
from notifications.delivery import ledger

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from notifications.models import Delivery

# What leaves within this is said to leave at once.
AT_ONCE = dt.timedelta(seconds=30)
# So near to a session of the cycle, people are told at once.
SOON = dt.timedelta(hours=2)


def hold(mails: QuerySet[Delivery], *, at: dt.datetime) -> None:
    """Let the mails of an act made at `at` wait that would leave at once; one to one person leaves all the same."""
    at_once = mails.filter(next_at__lte=at + AT_ONCE)
    near = Session.objects.filter(
        cycle__in=at_once.values("cycle"), starts_at__gt=at, starts_at__lt=at + SOON
    )
    if at_once.count() > 1 and not near.exists():
        ledger.hold(at_once, until=at + planning.grace())
