"""The waiting room of one person at one session: its button leads to the room once that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations import access, rooms
from registrations.attendance import noting
from registrations.links import lost_links, personal_links
from registrations.pages.own import my_pages
from web.requests.headers import leads_elsewhere

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from registrations.models import Registration


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The waiting room: the button is in words, works without a reload, and leads to the room when it is open."""
    at = timezone.now()
    registration = access.registration(token)
    if registration is None:
        return lost_links.answer(request)
    door = my_pages.door(registration, at=at)
    if request.method == "POST" and door == my_pages.Door.OPEN:
        try:
            room = rooms.address(registration, at=at)
        except rooms.RoomError:
            door = my_pages.Door.NO_ANSWER
        else:
            noting.join(registration, at=at)
            return redirect(room)
    response = render(
        request,
        "registrations/pages/join.html",
        _join_context(registration, door=door, request=request, at=at),
    )
    if door in my_pages.WITH_BUTTON:
        leads_elsewhere(response)
    return response


def _join_context(
    registration: Registration, *, door: my_pages.Door, request: HttpRequest, at: dt.datetime
) -> dict[str, Any]:
    session = registration.session
    return {
        "registration": registration,
        "session": session,
        "door": door,
        "has_button": door in my_pages.WITH_BUTTON,
        "opens": my_pages.opening_hour(session, zone=registration.participant.timezone),
        "contact": my_pages.contact(session.cycle),
        "opening_day": my_pages.opening_day(session),
        "opens_in": my_pages.seconds_to_opening(session, at=at),
        "own_time": my_pages.own_time(session, registration.participant.timezone),
        "was_pressed": request.method == "POST",
        "send_link": personal_links.path("send-link", personal_links.mail_token(registration.participant)),
        "replay": session.public_replay_url,
    }
