"""Everything that belongs to one programme, for its page: partners, cycles, training, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import naming, wording
from cycles.models import Cycle, Session
from desk.content.editors.kinds import KINDS
from desk.schedule.consequences import language

if TYPE_CHECKING:
    import datetime as dt
    from typing import Any

    from cycles.models import Programme

MOST = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing of a programme: its name and where it opens (empty: nowhere for this reader), what is said of it."""

    name: str
    url: str
    tag: str = ""
    about: str = ""
    # The language of the name where it is not the page's.
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Things of one sort: the first few, how many there are, the address for a new one (empty: none)."""

    title: str
    lines: tuple[Line, ...]
    count: int
    new_word: str = ""
    new_url: str = ""


def cycles(programme: Programme, *, at: dt.datetime) -> tuple[Line, ...]:
    """Return the cycles of a programme, the latest first, each with its sessions in a few words; two queries."""
    held = Q(sessions__status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED))
    rows = (
        programme.cycles.series()
        .annotate(
            count=Count("sessions", filter=~Q(sessions__status=Session.Status.CANCELLED)),
            soonest=Min("sessions__starts_at", filter=held & Q(sessions__ends_at__gt=at)),
            latest=Max("sessions__starts_at", filter=held),
        )
        .order_by("-first_date", "slug")
    )
    return tuple(_cycle(cycle) for cycle in rows)


def _cycle(cycle: Cycle) -> Line:
    row: Any = cycle
    said = [ngettext("%(count)d session", "%(count)d sessions", row.count) % {"count": row.count}]
    if row.soonest is not None:
        day = wording.long_date(row.soonest.astimezone(cycle.zone).date(), language=language())
        said.append(_("next: %(date)s") % {"date": day})
    elif row.latest is not None:
        day = wording.long_date(row.latest.astimezone(cycle.zone).date(), language=language())
        said.append(_("last: %(date)s") % {"date": day})
    return Line(
        name=str(cycle.title),
        language=naming.fallback(cycle.title),
        url=reverse("desk:cycle-detail", args=[cycle.slug]),
        tag=str(cycle.get_status_display()),
        about=" · ".join(said),
    )


def parts(programme: Programme, *, may_plan: bool) -> list[Part]:
    """Return training, news, resources and events of a programme; two queries a sort."""
    results = []
    for name, rows in (
        ("modules", programme.modules.order_by("slug")),
        ("news", programme.news.order_by("position", "-pk").prefetch_related("links__session__cycle")),
        ("resources", programme.resources.all()),
        ("events", programme.events.all()),
    ):
        kind = KINDS[name]
        lines = tuple(
            Line(
                name=kind.label(row),
                language=naming.fallback(row.title),
                url=_address(name, row) if may_plan else "",
                tag=_state(row),
            )
            for row in rows[:MOST]
        )
        results.append(
            Part(
                title=str(kind.title),
                lines=lines,
                count=len(lines) if len(lines) < MOST else rows.count(),
                new_word=str(kind.new),
                new_url=f"{reverse('desk:content-new', args=[kind])}?programme={programme.slug}"
                if may_plan
                else "",
            )
        )
    return results


def _address(name: str, row: Any) -> str:
    if name == "modules":
        return reverse("desk:module-runs", args=[row.slug])
    return reverse("desk:content-edit", args=[name, row.slug])


def _state(row: Any) -> str:
    is_published = getattr(row, "is_published", None)
    if is_published is None:
        return ""
    return _("published") if is_published else _("draft")
