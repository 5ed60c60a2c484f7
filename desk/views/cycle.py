"""One cycle as organisers see it: the line, how many people, what will be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from desk import line

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
            "may_plan": access.Right.PLAN in rights,
            "may_teach": access.Right.TEACH in rights,
            "may_read_people": access.Right.PEOPLE in rights,
        },
    )
