"""Messages to a group of people: written, looked at with everyone they go to, tried on oneself, sent, stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import periods
from cycles import access
from cycles.schedule.revision import StaleError
from desk.mail.groups import group_messages
from desk.mail.texts import words
from desk.mail.texts.views import DARK
from desk.ui.forms import conflict
from desk.ui.rights import may
from notifications.mail.preview import rehearsal
from notifications.models import Delivery, GroupMessage
from notifications.notices import group_messages as verbs
from notifications.transport.mailbox_views import MAIL_POLICY

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cycles.models import Cycle

FORM_METHODS = ["GET", "HEAD", "POST"]


def _message(request: HttpRequest, slug: str, pk: int) -> GroupMessage:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    result = get_object_or_404(GroupMessage, pk=pk, cycle=cycle)
    result.cycle = cycle
    return result


@require_safe
@never_cache
@login_required
def group_messages_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List what was written to groups of a cycle, drafts first."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    rows = cycle.group_messages.select_related("by")
    context = {
        "cycle": cycle,
        "drafts": [row for row in rows if row.is_draft],
        "sent": [row for row in rows if not row.is_draft],
        **may(rights),
    }
    return render(request, "desk/mail/groups/group_messages.html", context)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to the people whom the address names; nothing leaves before the next page."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    return _write(request, cycle, None)


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = _message(request, slug, pk)
    if not message.is_draft and request.method != "POST":
        return redirect("desk:group-message", slug, pk)
    return _write(request, message.cycle, message)


def _write(request: HttpRequest, cycle: Cycle, message: GroupMessage | None) -> HttpResponse:
    differences: list[conflict.Difference] | None = None
    if request.method == "POST":
        form = group_messages.GroupForm(request.POST)
        if form.is_valid():
            try:
                row = _kept(request, cycle, message, form)
            except verbs.GroupMessageError as error:
                form.add_error(None, str(error))
            except StaleError as error:
                saved = group_messages.GroupForm(initial=group_messages.GroupForm.initial_for(error.row))
                form.follow(saved.initial["seen"])
                differences = conflict.differences(saved=saved, written=form)
            else:
                return redirect("desk:group-message", cycle.slug, row.pk)
    elif message is not None:
        form = group_messages.GroupForm(initial=group_messages.GroupForm.initial_for(message))
    else:
        form = group_messages.GroupForm()
    kept = message.selection if message else group_messages.selection(request.GET)
    context = {
        "cycle": cycle,
        "message": message,
        "form": form,
        "count": group_messages.chosen(cycle, kept).count(),
        "variables": words.variables(cycle, "group_message", at=timezone.now()),
        "words_url": reverse("desk:message-words", args=[cycle.slug, "group_message"]),
        "differences": differences,
        "is_conflict": differences is not None,
    }
    status = 422 if form.errors else 200 if differences is None else 409
    return render(request, "desk/mail/groups/group_message_edit.html", context, status=status)


def _kept(
    request: HttpRequest, cycle: Cycle, message: GroupMessage | None, form: group_messages.GroupForm
) -> GroupMessage:
    values = form.values
    if message is None:
        values["selection"] = group_messages.selection(request.GET)
    by, seen = access.account(request.user), form.cleaned_data["seen"] or None
    return verbs.write(cycle, message=message, values=values, by=by, at=timezone.now(), seen=seen)


@require_safe
@never_cache
@login_required
def look(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a message as it is read and everyone it goes to; once it has left, what became of it."""
    message = _message(request, slug, pk)
    at = timezone.now()
    language = group_messages.language_of(request.GET)
    counts = verbs.counts(message)
    context = {
        "cycle": message.cycle,
        "message": message,
        "language": language,
        "mail": group_messages.shown(message, reader_language=language, at=at),
        "group": group_messages.group(message) if message.is_draft else None,
        "states": [(Delivery.State(state).label, count) for state, count in sorted(counts.items())],
        "waiting": counts["pending"],
        "left": (message.people or 0) - counts["pending"],
        "leaves_at": verbs.leaves_at(message) if counts["pending"] else None,
    }
    return render(request, "desk/mail/groups/group_message.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
@login_required
def html(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Serve the HTML of a message from an address of its own, for the sandboxed frame."""
    message = _message(request, slug, pk)
    language = group_messages.language_of(request.GET)
    mail = group_messages.shown(message, reader_language=language, at=timezone.now())
    if mail is None:
        raise Http404
    content = DARK.sub("@media not all", mail.html)
    response = HttpResponse(content)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_POST
@never_cache
@login_required
def test(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send the message to oneself, marked as a test."""
    message = _message(request, slug, pk)
    at, by = timezone.now(), access.account(request.user)
    scene = group_messages.scene(message, reader_language=group_messages.language_of(request.POST), at=at)
    if scene is None or by is None:
        raise Http404
    try:
        rehearsal.send_test(message.cycle, scene=scene, by=by, at=at)
    except rehearsal.TestFailed as error:
        notes.error(request, _("The mail server did not take it: %(answer)s") % {"answer": error})
    else:
        notes.success(request, _("A test was sent to %(address)s.") % {"address": by.email})
    return redirect("desk:group-message", slug, pk)


@require_POST
@never_cache
@login_required
def send(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = _message(request, slug, pk)
    expected = request.POST.get("expected", "")
    try:
        count = verbs.send(
            message,
            people=group_messages.chosen(message.cycle, message.selection),
            expected=int(expected) if expected.isdecimal() else -1,
            session=group_messages.stop(message),
            by=access.account(request.user),
            at=timezone.now(),
        )
    except verbs.GroupMessageError as error:
        notes.error(request, str(error))
    else:
        outcome = ngettext(
            "It leaves to %(count)d person in %(grace)s. Until then you can stop it here.",
            "It leaves to %(count)d people in %(grace)s. Until then you can stop it here.",
            count,
        )
        notes.success(request, outcome % {"count": count, "grace": periods.in_words(periods.length("grace"))})
    return redirect("desk:group-message", slug, pk)


@require_POST
@never_cache
@login_required
def stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = _message(request, slug, pk)
    try:
        withdrawn = verbs.stop(message, by=access.account(request.user), at=timezone.now())
    except verbs.GroupMessageError as error:
        notes.error(request, str(error))
        return redirect("desk:group-message", slug, pk)
    outcome = ngettext(
        "Stopped: %(count)d waiting email was withdrawn.",
        "Stopped: %(count)d waiting emails were withdrawn.",
        withdrawn,
    )
    notes.success(request, outcome % {"count": withdrawn})
    return redirect("desk:group-message", slug, pk)


@require_POST
@never_cache
@login_required
def discard(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    message = _message(request, slug, pk)
    try:
        verbs.discard(message, by=access.account(request.user), at=timezone.now())
    except verbs.GroupMessageError as error:
        notes.error(request, str(error))
        return redirect("desk:group-message", slug, pk)
    notes.success(request, _("The draft is gone."))
    return redirect("desk:group-messages", slug)
