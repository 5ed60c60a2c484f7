"""One session's words, agenda, speakers and room, with what someone else saved meanwhile shown beside."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.dry_run import dry_run
from cycles import access
from cycles.content import editing
from cycles.models import Cycle, Session
from cycles.schedule import planning
from cycles.site import pages, views
from desk.content import effect, room
from desk.content.editors import choices, new_names
from desk.content.editors.session import SessionForm
from desk.content.preview import editor_addresses, preview
from desk.cycle import line
from desk.mail import announcing
from desk.ui.acts import act_of
from desk.ui.forms import conflict
from desk.ui.forms.languages import LANGUAGES
from desk.ui.forms.rows import reshaped
from notifications.notices import group_messages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@announcing.announces(says_so=False)
def edit(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Edit what a session says and who speaks in it; readers see it without being able to."""
    right = access.Right.PLAN if request.method == "POST" else access.Right.SEE
    session, rights = access.session_for(request.user, cycle, slug, right=right)
    if access.Right.PLAN not in rights:
        return _page(request, session, None, rights=rights)
    lists = choices.load(SessionForm.wants, user=request.user, row=session)
    if request.method != "POST":
        form = SessionForm(
            initial=SessionForm.initial_for(session), choices=lists, of_run=session.cycle.is_run
        )
        return _page(request, session, form, rights=rights)
    return _sent(request, session, lists, rights, _saved)


@act_of("desk:session-edit")
def arrange(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Add, move or take away a row of the editor; nothing is saved."""
    session, rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    data, focus = reshaped(request.POST, request.POST.get("do", ""))
    form = SessionForm(
        data,
        choices=choices.load(SessionForm.wants, user=request.user, row=session),
        of_run=session.cycle.is_run,
    )
    form.leave_unchecked()
    return _page(request, session, form, rights=rights, focus=focus)


@act_of("desk:session-edit")
def see_effect(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Show which mails saving would send; nothing is saved."""
    session, rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    lists = choices.load(SessionForm.wants, user=request.user, row=session)
    return _sent(request, session, lists, rights, functools.partial(_effect, rights=rights))


@act_of("desk:session-edit")
def see_page(request: HttpRequest, cycle: str, slug: str, language: str) -> HttpResponse:
    """Show the public page as it would be; nothing is saved."""
    session, rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    lists = choices.load(SessionForm.wants, user=request.user, row=session)
    return _sent(request, session, lists, rights, functools.partial(_preview, language=language))


def _sent(
    request: HttpRequest,
    session: Session,
    lists: dict[str, Any],
    rights: frozenset[access.Right],
    do: Callable[..., HttpResponse],
) -> HttpResponse:
    """Hand a form that was sent to what is to be done with it; say what is wrong with it."""
    form = SessionForm(request.POST, choices=lists, of_run=session.cycle.is_run)
    seen = _seen(form)
    if not form.is_valid() or seen is None:
        return _page(request, session, form, rights=rights, status=422)
    try:
        return do(request, session, form, seen=seen)
    except planning.StaleError as error:
        saved = SessionForm(
            initial=SessionForm.initial_for(error.row), choices=form.choices, of_run=session.cycle.is_run
        )
        form.follow(saved.initial["seen"])
        result = conflict.differences(saved=saved, written=form)
        return _page(request, error.row, form, rights=rights, status=409, differences=result)
    except planning.PlanningError as error:
        form.add_error(None, str(error))
        return _page(request, session, form, rights=rights, status=422)


def _seen(form: SessionForm) -> dt.datetime | None:
    """Return the version that the form was filled from; without one it says so."""
    try:
        seen = parse_datetime(form.data.get("seen", ""))
    except ValueError:
        seen = None
    if seen is None:
        form.add_error(None, _("This form is incomplete: open the page again."))
    return seen


def _write(
    request: HttpRequest, session: Session, form: SessionForm, *, seen: dt.datetime | None, at: dt.datetime
) -> Session:
    by = access.account(request.user)
    with transaction.atomic():
        values = new_names.settle(form.values(), by=by, at=at)
        agenda = values.pop("segments")
        return editing.edit(session, values=values, agenda=agenda, by=by, at=at, seen=seen)


def _preview(
    request: HttpRequest, session: Session, form: SessionForm, *, language: str, seen: dt.datetime
) -> HttpResponse:
    del seen  # the page may be looked at whatever somebody else saved
    return preview(
        request,
        language=language if language in LANGUAGES else LANGUAGES[0],
        write=lambda: _write(request, session, form, seen=None, at=timezone.now()),
        page=views.session_detail,
        address=lambda row: (row.cycle.slug, row.slug),
    )


def _effect(
    request: HttpRequest,
    session: Session,
    form: SessionForm,
    *,
    seen: dt.datetime,
    rights: frozenset[access.Right],
) -> HttpResponse:
    """Show which mails saving would send, and save nothing."""
    at = timezone.now()
    row, owed = dry_run(
        lambda: effect.made(lambda: _write(request, session, form, seen=seen, at=at), at=at)
    ).result
    shown = {"owed": owed, "room": room.change_in_words(session, row)}
    return _page(request, session, form, rights=rights, effect=shown)


def _saved(request: HttpRequest, session: Session, form: SessionForm, *, seen: dt.datetime) -> HttpResponse:
    at = timezone.now()
    row, owed = effect.made(lambda: _write(request, session, form, seen=seen, at=at), at=at)
    messages.success(request, effect.with_mails(_saved_in_words(row), owed))
    if request.POST.get("tell_room") and room.has_moved(session, row):
        by = access.account(request.user)
        message = group_messages.write(session.cycle, values=room.message(session, row), by=by, at=at)
        messages.info(
            request, _("The message about the room is ready: nothing leaves before you send it here.")
        )
        return redirect("desk:group-message", session.cycle.slug, message.pk)
    return redirect("desk:session-edit", session.cycle.slug, session.slug)


def _saved_in_words(session: Session) -> str:
    """Say who sees what was saved; a theme that is written and held back is easily forgotten."""
    is_draft = session.status == Session.Status.DRAFT or session.cycle.status == Cycle.Status.DRAFT
    outcome = (
        _("Saved. Only organisers see it.")
        if is_draft
        else _("Saved. The public page and the calendars show it now.")
    )
    if str(session.title) and not session.has_theme:
        outcome += " " + _("The theme is not shown yet: tick that it is known when it may be announced.")
    return outcome


def _page(
    request: HttpRequest,
    session: Session,
    form: SessionForm | None,
    *,
    rights: frozenset[access.Right],
    status: int = 200,
    focus: str = "",
    differences: list[conflict.Difference] | None = None,
    effect: dict[str, Any] | None = None,
) -> HttpResponse:
    at = timezone.now()
    context = {
        "session": session,
        "cycle": session.cycle,
        "item": line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at),
        "form": form,
        "may_plan": form is not None,
        "may_teach": access.Right.TEACH in rights,
        # Whoever only reads sees what is written.
        "segments": pages.segments_of(session) if form is None else (),
        "effect": effect,
        "in_room": room.seated(session, at=at) if form is not None else 0,
        "tell_room": "tell_room" in request.POST,
        "focus": focus,
        "opened": form.unfolded(focus) if form is not None else set(),
        "differences": differences,
        "is_conflict": differences is not None,
        **editor_addresses("desk:session-edit", session.cycle.slug, session.slug),
    }
    return render(request, "desk/content/session_edit.html", context, status=status)


@require_POST
@login_required
@announcing.announces(says_so=False)
def publish(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Let everyone see a session that is a draft."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)

    def write() -> Session:
        editing.publish(session, by=by, at=at)
        return session

    try:
        _row, owed = effect.made(write, at=at)
    except planning.PlanningError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, effect.with_mails(_("Published: everyone can read it now."), owed))
    return redirect("desk:session-edit", session.cycle.slug, session.slug)
