"""One programme: its partners, cycles, training and contents, its team, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
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
    }
    return render(request, "desk/programme/programme.html", context)
