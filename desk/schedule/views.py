"""One session: moving it, cancelling it, restoring it, confirming its date.

A change of schedule is shown with all that it causes before it is saved. Nothing is ever overwritten silently:
each form carries the version it was filled from.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from cycles.content import editing
from cycles.language import wording
from cycles.schedule import planning, recurrence
from cycles.site import pages
from desk.content import effect
from desk.cycle import line
from desk.mail import announcing
from desk.schedule import consequences
from desk.schedule.clashes import Clashes
from desk.schedule.effects import NO_REASON_YET, effects, effects_or_refusal
from desk.ui.acts import act_of
from desk.ui.forms.fields import CancelForm, MoveForm, ReasonForm, SeenForm

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from cycles.models import Session, SessionChange

FORM_METHODS = ["GET", "HEAD", "POST"]


def _page(
    request: HttpRequest, template: str, session: Session, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    stop = line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at)
    return render(
        request,
        template,
        {"session": session, "cycle": session.cycle, "item": stop, **context},
        status=status,
    )


def _done(request: HttpRequest, session: Session, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("desk:cycle-detail", session.cycle.slug)


def _follow(form: SeenForm, request: HttpRequest, error: planning.StaleError) -> None:
    """Let a form carry the version that someone else saved: saving it again is then a choice."""
    form.data = {**request.POST.dict(), "seen": error.row.revised_at.isoformat()}


MOVE_PAGE = "desk/schedule/session_move.html"


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def move(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Give a session a new date: the form, then what it does."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    if request.method != "POST":
        form = MoveForm(session=session, initial=MoveForm.initial_for(session))
        return _page(request, MOVE_PAGE, session, {"form": form})

    def look(write: Callable[[], SessionChange], form: MoveForm, at: dt.datetime) -> HttpResponse:
        told = {"form": form, "effects": effects(write, session, at=at), **_new_date(request, session, form)}
        return _page(request, MOVE_PAGE, session, told)

    return _move(request, session, look)


@act_of("desk:session-move")
def move_save(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Give a session the new date that was looked at."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)

    def save(write: Callable[[], SessionChange], _form: MoveForm, at: dt.datetime) -> HttpResponse:
        when = _moment(session, write().to_starts_at)
        told = consequences.told_in_words(session, people=consequences.people(session), at=at)
        return _done(request, session, _("Moved to %(when)s. %(told)s") % {"when": when, "told": told})

    return _move(request, session, save)


def _move(request: HttpRequest, session: Session, do: Callable[..., HttpResponse]) -> HttpResponse:
    """Read the new date of a session and look at the move or save it; say what is wrong with it."""
    at = timezone.now()
    form = MoveForm(request.POST, session=session)
    if not form.is_valid() or form.occurrence is None:
        return _page(request, MOVE_PAGE, session, {"form": form}, status=422)
    write = functools.partial(
        planning.move,
        session,
        to=form.occurrence.starts_at,
        until=form.until,
        by=access.account(request.user),
        at=at,
        reason=form.reason,
        seen=form.cleaned_data["seen"],
    )
    try:
        return do(write, form, at)
    except planning.StaleError as error:
        _follow(form, request, error)
        return _page(request, MOVE_PAGE, error.row, {"form": form, "conflict": error.row}, status=409)
    except planning.PlanningError as error:
        form.add_error("date", str(error))
        return _page(request, MOVE_PAGE, session, {"form": form}, status=422)


def _at_the_same_time(
    request: HttpRequest, session: Session, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[str]:
    """Return a warning for each other session of ours that takes place at these instants."""
    if session.is_all_day and recurrence.is_whole_days(starts_at, ends_at, zone=session.cycle.timezone):
        return []
    clashes = Clashes(access.cycles(request.user), [(starts_at, ends_at)], without=[session.pk])
    return clashes.warnings(starts_at, ends_at)


def _new_date(request: HttpRequest, session: Session, form: MoveForm) -> dict[str, Any]:
    """Return what the page tells of the date in a valid form."""
    occurrence = form.occurrence
    if occurrence is None:
        msg = "a valid form has an occurrence"
        raise AssertionError(msg)
    cycle = session.cycle
    starts_at, ends_at = occurrence.starts_at, form.until or occurrence.ends_at
    return {
        "old_when": _moment(session, session.starts_at),
        "new_when": wording.long_when(
            starts_at,
            ends_at,
            zone=cycle.timezone,
            all_day=session.is_all_day and occurrence.is_all_day,
            language=consequences.language(),
        ),
        "off_rule": consequences.off_rule(cycle, form.cleaned_data["date"]),
        "warnings": [
            *consequences.warnings(occurrence, zone=cycle.timezone),
            *_at_the_same_time(request, session, starts_at, ends_at),
        ],
    }


def _moment(session: Session, starts_at: dt.datetime | None) -> str:
    if starts_at is None:
        return _("no date")
    return wording.short_when(
        starts_at,
        zone=session.cycle.timezone,
        all_day=session.is_all_day,
        language=consequences.language(),
    )


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def cancel(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Cancel a session, with the reason that people will read."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    return _decide(
        request,
        session,
        template="desk/schedule/session_cancel.html",
        form_class=CancelForm,
        write=planning.cancel,
        said=gettext_lazy("Cancelled: it stays on the page, struck through. %(told)s"),
    )


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def restore(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Take a cancellation back."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    return _decide(
        request,
        session,
        template="desk/schedule/session_restore.html",
        form_class=SeenForm,
        write=planning.restore,
        said=gettext_lazy("Restored. %(told)s"),
    )


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def postpone(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Take the date of a session away without cancelling it; moving it gives a new one."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    return _decide(
        request,
        session,
        template="desk/schedule/session_postpone.html",
        form_class=ReasonForm,
        write=planning.postpone,
        said=gettext_lazy("Postponed: registrations stay, the new date is yours to give. %(told)s"),
    )


def _decide(
    request: HttpRequest,
    session: Session,
    *,
    template: str,
    form_class: type[SeenForm],
    write: Callable[..., object],
    said: _StrPromise,
) -> HttpResponse:
    """Show what a decision about a session does, or take it: `write` is a verb of planning, `said` tells it."""
    at, by = timezone.now(), access.account(request.user)
    has_reason = issubclass(form_class, ReasonForm)

    def page(form: SeenForm, row: Session, *, status: int = 200, **context: Any) -> HttpResponse:
        words = {"reason": NO_REASON_YET} if has_reason else {}
        result = effects_or_refusal(lambda: write(row, by=by, at=at, **words), row, at=at)
        return _page(request, template, row, {"form": form, **context, **result}, status=status)

    if request.method != "POST":
        return page(form_class(initial={"seen": session.revised_at.isoformat()}), session)
    form = form_class(request.POST)
    if not form.is_valid():
        return page(form, session, status=422)
    words = {"reason": form.reason} if isinstance(form, ReasonForm) else {}
    people = consequences.people(session)
    try:
        write(session, by=by, at=at, seen=form.cleaned_data["seen"], **words)
    except planning.StaleError as error:
        _follow(form, request, error)
        return page(form, error.row, conflict=error.row, status=409)
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return page(form, session, status=422)
    return _done(request, session, said % {"told": consequences.told_in_words(session, people=people, at=at)})


@require_POST
@login_required
def undo(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Take back the last change of date while its mail waits."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    at = timezone.now()
    try:
        planning.undo(session, by=access.account(request.user), at=at)
    except planning.PlanningError as error:
        messages.error(request, str(error))
        return redirect("desk:cycle-detail", session.cycle.slug)
    told = consequences.told_in_words(session, people=consequences.people(session), at=at)
    return _done(request, session, _("Undone: everything is as it was before. %(told)s") % {"told": told})


@require_POST
@login_required
@announcing.announces(says_so=False)
def confirm(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Say that a tentative date is sure."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    form = SeenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form is incomplete: open the page again."))
        return redirect("desk:cycle-detail", session.cycle.slug)
    at, by, seen = timezone.now(), access.account(request.user), form.cleaned_data["seen"]

    try:
        _row, owed = effect.made(lambda: editing.confirm_date(session, by=by, at=at, seen=seen), at=at)
    except planning.PlanningError as error:
        messages.error(request, str(error))
        return redirect("desk:cycle-detail", session.cycle.slug)
    return _done(request, session, effect.with_mails(_("The date is confirmed."), owed))
