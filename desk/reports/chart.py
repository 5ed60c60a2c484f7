"""Registrations and attendance of a cycle, stop by stop: two bars each, and the same as a table.

Only geometry in attributes (no style), so that the page's policy on inline styles holds. The drawing repeats the
table beside it and is hidden from screen readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from cycles.language import naming, wording
from desk.reports import shares
from desk.schedule.consequences import language
from registrations.attendance import noting
from registrations.models import Registration

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session
    from desk.reports.shares import Presence

HEIGHT = 120
STEP = 44
BAR = 16


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
    # None while nothing is known of who came.
    presence: Presence | None
    bars: tuple[Bar, ...]
    middle: int

    @property
    def came(self) -> int | None:
        return self.presence.came if self.presence else None

    @property
    def share(self) -> str:
        return self.presence.share.percent if self.presence else ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    cycle: Cycle
    columns: tuple[Column, ...]
    width: int
    height: int = HEIGHT

    @property
    def box(self) -> str:
        return f"0 -16 {self.width} {HEIGHT + 36}"

    @property
    def has_unplaced(self) -> bool:
        return any(column.presence and column.presence.without_place for column in self.columns)


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
    tallies = noting.tallies(session.pk for session in sessions)
    came = {
        session.pk: shares.presence(
            session, tallies[session.pk], registered=registered.get(session.pk, 0), at=at
        )
        for session in sessions
    }
    # More people than had a place may have come.
    most = max([*registered.values(), *(each.came for each in came.values() if each)])
    columns = []
    for place, session in enumerate(sessions):
        session.cycle = cycle
        seated = registered.get(session.pk, 0)
        columns.append(_column(session, place, registered=seated, presence=came[session.pk], most=most))
    return Chart(cycle=cycle, columns=tuple(columns), width=STEP * len(columns))


def _column(session: Session, place: int, *, registered: int, presence: Presence | None, most: int) -> Column:
    left = place * STEP + (STEP - 2 * BAR - 2) // 2
    bars = [_bar(left, registered, most, "registered")]
    if presence is not None:
        bars.append(_bar(left + BAR + 2, presence.came, most, "came"))
    return Column(
        session=session,
        label=naming.session_label(session),
        number=str(session.number or "·"),
        when=""
        if session.starts_at is None
        else wording.short_date(session.starts_at.astimezone(session.zone).date(), language=language()),
        registered=registered,
        presence=presence,
        bars=tuple(bars),
        middle=place * STEP + STEP // 2,
    )


def _bar(x: int, count: int, most: int, css: str) -> Bar:
    height = max(round(count / most * HEIGHT), 1 if count else 0) if most else 0
    return Bar(x=x, y=HEIGHT - height, height=height, css=css)
