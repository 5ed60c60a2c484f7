"""A rhythm looked at before it is saved: each date with what an organiser should know, and what becomes of it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import wording
from cycles.models import Session
from cycles.schedule import first_dates, planning, recurrence
from desk.planner.forms import ADDITIONS, AdditionForm, DateChoiceForm
from desk.schedule import consequences
from desk.schedule.clashes import Clashes, Span
from desk.ui.forms.rows import RowSet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict
    from i18nfield.strings import LazyI18nString

    from cycles.models import Cycle


@dataclass(frozen=True, kw_only=True)
class When:
    """A date as it is shown: in words, with its offset and what to know about it."""

    label: str
    hours: str
    offset: str
    notes: tuple[str, ...]
    is_past: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One proposed date, and where it would be held instead."""

    occurrence: recurrence.Occurrence
    when: When
    moved: When | None
    form: DateChoiceForm
    # Why the cycle leaves it out until now; None for a date that it does not.
    left_out_because: LazyI18nString | None

    @property
    def was_left_out(self) -> bool:
        return self.left_out_because is not None

    @property
    def date(self) -> dt.date:
        return self.occurrence.planned_date

    @property
    def choice(self) -> str:
        return self.form.chosen

    @property
    def is_open(self) -> bool:
        """True when its choice is not simply to keep, or is wrong: the details stand open then."""
        if self.was_left_out and self.choice == DateChoiceForm.SKIP:
            return bool(self.form.errors)
        return self.choice != DateChoiceForm.KEEP or bool(self.form.errors)


@dataclass(frozen=True, kw_only=True)
class Created:
    """A session that the cycle has already, in its place among the dates; it is changed on pages of its own."""

    session: Session
    date: dt.date
    label: str
    # Where the rhythm had it, when it is held on another day.
    planned: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The dates of a rhythm that have no session yet, those added beside it, and how many that makes.

    `line` is what is shown: these dates and the sessions that there are, in the order of their days.
    """

    rule: recurrence.Rule
    in_words: str
    rows: tuple[Row, ...]
    line: tuple[Row | Created, ...]
    additions: RowSet
    added: tuple[When, ...]
    count: int
    total: int
    count_note: str
    without: tuple[str, ...]
    seen_dates: tuple[dt.date, ...]
    seen_left_out: tuple[dt.date, ...]

    def is_valid(self) -> bool:
        # Every form is asked, not only up to the first error: all of them show.
        wrong = [row for row in self.rows if not row.form.is_valid()]
        return self.additions.is_valid() and not wrong

    @property
    def row_errors(self) -> list[tuple[str, str, str]]:
        """(address of the field, what it is called, what is wrong) for each error among the dates."""
        wrong = [
            (field.id_for_label, f"{row.when.label} · {field.label}", str(error))
            for row in self.rows
            for field in row.form
            for error in field.errors
        ]
        return wrong + self.additions.errors()

    @property
    def skips(self) -> dict[dt.date, dict[str, str]]:
        return {row.date: row.form.reason for row in self._chosen(DateChoiceForm.SKIP)}

    @property
    def moves(self) -> dict[dt.date, planning.Placement]:
        return {
            row.date: _placement(span, row.form.reason)
            for row in self._chosen(DateChoiceForm.MOVE)
            if (span := _elsewhere(row.form, self.rule)) is not None
        }

    @property
    def placements(self) -> list[planning.Placement]:
        """The dates added beside the rhythm."""
        return [
            _placement(_on(form.cleaned_data["date"], self.rule), form.reason)
            for form in _filled(self.additions)
        ]

    def _chosen(self, choice: str) -> list[Row]:
        return [row for row in self.rows if row.choice == choice]


def _placement(span: recurrence.Occurrence, reason: dict[str, str]) -> planning.Placement:
    return planning.Placement(starts_at=span.starts_at, ends_at=span.ends_at, reason=reason)


def _on(date: dt.date, rule: recurrence.Rule) -> recurrence.Occurrence:
    return recurrence.local_span(date, local_start=rule.local_start, minutes=rule.minutes, zone=rule.zone)


def _elsewhere(form: DateChoiceForm, rule: recurrence.Rule) -> recurrence.Occurrence | None:
    """Return where a date is held instead, as far as what was written allows to say."""
    if form.chosen != DateChoiceForm.MOVE or not form.is_bound:
        return None
    form.is_valid()
    to = form.cleaned_data.get("to")
    return _on(to, rule) if to else None


def _filled(additions: RowSet) -> list[AdditionForm]:
    forms = [row.form for row in additions.filled()]
    return [form for form in forms if isinstance(form, AdditionForm) and form.is_valid()]


def propose(
    cycle: Cycle,
    rule: recurrence.Rule,
    *,
    planned_count: int | None,
    at: dt.datetime,
    among: QuerySet[Cycle],
    data: QueryDict | None = None,
) -> Proposal:
    """Return the dates that the cycle would get from `rule`; `data` is what the organiser chose for each.

    Clashes are looked for `among` these cycles. Seven queries, whatever the number of dates.
    """
    language = consequences.language()
    proposed = planning.without_session(cycle, rule=rule)
    left_out = planning.left_out(cycle)
    seen = _dates(data, "date")
    # A date that was not on the page yet has no choice to read.
    forms = [
        DateChoiceForm(
            data if o.planned_date in seen else None,
            prefix=f"{o.planned_date:%Y%m%d}",
            initial=DateChoiceForm.initial_for(left_out.get(o.planned_date)),
        )
        for o in proposed
    ]
    elsewhere = [_elsewhere(form, rule) for form in forms]
    additions = RowSet(ADDITIONS, name="additions", data=data, initial=(), choices={})
    added = [_on(form.cleaned_data["date"], rule) for form in _filled(additions)]
    pairs = list(zip(proposed, elsewhere, forms, strict=True))
    held = [to or o for o, to, form in pairs if form.chosen != DateChoiceForm.SKIP]
    shown = [*proposed, *(to for to in elsewhere if to), *added]
    told = _Told(rule, shown, held=[*held, *added], among=among, at=at)
    rows = tuple(
        Row(
            occurrence=o,
            when=told.when(o),
            moved=told.when(to) if to else None,
            form=form,
            left_out_because=left_out.get(o.planned_date),
        )
        for o, to, form in pairs
    )
    kept = sum(row.choice != DateChoiceForm.SKIP for row in rows) + len(added)
    sessions = list(first_dates.annotated(cycle.sessions.in_order()))
    total = kept + sum(session.status != Session.Status.CANCELLED for session in sessions)
    return Proposal(
        rule=rule,
        in_words=wording.rule_in_words(rule, language=language),
        rows=rows,
        line=tuple(
            sorted([*rows, *_created(cycle, sessions, language=language)], key=operator.attrgetter("date"))
        ),
        additions=additions,
        added=tuple(map(told.when, added)),
        count=kept,
        total=total,
        count_note=count_note(planned_count, total),
        without=tuple(wording.month_and_year(m, language=language) for m in recurrence.months_without(rule)),
        seen_dates=seen,
        seen_left_out=_dates(data, "left_out"),
    )


def _created(cycle: Cycle, sessions: Iterable[Session], *, language: str) -> Iterator[Created]:
    """Yield the sessions that have a day; a postponed one waits for its own elsewhere."""
    for session in sessions:
        session.cycle = cycle
        date = session.local_date
        if date is not None:
            left = first_dates.left(session)
            yield Created(
                session=session,
                date=date,
                label=wording.long_date(date, language=language),
                planned=wording.long_date(left.date, language=language) if left else "",
            )


def _dates(data: QueryDict | None, name: str) -> tuple[dt.date, ...]:
    """Return the days that a repeated hidden field holds; what is no day is passed over."""
    texts = data.getlist(name) if data is not None else []
    return tuple(date for text in texts if (date := _date(text)))


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class _Told:
    """What is said of each date that is looked at, from one reading of the sessions around them."""

    def __init__(
        self,
        rule: recurrence.Rule,
        shown: Sequence[recurrence.Occurrence],
        *,
        held: Sequence[recurrence.Occurrence],
        among: QuerySet[Cycle],
        at: dt.datetime,
    ) -> None:
        self._rule, self._at = rule, at
        self._language = consequences.language()
        self._days = {o.planned_date for o in recurrence.occurrences(rule)}
        # By identity: two dates may be held at one time, which is what is told.
        self._held = {id(o): self._span(o) for o in held if not o.is_all_day}
        spans = [(o.starts_at, o.ends_at) for o in shown]
        self._clashes = Clashes(among, spans, new=list(self._held.values()))

    def _span(self, occurrence: recurrence.Occurrence) -> Span:
        date = wording.long_date(occurrence.planned_date, language=self._language)
        name = _("another date of this plan, %(date)s") % {"date": date}
        return Span(occurrence.starts_at, occurrence.ends_at, name)

    def when(self, occurrence: recurrence.Occurrence) -> When:
        zone = f"{occurrence.starts_at.astimezone(ZoneInfo(self._rule.zone)):%z}"
        return When(
            label=wording.long_date(occurrence.planned_date, language=self._language),
            hours=""
            if occurrence.is_all_day
            else wording.hours(
                occurrence.starts_at, occurrence.ends_at, zone=self._rule.zone, language=self._language
            ),
            offset=f"UTC{zone[:3]}:{zone[3:]}",
            notes=tuple(self._notes(occurrence)),
            is_past=occurrence.starts_at <= self._at,
        )

    def _notes(self, occurrence: recurrence.Occurrence) -> list[str]:
        notes = consequences.warnings(occurrence, zone=self._rule.zone)
        if occurrence.planned_date not in self._days:
            nth = wording.nth_in_words(occurrence.planned_date, language=self._language)
            notes.insert(0, _("%(off_rule)s: not a date of the rhythm") % {"off_rule": nth})
        own = self._held.get(id(occurrence))
        return notes + self._clashes.warnings(occurrence.starts_at, occurrence.ends_at, own=own)


def count_note(planned: int | None, count: int) -> str:
    """Return «13 dates pour 12 prévues» when the rhythm gives another number than planned."""
    if planned is None or planned == count:
        return ""
    dates = ngettext("%(count)d date", "%(count)d dates", count) % {"count": count}
    words = ngettext("%(dates)s for %(planned)d planned", "%(dates)s for %(planned)d planned", planned)
    return words % {"dates": dates, "planned": planned}
