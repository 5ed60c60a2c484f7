"""Importing a calendar file into a cycle: what it would do first, then one button that does it.

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

from config import bodies
from cycles import access, ics_import
from desk.calendar_form import CalendarForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cycles.importer.report import Remark
    from cycles.models import Cycle

LONGEST_LOOK = 3600


@bodies.takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def import_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    may_read_people = access.Right.PEOPLE in rights
    if request.method != "POST":
        return _page(request, cycle, CalendarForm(), may_read_people=may_read_people)
    if "checked" in request.POST:
        return _import(request, cycle, may_read_people=may_read_people)
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, cycle, form, may_read_people=may_read_people, status=422)
    data, language = form.cleaned_data["file"].read(), form.cleaned_data["words"]
    try:
        outcome = ics_import.preview(cycle, data=data, language=language, at=timezone.now())
    except ics_import.ImportRefused as refusal:
        return _refused(request, cycle, form, refusal, may_read_people=may_read_people)
    packed = signing.dumps([base64.b64encode(data).decode(), language], salt=_salt(cycle), compress=True)
    return _page(request, cycle, form, may_read_people=may_read_people, outcome=outcome, checked=packed)


def _import(request: HttpRequest, cycle: Cycle, *, may_read_people: bool) -> HttpResponse:
    form = CalendarForm()
    try:
        packed, language = signing.loads(request.POST["checked"], salt=_salt(cycle), max_age=LONGEST_LOOK)
        data = base64.b64decode(packed, validate=True)
    except (signing.BadSignature, ValueError, binascii.Error):
        messages.error(request, _("Too much time has passed since you looked: choose the file again."))
        return redirect("desk:cycle-import", cycle.slug)
    try:
        outcome = ics_import.import_calendar(
            cycle, data=data, language=language, by=access.account(request.user), at=timezone.now()
        )
    except ics_import.ImportRefused as refusal:
        return _refused(request, cycle, form, refusal, may_read_people=may_read_people)
    made = ngettext("%(count)d session was created", "%(count)d sessions were created", outcome.created) % {
        "count": outcome.created
    }
    changed = ngettext("%(count)d was changed", "%(count)d were changed", outcome.changed) % {
        "count": outcome.changed
    }
    messages.success(request, f"{made}, {changed}.")
    return redirect("desk:cycle-detail", cycle.slug)


def _salt(cycle: Cycle) -> str:
    return f"desk.import:{cycle.pk}"


def _refused(
    request: HttpRequest,
    cycle: Cycle,
    form: CalendarForm,
    refusal: ics_import.ImportRefused,
    *,
    may_read_people: bool,
) -> HttpResponse:
    errors = sorted(refusal.report.errors)
    return _page(request, cycle, form, may_read_people=may_read_people, errors=errors, status=422)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: CalendarForm,
    *,
    may_read_people: bool,
    outcome: ics_import.Outcome | None = None,
    checked: str = "",
    errors: list[Remark] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "cycle": cycle,
        "form": form,
        "outcome": outcome,
        "checked": checked,
        "refused": errors or [],
        "may_plan": True,
        "may_read_people": may_read_people,
    }
    return render(request, "desk/cycle_import.html", context, status=status)
