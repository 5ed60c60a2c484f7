"""The page of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.language import naming
from cycles.models import Session
from cycles.runs.pages import run_page
from cycles.schedule import first_dates
from cycles.site import crowds
from cycles.site.machines import json_ld

from . import facts
from .around import Around, around
from .lines import Line, line
from .news import Post, recaps_of
from .stops import next_session, seats_of, speakers_of, takes_registrations, true_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cycles.models import Cycle, CycleException, Partnership, SpeakerSlot, Track
    from cycles.runs.pages import RunPage

    from .facts import Fact


@dataclass(frozen=True, kw_only=True)
class CyclePage:
    """Everything the page of a cycle shows."""

    line: Line
    planned_note: str
    partnerships: tuple[Partnership, ...]
    posts: tuple[Post, ...]
    around: Around
    structured: json_ld.Data
    facts: tuple[Fact, ...]
    # What one will learn, a line each; the language in which it is shown when that is not the page's.
    outcomes: tuple[str, ...]
    outcomes_lang: str
    changes_at: dt.datetime
    # What the page of a training run shows besides.
    run: RunPage | None = None


def cycle_page(cycle: Cycle, *, at: dt.datetime, track: Track | None = None) -> CyclePage:
    """Gather the page of a cycle in a number of queries that does not depend on its sessions.

    Of a `track`, the line holds its dates and those of no track: they are everybody's.
    """
    listed = cycle.sessions.exclude(status=Session.Status.DRAFT).select_related("territory", "track")
    sessions = list(first_dates.annotated(listed.in_order()))
    for session in sessions:
        session.cycle = cycle
    slots: dict[int, list[SpeakerSlot]] = {}
    for slot in speakers_of(sessions):
        slots.setdefault(slot.segment.session_id, []).append(slot)
    posts, recaps = recaps_of(cycle)
    programme = cycle.public_programme
    exceptions = list(cycle.exceptions.all())
    seats = seats_of(sessions, at=at)
    of_run = None
    if cycle.is_run:
        names = tuple(
            dict.fromkeys(naming.speaker(s) for session in sessions for s in slots.get(session.pk, ()))
        )
        of_run = run_page(
            cycle, sessions, trainers=names, seats=crowds.needed_together(seats.values()), at=at
        )
    changes_at = true_until(sessions, zone=cycle.zone, at=at)
    is_ahead = next_session(sessions, at=at) is not None
    crowd = crowds.of_cycle(cycle.pk, at=at) if is_ahead and takes_registrations(cycle, at=at) else None
    changes_at = crowds.holds_until(changes_at, at=at, counts=bool(seats), crowd=crowd)
    shown = [s for s in sessions if track is None or s.track_id in (None, track.pk)]
    return CyclePage(
        line=line(cycle, shown, at=at, exceptions=exceptions, slots=slots, recaps=recaps, seats=seats),
        planned_note=_planned_note(cycle, sessions, exceptions),
        partnerships=tuple(programme.partnerships.select_related("organisation__picture"))
        if programme
        else (),
        posts=posts,
        around=around(programme, besides=cycle),
        structured=of_run.structured
        if of_run and of_run.structured
        else json_ld.cycle_series(cycle, sessions=sessions, exceptions=exceptions),
        facts=facts.of_cycle(cycle, sessions, crowd=crowd, at=at),
        outcomes=tuple(line.strip() for line in str(cycle.outcomes).splitlines() if line.strip()),
        outcomes_lang=naming.fallback(cycle.outcomes),
        changes_at=min(changes_at, of_run.changes_at) if of_run else changes_at,
        run=of_run,
    )


def _planned_note(cycle: Cycle, sessions: Sequence[Session], exceptions: Sequence[CycleException]) -> str:
    """Say how many of the planned dates stand here while some are missing; those beside the rule are counted apart.

    Nothing is missing, and nothing is said, once there are as many as were planned: "11 of 10" would be no sense.
    """
    days = {e.planned_date for e in exceptions if e.kind == e.Kind.ADDED}
    added = sum(1 for s in sessions if s.planned_date is None and first_dates.first_date(s) in days)
    count = len(sessions) - added
    if cycle.planned_count is None or not count or count >= cycle.planned_count:
        return ""
    return _("%(count)d of %(planned)d planned are listed so far.") % {
        "count": count,
        "planned": cycle.planned_count,
    }
