"""What was sent, what will be, what was not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from desk import deliveries as table
from desk.addresses import without_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50


@require_safe
@never_cache
@login_required
def deliveries(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    form = table.FilterForm(request.GET)
    page = Paginator(table.rows(cycle, form), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/deliveries.html",
        {
            "cycle": cycle,
            "form": form,
            "page": page,
            "lines": table.lines(cycle, page.object_list),
            "counts": table.counts(cycle),
            "planned": table.planned(cycle, at=timezone.now()),
            "query": without_page(request.GET),
            "keep_query": True,
            "may_plan": access.Right.PLAN in rights,
            "may_read_people": True,
        },
    )
