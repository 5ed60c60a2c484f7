"""Registrations and attendance, stop by stop or cycle by cycle: two bars each with their values, and a table.

Only geometry in attributes (no style), so that the page's policy on inline styles holds. The drawing repeats the
table beside it and is hidden from screen readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from cycles.language import naming, wording
from cycles.models import Session
from desk.reports import shares
from desk.schedule.consequences import language
from registrations.attendance import noting
from registrations.models import Registration

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Cycle
    from desk.reports.shares import Presence

HEIGHT = 120
# Wide enough for a value of three figures over each bar.
STEP = 56
BAR = 22
# Narrower than this a drawing would be blown up over the page.
NARROWEST = 440
# What is not held is listed with its state, and has no bars.
NOT_HELD = (Session.Status.CANCELLED, Session.Status.POSTPONED)


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: int
    y: int
    height: int
    css: str
    value: int

    @property
    def middle(self) -> int:
        return self.x + BAR // 2

    @property
    def above(self) -> int:
        """Where its value is written."""
        return self.y - 4


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a column is about: a stop, or a cycle of a programme. `status` is why it has no bars."""

    label: str
    number: str
    when: str
    title: str
    registered: int
    # None while nothing is known of who came.
    presence: Presence | None
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Column(Row):
    """A row with its two bars, and where its number is written."""

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
    name: str
    columns: tuple[Column, ...]
    width: int
    height: int = HEIGHT

    @property
    def box(self) -> str:
        return f"0 -18 {max(self.width, NARROWEST)} {HEIGHT + 38}"

    @property
    def has_unplaced(self) -> bool:
        return any(column.presence and column.presence.without_place for column in self.columns)


def chart(cycle: Cycle, *, at: dt.datetime) -> Chart | None:
    """Return the chart of a cycle, in four queries; None while nobody is registered."""
    sessions = list(cycle.sessions.exclude(status=Session.Status.DRAFT).in_order())
    registered = registered_by_session(cycle_id=cycle.pk)
    if not sessions or not registered:
        return None
    tallies = noting.tallies(session.pk for session in sessions)
    rows = []
    for session in sessions:
        session.cycle = cycle
        seated = registered.get(session.pk, 0)
        is_held = session.status not in NOT_HELD
        presence = (
            shares.presence(session, tallies[session.pk], registered=seated, at=at) if is_held else None
        )
        rows.append(_row(session, registered=seated, presence=presence))
    return drawn(str(cycle), rows)


def registered_by_session(*, cycle_id: int) -> dict[int, int]:
    """Return {session: how many have a place}."""
    rows = Registration.objects.confirmed().filter(session__cycle=cycle_id)
    return dict(rows.values_list("session").annotate(count=Count("pk")).order_by())


def _row(session: Session, *, registered: int, presence: Presence | None) -> Row:
    return Row(
        label=naming.session_label(session),
        number=str(session.number or "·"),
        when=_when(session),
        title=naming.session_title(session),
        registered=registered,
        presence=presence,
        status=str(session.get_status_display()) if session.status in NOT_HELD else "",
    )


def _when(session: Session) -> str:
    """Return the date of a session; half-days of one day are told apart by their hour."""
    if session.starts_at is None:
        return ""
    if session.cycle.is_run and not session.is_all_day:
        return wording.short_when(session.starts_at, zone=session.cycle.timezone, language=language())
    return wording.short_date(session.starts_at.astimezone(session.zone).date(), language=language())


def drawn(name: str, rows: Sequence[Row]) -> Chart:
    """Return a chart of rows."""
    counts = [row.registered for row in rows if not row.status]
    # More people than had a place may have come.
    most = max([*counts, *(row.presence.came for row in rows if row.presence)], default=0)
    columns = tuple(_column(row, place, most=most) for place, row in enumerate(rows))
    return Chart(name=name, columns=columns, width=STEP * len(columns))


def _column(row: Row, place: int, *, most: int) -> Column:
    left = place * STEP + (STEP - 2 * BAR - 2) // 2
    bars = [] if row.status else [_bar(left, row.registered, most, "registered")]
    if row.presence is not None and not row.status:
        bars.append(_bar(left + BAR + 2, row.presence.came, most, "came"))
    return Column(**vars(row), bars=tuple(bars), middle=place * STEP + STEP // 2)


def _bar(x: int, count: int, most: int, css: str) -> Bar:
    height = max(round(count / most * HEIGHT), 1 if count else 0) if most else 0
    return Bar(x=x, y=HEIGHT - height, height=height, css=css, value=count)
