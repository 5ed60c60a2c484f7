"""What a consent is limited to, and what follows from it. Pure: neither Django nor a clock.

A consent names how long, where and on what something may be shown (Code civil 9 and the practice of rights in one's
image: a use beyond what was agreed to needs another agreement).
"""

from __future__ import annotations

import calendar
import datetime as dt
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The months that are offered, the usual one first.
DURATIONS = (12, 36, 60, 120)
# On what it may be shown: the site of the organisers, their emails, social networks, their trainings.
SUPPORTS = ("site", "emails", "networks", "training")
USUAL_SUPPORTS = ("site", "emails")


def until(given_on: dt.date, months: int) -> dt.date:
    """Return the last day of a consent: the same day so many months later, or the last of a shorter month."""
    index = given_on.year * 12 + given_on.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(given_on.day, calendar.monthrange(year, month + 1)[1]))


class Hold(enum.StrEnum):
    """Why a replay may not be shown."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The last word of somebody on recording or publication: `until` is the last day of a yes."""

    is_given: bool
    is_withdrawn: bool = False
    until: dt.date | None = None


def hold(decisions: Iterable[Decision], *, on: dt.date) -> Hold | None:
    """Return why a replay is held on a day: one person who does not agree is enough. Silence holds nothing."""
    result = {reason for decision in decisions if (reason := _against(decision, on=on))}
    return next((reason for reason in Hold if reason in result), None)


def _against(decision: Decision, *, on: dt.date) -> Hold | None:
    if decision.is_withdrawn:
        return Hold.WITHDRAWN
    if not decision.is_given:
        return Hold.REFUSED
    if decision.until is not None and on > decision.until:
        return Hold.EXPIRED
    return None
