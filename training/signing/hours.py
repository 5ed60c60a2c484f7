"""Minutes of presence, thresholds, and how hours are printed. Pure; whole minutes everywhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MINUTE = dt.timedelta(minutes=1)
NARROW = "\u202f"


def length(*, starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    """Return the whole minutes between two aware instants, clock changes in between or not."""
    # Two instants of one zone are subtracted by their wall clocks: in UTC they are not.
    return int((ends_at.astimezone(dt.UTC) - starts_at.astimezone(dt.UTC)) / MINUTE)


def present(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    arrived_at: dt.datetime | None = None,
    left_at: dt.datetime | None = None,
) -> int:
    """Return the minutes of somebody who came at `arrived_at` and left at `left_at`, within the half-day."""
    start = max(arrived_at, starts_at) if arrived_at else starts_at
    end = min(left_at, ends_at) if left_at else ends_at
    return max(length(starts_at=start, ends_at=end), 0)


def reaches(*, minutes: int, planned: int, threshold: int) -> bool:
    """Tell whether `minutes` of `planned` are at least `threshold` percent; never where nothing was planned."""
    return planned > 0 and minutes * 100 >= threshold * planned


def decimal(minutes: int) -> str:
    """Return hours as French papers write them: "6,67", two places, half up."""
    hundredths = (minutes * 100 * 2 + 60) // 120
    return f"{hundredths // 100},{hundredths % 100:02d}"


def clock(minutes: int) -> str:
    """Return "6 h 40", with narrow no-break spaces."""
    return f"{minutes // 60}{NARROW}h{NARROW}{minutes % 60:02d}"


def printed(minutes: int) -> str:
    """Return "6,67 heures (6 h 40)": both ways of writing hours that funders ask for."""
    word = "heures" if minutes >= 2 * 60 else "heure"
    return f"{decimal(minutes)} {word} ({clock(minutes)})"


@dataclass(frozen=True, kw_only=True)
class Attended:
    """One session of a cycle that somebody was registered for: `minutes` None where nothing says how long."""

    is_full: bool
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class Total:
    """What somebody attended of a cycle. `minutes` is None as soon as one session's are not known."""

    sessions: int
    held: int
    minutes: int | None

    def __str__(self) -> str:
        many = "séances" if self.sessions > 1 else "séance"
        count = f"{self.sessions} {many} sur {self.held}"
        return count if self.minutes is None else f"{count}, {clock(self.minutes)}"


def total(attended: list[Attended], *, held: int) -> Total:
    """Return the sum: who was there in part adds minutes, and no session."""
    minutes = [one.minutes for one in attended]
    return Total(
        sessions=sum(one.is_full for one in attended),
        held=held,
        minutes=None if None in minutes else sum(one for one in minutes if one is not None),
    )
