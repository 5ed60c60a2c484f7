"""Acts on the lines and the mailings of one session: left out, followed again, sent at once, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from desk.reminders import line
from desk.ui.addresses import back
from notifications.models import Occurrence, ReminderStep
from notifications.notices import speakers
from notifications.plan import audiences, policy
from registrations.models import CycleRegistration
from registrations.people import names

from .views import FORM_METHODS, back_to

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Session

# How many of those whom a line reaches are named.
LISTED = 50


def _of_session(request: HttpRequest, cycle: str, slug: str, code: str) -> tuple[Session, ReminderStep]:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    own = ReminderStep.objects.filter(session=session, code=code).first()
    return session, own or get_object_or_404(ReminderStep, cycle=session.cycle, session=None, code=code)


def _act(request: HttpRequest, session: Session, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except policy.PolicyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return back_to(session.cycle, session)


@require_POST
@never_cache
@login_required
def skip(request: HttpRequest, cycle: str, slug: str, code: str) -> HttpResponse:
    """Leave a line out for one session."""
    session, step = _of_session(request, cycle, slug, code)
    by = access.account(request.user)
    return _act(
        request,
        session,
        lambda: policy.skip(step, session=session, by=by, at=timezone.now()),
        _("%(step)s is left out for this session.") % {"step": line.name(step)},
    )


@require_POST
@never_cache
@login_required
def follow(request: HttpRequest, cycle: str, slug: str, code: str) -> HttpResponse:
    """Let a session follow the cycle's line again."""
    session, step = _of_session(request, cycle, slug, code)
    by = access.account(request.user)
    return _act(
        request,
        session,
        lambda: policy.follow_cycle(step, session=session, by=by, at=timezone.now()),
        _("This session follows the plan of the cycle again."),
    )


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def send(request: HttpRequest, cycle: str, slug: str, code: str) -> HttpResponse:
    """Show exactly who would get a line now, and send it when that is confirmed (R11)."""
    session, step = _of_session(request, cycle, slug, code)
    at = timezone.now()
    if request.method == "POST":
        by = access.account(request.user)
        return _act(
            request,
            session,
            lambda: policy.send_now(step, session=session, by=by, at=at),
            _("It leaves within a minute. Until then you can stop it here."),
        )
    people, count = _who(step, session, at=at)
    context = {
        "cycle": session.cycle,
        "session": session,
        "step": step,
        "label": line.name(step),
        "people": people,
        "count": count,
        "unlisted": count - len(people),
    }
    return render(request, "desk/reminders/reminder_send.html", context)


def _who(step: ReminderStep, session: Session, *, at: dt.datetime) -> tuple[list[tuple[str, str]], int]:
    """Return the names and addresses of the first whom a line reaches now, and how many it reaches."""
    if step.audience == ReminderStep.Audience.SPEAKERS:
        reached = speakers.reached(step.kind, session, due_at=at)
        listed = [(str(speaker), speaker.email) for speaker in reached]
        return listed[:LISTED], len(listed)
    people: Any = audiences.of_step(step, session, due_at=at)
    # A line may reach people of the cycle, or of this session.
    path = "" if people.model is CycleRegistration else "cycle_registration__"
    related = ("participant",) if people.model is CycleRegistration else ("participant", "cycle_registration")
    shown = names.shown(path)
    first = people.select_related(*related).order_by(shown["shown_sort"], shown["shown_given_sort"], "pk")[
        :LISTED
    ]
    listed = [
        (f"{row.person.family_name} {row.person.given_name}".strip(), row.person.email) for row in first
    ]
    return listed, people.count()


@require_POST
@never_cache
@login_required
def stop(request: HttpRequest, cycle: str, slug: str, pk: int) -> HttpResponse:
    """Stop a mailing that has not left, or not wholly: a reminder or the notice of a change."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    mailing = Occurrence.objects.filter(pk=pk, session=session).first()
    if mailing is None:
        raise Http404
    outcome = policy.stop(mailing, by=access.account(request.user), at=timezone.now())
    messages.success(request, _stopped_in_words(outcome))
    path = back(request, otherwise="")
    return redirect(path) if path else back_to(session.cycle, session)


def _stopped_in_words(outcome: policy.Stopped) -> str:
    """Say what stopping a mailing did, and what had left before."""
    words = []
    if outcome.withdrawn:
        withdrawn = ngettext(
            "Stopped: %(count)d waiting email was withdrawn.",
            "Stopped: %(count)d waiting emails were withdrawn.",
            outcome.withdrawn,
        )
        words.append(withdrawn % {"count": outcome.withdrawn})
    elif not outcome.had_begun:
        words.append(_("Stopped: nobody gets it."))
    else:
        words.append(_("Nothing was waiting any more: no email was stopped."))
    if outcome.left:
        left = ngettext("%(count)d had left already.", "%(count)d had left already.", outcome.left)
        words.append(left % {"count": outcome.left})
    return " ".join(words)
