"""Several sessions of a cycle moved at once: one reason, one look at what it causes, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles.language import naming, wording
from cycles.schedule import planning, recurrence
from desk.schedule import consequences
from desk.schedule.clashes import Clashes, Span
from desk.ui.forms.fields import ReasonFields, date_field, time_field

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import QueryDict

    from accounts.models import User
    from cycles.models import Cycle, Session
    from cycles.models.sessions.session import SessionQuerySet


class MoveRowForm(forms.Form):
    """The new date or hour of one session; without either, it stays where it is."""

    date = date_field(label=gettext_lazy("New date"), required=False)
    hour = time_field(label=gettext_lazy("Start time"), required=False)
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
    old_when: str
    new_when: str
    off_rule: str
    warnings: tuple[str, ...]


def movable(cycle: Cycle, *, at: dt.datetime) -> SessionQuerySet:
    """Return the sessions of a cycle that have not begun and may still move."""
    return cycle.sessions.upcoming(at=at).filter(starts_at__gt=at)


def rows(cycle: Cycle, *, at: dt.datetime, data: QueryDict | None = None) -> list[Row]:
    """Return the sessions of a cycle that can still move, those of whole days left out.

    One that was not on the page that sent `data` yet is left alone.
    """
    results = []
    for session in movable(cycle, at=at).filter(is_all_day=False):
        session.cycle = cycle
        start = session.starts_at
        initial = {
            "seen": session.revised_at.isoformat(),
            "hour": start.astimezone(session.zone).time() if start else None,
        }
        results.append(
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
    return results


def tell(moving: list[Row], *, among: QuerySet[Cycle]) -> list[Move]:
    """Return the moves as the page tells them, each with what to know about its new date."""
    spans = {
        row.session.pk: Span(to.starts_at, to.ends_at, naming.session_label(row.session))
        for row in moving
        if (to := row.to)
    }
    clashes = Clashes(among, [span[:2] for span in spans.values()], without=spans, new=list(spans.values()))
    results = []
    for row in moving:
        to = row.to
        if to is None:
            continue
        warnings = consequences.warnings(to, zone=row.session.cycle.timezone)
        others = clashes.warnings(to.starts_at, to.ends_at, own=spans[row.session.pk])
        results.append(
            Move(
                session=row.session,
                old_when=row.old_when,
                new_when=_when(row.session, to.starts_at, to.ends_at),
                off_rule=consequences.off_rule(row.session.cycle, to.planned_date),
                warnings=(*warnings, *others),
            )
        )
    return results


def move_each(moving: list[Row], *, by: User | None, at: dt.datetime) -> None:
    """Move one after the other, and add to the form of a row what `planning.move` refuses."""
    for row in moving:
        if to := row.to:
            seen = row.form.cleaned_data["seen"]
            try:
                planning.move(row.session, to=to.starts_at, until=to.ends_at, by=by, at=at, seen=seen)
            except planning.PlanningError as error:
                row.form.add_error("date", str(error))


def _when(session: Session, starts_at: dt.datetime | None, ends_at: dt.datetime | None) -> str:
    if starts_at is None or ends_at is None:
        return ""
    return wording.long_when(
        starts_at, ends_at, zone=session.cycle.timezone, all_day=False, language=consequences.language()
    )


class MovesForm(ReasonFields):
    """The reason that everyone reads."""


def are_valid(rows: list[Row], form: MovesForm) -> bool:
    """Tell whether what was written makes moves; say what is wrong with it, or that no new date is written."""
    wrong = [row for row in rows if row.form.is_bound and not row.form.is_valid()]
    if form.is_valid() and not wrong and not any(row.to for row in rows):
        form.add_error(None, _("No new date is written: nothing to change."))
    return form.is_valid() and not wrong


def wanted(moving: list[Row]) -> list[planning.Move]:
    """Return what to hand to `planning.move_several`."""
    return [
        planning.Move(
            session=row.session, to=to.starts_at, until=to.ends_at, seen=row.form.cleaned_data["seen"]
        )
        for row in moving
        if (to := row.to)
    ]
