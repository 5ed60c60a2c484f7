"""The first page of an organiser, what needs me today; and the first pages of the menu's other entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cycles import access
from cycles.runs.queries import dates_of
from cycles.site import pages
from desk.home import entries, overview
from desk.home import needs as wanted
from desk.reports import chart, words

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    cycles = access.cycles(request.user)
    anywhere = access.rights_anywhere(request.user)
    coming = overview.next_session(cycles, at=at)
    listed = overview.listed(
        access.programmes(request.user), cycles.select_related("programme").distinct(), at=at
    )
    when = dates_of(cycle for _programme, rows in listed.groups for cycle in rows)
    return render(
        request,
        "desk/home/home.html",
        {
            "needs": wanted.needs(
                planned=access.cycles(request.user, right=access.Right.PLAN),
                written_to=access.cycles(request.user, right=access.Right.PEOPLE),
                at=at,
            ),
            "figures": overview.figures(cycles, at=at),
            "stop": pages.stop(coming, at=at, is_next=True) if coming else None,
            "next_session": coming,
            "may_prepare": coming is not None
            and access.Right.PLAN in access.rights(request.user, coming.cycle.programme),
            "groups": [
                (programme, [(cycle, when.get(cycle.pk, "")) for cycle in rows])
                for programme, rows in listed.groups
            ],
            "is_cut": listed.is_cut,
            "chart": chart.chart(coming.cycle, at=at) if coming else None,
            "words": words.of(coming.cycle) if coming else None,
            "answers_for_data": access.Right.PRIVACY in anywhere,
            "kinds": entries.writable_kinds(request.user) if access.Right.PLAN in anywhere else (),
        },
    )


@require_safe
@never_cache
@login_required
def cycles(request: HttpRequest) -> HttpResponse:
    """Programmes and their cycles."""
    return _entry(request, entries.cycles(request.user, at=timezone.now()))


@require_safe
@never_cache
@login_required
def modules(request: HttpRequest) -> HttpResponse:
    """Training modules and their runs."""
    return _entry(request, entries.modules(request.user))


@require_safe
@never_cache
@login_required
def contents(request: HttpRequest) -> HttpResponse:
    """The kinds of content."""
    return _entry(request, entries.contents(request.user))


@require_safe
@never_cache
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """The people registered, cycle by cycle."""
    return _entry(request, entries.people(request.user, at=timezone.now()))


@require_safe
@never_cache
@login_required
def mailings(request: HttpRequest) -> HttpResponse:
    """What each cycle sends."""
    return _entry(request, entries.mailings(request.user, at=timezone.now()))


@require_safe
@never_cache
@login_required
def teams(request: HttpRequest) -> HttpResponse:
    """Who organises each programme."""
    return _entry(request, entries.teams(request.user))


def _entry(request: HttpRequest, page: entries.Page) -> HttpResponse:
    return render(request, "desk/home/entry.html", {"page": page})
