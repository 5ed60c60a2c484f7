"""One cycle as organisers see it: the line, how many people, what will be sent; cancelling what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles import access, planning
from desk import consequences, line
from desk.forms import CycleCancelForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug)
    at = timezone.now()
    stops = line.stops(cycle, at=at)
    return render(
        request,
        "desk/cycle_detail.html",
        {
            "cycle": cycle,
            "stops": stops,
            "undoable": len(planning.undoable(cycle, at=at)),
            "may_plan": access.Right.PLAN in rights,
            "may_teach": access.Right.TEACH in rights,
            "may_read_people": access.Right.PEOPLE in rights,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel every session that is not over: what it causes, a reason, and the title typed."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    form = CycleCancelForm(request.POST if request.method == "POST" else None, cycle=cycle)
    if form.is_valid():
        try:
            changes = planning.cancel_all(cycle, reason=form.reason, by=access.account(request.user), at=at)
        except planning.PlanningError as error:
            form.add_error(None, str(error))
        else:
            said = ngettext(
                "%(count)d session was cancelled. It can be undone for ten minutes.",
                "%(count)d sessions were cancelled. It can be undone for ten minutes.",
                len(changes),
            )
            messages.success(request, said % {"count": len(changes)})
            return redirect("desk:cycle-detail", slug)
    left = planning.cancellable(cycle, at=at)
    for session in left:
        session.cycle = cycle
    context = {
        "cycle": cycle,
        "form": form,
        "sessions": sorted(left, key=lambda each: (each.starts_at or at, each.pk)),
        "people": consequences.people_of(left),
    }
    return render(request, "desk/cycle_cancel.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back every change of date whose mail still waits."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    try:
        planning.undo_all(cycle, by=access.account(request.user), at=timezone.now())
    except planning.PlanningError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Undone: everything is as it was before. A mail that had not left does not leave.")
        )
    return redirect("desk:cycle-detail", slug)
