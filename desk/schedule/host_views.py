"""The way into a session's room for those who run it, at any hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.site import pages
from desk.cycle import line
from registrations import rooms
from web.requests.headers import leads_elsewhere

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def host(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """A button that opens the room as its host; where the room cannot tell, as anybody."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.TEACH)
    at = timezone.now()
    is_silent = False
    if request.method == "POST":
        user = access.account(request.user)
        try:
            return redirect(
                rooms.host_address(session, name=str(user or ""), person=str(user.pk) if user else "", at=at)
            )
        except rooms.RoomError:
            is_silent = rooms.is_ready(session)
    item = line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at)
    context = {
        "session": session,
        "cycle": session.cycle,
        "item": item,
        "is_ready": rooms.is_ready(session),
        "is_silent": is_silent,
    }
    response = render(request, "desk/schedule/session_host.html", context)
    leads_elsewhere(response)
    return response
