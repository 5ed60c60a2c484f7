"""Registrations and attendance of a cycle, stop by stop: two bars each, and the same as a table.

Only geometry in attributes (no style), so that the page's policy on inline styles holds. The drawing repeats the
table beside it and is hidden from screen readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from cycles import naming, wording
from registrations.attendance import noting
from registrations.attendance.models import Attendance
from registrations.models import Registration

from .consequences import language

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session

HEIGHT = 120
STEP = 44
BAR = 16
# Under this number of people no share is told: it would say something about persons.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: int
    y: int
    height: int
    css: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One stop: its two bars, where its number is written, and its line of the table."""

    session: Session
    label: str
    number: str
    when: str
    registered: int
    came: int | None
    share: str
    bars: tuple[Bar, ...]
    middle: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    cycle: Cycle
    columns: tuple[Column, ...]
    most: int
    width: int
    height: int = HEIGHT

    @property
    def box(self) -> str:
        return f"0 -16 {self.width} {HEIGHT + 36}"


def chart(cycle: Cycle, *, at: dt.datetime) -> Chart | None:
    """Return the chart of a cycle, in four queries; None while nobody is registered."""
    sessions = [s for s in cycle.sessions.in_order() if s.status not in ("draft", "cancelled")]
    registered = dict(
        Registration.objects.confirmed()
        .filter(session__cycle=cycle)
        .values_list("session")
        .annotate(count=Count("pk"))
        .order_by()
    )
    if not sessions or not registered:
        return None
    came = noting.counts(session.pk for session in sessions)
    most = max(registered.values())
    columns = []
    for place, session in enumerate(sessions):
        session.cycle = cycle
        states = came[session.pk]
        known = sum(states[state] for state in (*CAME, Attendance.State.ABSENT, Attendance.State.EXCUSED))
        is_over = session.ends_at is not None and session.ends_at <= at
        columns.append(
            _column(
                session,
                place,
                registered=registered.get(session.pk, 0),
                came=sum(states[state] for state in CAME) if is_over and known else None,
                most=most,
            )
        )
    return Chart(cycle=cycle, columns=tuple(columns), most=most, width=STEP * len(columns))


CAME = (Attendance.State.PRESENT, Attendance.State.PARTIAL)


def _column(session: Session, place: int, *, registered: int, came: int | None, most: int) -> Column:
    left = place * STEP + (STEP - 2 * BAR - 2) // 2
    bars = [_bar(left, registered, most, "registered")]
    if came is not None:
        bars.append(_bar(left + BAR + 2, came, most, "came"))
    return Column(
        session=session,
        label=naming.session_label(session),
        number=str(session.number or "·"),
        when=""
        if session.starts_at is None
        else wording.short_date(session.starts_at.astimezone(session.zone).date(), language=language()),
        registered=registered,
        came=came,
        share=f"{came * 100 // registered} %" if came is not None and registered >= FEWEST else "",
        bars=tuple(bars),
        middle=place * STEP + STEP // 2,
    )


def _bar(x: int, count: int, most: int, css: str) -> Bar:
    height = max(round(count / most * HEIGHT), 1 if count else 0) if most else 0
    return Bar(x=x, y=HEIGHT - height, height=height, css=css)
