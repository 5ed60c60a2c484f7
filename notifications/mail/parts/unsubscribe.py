"""The link that stops a kind of mail: a page when read, the act itself when posted (RFC 8058).

Its scope is in the token: the reminders of a person, the news of one cycle, or the newsletter. None cancels anything.
It needs no cookie and no session: mail programs post to it on their own. Opening it changes nothing, since
mail scanners open every link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from cycles.models import Cycle
from notifications.mail import kinds
from notifications.models import NewsStop
from registrations import access
from registrations.links import lost_links, personal_links
from registrations.models import ConsentText
from registrations.people import participants
from registrations.people.data import notices

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from notifications.mail.kinds import Kind
    from notifications.models import Delivery
    from registrations.models import Participant


@dataclass(frozen=True)
class Scope:
    """What a link stops for one person: the newsletter, the news of a cycle, or with neither the reminders."""

    person: Participant
    cycle: Cycle | None = None
    is_newsletter: bool = False

    @property
    def is_stopped(self) -> bool:
        if self.is_newsletter:
            return not participants.has_newsletter(self.person)
        if self.cycle is None:
            return self.person.reminders_stopped_at is not None
        return NewsStop.objects.filter(participant=self.person, cycle=self.cycle).exists()

    def stop(self, *, at: dt.datetime) -> None:
        if self.is_newsletter:
            participants.leave_newsletter(self.person, at=at)
        elif self.cycle is None:
            participants.stop_reminders(self.person, at=at)
            self.person.refresh_from_db()
        else:
            NewsStop.objects.get_or_create(participant=self.person, cycle=self.cycle, defaults={"at": at})

    def resume(self, *, at: dt.datetime) -> None:
        if self.is_newsletter:
            participants.join_newsletter(self.person, form="unsubscribe", at=at)
        elif self.cycle is None:
            participants.resume_reminders(self.person)
            self.person.refresh_from_db()
        else:
            NewsStop.objects.filter(participant=self.person, cycle=self.cycle).delete()


def url(kind: Kind, person: Participant, cycle: Cycle) -> str:
    """Return the address that stops mails of a kind for a person; empty for mails that cannot be stopped."""
    if kind.stops_with_reminders:
        return personal_links.unsubscribe(person)
    return personal_links.unsubscribe(person, cycle_id=cycle.pk) if kind.stops_with_news else ""


def of_delivery(delivery: Delivery) -> Scope | None:
    """Return what somebody stops by a provider's own link, of which only the mail is known: see Kind.

    That is the news of a cycle for its news, and the reminders for every other mail. None where the mail is no longer
    anybody's.
    """
    person = delivery.participant
    if person is None or person.anonymised_at is not None:
        return None
    kind = kinds.KINDS.get(delivery.kind)
    return Scope(person, delivery.cycle if kind is not None and kind.stops_with_news else None)


def _read(token: str) -> Scope:
    """Return the scope of a token. Raises Http404 for a false one, or for someone who was erased."""
    reader = access.newsletter_reader(token)
    if reader is not None:
        return Scope(reader, is_newsletter=True)
    result = access.subscriber(token)
    if result is None:
        raise Http404
    person, cycle_pk = result
    return Scope(person, get_object_or_404(Cycle, pk=cycle_pk) if cycle_pk is not None else None)


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to stop, stop when posted, and take back on the same page; the registrations stay."""
    scope = _read(token)
    if request.method == "POST" and request.POST.get("choice") == "resume":
        scope.resume(at=timezone.now())
    elif request.method == "POST":
        scope.stop(at=timezone.now())
    with translation.override(scope.person.language):
        context = {
            "is_stopped": scope.is_stopped,
            "cycle": scope.cycle,
            "newsletter": notices.words(ConsentText.Purpose.NEWSLETTER, language=scope.person.language)
            if scope.is_newsletter
            else "",
            "send_link": personal_links.path("send-link", personal_links.mail_token(scope.person)),
        }
        return render(request, "notifications/mail/unsubscribe.html", context)
