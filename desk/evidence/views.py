"""The archive of a run, and the figures of a year of a training provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import journal
from cycles import access
from cycles.language import wording
from desk.ui.tables.exports import table_file
from training import run_facts
from training.documents import certificates
from training.documents.issued import issuers
from training.evidence import archive
from training.models import TrainerEngagement
from training.signing import hours, queries
from training.yearly import engagements, figures

from . import board, files, yearly

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Cycle, Programme

EXPORTED = "training.archive"
YEAR_EXPORTED = "training.yearly_file"
FIRST_YEAR, LAST_YEAR = 2000, 2199


@require_safe
@never_cache
@login_required
def run_archive(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Hand out everything that proves a run as one ZIP, made while it is sent."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if not cycle.sessions.filter(queries.in_frame()).exists():
        raise Http404
    at, language = timezone.now(), get_language() or "fr"
    cover = _cover(cycle, language=language, at=at)
    journal.record(EXPORTED, by=access.account(request.user), at=at, target=cycle)
    return StreamingHttpResponse(
        _spoken(archive.pieces(files.parts(cycle, language=language), cover=cover), language),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="evidence-{cycle.slug}.zip"',
            "X-Robots-Tag": "noindex",
        },
    )


def _spoken(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Make each piece in the language of the request, which has been put away by then."""
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        if piece:
            yield piece


def _cover(cycle: Cycle, *, language: str, at: dt.datetime) -> archive.Cover:
    run, issuer = certificates.run(cycle), issuers.of(cycle)
    needs = board.needs(run, issuer=issuer, may_plan=True, at=at)
    return archive.Cover(
        title=_("Evidence of “%(title)s”, run %(number)d")
        % {"title": cycle.title, "number": run_facts.number(cycle)},
        facts=[
            (_("Issued by"), issuer.name),
            (_("Half-days"), str(len(run.sessions))),
            (_("Trainees"), str(len(run.rows))),
            (_("Made"), wording.short_when(at, zone=cycle.timezone, language=language)),
        ],
        missing=[" ".join([need.words, ", ".join(need.names)]).strip() for need in needs],
        made_at=at,
        language=language,
    )


def _year(request: HttpRequest, slug: str, year: int) -> tuple[Programme, figures.Year, int]:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.PLAN)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    listed, left_out = yearly.of_provider(programme, request.user)
    return programme, figures.year(listed, of=year, at=timezone.now()), left_out


@require_safe
@never_cache
@login_required
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the last year in which something was held that is over, else to the present one."""
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.PLAN)
    listed, _left_out = yearly.of_provider(programme, request.user)
    now = timezone.localtime().year
    return redirect("desk:yearly", slug, next((one for one in figures.years(listed) if one <= now), now))


@require_safe
@never_cache
@login_required
def report(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """The figures that the yearly report of a provider asks for, and what is missing of them."""
    programme, found, left_out = _year(request, slug, year)
    listed, _left_out = yearly.of_provider(programme, request.user)
    words = yearly.frame_words()
    context = {
        "programme": programme,
        "issuer": issuers.of_programme(programme),
        "found": found,
        "left_out": left_out,
        "years": sorted({year, *figures.years(listed)}, reverse=True),
        "frames": [
            (
                frame,
                words[frame],
                [(line, yearly.line_words(line)) for line in found.frames.of(frame)],
            )
            for frame in yearly.FRAMES
        ],
        "lacks": yearly.lacks(found),
        "trainers": [
            {"name": name, "engagement": engagement, "hours": hours.clock(minutes)}
            for name, engagement, minutes in found.trainers
        ],
        "engagements": TrainerEngagement.Engagement.choices,
    }
    return render(request, "desk/evidence/report.html", context)


@require_safe
@never_cache
@login_required
def report_file(request: HttpRequest, slug: str, year: int) -> HttpResponseBase:
    """The same as a CSV file; its name says when something is missing."""
    programme, found, _left_out = _year(request, slug, year)
    journal.record(
        YEAR_EXPORTED,
        by=access.account(request.user),
        at=timezone.now(),
        target=programme,
        detail=str(year),
    )
    state = "" if found.is_complete else "-incomplete"
    name = f"bpf-{year}-{found.form.replace('*', '-')}{state}"
    return table_file(name, ending="csv", header=yearly.header(), rows=list(yearly.rows(found)))


@require_POST
@login_required
def report_trainers(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """Note what the trainers of a year are to the provider."""
    programme, found, _left_out = _year(request, slug, year)
    values = {}
    for number, (name, _engagement, _minutes) in enumerate(found.trainers):
        choice = request.POST.get(f"trainer-{number}", "")
        if request.POST.get(f"name-{number}") == name and choice in (
            "",
            *TrainerEngagement.Engagement.values,
        ):
            values[name] = choice
    engagements.write(programme, values=values, by=access.account(request.user), at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("desk:yearly", slug, year)
