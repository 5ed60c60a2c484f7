"""The lines of the yearly report in words, and what it lacks, for its page and its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles import access
from cycles.models import Cycle, Programme
from training.documents.issued import issuers
from training.models import ProgrammeProvider, Syllabus, TraineeFile, TrainerEngagement
from training.yearly import frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from training.yearly.figures import Hole, Year


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Something that the report lacks, and the run where it is seen to."""

    words: str
    run: str
    url: str


FRAMES = ("E", "F-1", "F-2", "F-3", "F-4", "G")


def frame_words() -> dict[str, str]:
    """Return what each frame of the form is about."""
    return {
        "E": _("Who taught"),
        "F-1": _("Trainees by status"),
        "F-2": _("Of which held for us by another provider"),
        "F-3": _("Trainees by aim"),
        "F-4": _("Trainees by speciality (NSF)"),
        "G": _("Trainees entrusted to us by another provider (not in F)"),
    }


def line_words(line: frames.Line) -> str:
    """Return what a line is called."""
    if line.code == "total":
        return _("Total")
    if line.code == frames.OTHERS:
        return _("Other specialities")
    if line.frame == "E":
        return str(TrainerEngagement.Engagement(line.code).label)
    if line.frame == "F-1":
        return str(TraineeFile.Kind(line.code).label)
    return str(Syllabus.Goal(line.code).label) if line.frame == "F-3" else line.code


def rows(found: Year) -> Iterator[list[object]]:
    """Yield the lines of the file: frame, what it is about, line, in words, people, whole hours, minutes."""
    about = frame_words()
    for line in found.frames.lines:
        yield [
            line.frame,
            about[line.frame],
            line.code,
            line_words(line),
            line.people,
            line.hours,
            line.minutes,
        ]


def header() -> list[str]:
    return [_("Frame"), _("About"), _("Line"), _("In words"), _("People"), _("Hours"), _("Minutes")]


def _name(cycle: Cycle) -> str:
    """Tell runs of one module apart by their numbers."""
    if cycle.run_number is None:
        return str(cycle)
    return f"{cycle} · {_('Run %(number)s') % {'number': cycle.run_number}}"


def lacks(found: Year) -> list[Lack]:
    """Return what is missing, run by run."""
    rows = Cycle.objects.filter(pk__in={hole.cycle_id for hole in found.holes}).select_related("module")
    runs = {one.pk: one for one in rows}
    return [
        Lack(
            words=_hole(hole),
            run=_name(runs[hole.cycle_id]),
            url=_page(hole, runs[hole.cycle_id]),
        )
        for hole in found.holes
    ]


def _page(hole: Hole, run: Cycle) -> str:
    """Return where it is put right: the sheet of the module for its codes, the run's page for people and half-days."""
    if hole.kind in ("goal", "speciality") and run.module is not None:
        return reverse("desk:syllabus", args=[run.module.slug])
    return reverse("desk:training-run", args=[run.slug])


def _hole(hole: Hole) -> str:
    count = {"count": hole.count}
    if hole.kind == "half_days":
        return (
            ngettext(
                "%(count)d half-day is not countersigned: it is not counted.",
                "%(count)d half-days are not countersigned: they are not counted.",
                hole.count,
            )
            % count
        )
    if hole.kind == "kind":
        return (
            ngettext("%(count)d person without a status", "%(count)d people without a status", hole.count)
            % count
        )
    if hole.kind == "goal":
        return (
            ngettext(
                "%(count)d person in a run without an aim on its programme sheet",
                "%(count)d people in a run without an aim on its programme sheet",
                hole.count,
            )
            % count
        )
    return (
        ngettext(
            "%(count)d person in a run without a speciality on its programme sheet",
            "%(count)d people in a run without a speciality on its programme sheet",
            hole.count,
        )
        % count
    )


def of_provider(programme: Programme, user: User | AnonymousUser) -> tuple[list[Programme], int]:
    """Return the programmes that a report counts: those of its provider that somebody plans; and how many it omits."""
    provider = issuers.of_programme(programme).provider
    if provider is None:
        return [programme], 0
    links = ProgrammeProvider.objects.filter(provider=provider)
    theirs = access.programmes(user, right=access.Right.PLAN)
    listed = list(Programme.objects.filter(training_provider__in=links, pk__in=theirs).order_by("slug"))
    return listed, links.count() - len(listed)
