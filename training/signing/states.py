"""What is known of one trainee at one half-day, from their act and what the trainer noted. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import hours

if TYPE_CHECKING:
    import datetime as dt


class State(enum.Enum):
    PRESENT = "present"
    PARTIAL = "partial"
    ABSENT = "absent"
    EXCUSED = "excused"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Presence:
    """A state, and the minutes that count."""

    state: State
    minutes: int

    @property
    def is_decided(self) -> bool:
        return self.state is not State.UNDECIDED

    @property
    def came(self) -> bool:
        return self.state in (State.PRESENT, State.PARTIAL)


def presence(
    *,
    is_signed: bool,
    note: State | None,
    arrived_at: dt.datetime | None = None,
    left_at: dt.datetime | None = None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> Presence:
    """Return where somebody stands: a note of the trainer counts for more than a signature, nothing is undecided.

    Nobody who did not sign is present: a trainer who saw them late vouches for them first.
    """
    if note in (State.ABSENT, State.EXCUSED):
        return Presence(state=note, minutes=0)
    if not is_signed:
        return Presence(state=State.UNDECIDED, minutes=0)
    minutes = hours.present(
        starts_at=starts_at,
        ends_at=ends_at,
        arrived_at=arrived_at if note is State.PARTIAL else None,
        left_at=left_at if note is State.PARTIAL else None,
    )
    whole = hours.length(starts_at=starts_at, ends_at=ends_at)
    return Presence(state=State.PARTIAL if minutes < whole else State.PRESENT, minutes=minutes)
