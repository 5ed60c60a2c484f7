"""My registrations: one page behind a signed link, and one small verb behind each of its buttons."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import periods
from cycles.calendars import subscribing
from cycles.calendars.feeds import CONTENT_TYPE
from cycles.calendars.rfc5545 import ical
from cycles.models import Session
from cycles.schedule import time_zones
from cycles.site.look import looks
from registrations import access, booking
from registrations.calendar import feed_tokens, own_entries
from registrations.links import lost_links, personal_links
from registrations.models import ConsentText, CycleRegistration, Participant, Registration, State
from registrations.pages.form.forms import AddressForm, PersonForm
from registrations.pages.form.views import MAILS_AN_HOUR, entered_word, my_page, too_many
from registrations.pages.own import my_pages, next_date
from registrations.people import participants
from registrations.people.data import notices
from registrations.rate_limits import limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from registrations.models import FeedToken

P = ParamSpec("P")


def own_page(
    view: Callable[Concatenate[HttpRequest, Participant, str, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Open a view for the person whom the link names, or say the one thing that is said of bad links.

    A link of before docs/decisions/0085 leads to the button that mails today's. Whoever was registered by an
    organiser, or whose address one corrected, proves first that they read it.
    """

    @lost_links.personal_page
    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        participant = access.participant(token)
        if participant is None:
            before = access.participant_of_before(token)
            return (
                redirect(personal_links.path("send-link", personal_links.mail_token(before)))
                if before is not None
                else lost_links.answer(request)
            )
        if participant.proved_at is None:
            return _ask_for_proof(request, participant, token)
        return view(request, participant, token, *args, **kwargs)

    return opened


def _ask_for_proof(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """Say what somebody else wrote down about the reader, and ask whether it is they."""
    registrations = list(
        participant.cycle_registrations.exclude(state=State.CANCELLED).select_related(
            "cycle__programme__picture"
        )
    )
    context = {
        "participant": participant,
        "token": token,
        "registrations": registrations,
        "programme": looks.shared_by(row.cycle for row in registrations),
    }
    return render(request, "registrations/pages/my_prove.html", context)


@require_POST
@lost_links.personal_page
def my_prove(request: HttpRequest, token: str) -> HttpResponse:
    """The button that only a reader of the address can press: their own page opens from now on."""
    participant = access.participant(token)
    if participant is None:
        return lost_links.answer(request)
    participants.prove(participant, at=timezone.now())
    return redirect(my_page(token, done="proved"))


def done_words(code: str) -> str:
    """Return what was just done, in words; the code comes from the address, so only known ones speak."""
    return {
        "confirmed": _("Your registration is confirmed."),
        "confirmed-some": _(
            "Your registration is confirmed. Some of its dates are full: you are on their waiting lists."
        ),
        "waiting-dates": _(
            "Your address is confirmed. The dates you asked for are full: you are on their waiting lists."
        ),
        "cancelled": _("Your place at this date is given back. You can come back below."),
        "whole": _(
            "A run is followed as a whole: cancel your registration, or tell the organisers what you will miss."
        ),
        "left": _("You are no longer on the waiting list of this date. You can come back below."),
        "left-all": _("You no longer wait for a place. You can come back below."),
        "late": _("This date has begun, so your place could not be passed on. Your choice is recorded."),
        "taken": _("You are registered for this date."),
        "waiting": _("This date is full: you are on its waiting list, in the order of arrival."),
        "waiting-all": _("These dates are full: you are on their waiting lists."),
        "waiting-cycle": _("All places are taken: you are on the waiting list, in the order of arrival."),
        "asked": _("Your address is confirmed. The organisers answer your request by email."),
        "asked-again": _("The organisers answer your request by email."),
        "accepted": _("The place is yours."),
        "declined": _("Thank you: the place is free for somebody else."),
        "offer-ended": _("This offer has ended: the place is no longer held for you."),
        "cancelled-all": _("All your places at the dates to come are given back. You can come back below."),
        "withdrawn": _("Your request is withdrawn. You can come back below."),
        "taken-all": _("You are registered for all dates, and for those added later."),
        "closed": _("Registration for this date is closed: it is over, postponed or cancelled."),
        "reminders-stopped": _("You will get no more reminders. You are still registered."),
        "reminders-resumed": _("You will get reminders again."),
        "newsletter-left": _("You left the newsletter. Your registrations and reminders are unchanged."),
        "newsletter-joined": _("You receive the newsletter."),
        "person": _("Your details are saved."),
        "address-asked": _(
            "We wrote to the new address. Press the button of that email within %(within)s; until then nothing changes."
        )
        % {"within": periods.in_words(periods.length("prove"))},
        "address-changed": _(
            "From now on we write to your new address: an email there brings the new link of this page."
        ),
        "proved": _("Thank you: this is your page. Change here whatever is not right."),
        "feed": _("Here is your private calendar address. If you had one before, it is empty from now on."),
        "alarm": _("Your choice is saved: your private calendar follows when your program reads it again."),
    }.get(code, "")


@require_safe
@own_page
def my_registrations(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """Everything one person registered for, with a button for each thing they may change."""
    return _page(request, participant, token, form=_person_form(participant))


def _person_form(participant: Participant) -> PersonForm:
    names = ("given_name", "family_name", "organisation_name", "language", "timezone")
    return PersonForm(initial={name: getattr(participant, name) for name in names})


def _page(
    request: HttpRequest,
    participant: Participant,
    token: str,
    *,
    form: PersonForm,
    address_form: AddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    written = request.GET.get("tz", "")
    row = feed_tokens.live(participant)
    feed = feed_tokens.shown(row)
    path = reverse("registrations:private-feed", args=[feed]) if feed else ""
    at = timezone.now()
    zone = time_zones.read(written) or participant.timezone
    cycles = my_pages.my_cycles(participant, zone=zone, at=at)
    code = request.GET.get("done", "")
    following = next_date.next_date(cycles, zone=zone, at=at)
    context = {
        "participant": participant,
        "token": token,
        # What is ahead stands before what is over.
        "cycles": sorted(cycles, key=lambda mine: not mine.ahead),
        "next": following,
        "welcome": next_date.welcome(participant, cycles, at=at) if code in next_date.WELCOMES else None,
        "has_dates": any(stop.is_mine and not stop.is_past for mine in cycles for stop in mine.line),
        "is_unknown_zone": bool(written) and not time_zones.read(written),
        "has_newsletter": participants.has_newsletter(participant),
        "newsletter": notices.words(
            ConsentText.Purpose.NEWSLETTER, language=get_language() or settings.LANGUAGE_CODE
        ),
        "form": form,
        "address_form": address_form or AddressForm(),
        "asked_email": participant.asked_email if participants.is_asking(participant, at=at) else "",
        "feed": subscribing.subscribe_links(path, name=settings.ESCALE_SITE_NAME) if path else None,
        "alarms": _alarms(row),
        "done": done_words(code),
        "programme": looks.shared_by(mine.registration.cycle for mine in cycles),
        "banners": {str(mine.registration.cycle.banner): mine.registration.cycle.banner for mine in cycles},
    }
    return render(request, "registrations/pages/my_registrations.html", context, status=status)


def _own_row(participant: Participant, pk: int) -> Registration:
    rows = Registration.objects.select_related("session", "cycle_registration")
    return get_object_or_404(rows, pk=pk, participant=participant)


def _own_cycle(participant: Participant, pk: int) -> CycleRegistration:
    rows = participant.cycle_registrations.select_related("cycle__programme__picture")
    return get_object_or_404(rows, pk=pk)


@require_POST
@own_page
def my_cancel(_request: HttpRequest, participant: Participant, token: str, registration: int) -> HttpResponse:
    at = timezone.now()
    own = _own_row(participant, registration)
    has_waited = own.state == State.WAITLISTED
    try:
        row = booking.cancel(own, at=at)
    except booking.BookingError:
        return redirect(my_page(token, done="whole"))
    if has_waited:
        return redirect(my_page(token, done="left"))
    has_begun = row.session.starts_at is not None and row.session.starts_at <= at
    return redirect(my_page(token, done="late" if has_begun else "cancelled"))


@require_POST
@own_page
def my_take(
    _request: HttpRequest, participant: Participant, token: str, registration: int, session: int
) -> HttpResponse:
    own = _own_cycle(participant, registration)
    wanted = get_object_or_404(Session.objects.published(), pk=session, cycle=own.cycle_id)
    try:
        row = booking.take(own, session=wanted, at=timezone.now())
    except booking.BookingError:
        return redirect(my_page(token, done=_word_of_refusal(own)))
    if row is None:
        own.refresh_from_db()
        return redirect(my_page(token, done=_returned_word(own)))
    return redirect(my_page(token, done="waiting" if row.state == State.WAITLISTED else "taken"))


def _returned_word(own: CycleRegistration) -> str:
    """Return the word for where somebody stands who came back: their address was confirmed long before."""
    word = entered_word(own)
    return {"asked": "asked-again", "waiting-dates": "waiting-all"}.get(word, word)


def _word_of_refusal(own: CycleRegistration) -> str:
    """Return the word for what cannot be taken: whoever pressed twice, or in another window, waits already."""
    own.refresh_from_db()
    if own.state in (State.WAITLISTED, State.IN_REVIEW):
        return _returned_word(own)
    # Of an offer and of a refusal the cycle's own line speaks.
    return "" if own.state in (State.OFFERED, State.REFUSED) else "closed"


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def my_cancel_all(
    request: HttpRequest, participant: Participant, token: str, registration: int
) -> HttpResponse:
    """Show what would be given back, and give it back when the button is pressed."""
    own = _own_cycle(participant, registration)
    at = timezone.now()
    rows = my_pages.given_up_by_all(own, at=at)
    only_waits = bool(rows) and all(row.state == State.WAITLISTED for row in rows)
    if request.method == "POST":
        had_place = own.state == State.CONFIRMED
        booking.cancel_all(own, at=at)
        done = "left-all" if only_waits else "cancelled-all" if had_place else "withdrawn"
        return redirect(my_page(token, done=done))
    if own.state not in booking.LIVE:
        return redirect(my_page(token))
    context = {"registration": own, "token": token, "rows": rows, "only_waits": only_waits}
    return render(request, "registrations/pages/my_cancel_all.html", context)


@require_POST
@own_page
def my_restore(
    _request: HttpRequest, participant: Participant, token: str, registration: int
) -> HttpResponse:
    """Take up again what was cancelled, as it was; within the grace with the rank in each queue."""
    own = _own_cycle(participant, registration)
    try:
        row = booking.undo_cancel_all(own, at=timezone.now())
    except booking.BookingError:
        return redirect(my_page(token, done="closed"))
    return redirect(my_page(token, done=_returned_word(row)))


@require_POST
@own_page
def my_take_all(
    _request: HttpRequest, participant: Participant, token: str, registration: int
) -> HttpResponse:
    own = _own_cycle(participant, registration)
    try:
        row = booking.take_all(own, at=timezone.now())
    except booking.BookingError:
        return redirect(my_page(token, done=_word_of_refusal(own)))
    word = _returned_word(row)
    return redirect(my_page(token, done="taken-all" if word == "confirmed" else word))


@require_POST
@own_page
def my_person(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    form = PersonForm(request.POST, initial={"timezone": participant.timezone})
    if not form.is_valid():
        return _page(request, participant, token, form=form)
    participants.set_person(participant, **form.cleaned_data, at=timezone.now())
    return redirect(my_page(token, done="person"))


@require_POST
@own_page
def my_address(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    """Ask for another address: a mail goes there, and the answer is the same whoever's it is."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(
            request, participant, token, form=_person_form(participant), address_form=form, status=422
        )
    at = timezone.now()
    email = form.cleaned_data["email"]
    asked = [
        limits.Limit(name="address", who=who, most=MAILS_AN_HOUR, window=limits.HOUR)
        for who in (f"person:{participant.pk}", booking.address_key(email))
    ]
    if limits.passed(*asked, at=at):
        return too_many(request, wait=limits.HOUR)
    participants.ask_address(participant, email=email, at=at)
    return redirect(my_page(token, done="address-asked"))


@require_POST
@own_page
def my_links_end(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:  # noqa: ARG001 - the shape of own_page
    """End every link of the person; the new one goes to the address only, not to whoever pressed the button."""
    participants.end_old_links(participant, at=timezone.now())
    return redirect("registrations:links-ended")


@require_safe
@never_cache
def links_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "registrations/pages/links_ended.html")


@require_POST
@own_page
def my_feed_reset(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    feed_tokens.reset(participant, at=timezone.now())
    return redirect(my_page(token, done="feed"))


@require_POST
@own_page
def my_feed_alarm(request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    written = request.POST.get("alarm", "")
    offered = {str(alarm["value"]): alarm["minutes"] for alarm in _alarms(None)}
    if written not in offered:
        return redirect(my_page(token))
    feed_tokens.set_alarm(participant, minutes=offered[written], at=timezone.now())
    return redirect(my_page(token, done="alarm"))


def _alarms(row: FeedToken | None) -> list[dict[str, Any]]:
    """Return the alarms that a private calendar may have, in words, and which one it has."""
    chosen = row.alarm_minutes if row else None
    named = {
        None: _("no alarm"),
        15: _("15 minutes before"),
        60: _("1 hour before"),
        24 * 60: _("1 day before"),
    }
    return [
        {"minutes": minutes, "value": minutes or "", "words": words, "is_chosen": minutes == chosen}
        for minutes, words in named.items()
    ]


@require_safe
@own_page
def my_dates(_request: HttpRequest, participant: Participant, _token: str) -> HttpResponse:
    """All dates that a person has, or waits for, in one calendar file: a copy, which follows no change."""
    row = feed_tokens.live(participant)
    listed = own_entries.of_person(
        participant, alarm_minutes=row.alarm_minutes if row else None, at=timezone.now()
    )
    body = ical.calendar(listed, header=None, language=participant.language)
    name = _("my-dates")
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return HttpResponse(body, content_type=CONTENT_TYPE, headers=headers)
