"""What came of a cycle and of a session: pages, a table to take away, and one page for those who fund it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import journal
from cycles import access
from cycles.site import pages
from desk.cycle import line
from desk.reports import funder_report, programme_report, report
from desk.ui.rights import may
from desk.ui.tables.exports import table_file
from web import papers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Cycle, Programme


@require_safe
@never_cache
@login_required
def cycle_report(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug)
    context = {
        "cycle": cycle,
        "report": report.cycle_report(cycle, at=timezone.now()),
        **may(rights),
    }
    return render(request, "desk/reports/cycle_report.html", context)


@require_safe
@never_cache
@login_required
def cycle_file(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The stops of the report as CSV or a spreadsheet, or all of it as a PDF of one page."""
    cycle, _rights = access.cycle_for(request.user, slug)
    at = timezone.now()
    result = report.cycle_report(cycle, at=at)
    return _export(
        request,
        cycle,
        ending,
        pdf=lambda: funder_report.pdf(result, at=at),
        header=report.header(cycle),
        rows=report.values(result.chart),
        at=at,
    )


@require_safe
@never_cache
@login_required
def of_programme(request: HttpRequest, slug: str) -> HttpResponse:
    programme, rights = access.programme_for(request.user, slug)
    context = {
        "programme": programme,
        "report": programme_report.programme_report(programme, at=timezone.now()),
        "may_audit": access.Right.AUDIT in rights,
    }
    return render(request, "desk/reports/programme_report.html", context)


@require_safe
@never_cache
@login_required
def programme_file(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    """The cycles of a programme as CSV or a spreadsheet, or all of it as a PDF of one page."""
    programme, _rights = access.programme_for(request.user, slug)
    at = timezone.now()
    result = programme_report.programme_report(programme, at=at)
    return _export(
        request,
        programme,
        ending,
        pdf=lambda: funder_report.programme_pdf(result, at=at),
        header=programme_report.header(),
        rows=programme_report.values(result),
        at=at,
    )


def _export(
    request: HttpRequest,
    target: Cycle | Programme,
    ending: str,
    *,
    pdf: Callable[[], bytes],
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    at: dt.datetime,
) -> HttpResponseBase:
    """Note that a report is taken away, and hand it out as a table or as a PDF."""
    journal.record("report.export", by=access.account(request.user), at=at, target=target, detail=ending)
    if ending == "pdf":
        return papers.pdf(pdf(), f"{target.slug}.pdf")
    return table_file(f"{target.slug}-report", ending=ending, header=header, rows=rows)


@require_safe
@never_cache
@login_required
def session_report(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    session, _rights = access.session_for(request.user, cycle, slug)
    at = timezone.now()
    context = {
        "session": session,
        "cycle": session.cycle,
        "item": line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at),
        "report": report.session_report(session, at=at),
    }
    return render(request, "desk/reports/session_report.html", context)
