"""How long somebody was there while the session was on. Pure.

Time before the session begins and after it ends does not count: a rehearsal, a waiting room, staying on. Instants are
local to the session, without a zone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from registrations.tables.headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .report_lines import Line

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
# A duration that differs from its hours by less is the same, rounded.
ROUNDED = 1.5
MOST_HOURS_AWAY = 14
# A file whose hours are of another zone lies nearly all inside the session once it is shifted, and fills it.
INSIDE, FILLED, ELSEWHERE = 0.9, 0.8, 0.5
# A rehearsal is less than this before the session; a file of several people is none.
REHEARSAL_HOURS = 3
SEVERAL = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When the session is on, local to it."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> float:
        return (self.end - self.start).total_seconds() / 60


class Stay(NamedTuple):
    """What some lines say of one person.

    `minutes` inside the session, None where nothing says how long; `cut` those outside of it. `spans` are seconds from
    the session's start, None where only durations are known. `is_seen`: they came, however long; who was not seen has 0
    minutes where the lines say that they did not come, None where they say nothing.
    """

    minutes: float | None
    cut: float
    spans: tuple[Span, ...] | None
    is_seen: bool


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans as few as possible that cover the same: two devices at once count once."""
    results: list[Span] = []
    for start, end in sorted(spans):
        if results and start <= results[-1][1]:
            results[-1] = (results[-1][0], max(results[-1][1], end))
        elif end > start:
            results.append((start, end))
    return tuple(results)


def total(spans: Iterable[Span]) -> float:
    """Return the minutes of spans that do not overlap."""
    return sum(end - start for start, end in spans) / 60


def span_of(line: Line, window: Window | None) -> tuple[dt.datetime, dt.datetime] | None:
    """Return when a line says that somebody was there; None where it does not say when."""
    joined, left = line.joined_at, line.left_at
    if joined is None:
        return None
    if left is not None and left > joined:
        return joined, left
    if line.minutes is not None:
        # Some write the same hour twice, or none, beside the duration.
        return joined, joined + dt.timedelta(minutes=min(line.minutes, 1440))
    if line.is_open and window is not None and joined <= window.end:
        return joined, window.end
    return None


def stay(lines: Sequence[Line], window: Window | None) -> Stay:
    """Return how long somebody was there by all their lines; without a `window` everything counts."""
    came = [line for line in lines if line.is_seen and not line.is_absent and not line.is_waiting]
    exact = [line for line in came if not line.is_overall]
    if any(line.joined_at for line in exact):
        # Lines that sum up others say the same again, less exactly.
        came = exact
    elif any(line.is_overall for line in came):
        came = [line for line in came if line.is_overall]
    if not came:
        is_told = any(line.is_absent or line.is_waiting for line in lines)
        return Stay(minutes=0.0 if is_told else None, cut=0.0, spans=(), is_seen=False)
    spans: list[Span] = []
    loose = cut = 0.0
    has_loose = has_unknown = False
    for line in came:
        span = span_of(line, window)
        if span is None:
            if line.minutes is None:
                has_unknown = has_unknown or _is_inside(line, window)
                continue
            has_loose, loose = True, loose + line.minutes
            continue
        inside, outside = _clipped(span, window)
        cut += outside
        whole = (span[1] - span[0]).total_seconds() / 60
        if line.minutes is not None and line.minutes < whole - ROUNDED:
            # Came and went in between: what was outside counts as spent there.
            has_loose = True
            loose += max(min(line.minutes - outside, total([inside])), 0.0)
        else:
            spans.append(inside)
    spans_united = united(spans)
    minutes = total(spans_united) + loose
    if window is not None and minutes > window.length:
        cut += minutes - window.length
        minutes = window.length
    if has_unknown and not spans_united and not has_loose:
        return Stay(minutes=None, cut=cut, spans=None, is_seen=True)
    return Stay(minutes=minutes, cut=cut, spans=None if has_loose else spans_united, is_seen=True)


def together(before: Stay, stay: Stay, *, length: float | None) -> Stay:
    """Return two stays of one person added up: spans are united, minutes of which nobody says when are summed."""
    if before.spans is not None and stay.spans is not None:
        both = united([*before.spans, *stay.spans])
        return stay._replace(minutes=total(both), spans=both)
    minutes = (before.minutes or 0.0) + (stay.minutes or 0.0)
    return stay._replace(minutes=minutes if length is None else min(minutes, length), spans=None)


def _is_inside(line: Line, window: Window | None) -> bool:
    if window is None or line.joined_at is None:
        return True
    return line.joined_at <= window.end and line.joined_at.date() >= window.start.date()


def _clipped(span: tuple[dt.datetime, dt.datetime], window: Window | None) -> tuple[Span, float]:
    """Return (the part inside, in seconds from the session's start; the minutes outside)."""
    start = window.start if window is not None else span[0].replace(hour=0, minute=0, second=0)
    low, high = ((moment - start).total_seconds() for moment in span)
    if window is None:
        return (int(low), int(high)), 0.0
    length = window.length * 60
    inside = (int(min(max(low, 0), length)), int(min(max(high, 0), length)))
    return inside, (high - low - (inside[1] - inside[0])) / 60


class Shift(NamedTuple):
    """By how much the hours of a file are put forward, and whether that is sure enough to be done unasked."""

    hours: int
    is_sure: bool


def shift_of(lines: Iterable[Line], window: Window) -> Shift | None:
    """Return by how many hours the lines of a file seem to be off: exported in another zone. None if by none.

    A file of one short hour before the session may as well be its rehearsal: it is not sure then.
    """
    came = [line for line in lines if line.is_seen and not line.is_absent and not line.is_waiting]
    spans = [span for line in came if (span := span_of(line, None)) is not None]
    whole = sum((end - start).total_seconds() for start, end in spans)
    if not whole or _inside(spans, window, 0) >= ELSEWHERE * whole:
        return None
    hours = max(
        range(-MOST_HOURS_AWAY, MOST_HOURS_AWAY + 1),
        key=lambda away: (_inside(spans, window, away), -abs(away)),
    )
    if not hours or _inside(spans, window, hours) < INSIDE * whole:
        return None
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    filled = _inside([(first, last)], window, hours) / (window.length * 60)
    people = {line.email or plain(line.name) for line in came}
    is_sure = filled >= FILLED and (
        abs(hours) >= REHEARSAL_HOURS or len(people) >= SEVERAL or _inside(spans, window, 0) > 0
    )
    return Shift(hours=hours, is_sure=is_sure)


def _inside(spans: Iterable[tuple[dt.datetime, dt.datetime]], window: Window, hours: int) -> float:
    away = hours * HOUR
    return sum(
        max((min(end + away, window.end) - max(start + away, window.start)).total_seconds(), 0.0)
        for start, end in spans
    )
