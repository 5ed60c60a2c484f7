"""When a half-day may be signed for, by the server's clock. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

BEFORE = dt.timedelta(minutes=15)
AFTER = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens_at` to `closes_at`, both included; aware instants."""

    opens_at: dt.datetime
    closes_at: dt.datetime

    def is_open(self, *, at: dt.datetime) -> bool:
        return self.opens_at <= at <= self.closes_at

    def is_early(self, *, at: dt.datetime) -> bool:
        return at < self.opens_at


def window(*, starts_at: dt.datetime, ends_at: dt.datetime) -> Window:
    """Return when a half-day between these instants may be signed for: BEFORE its start to AFTER its end."""
    return Window(opens_at=starts_at - BEFORE, closes_at=ends_at + AFTER)
