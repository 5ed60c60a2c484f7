"""Importing a programme file: what it would do first, then one button that does it.

The file travels in the page between the two, signed, so that what is written is what was shown and nothing is kept.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.imports import programme
from desk.content.programme_import import programme_file
from desk.content.programme_import.programme_file import ProgrammeFileForm
from desk.ui.acts import act_of
from web.requests import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User

LONGEST_LOOK = 3600


@bodies.takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def programme_import(request: HttpRequest) -> HttpResponse:
    """Whoever may begin a programme may bring one; what a file may change is decided entry by entry."""
    by = _organiser(request)
    if request.method != "POST":
        return _page(request, ProgrammeFileForm())
    form = ProgrammeFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    data = form.content
    try:
        report = programme.bring_in(data, by=by, at=timezone.now(), dry_run=True)
    except programme.ImportRefused as refusal:
        return _page(request, programme_file.showing(data), refused=refusal.report, status=422)
    packed = signing.dumps(base64.b64encode(data).decode(), salt=_salt(by), compress=True)
    return _page(request, programme_file.showing(data), outcome=report, checked=packed)


def _organiser(request: HttpRequest) -> User:
    by = access.account(request.user)
    if by is None or not access.may_plan_anything(by):
        raise access.Refused(programme=None, right=access.Right.PLAN)
    return by


@bodies.takes_files
@act_of("desk:programme-import")
def programme_import_save(request: HttpRequest) -> HttpResponse:
    """Import the file that was looked at."""
    by = _organiser(request)
    try:
        packed = signing.loads(request.POST.get("checked", ""), salt=_salt(by), max_age=LONGEST_LOOK)
        data = base64.b64decode(packed, validate=True)
    except (signing.BadSignature, ValueError, binascii.Error):
        messages.error(request, _("Too much time has passed since you looked: choose the file again."))
        return redirect("desk:programme-import")
    try:
        report = programme.bring_in(data, by=by, at=timezone.now())
    except programme.ImportRefused as refusal:
        return _page(request, programme_file.showing(data), refused=refusal.report, status=422)
    messages.success(request, _said(report))
    return redirect("desk:content-list", "programmes")


def _said(report: programme.Report) -> str:
    created, changed = report.created.total(), report.changed.total()
    made = ngettext("%(count)d entry was created", "%(count)d entries were created", created)
    other = ngettext("%(count)d was changed", "%(count)d were changed", changed)
    return f"{made % {'count': created}}, {other % {'count': changed}}."


def _salt(by: User) -> str:
    return f"desk.programme-import:{by.pk}"


def _page(
    request: HttpRequest,
    form: ProgrammeFileForm,
    *,
    outcome: programme.Report | None = None,
    refused: programme.Report | None = None,
    checked: str = "",
    status: int = 200,
) -> HttpResponse:
    told = outcome or refused
    context = {
        "form": form,
        "outcome": outcome,
        # Not read in the template: a Counter has a key for every name there.
        "created": outcome.created.total() if outcome else 0,
        "changed": outcome.changed.total() if outcome else 0,
        "counted": programme_file.counted(outcome) if outcome else [],
        "written": programme_file.listing(outcome.entries) if outcome else None,
        "refused": programme_file.listing(refused.errors) if refused else None,
        "warnings": programme_file.listing(told.warnings) if told else None,
        "checked": checked,
    }
    return render(request, "desk/content/programme_import.html", context, status=status)
