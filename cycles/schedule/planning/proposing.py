"""From a rule to sessions: what it proposes, creating them, leaving dates out, adding one beside it."""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import journal
from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.events import SessionsAdded
from cycles.language import wording
from cycles.models import Cycle, CycleException, Session
from cycles.schedule import recurrence
from cycles.schedule.revision import PlanningError, next_revised_at, reason_text, required_reason

from .schedule import check_span, keep_reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from i18nfield.strings import LazyI18nString

    from accounts.models import User


def propose(cycle: Cycle, *, rule: recurrence.Rule | None = None) -> tuple[recurrence.Occurrence, ...]:
    """Return the dates of the cycle's rule that have neither a session nor a skip. Writes nothing.

    `rule` stands in for the cycle's own, to look at a rhythm before it is saved. The rule proposes, the rows
    are the truth: a moved session still answers for its planned date.
    """
    skipped = left_out(cycle)
    return tuple(o for o in without_session(cycle, rule=rule) if o.planned_date not in skipped)


def without_session(
    cycle: Cycle, *, rule: recurrence.Rule | None = None
) -> tuple[recurrence.Occurrence, ...]:
    """Return what `propose` returns and the dates left out: all of which an organiser may decide. Writes nothing."""
    rule = rule or cycle.rule
    if rule is None:
        return ()
    taken = set(cycle.sessions.exclude(planned_date=None).values_list("planned_date", flat=True))
    moved = cycle.exceptions.filter(kind=CycleException.Kind.MOVED).exclude(moved_to=None)
    targets = dict(moved.values_list("planned_date", "moved_to"))
    return tuple(
        _on(o, targets.get(o.planned_date), rule)
        for o in recurrence.occurrences(rule)
        if o.planned_date not in taken
    )


def _on(
    occurrence: recurrence.Occurrence, day: dt.date | None, rule: recurrence.Rule
) -> recurrence.Occurrence:
    """Return a date of the rule as it is held on another day, or as it is without one."""
    if day is None:
        return occurrence
    held = recurrence.local_span(day, local_start=rule.local_start, minutes=rule.minutes, zone=rule.zone)
    return replace(held, planned_date=occurrence.planned_date)


def left_out(cycle: Cycle) -> dict[dt.date, LazyI18nString]:
    """Return the dates that the cycle leaves out, each with the reason."""
    skipped = cycle.exceptions.filter(kind=CycleException.Kind.SKIPPED)
    return dict(skipped.values_list("planned_date", "reason"))


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a date of the rule is held instead: aware instants, and why."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    reason: LazyI18nString | Mapping[str, str] | str


def confirm(
    cycle: Cycle,
    *,
    by: User | None,
    at: dt.datetime,
    dates: Collection[dt.date] | None = None,
    moves: Mapping[dt.date, Placement] | None = None,
    additions: Sequence[Placement] = (),
) -> list[Session]:
    """Create the sessions that `propose` would give now, numbered after the existing ones; return them.

    Running it twice creates nothing the second time: one session per planned date is held by the database.
    `dates` are the planned dates that the organiser saw: PlanningError when the plan gives others by now.
    `moves` holds a planned date elsewhere from the start: nobody was told the first date, so it is no change.
    `additions` are held beside the rule, each numbered by its place among the others.
    """
    with journal.entry("cycle.plan", cycle, by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        proposed = propose(row)
        if dates is not None and {o.planned_date for o in proposed} != set(dates):
            raise PlanningError(_("The plan has changed since you looked at it: check the dates again."))
        _refuse_left_out(row, additions)
        made = _numbered(row, proposed, additions, at=at)
        _place(made, moves or {}, at=at)
        Session.objects.bulk_create(made)
        _keep_additions(row, additions)
        if made:
            calendar_revision.look([session.pk for session in made], at=at)
            content_version.touch()
            SessionsAdded(cycle=row, session_ids=[s.pk for s in made], at=at).send()
        else:
            entry.drop()
        return made


def _refuse_left_out(cycle: Cycle, additions: Sequence[Placement]) -> None:
    """A date of the rule is taken up again rather than added: else it would be shown as held and as left out."""
    skipped = left_out(cycle) if additions else {}
    for extra in additions:
        date = extra.starts_at.astimezone(cycle.zone).date()
        if date in skipped:
            raise PlanningError(
                _("%(date)s is a date of the rhythm that was left out: restore it instead of adding it.")
                % {"date": wording.long_date(date, language=get_language() or settings.LANGUAGE_CODE)}
            )


def _numbered(
    cycle: Cycle,
    proposed: tuple[recurrence.Occurrence, ...],
    additions: Sequence[Placement],
    *,
    at: dt.datetime,
) -> list[Session]:
    """Return unsaved sessions for proposed and added dates in their order, numbered after the cycle's highest."""
    all_day = cycle.local_start is None
    for extra in additions:
        check_span(extra.starts_at, extra.ends_at, at=at, all_day=all_day)
    dates: list[tuple[dt.datetime, dt.datetime, dt.date | None]] = [
        (o.starts_at, o.ends_at, o.planned_date) for o in proposed
    ]
    dates += [(extra.starts_at, extra.ends_at, None) for extra in additions]
    highest = cycle.sessions.aggregate(Max("number"))["number__max"] or 0
    taken = set(cycle.sessions.values_list("slug", flat=True))
    made = []
    for number, (starts_at, ends_at, planned_date) in enumerate(
        sorted(dates, key=operator.itemgetter(0)), start=highest + 1
    ):
        slug = free_slug(cycle, number, taken=taken)
        taken.add(slug)
        made.append(
            Session(
                cycle=cycle,
                slug=slug,
                number=number,
                has_theme=False,
                status=Session.Status.TENTATIVE,
                planned_date=planned_date,
                starts_at=starts_at,
                ends_at=ends_at,
                is_all_day=all_day,
                created_at=at,
                revised_at=next_revised_at(None, at=at),
            )
        )
    return made


def _place(made: list[Session], moves: Mapping[dt.date, Placement], *, at: dt.datetime) -> None:
    """Put unsaved sessions where `moves` says, and keep the reasons."""
    by_date = {session.planned_date: session for session in made}
    if unknown := set(moves) - set(by_date):
        msg = f"no session is proposed on {', '.join(map(str, sorted(unknown)))}"
        raise ValueError(msg)
    for date, placement in moves.items():
        check_span(placement.starts_at, placement.ends_at, at=at, all_day=by_date[date].is_all_day)
        by_date[date].starts_at, by_date[date].ends_at = placement.starts_at, placement.ends_at
        keep_reason(by_date[date], reason_text(placement.reason))


def _keep_additions(cycle: Cycle, additions: Sequence[Placement]) -> None:
    """Keep why a date was added beside the rule."""
    CycleException.objects.bulk_create(
        [
            CycleException(
                cycle=cycle,
                planned_date=extra.starts_at.astimezone(cycle.zone).date(),
                kind=CycleException.Kind.ADDED,
                reason=reason_text(extra.reason),
            )
            for extra in additions
        ],
        ignore_conflicts=True,
    )


def free_slug(cycle: Cycle, number: int, *, taken: set[str]) -> str:
    """Return "escale-03" in the site's own language, whoever plans in whichever language."""
    word = slugify((cycle.session_word.localize(settings.LANGUAGE_CODE) or "")[:200]) or "session"
    slug = f"{word}-{number:02d}"
    again = itertools.count(2)
    candidate = slug
    while candidate in taken:
        candidate = f"{slug}-{next(again)}"
    return candidate


def add(
    cycle: Cycle,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    title: LazyI18nString | Mapping[str, str],
    by: User | None,
    at: dt.datetime,
    reason: LazyI18nString | Mapping[str, str] | str | None = None,
) -> Session:
    """Create a confirmed session that the rule does not give, numbered after the others.

    Raises PlanningError for one in the past, or whose end and start are not in order.
    """
    with journal.entry("session.add", by=by, at=at) as entry:
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        check_span(starts_at, ends_at, at=at, all_day=False)
        number = (row.sessions.aggregate(Max("number"))["number__max"] or 0) + 1
        session = Session.objects.create(
            cycle=row,
            slug=free_slug(row, number, taken=set(row.sessions.values_list("slug", flat=True))),
            number=number,
            title=title,
            status=Session.Status.CONFIRMED,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=at,
            revised_at=next_revised_at(None, at=at),
        )
        if row.rule is not None:
            # Without a rhythm nothing departs from it.
            CycleException.objects.get_or_create(
                cycle=row,
                planned_date=starts_at.astimezone(row.zone).date(),
                defaults={"kind": CycleException.Kind.ADDED, "reason": reason_text(reason)},
            )
        SessionsAdded(cycle=row, session_ids=[session.pk], at=at).send()
        entry.about(session)
        return session


def skip(
    cycle: Cycle,
    *,
    date: dt.date,
    reason: LazyI18nString | Mapping[str, str] | str,
    by: User | None,
    at: dt.datetime,
) -> CycleException:
    """Leave one date of the rule out, and say why. Skipping it again changes the reason.

    Raises PlanningError without a reason, for a day that the rule does not give, or one that has its session.
    """
    with journal.entry("cycle.skip", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        text = required_reason(reason, _("Say why this date is left out: the page of the cycle shows it."))
        if row.rule is None or date not in {o.planned_date for o in recurrence.occurrences(row.rule)}:
            raise PlanningError(_("The rhythm does not give that date: there is nothing to leave out."))
        if row.sessions.filter(planned_date=date).exists():
            raise PlanningError(_("That date has its session already: cancel or move the session."))
        exception, _created = CycleException.objects.update_or_create(
            cycle=row, planned_date=date, defaults={"kind": CycleException.Kind.SKIPPED, "reason": text}
        )
        _touch(row, at=at)
        return exception


def unskip(
    cycle: Cycle,
    *,
    date: dt.date,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Let the rule propose a skipped date again. Raises PlanningError for a date that was not skipped."""
    with journal.entry("cycle.unskip", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        skipped = row.exceptions.filter(planned_date=date, kind=CycleException.Kind.SKIPPED)
        if not skipped.delete()[0]:
            raise PlanningError(_("That date is not left out: nothing to change."))
        _touch(row, at=at)


def _touch(cycle: Cycle, *, at: dt.datetime) -> None:
    cycle.revised_at = next_revised_at(cycle.revised_at, at=at)
    cycle.save(update_fields=["revised_at"])
