"""Who registered: a table, 50 a page, and the same as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import journal
from cycles import access
from desk import registrants as table
from desk.addresses import without_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

PER_PAGE = 50
EXPORTED = journal.declare("registrants.export", gettext_lazy("exported the people registered"))


@require_safe
@never_cache
@login_required
def registrants(request: HttpRequest, slug: str) -> HttpResponse:
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    form = table.FilterForm(request.GET, cycle=cycle)
    page = Paginator(table.people(cycle, form), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/registrants.html",
        {
            "cycle": cycle,
            "form": form,
            "page": page,
            "headings": table.headings(request.GET),
            "query": without_page(request.GET),
            "keep_query": True,
            "may_plan": access.Right.PLAN in rights,
            "may_read_people": True,
        },
    )


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PEOPLE)
    form = table.FilterForm(request.GET, cycle=cycle)
    journal.record(
        EXPORTED,
        by=access.account(request.user),
        at=timezone.now(),
        target=cycle,
        detail="csv",
        count=table.people(cycle, form).count(),
    )
    # Lines are made while they are sent, after the request's language has been put away.
    language = translation.get_language() or "fr"
    return StreamingHttpResponse(
        in_language(table.csv_lines(cycle, form), language),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{cycle.slug}.csv"'},
    )


def in_language(lines: Iterator[str], language: str) -> Iterator[str]:
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
