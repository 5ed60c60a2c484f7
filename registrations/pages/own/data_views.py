"""A person's data: the proof of a new address, a copy of everything held, erasure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations import access
from registrations.calendar import feed_tokens
from registrations.links import lost_links, personal_links
from registrations.pages.form.views import my_page
from registrations.pages.own.my_views import own_page
from registrations.people import participants
from registrations.people.data import copies, rights

if TYPE_CHECKING:
    from django.http import HttpRequest

    from registrations.models import Participant


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail to a new address: a page with one button, and the choice of a new calendar address."""
    at = timezone.now()
    result = access.address_to_prove(token, at=at)
    if result is None:
        return lost_links.answer(request)
    participant, email = result
    if request.method == "POST":
        is_done = participants.change_address(
            participant, email=email, renews_feed=request.POST.get("keep") != "on", at=at
        )
        if not is_done:
            return lost_links.answer(request)
        participant.refresh_from_db()
        return redirect(my_page(personal_links.manage_token(participant), done="address-changed"))
    has_feed = feed_tokens.live(participant) is not None
    context = {"participant": participant, "email": email, "has_feed": has_feed}
    return render(request, "registrations/pages/confirm_address.html", context)


@require_safe
@own_page
def my_export(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:  # noqa: ARG001 - the shape of own_page
    """Everything held about the person, as a file that programs read."""
    body = json.dumps(rights.export(participant), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="registrations.json"'
    return response


@require_safe
@own_page
def my_copy(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """The same as a page to read and to print."""
    parts = copies.parts(rights.export(participant), zone=participant.timezone)
    made_at = copies.moment(timezone.now(), zone=participant.timezone)
    context = {"participant": participant, "token": token, "parts": parts, "made_at": made_at}
    return render(request, "registrations/pages/my_copy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def my_erase(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """Say what will be erased and what must stay; erase it when the button is pressed. There is no way back."""
    at = timezone.now()
    if request.method == "POST":
        left = rights.erase(participant, at=at)
        return (
            render(request, "registrations/pages/erased.html", {"kept": left})
            if left
            else redirect("registrations:erased")
        )
    context = {"participant": participant, "token": token, "kept": rights.kept(participant, at=at)}
    return render(request, "registrations/pages/my_erase.html", context)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "registrations/pages/erased.html")
