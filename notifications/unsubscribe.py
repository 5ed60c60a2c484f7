"""The link that stops reminders: a page when read, the act itself when posted (RFC 8058).

It needs no cookie and no session: mail programs post to it on their own. Opening it changes nothing, since
mail scanners open every link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from registrations import links, participants, tokens
from registrations.models import Participant

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to stop reminders, and stop them when posted; the registrations stay."""
    try:
        person = Participant.objects.get(pk=tokens.read("unsubscribe", token))
    except (tokens.Invalid, Participant.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        participants.stop_reminders(person, at=timezone.now())
        person.refresh_from_db()
    with translation.override(person.language):
        context = {
            "is_stopped": person.reminders_stopped_at is not None,
            "manage_url": links.manage(person),
        }
        return render(request, "notifications/unsubscribe.html", context)
