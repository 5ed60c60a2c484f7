"""A rhythm looked at before it is saved: each date with what an organiser should know, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles import planning, recurrence, wording

from . import consequences
from .forms import DateChoiceForm

if TYPE_CHECKING:
    import datetime as dt

    from django.http import QueryDict

    from cycles.models import Cycle

LONGEST_LIST = 400


@dataclass(frozen=True, kw_only=True)
class Row:
    """One proposed date."""

    occurrence: recurrence.Occurrence
    label: str
    hours: str
    offset: str
    notes: tuple[str, ...]
    is_past: bool
    form: DateChoiceForm

    @property
    def date(self) -> dt.date:
        return self.occurrence.planned_date

    @property
    def is_open(self) -> bool:
        """True when its choice is not simply to keep: the details stand open then."""
        return self.form.is_bound and (bool(self.form.errors) or self.form.cleaned_data["choice"] != "keep")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The dates of a rhythm that have no session yet."""

    rule: recurrence.Rule
    in_words: str
    rows: tuple[Row, ...]
    count_note: str
    seen_dates: tuple[dt.date, ...]

    def is_valid(self) -> bool:
        # Every form is asked, not only up to the first error: all of them show.
        return [row for row in self.rows if not row.form.is_valid()] == []

    @property
    def skips(self) -> dict[dt.date, dict[str, str]]:
        return {row.date: row.form.reason for row in self._chosen(DateChoiceForm.SKIP)}

    @property
    def moves(self) -> dict[dt.date, planning.Placement]:
        return {
            row.date: planning.Placement(starts_at=o.starts_at, ends_at=o.ends_at, reason=row.form.reason)
            for row in self._chosen(DateChoiceForm.MOVE)
            for o in [
                recurrence.local_span(
                    row.form.cleaned_data["to"],
                    local_start=self.rule.local_start,
                    minutes=self.rule.minutes,
                    zone=self.rule.zone,
                )
            ]
        }

    def _chosen(self, choice: str) -> list[Row]:
        return [row for row in self.rows if row.form.cleaned_data["choice"] == choice]


def propose(
    cycle: Cycle,
    rule: recurrence.Rule,
    *,
    planned_count: int | None,
    at: dt.datetime,
    data: QueryDict | None = None,
) -> Proposal:
    """Return the dates that the cycle would get from `rule`; `data` is what the organiser chose for each."""
    language = consequences.language()
    proposed = planning.propose(cycle, rule=rule)
    rows = tuple(_row(o, rule=rule, at=at, data=data, language=language) for o in proposed)
    existing = cycle.sessions.exclude(status="cancelled").count()
    seen = data.getlist("date") if data is not None else []
    return Proposal(
        rule=rule,
        in_words=wording.rule_in_words(rule, language=language),
        rows=rows,
        count_note=count_note(planned_count, existing + len(rows)),
        seen_dates=tuple(date for text in seen if (date := _date(text))),
    )


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _row(
    occurrence: recurrence.Occurrence,
    *,
    rule: recurrence.Rule,
    at: dt.datetime,
    data: QueryDict | None,
    language: str,
) -> Row:
    zone = f"{occurrence.starts_at.astimezone(ZoneInfo(rule.zone)):%z}"
    return Row(
        occurrence=occurrence,
        label=wording.long_date(occurrence.planned_date, language=language),
        hours=""
        if occurrence.is_all_day
        else wording.hours(occurrence.starts_at, occurrence.ends_at, zone=rule.zone, language=language),
        offset=f"UTC{zone[:3]}:{zone[3:]}",
        notes=tuple(consequences.warnings(occurrence, zone=rule.zone)),
        is_past=occurrence.starts_at <= at,
        form=DateChoiceForm(data, prefix=f"{occurrence.planned_date:%Y%m%d}"),
    )


def count_note(planned: int | None, count: int) -> str:
    """Return «13 dates pour 12 prévues» when the rhythm gives another number than planned."""
    if planned is None or planned == count:
        return ""
    dates = ngettext("%(count)d date", "%(count)d dates", count) % {"count": count}
    return _("%(dates)s for %(planned)d planned") % {"dates": dates, "planned": planned}
