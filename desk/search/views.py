"""The search of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from desk.search import finding

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[: finding.LONGEST]
    sort = request.GET.get("in", "")
    groups = finding.find(asked, user=request.user, sort=sort)
    context = {
        "asked": asked,
        "groups": groups,
        "count": sum(group.count for group in groups),
        "is_counted": all(group.is_counted for group in groups),
        "sort": sort,
    }
    return render(request, "desk/search/search.html", context)
