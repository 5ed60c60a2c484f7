"""Registering: one form, one button in a mail, one page of one's own. Opening a link never changes anything."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles.models import Cycle, Session
from cycles.site import pages as cycle_pages
from registrations import access, booking
from registrations.links import lost_links, personal_links
from registrations.models import ConsentText, CycleRegistration, State
from registrations.pages.form import intake, requested, sent
from registrations.pages.form.forms import RegistrationForm, is_zone, mark
from registrations.pages.form.intake import Mould
from registrations.pages.own import my_pages, next_date
from registrations.people.data import notices
from registrations.rate_limits import crowds, flood, limits
from web.requests import networks
from web.requests.kept_fields import kept_fields

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from registrations.pages.form.intake import Fullness, Intake

MAILS_AN_HOUR = 5
TOO_MANY = 429
# What stands in a kept page where each visitor's own token and mark go. Nobody can guess it: an address that
# held it would have the token written into the links of the page.
TOKEN, MARK = (f"@{secrets.token_hex(16)}@" for _hole in range(2))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def register(request: HttpRequest, cycle: str) -> HttpResponse:
    """The form: the whole cycle is chosen already, or the one session that `?stop=` names."""
    at = timezone.now()
    result = intake.intake(cycle)
    if not result.ahead(at=at) or not cycle_pages.takes_registrations(result.cycle, at=at):
        return _closed(request, result, at=at)
    return _register(request, result, at=at) if request.method == "POST" else _form(request, result, at=at)


def _closed(request: HttpRequest, found: Intake, *, at: dt.datetime) -> HttpResponse:
    opens = my_pages.opening(found.cycle, at=at)
    over = next((s for s in found.sessions if s.slug == request.GET.get("stop")), None)
    context = {"cycle": found.cycle, "opens": opens, "over": None if opens else over}
    return render(request, "registrations/pages/closed.html", context)


def _form(request: HttpRequest, found: Intake, *, at: dt.datetime) -> HttpResponse:
    """Fill the page that is kept for what the address asks for, this language and these full sessions."""
    full = intake.fullness(found, at=at)
    _keep_what_is_known(request, found)
    # The clock alone changes the page when a session begins or ends.
    stages = tuple(session.phase(at=at) for session in found.sessions)
    has_articles = next_date.has_articles(found.ahead(at=at), at=at)
    key = ("form", request.path, request.META["QUERY_STRING"], stages, full, has_articles)
    mould = intake.cache.get(key, lambda: _mould(request, found, full, at=at))
    page = mould.fill({TOKEN: lambda: get_token(request), MARK: lambda: mark(at=at)})
    return HttpResponse(page)


def _keep_what_is_known(request: HttpRequest, found: Intake) -> None:
    """Leave of the query what the form knows, in one order: who writes anything else gets the same kept page."""
    asked = request.GET
    stop, source, zone = (asked.get(name, "") for name in ("stop", "src", "tz"))
    known = {
        "stop": stop if any(each.slug == stop for each in (*found.sessions, *found.off)) else "",
        "src": source if source in found.codes else "",
        "tz": zone if is_zone(zone) else "",
    }
    query = urlencode({name: value for name, value in known.items() if value})
    request.META["QUERY_STRING"] = query
    request.GET = QueryDict(query)


def _mould(request: HttpRequest, found: Intake, full: Fullness, *, at: dt.datetime) -> Mould:
    named = next((s for s in found.sessions if s.slug == request.GET.get("stop")), None)
    is_over = named is not None and named not in found.ahead(at=at)
    chosen = [str(named.pk)] if named is not None and not is_over and not found.cycle.is_run else []
    form = RegistrationForm(
        intake=found,
        at=at,
        initial={
            "scope": CycleRegistration.Scope.CHOSEN if chosen else CycleRegistration.Scope.ALL,
            "sessions": chosen,
            "src": request.GET.get("src", ""),
            "tz": request.GET.get("tz", ""),
            "started": MARK,
        },
    )
    context = _context(found, form, full) | {
        "csrf_token": TOKEN,
        "over": named if is_over else None,
        "off": next((s for s in found.off if s.slug == request.GET.get("stop")), None),
        "live": named if named is not None and _is_joined_now(named, at=at) else None,
        "full_live": named is not None and (full.is_cycle or bool(full.words(named.pk))),
    }
    page = render_to_string("registrations/pages/register.html", context, request)
    return Mould(page, marks=(TOKEN, MARK))


def _is_joined_now(session: Session, *, at: dt.datetime) -> bool:
    """Tell whether a session is in progress, and is somewhere to come to: a day that is read is not."""
    is_read = session.cycle.kind == Cycle.Kind.DAILY and not session.has_room
    return session.phase(at=at) == Session.Phase.LIVE and not is_read


def _context(found: Intake, form: RegistrationForm, full: Fullness) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "cycle": found.cycle,
        "form": form,
        "has_articles": next_date.has_articles(form.ahead, at=form.at),
        "full": full,
        "needs_approval": found.cycle.registration_mode == Cycle.RegistrationMode.APPROVAL,
        "notice": notices.words(
            ConsentText.Purpose.NOTICE, language=language, is_training=found.cycle.is_training_run
        ),
        "newsletter": notices.words(ConsentText.Purpose.NEWSLETTER, language=language),
        "keep_query": True,
        "stops": form.stops(full),
        "zone": form.zone,
    }


def _form_again(
    request: HttpRequest, found: Intake, form: RegistrationForm, *, at: dt.datetime
) -> HttpResponse:
    """Show a refused form with everything that was typed."""
    form.renew_mark()
    context = _context(found, form, intake.fullness(found, at=at))
    return render(request, "registrations/pages/register.html", context)


def _register(request: HttpRequest, found: Intake, *, at: dt.datetime) -> HttpResponse:
    """Take the form that was sent: whoever it names is written to."""
    # Before anything of what was sent is looked at.
    network = networks.network(request)
    if not crowds.may_send(network, at=at):
        return too_many(request, wait=limits.MINUTE)
    return send(request, found, request.POST, network=network, at=at)


def send(
    request: HttpRequest, found: Intake, typed: QueryDict, *, network: str, at: dt.datetime
) -> HttpResponse:
    """Note the requests of a form as it was typed, or show it again with what is to correct."""
    cycle = found.cycle
    form = RegistrationForm(typed, intake=found, at=at)
    if not form.is_valid():
        return _form_again(request, found, form, at=at)
    people = [form.applicant(), *form.others()]
    mails = [_mails(cycle, person.email) for person in people]
    flood_limit = flood.limit(cycle)
    asked = [*mails, flood_limit] if flood_limit else mails
    counted = crowds.count(network, cycle, *asked, people=len(people), at=at)
    if not counted.has_room:
        return too_many(request, wait=limits.MINUTE)
    beyond = counted.beyond
    # Many who confirm are no flood.
    if beyond is not None and (beyond != flood_limit or flood.is_full(cycle, at=at)):
        return too_many(request, wait=beyond.window, is_flood=beyond == flood_limit)
    own = _note(form, cycle, people, at=at)
    response = redirect("registrations:register-sent", cycle=cycle.slug)
    made = booking.withdrawal_mark(own, at=at)
    sent.keep(response, typed, emails=[person.email for person in people], made=made)
    return response


def _mails(cycle: Cycle, email: str) -> limits.Limit:
    who = f"{cycle.pk}:{booking.address_key(email)}"
    return limits.Limit(name="mail", who=who, most=MAILS_AN_HOUR, window=limits.HOUR)


def _note(
    form: RegistrationForm, cycle: Cycle, people: list[booking.Applicant], *, at: dt.datetime
) -> CycleRegistration:
    """Note the request of whoever filled in the form, and those of the colleagues; return the first.

    Colleagues answer for themselves.
    """
    own, *colleagues = people
    wanted: dict[str, Any] = {
        "scope": form.chosen_scope,
        "session_ids": form.session_ids(),
        "source_code": form.cleaned_data["src"],
        "at": at,
    }
    result = booking.register(
        cycle,
        applicant=own,
        wants_newsletter=form.cleaned_data["newsletter"],
        accessibility_need=form.cleaned_data["accessibility_need"],
        answers=form.answers(),
        **wanted,
    )
    for colleague in colleagues:
        booking.register(cycle, applicant=colleague, **wanted)
    return result


def too_many(request: HttpRequest, *, wait: dt.timedelta, is_flood: bool = False) -> HttpResponse:
    """Ask to wait, in words and in the header that programs read; what was typed is kept, one button sends it again.

    `is_flood` when the cap of the whole cycle is reached, whoever asks: the reader got no mail.
    """
    context = {
        "wait": wait,
        "typed": kept_fields(request.POST),
        "is_flood": is_flood,
        "is_of_network": wait == limits.MINUTE,
    }
    response = render(request, "registrations/pages/too_many.html", context, status=TOO_MANY)
    response["Retry-After"] = str(int(wait.total_seconds()))
    return response


def my_page(token: str, *, done: str = "") -> str:
    """Return the path of "My registrations", with the word for what was just done."""
    path = personal_links.path("my-registrations", token)
    return f"{path}?{urlencode({'done': done})}" if done else path


@require_http_methods(["GET", "HEAD", "POST"])
@lost_links.personal_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the first mail: a page with one button. The button confirms, a robot's visit does not.

    Used, it shows that it was, and opens nothing more.
    """
    at = timezone.now()
    found, is_expired = access.request_to_confirm(token, at=at)
    if found is None:
        return lost_links.answer(request)
    if found.state != State.PENDING:
        return _confirm_done(request, found)
    return _confirm_expired(request, found, at=at) if is_expired else _confirm(request, found, at=at)


def _confirm_done(request: HttpRequest, found: CycleRegistration) -> HttpResponse:
    context = {
        "registration": found,
        "is_cancelled": found.state == State.CANCELLED,
        "send_link": personal_links.path("send-link", personal_links.mail_token(found.participant)),
    }
    return render(request, "registrations/pages/confirm_done.html", context)


def _confirmed(found: CycleRegistration) -> HttpResponse:
    """Lead who has just proved their address to their own page, with the word for where they now stand."""
    return redirect(my_page(personal_links.manage_token(found.participant), done=entered_word(found)))


def entered_word(found: CycleRegistration) -> str:
    """Return the word for where somebody stands who has just registered, or come back; empty for a refusal."""
    words = {State.WAITLISTED: "waiting-cycle", State.IN_REVIEW: "asked", State.REFUSED: ""}
    return words[State(found.state)] if found.state in words else _seated_word(found)


def _seated_word(found: CycleRegistration) -> str:
    """Return the word for a registration that counts: its dates may all be full, or some of them."""
    states = set(found.registrations.values_list("state", flat=True))
    if State.WAITLISTED not in states:
        return "confirmed"
    return "confirmed-some" if State.CONFIRMED in states else "waiting-dates"


def _confirm_expired(request: HttpRequest, found: CycleRegistration, *, at: dt.datetime) -> HttpResponse:
    if request.method != "POST":
        return render(request, "registrations/pages/confirm_expired.html", {"registration": found})
    booking.resend(found, at=at)
    return redirect("registrations:register-sent", cycle=found.cycle.slug)


def _confirm(request: HttpRequest, found: CycleRegistration, *, at: dt.datetime) -> HttpResponse:
    if request.method != "POST":
        return _confirm_page(request, found, at=at)
    try:
        # A page that was open during an upgrade has no mark.
        done = booking.confirm(found, seen=request.POST.get("seen"), at=at)
    except booking.RequestChangedError:
        found.refresh_from_db()
        return _confirm_page(request, found, has_changed=True, at=at)
    crowds.proved(networks.network(request), at=at)
    return _confirmed(done)


def _confirm_page(
    request: HttpRequest, found: CycleRegistration, *, has_changed: bool = False, at: dt.datetime
) -> HttpResponse:
    """Show everything that the button records: until then anybody who knows the address may have typed it."""
    sessions = found.cycle.sessions.upcoming(at=at)
    if found.scope == CycleRegistration.Scope.CHOSEN:
        sessions = sessions.filter(pk__in=found.requested_session_ids)
    context = {
        "registration": found,
        "sessions": [
            (session, my_pages.own_time(session, found.participant.timezone))
            for session in sessions.select_related("cycle")
        ],
        "needs_approval": found.cycle.registration_mode == Cycle.RegistrationMode.APPROVAL,
        "who": requested.who(found),
        "recorded": requested.recorded(found),
        "seen": booking.request_mark(found),
        "has_changed": has_changed,
        "may_wait": my_pages.may_wait(found.cycle),
        "is_daily": found.cycle.kind == Cycle.Kind.DAILY,
    }
    return render(request, "registrations/pages/confirm.html", context, status=409 if has_changed else 200)
