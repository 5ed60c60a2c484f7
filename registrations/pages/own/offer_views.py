"""A place that is held for somebody who waited: one page, one button to accept and one to leave it to others."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from registrations import access, booking
from registrations.links import lost_links, personal_links
from registrations.models import State
from registrations.pages.own import my_pages

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registrations.models import CycleRegistration, Registration


@require_safe
@lost_links.personal_page
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """What is held for somebody, and until when. Reading it takes nothing."""
    result = access.offered(token)
    if result is None:
        return lost_links.answer(request)
    at = timezone.now()
    zone = result.participant.timezone or result.cycle.timezone
    rows = result.registrations.filter(state=State.OFFERED, offer_ends_at__gt=at)
    is_whole = (
        result.state == State.OFFERED and result.offer_ends_at is not None and result.offer_ends_at > at
    )
    context = {
        "registration": result,
        "token": token,
        "until": my_pages.until(result.offer_ends_at, zone=zone) if is_whole else "",
        "dates": result.cycle.sessions.upcoming(at=at).select_related("cycle") if is_whole else (),
        "offers": [
            (row, my_pages.until(row.offer_ends_at, zone=zone))
            for row in rows.select_related("session__cycle").order_by("session__starts_at", "pk")
        ],
        "send_link": personal_links.path("send-link", personal_links.mail_token(result.participant)),
        "answer": request.GET.get("answer", ""),
    }
    return render(request, "registrations/pages/offer.html", context)


def _answered(token: str, answer: str) -> HttpResponse:
    """Lead back to the page of the offers, which says what became of the answer."""
    return redirect(f"{personal_links.path('offer', token)}?{urlencode({'answer': answer})}")


def _held(found: CycleRegistration, registration: int | None) -> Registration | CycleRegistration:
    if registration is None:
        return found
    return get_object_or_404(found.registrations.select_related("session"), pk=registration)


@require_POST
@lost_links.personal_page
def accept(request: HttpRequest, token: str, registration: int | None = None) -> HttpResponse:
    result = access.offered(token)
    if result is None:
        return lost_links.answer(request)
    try:
        booking.accept_offer(_held(result, registration), at=timezone.now())
    except booking.BookingError:
        done = "offer-ended"
    else:
        done = "accepted"
    return _answered(token, done)


@require_POST
@lost_links.personal_page
def decline(request: HttpRequest, token: str, registration: int | None = None) -> HttpResponse:
    result = access.offered(token)
    if result is None:
        return lost_links.answer(request)
    held = _held(result, registration)
    booking.decline_offer(held, at=timezone.now())
    return _answered(token, "declined")
