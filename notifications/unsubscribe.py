"""The link that stops a kind of mail: a page when read, the act itself when posted (RFC 8058).

Its scope is in the token: the reminders of a person, or the news of one cycle. Neither cancels anything.
It needs no cookie and no session: mail programs post to it on their own. Opening it changes nothing, since
mail scanners open every link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cycles.models import Cycle
from registrations import links, participants, tokens
from registrations.models import Participant

from .models import NewsStop

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from .kinds import Kind


@dataclass(frozen=True)
class Scope:
    """What a link stops: the news of a cycle, or with None the reminders, for one person."""

    person: Participant
    cycle: Cycle | None

    @property
    def is_stopped(self) -> bool:
        if self.cycle is None:
            return self.person.reminders_stopped_at is not None
        return NewsStop.objects.filter(participant=self.person, cycle=self.cycle).exists()

    def stop(self, *, at: dt.datetime) -> None:
        if self.cycle is None:
            participants.stop_reminders(self.person, at=at)
            self.person.refresh_from_db()
        else:
            NewsStop.objects.get_or_create(participant=self.person, cycle=self.cycle, defaults={"at": at})

    def resume(self) -> None:
        if self.cycle is None:
            participants.resume_reminders(self.person)
            self.person.refresh_from_db()
        else:
            NewsStop.objects.filter(participant=self.person, cycle=self.cycle).delete()


def url(kind: Kind, person: Participant, cycle: Cycle) -> str:
    """Return the address that stops mails of a kind for a person; empty for mails that cannot be stopped."""
    if kind.stops_with_reminders:
        value: Any = person.pk
    elif kind.stops_with_news:
        value = [person.pk, cycle.pk]
    else:
        return ""
    path = reverse("notifications:unsubscribe", args=[tokens.make("unsubscribe", value)])
    return str(settings.ESCALE_BASE_URL) + path


def _read(token: str) -> Scope:
    """Return the scope of a token. Raises Http404 for a false one, or for someone who was erased."""
    try:
        value = tokens.read("unsubscribe", token)
    except tokens.Invalid:
        raise Http404 from None
    person_pk, cycle_pk = value if isinstance(value, list) else (value, None)
    person = Participant.objects.filter(pk=person_pk).first()
    cycle = Cycle.objects.filter(pk=cycle_pk).first() if cycle_pk else None
    if person is None or (cycle_pk and cycle is None):
        raise Http404
    return Scope(person, cycle)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to stop, stop when posted, and take back on the same page; the registrations stay."""
    scope = _read(token)
    if request.method == "POST" and request.POST.get("choice") == "resume":
        scope.resume()
    elif request.method == "POST":
        scope.stop(at=timezone.now())
    with translation.override(scope.person.language):
        context = {
            "is_stopped": scope.is_stopped,
            "cycle": scope.cycle,
            "manage_url": links.manage(scope.person),
        }
        return render(request, "notifications/unsubscribe.html", context)
