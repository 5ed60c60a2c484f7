"""Who came to a session: seen and noted by hand, brought in from a platform's file, taken out as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from cycles import access
from cycles.language import wording
from cycles.site import pages
from desk.attendance import files, table
from desk.attendance import signature_list as signatures
from desk.cycle import line
from desk.schedule import consequences
from desk.ui.acts import act_of
from desk.ui.addresses import without_page
from desk.ui.tables.exports import table_file
from registrations.attendance import applying, noting
from registrations.attendance.models import AttendanceReport
from registrations.tables.reading import TableError
from web import papers
from web.requests import bodies

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Session

PER_PAGE = 50
FORM_METHODS = ["GET", "HEAD", "POST"]


def _session(request: HttpRequest, cycle: str, slug: str) -> Session:
    return access.session_for(request.user, cycle, slug, right=access.Right.TEACH)[0]


def _render(
    request: HttpRequest, template: str, session: Session, *, status: int = 200, **context: Any
) -> HttpResponse:
    at = timezone.now()
    item = line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at)
    given = {"session": session, "cycle": session.cycle, "item": item, **context}
    return render(request, template, given, status=status)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def attendance(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """The table, 50 people a page, each with what can be noted about them."""
    session = _session(request, cycle, slug)
    at = timezone.now()
    if request.method != "POST":
        return _table(request, session, at=at)
    rows = table.lines(table.posted(session, request.POST, most=PER_PAGE), request.POST)
    values = table.changed(rows)
    if any(row.form.errors for row in rows):
        return _table(request, session, rows, at=at, status=422)
    try:
        count = noting.note(session, values=values, by=access.account(request.user), at=at)
    except noting.AttendanceError as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    outcome = ngettext("Noted for %(count)d person.", "Noted for %(count)d people.", count) % {"count": count}
    messages.success(request, outcome if count else _("Nothing was changed."))
    return redirect(request.get_full_path())


def _table(
    request: HttpRequest,
    session: Session,
    rows: list[table.Row] | None = None,
    *,
    at: dt.datetime,
    status: int = 200,
) -> HttpResponse:
    """Show the page that was asked for, or again the rows that were posted and make no sense."""
    page = Paginator(table.people(session, request.GET), PER_PAGE).get_page(request.GET.get("page"))
    return _render(
        request,
        "desk/attendance/attendance.html",
        session,
        status=status,
        page=page,
        rows=table.lines(page.object_list) if rows is None else rows,
        form=table.FilterForm(request.GET),
        has_errors=status != 200,  # noqa: PLR2004 - the page as it is asked for
        figures=table.figures(session, at=at),
        is_over=session.is_held and session.ends_at is not None and session.ends_at <= at,
        applied=session.attendance_reports.exclude(applied_at=None).order_by("-applied_at")[:5],
        query=without_page(request.GET),
        keep_query=True,
    )


@bodies.takes_files
@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def bring_in(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Choose a platform's file; what it says is shown before anything is written."""
    session = _session(request, cycle, slug)
    template = "desk/attendance/attendance_import.html"
    if request.method != "POST":
        return _render(request, template, session, form=files.UploadForm())
    form = files.UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report = applying.upload(
                session,
                name=file.name or "",
                data=file.read(),
                by=access.account(request.user),
                at=timezone.now(),
            )
        except TableError as error:
            form.add_error("file", files.trouble_in_words(error.trouble, error.cells))
        else:
            return redirect("desk:attendance-report", cycle, slug, report.pk)
    return _render(request, template, session, form=form, status=422)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def report(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """What a file would write, and whom it names that nobody knows."""
    result = _report(request, cycle, slug, pk)
    if result.applied_at is not None:
        return redirect("desk:attendance", cycle, slug)
    data = request.POST if request.method == "POST" else None
    return _looked_at(request, files.Looking(result, data, at=timezone.now()))


@act_of("desk:attendance-report")
def report_save(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Write what a file says of who came."""
    result = _report(request, cycle, slug, pk)
    if result.applied_at is not None:
        return redirect("desk:attendance", cycle, slug)
    at = timezone.now()
    looking = files.Looking(result, request.POST, at=at)
    if looking.is_valid:
        try:
            done = applying.apply(result, asked=looking.asked, by=access.account(request.user), at=at)
        except noting.AttendanceError as error:
            looking.form.add_error(None, str(error))
        else:
            _say(request, done)
            return redirect("desk:attendance", cycle, slug)
    return _looked_at(request, looking)


@act_of("desk:attendance-report")
def report_discard(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Forget a file without writing anything of it."""
    result = _report(request, cycle, slug, pk)
    if result.applied_at is None:
        applying.discard(result)
        messages.success(request, _("The file is forgotten; nothing was written."))
    return redirect("desk:attendance", cycle, slug)


def _report(request: HttpRequest, cycle: str, slug: str, pk: int) -> AttendanceReport:
    session = _session(request, cycle, slug)
    queryset = get_object_or_404(AttendanceReport.objects.filter(session=session), pk=pk)
    queryset.session = session
    return queryset


def _looked_at(request: HttpRequest, looking: files.Looking) -> HttpResponse:
    reading = looking.reading
    return _render(
        request,
        "desk/attendance/attendance_report.html",
        looking.report.session,
        status=422 if looking.form.errors or looking.errors else 200,
        report=looking.report,
        form=looking.form,
        looking=looking,
        reading=reading,
        counts=reading.counts,
        cut=reading.cut[: files.MOST_CUT],
        more_cut=max(len(reading.cut) - files.MOST_CUT, 0),
        days=[wording.long_date(day, language=consequences.language()) for day in reading.days[:3]],
    )


def _say(request: HttpRequest, done: applying.Reading | None) -> None:
    """Tell what was written; nothing if it had been written already."""
    if done is None:
        return
    count = len(done.rows)
    if not count:
        messages.success(request, _("Nothing changed: all of it was noted already."))
        return
    messages.success(
        request,
        ngettext("Attendance noted for %(count)d person.", "Attendance noted for %(count)d people.", count)
        % {"count": count},
    )


@require_POST
@login_required
def absent(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Note all those of whom nothing is known as absent, once the session is over."""
    session = _session(request, cycle, slug)
    try:
        count = noting.mark_absent(session, by=access.account(request.user), at=timezone.now())
    except noting.AttendanceError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            ngettext("%(count)d person noted as absent.", "%(count)d people noted as absent.", count)
            % {"count": count},
        )
    return redirect("desk:attendance", cycle, slug)


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, cycle: str, slug: str, ending: str) -> HttpResponseBase:
    session = _session(request, cycle, slug)
    journal.record(
        "attendance.export",
        by=access.account(request.user),
        at=timezone.now(),
        target=session,
        detail=ending,
        count=table.people(session, request.GET).count(),
    )
    return table_file(
        f"{session.cycle.slug}-{session.slug}",
        ending=ending,
        header=table.header(),
        rows=table.values(session, request.GET),
    )


@require_safe
@never_cache
@login_required
def signature_list(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """The list to print, with a column for signatures; the filters of the table hold for it, too."""
    session = _session(request, cycle, slug)
    at, rows = timezone.now(), list(table.people(session, request.GET))
    journal.record(
        "attendance.export",
        by=access.account(request.user),
        at=at,
        target=session,
        detail="pdf",
        count=len(rows),
    )
    return papers.pdf(signatures.pdf(session, rows, at=at), f"{session.cycle.slug}-{session.slug}.pdf")
