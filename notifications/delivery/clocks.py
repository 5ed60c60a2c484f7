"""Whether this machine's clock can be believed: compared with the database's, by which mail leaves."""

from __future__ import annotations

import datetime as dt
import logging
import time

from . import ledger

logger = logging.getLogger(__name__)

# Less than this is what machines differ by, and what a busy one takes to answer.
TOLERATED = dt.timedelta(seconds=30)
WARN_EVERY = 3600.0
_warned_at = float("-inf")


def difference(*, at: dt.datetime) -> dt.timedelta:
    """Return by how much the clock that says `at` is ahead of the database's (negative: behind); one query."""
    return at - ledger.database_time()


def is_wrong(ahead: dt.timedelta) -> bool:
    return abs(ahead) > TOLERATED


def warn(*, at: dt.datetime) -> bool:
    """Say in the log, once an hour, that the two clocks differ; return whether they do."""
    global _warned_at  # noqa: PLW0603 - of the process: the log, not the reader, is to be spared
    ahead = difference(at=at)
    if not is_wrong(ahead):
        return False
    if time.monotonic() - _warned_at >= WARN_EVERY:
        _warned_at = time.monotonic()
        logger.warning(
            "this machine's clock differs from the database's by %d seconds: set both by NTP. Pages and sign-in codes "
            "follow the one, mail the other.",
            ahead.total_seconds(),
        )
    return True
