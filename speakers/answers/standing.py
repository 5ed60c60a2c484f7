"""Where somebody who may speak stands. Pure: neither Django nor a clock."""

from __future__ import annotations

import datetime as dt
import enum

# Whoever was asked this recently is not chased: a line of the plan that falls due sooner leaves them out.
CHASED_AFTER = dt.timedelta(days=3)


class Standing(enum.StrEnum):
    """What an organiser must know of a speaker, in the order in which it needs them."""

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ASKED_AGAIN = "asked_again"
    SILENT = "silent"
    UNASKED = "unasked"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"


def standing(
    state: str,
    *,
    invited_at: dt.datetime | None,
    answered_starts_at: dt.datetime | None,
    starts_at: dt.datetime | None,
) -> Standing:
    """Return where a speaker stands: `state` of their slot, what they were asked, and the date they answered for.

    A yes to another date than the present one asks for another; a yes that was noted without a date stands.
    """
    if state == "invited":
        return Standing.SILENT if invited_at is not None else Standing.UNASKED
    if state == "accepted":
        has_moved = (
            answered_starts_at is not None and starts_at is not None and answered_starts_at != starts_at
        )
        return Standing.ASKED_AGAIN if has_moved else Standing.CONFIRMED
    return Standing(state)
