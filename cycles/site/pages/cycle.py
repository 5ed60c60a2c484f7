"""The page of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.language import naming
from cycles.models import Session
from cycles.runs.pages import run_page
from cycles.site import json_ld

from .around import Around, around
from .lines import Line, line
from .news import Post, recaps_of
from .stops import speakers_of, true_until

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Partnership, SpeakerSlot
    from cycles.runs.pages import RunPage


@dataclass(frozen=True, kw_only=True)
class CyclePage:
    """Everything the page of a cycle shows."""

    line: Line
    planned_note: str
    partnerships: tuple[Partnership, ...]
    posts: tuple[Post, ...]
    around: Around
    structured: json_ld.Data
    changes_at: dt.datetime
    # What the page of a training run shows besides.
    run: RunPage | None = None


def cycle_page(cycle: Cycle, *, at: dt.datetime) -> CyclePage:
    """Gather the page of a cycle in a number of queries that does not depend on its sessions."""
    sessions = list(
        cycle.sessions.exclude(status=Session.Status.DRAFT).select_related("territory").in_order()
    )
    slots: dict[int, list[SpeakerSlot]] = {}
    for slot in speakers_of(sessions):
        slots.setdefault(slot.segment.session_id, []).append(slot)
    posts, recaps = recaps_of(cycle)
    programme = cycle.public_programme
    exceptions = list(cycle.exceptions.all())
    of_run = None
    if cycle.is_run:
        names = tuple(
            dict.fromkeys(naming.speaker(s) for session in sessions for s in slots.get(session.pk, ()))
        )
        of_run = run_page(cycle, sessions, trainers=names, at=at)
    changes_at = true_until(sessions, zone=cycle.zone, at=at)
    return CyclePage(
        line=line(cycle, sessions, at=at, exceptions=exceptions, slots=slots, recaps=recaps),
        planned_note=_planned_note(cycle, len(sessions)),
        partnerships=tuple(programme.partnerships.select_related("organisation")) if programme else (),
        posts=posts,
        around=around(programme, besides=cycle),
        structured=of_run.structured
        if of_run and of_run.structured
        else json_ld.cycle_series(cycle, sessions=sessions, exceptions=exceptions),
        changes_at=min(changes_at, of_run.changes_at) if of_run else changes_at,
        run=of_run,
    )


def _planned_note(cycle: Cycle, count: int) -> str:
    if cycle.planned_count is None or not count or cycle.planned_count == count:
        return ""
    return _("%(count)d of %(planned)d planned are listed so far.") % {
        "count": count,
        "planned": cycle.planned_count,
    }
