"""The mails of a cycle: reading each as it leaves, writing one's own words, trying it on oneself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cycles import access
from cycles.language import naming
from cycles.schedule.revision import StaleError
from desk.mail.kind_words import kind_in_words, moment_in_words
from desk.mail.texts import words
from desk.mail.texts.forms import MessageForm, PreviewForm
from desk.reminders import line
from desk.ui.forms import conflict
from desk.ui.rights import may
from notifications.mail.kinds import KINDS
from notifications.mail.own_texts import standard, texts
from notifications.mail.preview import rehearsal
from notifications.models import MessageText, ReminderStep
from notifications.plan import planner
from notifications.transport.mailbox_views import MAIL_POLICY

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from cycles.models import Cycle

DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")


def _step(cycle: Cycle, kind: str, code: str) -> ReminderStep | None:
    """Return the line of the plan that a text is for; None for every line. Raises Http404."""
    if kind not in texts.writable():
        raise Http404
    return get_object_or_404(ReminderStep, cycle=cycle, session=None, code=code, kind=kind) if code else None


def _name(kind: str, step: ReminderStep | None) -> str:
    return f"{kind_in_words(kind)} · {line.name(step)}" if step else kind_in_words(kind)


@require_safe
@never_cache
@login_required
def messages(request: HttpRequest, slug: str) -> HttpResponse:
    """List every mail of a cycle, with which of them an organiser has written."""
    cycle, rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    own = set(MessageText.objects.filter(cycle=cycle).values_list("kind", "code"))
    steps = [step for step in planner.cycle_steps(cycle) if step.kind in texts.writable()]
    language = get_language() or settings.LANGUAGE_CODE
    rows = [
        {
            "kind": kind,
            "moment": moment_in_words(KINDS[kind].group),
            "name": kind_in_words(kind),
            "readers": KINDS[kind].readers,
            "subjects": standard.subjects(kind, language=language, cycle=cycle),
            "is_own": (kind, "") in own,
            "steps": [
                (step, line.name(step), (kind, step.code) in own) for step in steps if step.kind == kind
            ],
        }
        for kind in texts.writable()
        if cycle.is_run or not KINDS[kind].survey
    ]
    context = {
        "cycle": cycle,
        "rows": rows,
        **may(rights),
    }
    return render(request, "desk/mail/texts/messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def edit(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Write subject and text in both languages, for every line or (`?line=`) for one line of the plan."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    code = request.GET.get("line", "")
    step = _step(cycle, kind, code)
    differences: list[conflict.Difference] | None = None
    if request.method == "POST":
        form = MessageForm(request.POST, cycle=cycle, kind=kind)
        if form.is_valid():
            differences = _written(request, cycle, form, code)
            if differences is None:
                notes.success(request, _("Saved: emails that leave from now on say it so."))
                return redirect(_address("message-preview", cycle, kind, line=code))
    else:
        # `?start=1` puts the standard words everywhere; otherwise what is kept stays.
        kept = MessageForm.started_for(cycle, kind, code)
        if request.GET.get("start"):
            kept |= MessageForm.standard_for(cycle, kind)
        form = MessageForm(initial=kept, cycle=cycle, kind=kind)
    context = {
        "cycle": cycle,
        "kind": kind,
        "code": code,
        "name": _name(kind, step),
        "form": form,
        "variables": words.variables(cycle, kind, code=code, at=timezone.now()),
        "words_url": _address("message-words", cycle, kind, line=code),
        "warnings": texts.warnings(cycle, kind, code),
        "differences": differences,
        "is_conflict": differences is not None,
    }
    status = 422 if form.errors else 200 if differences is None else 409
    return render(request, "desk/mail/texts/message_edit.html", context, status=status)


def _written(
    request: HttpRequest, cycle: Cycle, form: MessageForm, code: str
) -> list[conflict.Difference] | None:
    """Keep what was written; return where it differs from what somebody else kept meanwhile, if they did."""
    by, seen = access.account(request.user), form.cleaned_data["seen"] or None
    try:
        texts.write(cycle, kind=form.kind, code=code, texts=form.texts, by=by, at=timezone.now(), seen=seen)
    except StaleError:
        kept = MessageForm.started_for(cycle, form.kind, code)
        saved = MessageForm(initial=kept, cycle=cycle, kind=form.kind)
        form.follow(saved.initial["seen"])
        return conflict.differences(saved=saved, written=form)
    return None


def _address(name: str, cycle: Cycle, kind: str, **query: str) -> str:
    kept = {key: value for key, value in query.items() if value}
    address = reverse(f"desk:{name}", args=[cycle.slug, kind])
    return f"{address}?{urlencode(kept)}" if kept else address


def _scene(
    request: HttpRequest, cycle: Cycle, kind: str, *, at: dt.datetime
) -> tuple[rehearsal.Scene | None, PreviewForm, dict[str, str]]:
    """Return what is to be shown (None without a session), the form and the choices as an address keeps them."""
    asked = request.POST if request.method == "POST" else request.GET
    step = _step(cycle, kind, asked.get("line", ""))
    if step is None and kind in ReminderStep.Message.values:
        # A reminder is of some line: shown with the first one, so that it says "in a week".
        step = next((each for each in planner.cycle_steps(cycle) if each.kind == kind), None)
    sessions = rehearsal.sessions(cycle, at=at)
    choices = [(session.slug, naming.session_title(session)) for session in sessions]
    language = get_language() or settings.LANGUAGE_CODE
    initial = {"language": language, "theme": "light", "width": "600"}
    form = PreviewForm({**initial, **asked.dict()}, sessions=choices)
    chosen = {name: form.chosen(name, default) for name, default in initial.items()}
    if not sessions:
        return None, form, chosen
    chosen["session"] = form.chosen("session", sessions[0].slug)
    session = next(each for each in sessions if each.slug == chosen["session"])
    scene = rehearsal.Scene(cycle=cycle, kind=kind, session=session, language=chosen["language"], step=step)
    return scene, form, {**chosen, "line": asked.get("line", "")}


@require_safe
@never_cache
@login_required
def preview(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show a mail with a real session and an invented person: HTML in a sandboxed frame, text, headers."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    scene, form, chosen = _scene(request, cycle, kind, at=at)
    code = request.GET.get("line", "")
    context: dict[str, Any] = {
        "cycle": cycle,
        "kind": kind,
        "code": code,
        "name": _name(kind, _step(cycle, kind, code)),
        "form": form,
        "chosen": chosen,
        "warnings": texts.warnings(cycle, kind, code),
        "edit_url": _address("message-edit", cycle, kind, line=code),
    }
    if scene is not None:
        mail = rehearsal.rehearse(scene, at=at)
        sent = mail.message()
        context |= {
            "mail": mail,
            "headers": [(name, str(value)) for name, value in sent.items()],
            "frame_url": _address("message-html", cycle, kind, **chosen),
            "leaves_at": rehearsal.moment(scene, at=at),
        }
    return render(request, "desk/mail/texts/message_preview.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
@login_required
def html(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Serve the HTML of a previewed mail from an address of its own, for the sandboxed frame."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at = timezone.now()
    scene, _form, chosen = _scene(request, cycle, kind, at=at)
    if scene is None:
        raise Http404
    content = rehearsal.rehearse(scene, at=at).html
    # What the reader's program would do in the dark, whatever the organiser's own screen does.
    content = DARK.sub("@media all" if chosen["theme"] == "dark" else "@media not all", content)
    response = HttpResponse(content)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_POST
@never_cache
@login_required
def test(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Send the mail to oneself, marked as a test."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    scene, _form, chosen = _scene(request, cycle, kind, at=at)
    if scene is None or by is None:
        raise Http404
    try:
        rehearsal.send_test(cycle, scene=scene, by=by, at=at)
    except rehearsal.TestFailed as error:
        notes.error(request, _("The mail server did not take it: %(answer)s") % {"answer": error})
    else:
        notes.success(request, _("A test was sent to %(address)s.") % {"address": by.email})
    return redirect(_address("message-preview", cycle, kind, **chosen))
