"""The waiting room of one person at one session: its button leads to the room once that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cycles.site import pages as cycle_pages
from registrations import access, rooms
from registrations.attendance import noting
from registrations.links import lost_links, personal_links
from registrations.pages.own import my_pages
from web.requests.headers import leads_elsewhere

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from cycles.models import News, Session
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
        "after": _after(registration, at=at),
        "was_pressed": request.method == "POST",
        "send_link": personal_links.path("send-link", personal_links.mail_token(registration.participant)),
    }


@dataclass(frozen=True, kw_only=True)
class After:
    """What whoever comes after the planned end is told: until when the room still opens, and what there is now."""

    ended: str
    closes: str
    replay: str
    recap: News | None
    following: Session | None


def _after(registration: Registration, *, at: dt.datetime) -> After | None:
    """Return what is told from the planned end of a held session on; None before."""
    session = registration.session
    if not session.is_held or session.ends_at is None or at < session.ends_at:
        return None
    zone = registration.participant.timezone
    coming = session.cycle.sessions.published().upcoming(at=at)
    return After(
        ended=my_pages.hour(session.ends_at, session, zone=zone),
        closes=my_pages.hour(session.ends_at + my_pages.ENTRY_CLOSES, session, zone=zone),
        replay=session.public_replay_url,
        recap=cycle_pages.recap_of(session),
        following=coming.exclude(pk=session.pk).select_related("cycle").first(),
    )
