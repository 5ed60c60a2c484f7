"""The newsletter that people tick: who reads it, as a list for the program that sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import journal
from cycles import access
from desk.newsletter import readers
from desk.ui.tables.exports import table_file

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase


@require_safe
@never_cache
@login_required
def newsletter(request: HttpRequest, slug: str) -> HttpResponse:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.PEOPLE)
    context = {"programme": programme, "count": readers.count(programme)}
    return render(request, "desk/newsletter/newsletter.html", context)


@require_safe
@never_cache
@login_required
def export(request: HttpRequest, slug: str, ending: str) -> HttpResponseBase:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.PEOPLE)
    journal.record(
        "newsletter.export",
        by=access.account(request.user),
        at=timezone.now(),
        target=programme,
        detail=ending,
        count=readers.count(programme),
    )
    name = f"newsletter-{programme.slug}"
    return table_file(name, ending=ending, header=readers.header(), rows=readers.rows(programme))
