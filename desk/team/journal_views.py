"""Who did what in a programme: for its owners and its data-protection officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import journal as audit
from cycles import access
from desk.team import journal as table
from desk.ui.addresses import without_page
from desk.ui.tables.exports import table_file

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

PER_PAGE = 50


@require_safe
@never_cache
@login_required
def journal(request: HttpRequest, slug: str) -> HttpResponse:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.AUDIT)
    form = table.FilterForm(request.GET, programme=programme)
    page = Paginator(table.entries(programme, form), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/team/journal.html",
        {
            "programme": programme,
            "form": form,
            "page": page,
            "lines": table.lines(list(page.object_list)),
            "query": without_page(request.GET),
            "keep_query": True,
            "may_audit": True,
            "kept": audit.KEPT,
        },
    )


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give the same table as CSV; taking it out is an act of its own."""
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.AUDIT)
    form = table.FilterForm(request.GET, programme=programme)
    audit.record(
        "journal.export",
        by=access.account(request.user),
        at=timezone.now(),
        target=programme,
        detail="csv",
        count=table.entries(programme, form).count(),
    )
    return table_file(
        f"{programme.slug}-journal", ending="csv", header=table.header(), rows=table.values(programme, form)
    )
