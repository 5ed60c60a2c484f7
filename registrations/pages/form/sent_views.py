"""The page after the form: what happens next, to which address we wrote, and a field to correct it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import addresses
from cycles.models import Cycle
from cycles.site import pages as cycle_pages
from registrations import booking
from registrations.pages.form import intake, sent
from registrations.pages.form.intake import Mould
from registrations.pages.form.views import TOKEN, send, too_many
from registrations.rate_limits import crowds, limits
from web.requests import networks

if TYPE_CHECKING:
    from django.http import HttpRequest

FOUND = 302
# What stands in a kept page where each visitor's own address goes: see TOKEN.
ADDRESS = f"@{secrets.token_hex(16)}@"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register_sent(request: HttpRequest, cycle: str) -> HttpResponse:
    """Say what happens next; sent again with another address, the form goes there as it was typed."""
    found = intake.intake(cycle)
    known = sent.read(request)
    if request.method == "POST":
        return _again(request, found, known)
    email = addresses.shown(known.emails[0]) if known else ""
    context = {
        "cycle": found.cycle,
        "is_promised": found.cycle.registration_mode != Cycle.RegistrationMode.APPROVAL
        and not found.may_wait,
        "is_daily": found.cycle.kind == Cycle.Kind.DAILY,
        "email": email,
        "colleagues": known.emails[1:] if known else (),
        "kept": sent.KEPT,
        "can_correct": known is not None and bool(known.typed),
    }
    if context["colleagues"]:
        return render(request, "registrations/pages/register_sent.html", context)
    # Most pages differ in the address and the token only.
    key = ("sent", request.path, bool(email), context["can_correct"])
    mould = intake.cache.get(key, lambda: _mould(request, context))
    return HttpResponse(mould.fill({ADDRESS: lambda: escape(email), TOKEN: lambda: get_token(request)}))


def _mould(request: HttpRequest, context: dict[str, Any]) -> Mould:
    holes = {"email": context["email"] and ADDRESS, "csrf_token": TOKEN}
    page = render_to_string("registrations/pages/register_sent.html", context | holes, request)
    return Mould(page, marks=(ADDRESS, TOKEN))


def _again(request: HttpRequest, found: intake.Intake, known: sent.Sent | None) -> HttpResponse:
    at = timezone.now()
    is_open = found.ahead(at=at) and cycle_pages.takes_registrations(found.cycle, at=at)
    if known is None or not known.typed or not is_open:
        return redirect("registrations:register", cycle=found.cycle.slug)
    network = networks.network(request)
    if not crowds.may_send(network, at=at):
        return too_many(request, wait=limits.MINUTE)
    typed = known.typed.copy()
    email = request.POST.get("email", "")
    typed["email"] = email
    # Those are written to already.
    typed["colleagues"] = ""
    response = send(request, found, typed, network=network, at=at)
    is_sent = response.status_code == FOUND
    if is_sent and known.made and _is_another(email, known.emails[0]):
        # Nobody else made that request: its link ends, and no mail of it goes to whoever reads that address.
        booking.withdraw(known.made, at=at)
    return response


def _is_another(email: str, first: str) -> bool:
    return addresses.key(addresses.read(email)) != addresses.key(first)
