"""One programme: its partners, cycles, training and contents, its team, and what comes next; deleting a draft of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cycles import access
from cycles.content import editing
from cycles.schedule import planning
from desk.programme import whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the whole of a programme to everybody who has a role in it."""
    programme, rights = access.programme_for(request.user, slug)
    may_plan = access.Right.PLAN in rights
    cycles = whole.cycles(programme, at=timezone.now())
    context = {
        "programme": programme,
        "cycles": cycles,
        "parts": whole.parts(programme, may_plan=may_plan),
        "partners": programme.partnerships.select_related("organisation").order_by("order"),
        "objectives": programme.objectives.count(),
        "members": programme.memberships.count(),
        "may_plan": may_plan,
        "may_audit": access.Right.AUDIT in rights,
        "may_delete": access.Right.MOVE in rights and not programme.is_published,
    }
    return render(request, "desk/programme/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Say all that goes with a draft of a programme, or why it stays; delete it when nobody counts on it."""
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.MOVE)
    name = str(programme)
    error = ""
    if request.method == "POST":
        try:
            editing.delete_programme(programme, by=access.account(request.user), at=timezone.now())
        except planning.PlanningError as refused:
            error = str(refused)
        else:
            messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
            return redirect("desk:cycles")
    reasons = editing.why_programme_kept(programme)
    context = {
        "programme": programme,
        "reasons": reasons,
        "error": error if error not in reasons else "",
        "parts": [] if reasons else editing.goes_with(programme),
    }
    return render(request, "desk/programme/programme_delete.html", context, status=422 if error else 200)
