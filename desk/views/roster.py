"""Registering the people of a list: what each line would do first, then one button that does it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config import bodies
from cycles import access
from desk import roster
from registrations import booking

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from accounts.models import User
    from cycles.models import Cycle

# People of one transaction: nobody who registers meanwhile waits for more than these.
PIECE = 100


@bodies.takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def bring_in(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, cycle, roster.ListForm(initial={"language": request.LANGUAGE_CODE}))
    form = roster.ListForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    preview = None
    if form.roster is not None and "language" in form.cleaned_data:
        preview = roster.look(cycle, form.roster, language=form.cleaned_data["language"])
    if is_valid and preview is not None and request.POST.get("do") == "save" and preview.applicants:
        done = _register(cycle, preview, by=access.account(request.user), at=timezone.now())
        messages.success(request, _said(done))
        return redirect("desk:registrants", slug)
    if preview is not None:
        form.show(preview.text)
    return _page(request, cycle, form, preview, status=200 if is_valid else 422)


def _register(cycle: Cycle, preview: roster.Preview, *, by: User | None, at: dt.datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    people = preview.applicants
    for start in range(0, len(people), PIECE):
        done += booking.add_all(cycle, applicants=people[start : start + PIECE], by=by, at=at)
    return done


def _said(done: Counter[str]) -> str:
    count, waiting = done["confirmed"], done["waitlisted"]
    said = ngettext(
        "%(count)d person is registered: the confirmation leaves at once.",
        "%(count)d people are registered: the confirmations leave at once.",
        count,
    ) % {"count": count}
    if waiting:
        more = ngettext(
            "%(count)d is on the waiting list, and is told so.",
            "%(count)d are on the waiting list, and are told so.",
            waiting,
        )
        said = f"{said} {more % {'count': waiting}}"
    return said


def _page(
    request: HttpRequest,
    cycle: Cycle,
    form: roster.ListForm,
    preview: roster.Preview | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "preview": preview}
    return render(request, "desk/registrants_import.html", context, status=status)
