"""A device that goes round in the room: a list of names, one page for each, and back to the list.

Nobody stays signed in on it: it knows one half-day, for twelve hours, and the name of who answers for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations.links import lost_links
from training.models import Signature
from training.signing import links, queries, statements, verbs

from . import own_views

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@lost_links.personal_page
def tablet(request: HttpRequest, token: str, by_name: str) -> HttpResponse:
    """The names of those who have a place, without their addresses; who has signed is marked."""
    result = links.tablet(token, by_name, at=timezone.now())
    if result is None:
        return lost_links.answer(request)
    session = result.session
    at = timezone.now()
    window = queries.window_of(session) if queries.is_signed_for(session) else None
    language = own_views.language()
    context = {
        "session": session,
        "by_name": by_name,
        "token": token,
        "when": statements.when(session, language=language),
        "rows": [
            {
                "trainee": one,
                "signed": verbs.clock(one.signature.signed_at, session, language=language)
                if one.signature
                else "",
            }
            for one in queries.trainees(session)
        ],
        "is_open": window is not None and window.is_open(at=at) and queries.live_sheet(session.pk) is None,
        "opens": verbs.clock(window.opens_at, session, language=language) if window else "",
        "closes": verbs.clock(window.closes_at, session, language=language) if window else "",
        "is_signed": request.GET.get("done") == "signed",
    }
    return render(request, "training/signing/tablet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def tablet_sign(request: HttpRequest, token: str, by_name: str, registration: int) -> HttpResponse:
    """One person declares that they are there; then the list stands there again for the next."""
    at = timezone.now()
    result = links.tablet(token, by_name, at=at)
    if result is None:
        return lost_links.answer(request)
    session = result.session
    row = get_object_or_404(queries.rows([session]), pk=registration)
    one = queries.trainee(row, session)
    error = ""
    if request.method == "POST":
        try:
            verbs.sign(
                row,
                means=Signature.Means.TABLET,
                by_name=by_name,
                language=own_views.language(),
                at=at,
            )
        except verbs.SigningError as refusal:
            error = str(refusal)
        else:
            response = redirect("training:tablet", token, by_name)
            response["Location"] += "?done=signed"
            return response
    context = {
        "session": session,
        "trainee": one,
        "by_name": by_name,
        "token": token,
        "error": error,
        "signed": verbs.clock(one.signature.signed_at, session, language=own_views.language())
        if one.signature
        else "",
        "statement": statements.statement(session, name=one.name, language=own_views.language()),
    }
    return render(request, "training/signing/tablet_sign.html", context, status=422 if error else 200)
