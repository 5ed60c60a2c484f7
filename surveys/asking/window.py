"""From when until when a survey takes answers, by the dates that it is about. Instants are aware UTC datetimes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts import periods
from surveys.models import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cycles.models import Session

Moment = Survey.Moment
# A cold survey leaves ninety days after the training; its link lives as long after that as the others'.
COLD_AFTER = dt.timedelta(days=90)
# So long after the training people are asked for what only shows later: the first line of the plan is then.
ASKED_AFTER: dict[str, dt.timedelta] = {
    Moment.COLD: COLD_AFTER,
    Moment.EMPLOYER: dt.timedelta(days=30),
    Moment.FUNDER: dt.timedelta(days=30),
}
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Answers are taken from `opens_at` on, and from `closes_at` on no more."""

    opens_at: dt.datetime
    closes_at: dt.datetime

    def is_early(self, *, at: dt.datetime) -> bool:
        return at < self.opens_at

    def is_over(self, *, at: dt.datetime) -> bool:
        return at >= self.closes_at


def is_asked(moment: str, span: Window, *, at: dt.datetime) -> bool:
    """Tell whether an answer may be waited for: the survey is open, and its people are asked by then."""
    return at >= span.opens_at + ASKED_AFTER.get(moment, dt.timedelta(0))


def window(moment: str, sessions: Sequence[Session]) -> Window | None:
    """Return when a survey takes answers, for the one session or the half-days that it is about, soonest first.

    None where they have no date. Needs are asked until the first begins; everything else is answered afterwards, the
    survey at the end of a training from the start of its last half-day, for those who answer before they leave.
    """
    if not sessions:
        return None
    first, last = sessions[0], sessions[-1]
    if first.starts_at is None or last.starts_at is None or last.ends_at is None:
        return None
    after = periods.length("survey")
    match moment:
        case Moment.NEEDS:
            return Window(opens_at=LONG_AGO, closes_at=first.starts_at)
        case Moment.HOT:
            return Window(opens_at=last.starts_at, closes_at=last.ends_at + after)
        case Moment.SESSION | Moment.TRAINER:
            return Window(opens_at=last.ends_at, closes_at=last.ends_at + after)
        case _:
            return Window(opens_at=last.ends_at, closes_at=last.ends_at + COLD_AFTER + after)
