"""How the calendars of a cycle are being read, and whether programs have seen the latest change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from cycles.language import wording
from desk.calendars import health
from desk.schedule.consequences import language
from desk.ui.rights import may

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def calendars(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug)
    changed_at = health.latest_change(cycle)
    return render(
        request,
        "desk/calendars/calendars.html",
        {
            "cycle": cycle,
            "changed": wording.short_when(changed_at, zone=cycle.timezone, all_day=False, language=language())
            if changed_at
            else "",
            "calendars": health.of_cycle(cycle, at=timezone.now()),
            **may(rights),
        },
    )
