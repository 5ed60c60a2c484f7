"""Several sessions of a cycle moved at once: one reason, one look at what it causes, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from cycles.language import naming, wording
from cycles.schedule import planning, recurrence
from desk.schedule import consequences
from desk.schedule.clashes import Clashes, Span
from desk.ui.fields import ReasonFields, date_field, time_field
from notifications.notices import schedule_changes

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import QueryDict

    from cycles.models import Cycle, Session


class MoveRowForm(forms.Form):
    """The new date or hour of one session; without either, it stays where it is."""

    date = date_field(label=gettext_lazy("New date"), required=False)
    hour = time_field(label=gettext_lazy("Local hour"), required=False)
    # What the page showed: an hour that differs from it was written, whatever the session's is by now.
    hour.show_hidden_initial = True
    seen = forms.DateTimeField(widget=forms.HiddenInput)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A session that could move, and its form."""

    session: Session
    old_when: str
    form: MoveRowForm

    @property
    def to(self) -> recurrence.Occurrence | None:
        """Where it moves; None when it stays or what was written is wrong."""
        data = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        start, day = self.session.starts_at, self.session.local_date
        if start is None or self.session.ends_at is None:
            return None
        hour = start.astimezone(self.session.zone).time()
        has_new_hour = data.get("hour") not in (None, hour) and "hour" in self.form.changed_data
        date = data.get("date") or (day if has_new_hour else None)
        if date is None:
            return None
        length = self.session.ends_at - start
        return recurrence.local_span(
            date,
            local_start=data.get("hour") or hour,
            minutes=int(length.total_seconds()) // 60,
            zone=self.session.cycle.timezone,
        )


@dataclass(frozen=True, kw_only=True)
class Move:
    """One move as the page tells it before it is saved."""

    session: Session
    starts_at: dt.datetime
    old_when: str
    new_when: str
    off_rule: str
    warnings: tuple[str, ...]


def rows(cycle: Cycle, *, at: dt.datetime, data: QueryDict | None = None) -> list[Row]:
    """Return the sessions of a cycle that can still move, those of whole days left out.

    One that was not on the page that sent `data` yet is left alone.
    """
    movable = cycle.sessions.upcoming(at=at).filter(starts_at__gt=at, is_all_day=False)
    found = []
    for session in movable:
        session.cycle = cycle
        start = session.starts_at
        initial = {
            "seen": session.revised_at.isoformat(),
            "hour": start.astimezone(session.zone).time() if start else None,
        }
        found.append(
            Row(
                session=session,
                old_when=_when(session, session.starts_at, session.ends_at),
                form=MoveRowForm(
                    data if data is not None and f"{session.slug}-seen" in data else None,
                    prefix=session.slug,
                    initial=initial,
                ),
            )
        )
    return found


def check(moving: list[Row], *, among: QuerySet[Cycle], at: dt.datetime) -> list[Move]:
    """Return what the moves would be, and add to a row's form what `planning.move` would refuse. Writes nothing."""
    spans = {
        row.session.pk: Span(to.starts_at, to.ends_at, naming.session_label(row.session))
        for row in moving
        if (to := row.to)
    }
    clashes = Clashes(among, [span[:2] for span in spans.values()], without=spans, new=list(spans.values()))
    found = []
    for row in moving:
        to = row.to
        if to is None:
            continue
        try:
            planning.check_move(
                row.session, to=to.starts_at, until=to.ends_at, at=at, seen=row.form.cleaned_data["seen"]
            )
        except planning.PlanningError as error:
            row.form.add_error("date", str(error))
            continue
        warnings = consequences.warnings(to, zone=row.session.cycle.timezone)
        others = clashes.warnings(to.starts_at, to.ends_at, own=spans[row.session.pk])
        found.append(
            Move(
                session=row.session,
                starts_at=to.starts_at,
                old_when=row.old_when,
                new_when=_when(row.session, to.starts_at, to.ends_at),
                off_rule=consequences.off_rule(row.session.cycle, to.planned_date),
                warnings=(*warnings, *others),
            )
        )
    return found


def near(moving: list[Move], *, at: dt.datetime) -> list[Session]:
    """Return the sessions whose move is told at once: the old or the new date is too near for a grace."""
    return [
        move.session
        for move in moving
        if schedule_changes.notice_due(move.session.starts_at, move.starts_at, at=at) <= at
    ]


def _when(session: Session, starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> str:
    if starts_at is None or ends_at is None:
        return ""
    return wording.long_when(
        starts_at, ends_at, zone=session.cycle.timezone, all_day=False, language=consequences.language()
    )


class MovesForm(ReasonFields):
    """The reason that everyone reads."""


def wanted(moving: list[Row]) -> list[planning.Move]:
    """Return what to hand to `planning.move_several`."""
    return [
        planning.Move(
            session=row.session, to=to.starts_at, until=to.ends_at, seen=row.form.cleaned_data["seen"]
        )
        for row in moving
        if (to := row.to)
    ]
