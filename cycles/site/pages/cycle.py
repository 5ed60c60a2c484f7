"""The page of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cycles.models import Session
from cycles.site import json_ld

from .around import Around, around
from .lines import Line, line
from .news import Post, recaps_of
from .stops import speakers_of, true_until

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Partnership, SpeakerSlot


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
    return CyclePage(
        line=line(cycle, sessions, at=at, exceptions=exceptions, slots=slots, recaps=recaps),
        planned_note=_planned_note(cycle, len(sessions)),
        partnerships=tuple(programme.partnerships.select_related("organisation")) if programme else (),
        posts=posts,
        around=around(programme, besides=cycle),
        structured=json_ld.cycle_series(cycle, sessions=sessions, exceptions=exceptions),
        changes_at=true_until(sessions, zone=cycle.zone, at=at),
    )


def _planned_note(cycle: Cycle, count: int) -> str:
    if cycle.planned_count is None or not count or cycle.planned_count == count:
        return ""
    return _("%(count)d of %(planned)d planned are listed so far.") % {
        "count": count,
        "planned": cycle.planned_count,
    }
