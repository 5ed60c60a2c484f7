"""The page of someone who speaks: their session, their part of it, and the host's way into the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cycles.site import pages as cycle_pages
from registrations.pages.my_pages import ENTRY_CLOSES
from web.headers import leads_elsewhere

from . import access, rooms, speaking
from .links import lost_links

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Session


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def speak(request: HttpRequest, token: str) -> HttpResponse:
    """Show a speaker their session; the button opens the room as its host, at any hour until it is over."""
    found = access.speaker(token)
    if found is None:
        return lost_links.answer(request)
    session, speaker = found
    at = timezone.now()
    is_held = session.is_held and not _is_over(session, at=at)
    is_silent = False
    if request.method == "POST" and is_held:
        try:
            return redirect(
                rooms.host_address(session, name=str(speaker), person=speaking.mark(speaker.email), at=at)
            )
        except rooms.RoomError:
            is_silent = rooms.is_ready(session)
    context = {
        "session": session,
        "speaker": speaker,
        "stop": cycle_pages.stop(session, at=at),
        "segments": session.segments.select_related("topic"),
        "mine": {slot.segment_id for slot in speaker.slots},
        "is_held": is_held,
        "is_over": _is_over(session, at=at),
        "is_ready": rooms.is_ready(session),
        "is_silent": is_silent,
    }
    response = render(request, "registrations/speak.html", context)
    leads_elsewhere(response)
    return response


def _is_over(session: Session, *, at: dt.datetime) -> bool:
    return session.ends_at is not None and at >= session.ends_at + ENTRY_CLOSES
