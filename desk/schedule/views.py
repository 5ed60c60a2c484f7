"""One session: moving it, cancelling it, restoring it, confirming its date.

A change of schedule is shown with all that it causes before it is saved. Nothing is ever overwritten silently:
each form carries the version it was filled from.
"""

from __future__ import annotations

import dataclasses
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
from cycles.models import SessionChange
from cycles.schedule import planning
from cycles.site import pages
from desk.content import effect
from desk.cycle import line
from desk.schedule import consequences
from desk.schedule.clashes import Clashes
from desk.ui.fields import CancelForm, MoveForm, ReasonForm, SeenForm

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from cycles.models import Session

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


def _conflict(
    request: HttpRequest, template: str, error: planning.StaleError, form: SeenForm, **context: Any
) -> HttpResponse:
    """Show what someone else saved beside what was just written; saving again is then a choice."""
    form.data = {**request.POST.dict(), "seen": error.row.revised_at.isoformat()}
    return _page(request, template, error.row, {"form": form, "conflict": error.row, **context}, status=409)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def move(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Give a session a new date: the form, then what it causes, then the saving."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    template = "desk/schedule/session_move.html"
    at = timezone.now()
    if request.method != "POST":
        form = MoveForm(session=session, initial=MoveForm.initial_for(session))
        return _page(request, template, session, {"form": form})
    form = MoveForm(request.POST, session=session)
    if not form.is_valid() or form.occurrence is None:
        return _page(request, template, session, {"form": form}, status=422)
    to, until = form.occurrence.starts_at, form.until
    try:
        if request.POST.get("step") != "save":
            # Done and undone: the verb itself says whether it would accept, in the same words.
            planning.check_move(session, to=to, until=until, at=at, seen=form.cleaned_data["seen"])
            others = _at_the_same_time(request, session, to, until or form.occurrence.ends_at)
            found = _consequences(session, form, others=others, at=at)
            return _page(request, template, session, {"form": form, **found})
        change = planning.move(
            session,
            to=to,
            until=until,
            by=access.account(request.user),
            at=at,
            reason=form.reason,
            seen=form.cleaned_data["seen"],
        )
    except planning.StaleError as error:
        return _conflict(request, template, error, form)
    except planning.PlanningError as error:
        form.add_error("date", str(error))
        return _page(request, template, session, {"form": form}, status=422)
    when = _moment(session, change.to_starts_at)
    told = consequences.told_in_words(session, people=consequences.people(session), at=at)
    return _done(request, session, _("Moved to %(when)s. %(told)s") % {"when": when, "told": told})


def _at_the_same_time(
    request: HttpRequest, session: Session, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[str]:
    """Return a warning for each other session of ours that takes place at these instants."""
    if session.is_all_day:
        return []
    clashes = Clashes(access.cycles(request.user), [(starts_at, ends_at)], without=[session.pk])
    return clashes.warnings(starts_at, ends_at)


def _consequences(session: Session, form: MoveForm, *, others: list[str], at: dt.datetime) -> dict[str, Any]:
    """What the move in a valid form would cause."""
    occurrence = form.occurrence
    if occurrence is None:
        msg = "a valid form has an occurrence"
        raise AssertionError(msg)
    until = form.until or occurrence.ends_at
    cycle = session.cycle
    return {
        "checked": True,
        "old_when": _moment(session, session.starts_at),
        "new_when": wording.long_when(
            occurrence.starts_at,
            until,
            zone=cycle.timezone,
            all_day=session.is_all_day,
            language=consequences.language(),
        ),
        "off_rule": consequences.off_rule(cycle, form.cleaned_data["date"]),
        "warnings": [*consequences.warnings(occurrence, zone=cycle.timezone), *others],
        "people": consequences.people(session),
        "notice": consequences.foresee(
            session,
            kind=SessionChange.Kind.MOVED,
            at=at,
            to=dataclasses.replace(occurrence, ends_at=until),
        ),
        "withdrawn": consequences.withdrawn(session),
        "reminders": consequences.reminder_plan(
            session, starts_at=occurrence.starts_at, ends_at=until, at=at
        ),
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
        kind=SessionChange.Kind.CANCELLED,
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
        kind=SessionChange.Kind.RESTORED,
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
        kind=SessionChange.Kind.POSTPONED,
        write=planning.postpone,
        said=gettext_lazy("Postponed: registrations stay, the new date is yours to give. %(told)s"),
    )


def _decide(
    request: HttpRequest,
    session: Session,
    *,
    template: str,
    form_class: type[SeenForm],
    kind: SessionChange.Kind,
    write: Callable[..., object],
    said: _StrPromise,
) -> HttpResponse:
    """Show what a decision about a session causes, or take it: `write` is a verb of planning, `said` tells it."""
    at = timezone.now()
    people = consequences.people(session)
    context = {
        "people": people,
        "notice": consequences.foresee(session, kind=kind, at=at),
        "withdrawn": consequences.withdrawn(session),
    }
    if request.method != "POST":
        form = form_class(initial={"seen": session.revised_at.isoformat()})
        return _page(request, template, session, {"form": form, **context})
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, template, session, {"form": form, **context}, status=422)
    words = {"reason": form.reason} if isinstance(form, ReasonForm) else {}
    try:
        write(
            session,
            by=access.account(request.user),
            at=at,
            seen=form.cleaned_data["seen"],
            **words,
        )
    except planning.StaleError as error:
        return _conflict(request, template, error, form, **context)
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, template, session, {"form": form, **context}, status=422)
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
def confirm(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Say that a tentative date is sure."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    form = SeenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form is incomplete: open the page again."))
        return redirect("desk:cycle-detail", session.cycle.slug)
    at, by, seen = timezone.now(), access.account(request.user), form.cleaned_data["seen"]

    try:
        _row, owed = effect.made(
            lambda: editing.confirm_date(session, by=by, at=at, seen=seen), at=at, keep=True
        )
    except planning.PlanningError as error:
        messages.error(request, str(error))
        return redirect("desk:cycle-detail", session.cycle.slug)
    return _done(request, session, effect.with_mails(_("The date is confirmed."), owed))
