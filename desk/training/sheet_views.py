"""The sheet of a half-day for accounts: the same pages as behind a trainer's link, and what only organisers do."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from cycles import access
from notifications.notices.training import countersigning
from speakers.people import speaking
from training.documents.own_views import pdf
from training.models import Document, PaperScan
from training.signing import links, queries, verbs
from training.signing.paper import scans
from training.signing.sheet import doors, forms, freezing, sheet_views
from web.requests import bodies

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from accounts.models import User

P = ParamSpec("P")
FORM = require_http_methods(["GET", "HEAD", "POST"])
EXPORTED = "training.sheet_file"


def name_of(user: User) -> str:
    """Return how the sheet calls an account."""
    return user.name or user.email


def for_teachers(
    view: Callable[Concatenate[HttpRequest, doors.Door, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Open a page of the sheet for whoever may note who came. Information sessions have none: 404."""

    @never_cache
    @login_required
    @functools.wraps(view)
    def opened(
        request: HttpRequest, cycle: str, slug: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        session, rights = access.session_for(request.user, cycle, slug, right=access.Right.TEACH)
        user = access.account(request.user)
        if user is None or not queries.in_training(session):
            raise Http404
        door = doors.Door(
            session=session,
            user=user,
            name=name_of(user),
            email=user.email,
            may_undo=access.Right.PLAN in rights,
        )
        return view(request, door, *args, **kwargs)

    return opened


sheet = require_safe(for_teachers(sheet_views.sheet))
person = FORM(for_teachers(sheet_views.person))
absent = require_POST(for_teachers(sheet_views.absent))
countersign = FORM(for_teachers(sheet_views.countersign))
walk_in = FORM(for_teachers(sheet_views.walk_in))
room = require_safe(for_teachers(sheet_views.room_code))


@require_safe
@for_teachers
def tablet(request: HttpRequest, door: doors.Door) -> HttpResponse:
    return sheet_views.tablet(request, door)


@require_safe
@for_teachers
def blank(request: HttpRequest, door: doors.Door) -> HttpResponse:
    journal.record(EXPORTED, by=door.user, at=timezone.now(), target=door.session, detail="blank")
    return sheet_views.blank(request, door)


@require_safe
@for_teachers
def sheet_file(request: HttpRequest, door: doors.Door, document: int) -> HttpResponse:
    """Hand out a countersigned sheet, this version or an earlier one."""
    del request
    rows = get_object_or_404(Document.objects.sheets(), pk=document, session=door.session)
    journal.record(EXPORTED, by=door.user, at=timezone.now(), target=door.session, detail=rows.full_number)
    return pdf(rows)


@FORM
@for_teachers
def undo(request: HttpRequest, door: doors.Door) -> HttpResponse:
    """Take a countersignature back, with a reason: the organisers' alone."""
    if not door.may_undo:
        raise access.Refused(programme=door.session.cycle.programme, right=access.Right.PLAN)
    is_sent = request.method == "POST"
    form = forms.UndoForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        try:
            freezing.undo(door.session, reason=form.cleaned_data["reason"], by=door.user, at=timezone.now())
        except verbs.SigningError as error:
            form.add_error(None, str(error))
        else:
            return sheet_views.say(
                request, door, _("Taken back: correct the sheet, then countersign its next version.")
            )
    context = {**sheet_views.frame(door), "form": form, "frozen": queries.live_sheet(door.session.pk)}
    return render(
        request, "training/signing/undo.html", context, status=sheet_views.REFUSED if is_sent else 200
    )


@require_POST
@for_teachers
def ask(request: HttpRequest, door: doors.Door) -> HttpResponse:
    """Ask the trainers by email to countersign: the organisers' alone."""
    session = door.session
    if not door.may_undo:
        raise access.Refused(programme=session.cycle.programme, right=access.Right.PLAN)
    count = countersigning.ask(session, by=door.user, at=timezone.now())
    if count:
        messages.success(
            request,
            ngettext(
                "%(count)d trainer is asked by email to countersign.",
                "%(count)d trainers are asked by email to countersign.",
                count,
            )
            % {"count": count},
        )
    else:
        messages.error(
            request,
            _(
                "Nobody was asked: the agenda names no trainer with an address, or they were asked today already."
            ),
        )
    return redirect("desk:training-run", session.cycle.slug)


@bodies.takes_files
@FORM
@for_teachers
def paper(request: HttpRequest, door: doors.Door) -> HttpResponse:
    """Keep the scan of a sheet that was signed on paper."""
    is_sent = request.method == "POST"
    form = forms.ScanForm(request.POST, request.FILES) if is_sent else forms.ScanForm()
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            scans.add(
                door.session,
                name=file.name or "",
                content=file.read(scans.MOST + 1),
                by=door.user,
                by_name=door.name,
                at=timezone.now(),
            )
        except verbs.SigningError as error:
            form.add_error("file", str(error))
        else:
            return sheet_views.say(request, door, _("The scan is kept: its hash will stand on the sheet."))
    context = {
        **sheet_views.frame(door),
        "form": form,
        "scans": PaperScan.objects.filter(session=door.session).defer("content").order_by("pk"),
    }
    return render(
        request, "training/signing/paper.html", context, status=sheet_views.REFUSED if is_sent else 200
    )


@require_safe
@for_teachers
def scan(request: HttpRequest, door: doors.Door, scan: int) -> HttpResponse:
    """Hand out a scan."""
    del request
    result = get_object_or_404(PaperScan, pk=scan, session=door.session)
    journal.record(EXPORTED, by=door.user, at=timezone.now(), target=door.session, detail="scan")
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[result.kind]
    return HttpResponse(
        bytes(result.content),
        content_type=result.kind,
        headers={"Content-Disposition": f'attachment; filename="scan-{result.pk}.{ending}"'},
    )


def trainer_links(door: doors.Door) -> list[dict[str, str]]:
    """Return the personal links of the trainers of a half-day, to be handed to them."""
    language = get_language() or "fr"
    return [
        {"name": str(one), "url": links.teach(door.session, email=one.email, language=language)}
        for one in speaking.of(door.session)
    ]


@require_safe
@for_teachers
def trainers(request: HttpRequest, door: doors.Door) -> HttpResponse:
    """The links by which trainers without an account keep this sheet."""
    context = {**sheet_views.frame(door), "links": trainer_links(door)}
    return render(request, "training/signing/trainers.html", context)
