"""Importing a calendar file into a cycle: what it would do first, then one button that does it.

The file travels in the page between the two, signed, so that what is written is what was shown and nothing is kept.
What the organiser answers about single events travels beside it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
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
from cycles.imports import ics
from desk.calendars.forms import CalendarForm
from desk.mail import announcing
from desk.ui.acts import act_of
from desk.ui.rights import may
from web.requests import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from cycles.imports.programme.report import Remark
    from cycles.models import Cycle

LONGEST_LOOK = 3600
PREFIX = "answer-"


@dataclass(kw_only=True)
class _Shown:
    """What the page shows beside its form."""

    outcome: ics.Outcome | None = None
    checked: str = ""
    refused: list[Remark] = field(default_factory=list)
    # The questions that were left open when the button was pressed.
    is_unanswered: bool = False


@bodies.takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def import_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, cycle, CalendarForm(), _Shown(), rights=rights)
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, cycle, form, _Shown(), rights=rights, status=422)
    data, language = form.cleaned_data["file"].read(), form.cleaned_data["words"]
    try:
        outcome = ics.preview(cycle, data=data, language=language, at=timezone.now())
    except ics.ImportRefused as refusal:
        return _refused(request, cycle, form, refusal, rights=rights)
    packed = signing.dumps([base64.b64encode(data).decode(), language], salt=_salt(cycle), compress=True)
    shown = _Shown(outcome=outcome, checked=packed)
    return _page(request, cycle, form, shown, rights=rights)


@bodies.takes_files
@act_of("desk:cycle-import")
@announcing.announces()
def import_calendar_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Import the file that was looked at, with what was answered about its events."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    form = CalendarForm()
    try:
        packed, language = signing.loads(
            request.POST.get("checked", ""), salt=_salt(cycle), max_age=LONGEST_LOOK
        )
        data = base64.b64decode(packed, validate=True)
    except (signing.BadSignature, ValueError, binascii.Error):
        messages.error(request, _("Too much time has passed since you looked: choose the file again."))
        return redirect("desk:cycle-import", cycle.slug)
    try:
        outcome = ics.import_calendar(
            cycle,
            data=data,
            language=language,
            by=access.account(request.user),
            at=timezone.now(),
            answers=ics.Answers(by_entry=_answers(request.POST)),
        )
    except ics.ImportRefused as refusal:
        return _refused(request, cycle, form, refusal, rights=rights)
    except ics.Unanswered as question:
        shown = _Shown(outcome=question.outcome, checked=request.POST["checked"], is_unanswered=True)
        return _page(request, cycle, form, shown, rights=rights, status=422)
    made = ngettext("%(count)d session was created", "%(count)d sessions were created", outcome.created) % {
        "count": outcome.created
    }
    changed = ngettext("%(count)d was changed", "%(count)d were changed", outcome.changed) % {
        "count": outcome.changed
    }
    messages.success(request, f"{made}, {changed}.")
    return redirect("desk:cycle-detail", cycle.slug)


def _answers(posted: QueryDict) -> dict[str, str]:
    """Return what was answered, by entry."""
    named = {name: posted.get(name, "") for name in posted if name.startswith(PREFIX)}
    return {name.removeprefix(PREFIX): str(value) for name, value in named.items() if value}


def _salt(cycle: Cycle) -> str:
    return f"desk.import:{cycle.pk}"


def _refused(
    request: HttpRequest,
    cycle: Cycle,
    form: CalendarForm,
    refusal: ics.ImportRefused,
    *,
    rights: frozenset[access.Right],
) -> HttpResponse:
    shown = _Shown(refused=sorted(refusal.report.errors))
    return _page(request, cycle, form, shown, rights=rights, status=422)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: CalendarForm,
    shown: _Shown,
    *,
    rights: frozenset[access.Right],
    status: int = 200,
) -> HttpResponse:
    context = {
        "cycle": cycle,
        "form": form,
        "outcome": shown.outcome,
        "checked": shown.checked,
        "refused": shown.refused,
        "is_unanswered": shown.is_unanswered,
        "can_act": shown.outcome is not None
        and (shown.outcome.has_changes or any(step.answers for step in shown.outcome.steps)),
        **may(rights),
    }
    return render(request, "desk/calendars/cycle_import.html", context, status=status)
