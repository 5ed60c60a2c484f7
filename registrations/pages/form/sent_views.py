"""The page after the form: what happens next, to which address we wrote, and a field to correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import addresses
from cycles.models import Cycle
from cycles.site import pages as cycle_pages
from registrations import booking
from registrations.pages.form import intake, sent
from registrations.pages.form.views import send, too_many
from registrations.rate_limits import crowds, limits
from web.requests import networks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FOUND = 302


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register_sent(request: HttpRequest, cycle: str) -> HttpResponse:
    """Say what happens next; sent again with another address, the form goes there as it was typed."""
    found = intake.intake(cycle)
    known = sent.read(request)
    if request.method == "POST":
        return _again(request, found, known)
    context = {
        "cycle": found.cycle,
        "is_promised": found.cycle.registration_mode != Cycle.RegistrationMode.APPROVAL
        and not found.may_wait,
        "email": known.emails[0] if known else "",
        "colleagues": known.emails[1:] if known else (),
        "kept": sent.KEPT,
        "can_correct": known is not None and bool(known.typed),
    }
    return render(request, "registrations/pages/register_sent.html", context)


def _again(request: HttpRequest, found: intake.Intake, known: sent.Sent | None) -> HttpResponse:
    at = timezone.now()
    is_open = found.ahead(at=at) and cycle_pages.takes_registrations(found.cycle, at=at)
    if known is None or not known.typed or not is_open:
        return redirect("registrations:register", cycle=found.cycle.slug)
    if not crowds.may_send(networks.network(request), at=at):
        return too_many(request, wait=limits.MINUTE)
    typed = known.typed.copy()
    email = request.POST.get("email", "")
    typed["email"] = email
    # Those are written to already.
    typed["colleagues"] = ""
    response = send(request, found, typed, at=at)
    is_sent = response.status_code == FOUND
    if is_sent and known.made and _is_another(email, known.emails[0]):
        # Nobody else made that request: its link ends, and no mail of it goes to whoever reads that address.
        booking.withdraw(known.made, at=at)
    return response


def _is_another(email: str, first: str) -> bool:
    return addresses.key(addresses.read(email)) != addresses.key(first)
