"""«Find my registrations»: an address in, a mail with the link out. The pages say the same to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from registrations import access, booking
from registrations.links import finding
from registrations.links.lost_links import answer, personal_page
from registrations.pages.form.forms import FindForm
from registrations.pages.form.views import too_many
from registrations.rate_limits import limits
from web.requests import networks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# An address gets so many mails an hour about it, whoever asks.
MAILS_AN_HOUR = 3
# A room of people behind one network may ask together.
ASKED_AT_ONCE = 60
ASKED_A_MINUTE = 20


# Other sites may send this form, as anybody may: it needs no cookie, and the limits hold for all of them together.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def find_link(request: HttpRequest) -> HttpResponse:
    """Take an address; the page after it is the same whether somebody registered with it or not."""
    if request.method != "POST":
        return render(request, "registrations/pages/find_link.html", {"form": FindForm()})
    at = timezone.now()
    asking = limits.Bucket(
        name="find", who=networks.network(request), at_once=ASKED_AT_ONCE, a_minute=ASKED_A_MINUTE
    )
    if not asking.take(at=at):
        return too_many(request, wait=limits.MINUTE)
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "registrations/pages/find_link.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    # Beyond the limit nothing more is sent, and the page that says to look at the mailbox is still true.
    if not limits.passed(_mails(booking.address_key(email)), at=at):
        finding.ask(email=email, at=at)
    return redirect("registrations:link-sent")


def _mails(who: str) -> limits.Limit:
    return limits.Limit(name="find-mail", who=who, most=MAILS_AN_HOUR, window=limits.HOUR)


@require_safe
@never_cache
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "registrations/pages/link_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
def send_link(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to mail the person's own link to the address on record; the button does it, for this person only."""
    participant = access.participant_to_mail(token)
    if participant is None:
        return answer(request)
    if request.method != "POST":
        return render(request, "registrations/pages/send_link.html", {"token": token})
    at = timezone.now()
    if not limits.passed(_mails(participant.email_key), at=at):
        if participant.confirmed_at is None:
            finding.ask(email=participant.email, at=at)
        else:
            finding.mail(participant, at=at)
    return redirect("registrations:link-sent")
