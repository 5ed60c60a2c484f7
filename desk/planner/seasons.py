"""The next season of a cycle, and the rhythm that most French cycles begin with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cycles.content import editing
from cycles.models import Cycle
from notifications.plan import policy
from registrations.booking import terms
from surveys.asking import verbs as surveys

if TYPE_CHECKING:
    from accounts.models import User

THIRD, THURSDAY = 3, 3
MONTHS = 12


def french_model(cycle: Cycle, *, today: dt.date) -> dict[str, Any]:
    """Return a rhythm to begin with: twelve months from the next one, each 3rd Thursday, 13:00 to 14:30.

    Its reminders are those that every new cycle gets: seven days, a day, an hour before, and after.
    """
    first = _months_later(today.replace(day=1), 1)
    return {
        "frequency": Cycle.Frequency.MONTHLY_WEEKDAY,
        "nth": THIRD,
        "weekday": THURSDAY,
        "interval": 1,
        "first_date": first,
        "last_date": _months_later(first, MONTHS) - dt.timedelta(days=1),
        "local_start": dt.time(13, 0),
        "minutes": 90,
        "timezone": cycle.timezone,
        "planned_count": MONTHS,
    }


def _months_later(first: dt.date, months: int) -> dt.date:
    """Return the first day of a month that is so many months after another first day."""
    index = first.year * MONTHS + first.month - 1 + months
    return dt.date(index // MONTHS, index % MONTHS + 1, 1)


@transaction.atomic
def next_season(cycle: Cycle, *, by: User | None, at: dt.datetime) -> Cycle:
    """Copy a cycle into the year after it, with its reminders, mails, questions and codes; nobody is told.

    No session is made.
    """
    copy = editing.duplicate(cycle, by=by, at=at)
    policy.carry_over(cycle, to=copy, at=at)
    terms.carry_over(cycle, to=copy)
    surveys.carry_over(cycle, to=copy, at=at)
    return copy
