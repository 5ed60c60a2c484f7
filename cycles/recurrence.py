"""Placeholder until the planner branch lands."""
from __future__ import annotations
import datetime as dt
from dataclasses import dataclass
@dataclass(frozen=True)
class Rule:
    frequency: str
    nth: int | None
    weekday: int | None
    day: int | None
    interval: int
    first_date: dt.date
    last_date: dt.date
    local_start: dt.time | None
    minutes: int | None
    zone: str
@dataclass(frozen=True)
class Occurrence:
    planned_date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_all_day: bool
    clock_change: str | None
def occurrences(rule: Rule) -> tuple[Occurrence, ...]:
    return ()
