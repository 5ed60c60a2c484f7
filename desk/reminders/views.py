"""The reminder plan: what leaves when and to how many; switching, adding, changing, skipping, sending now.

Every change of the plan is shown with the mails that it adds and removes before it is saved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cycles import access
from cycles.schedule.revision import PlanningError, StaleError
from desk.reminders import line, whatif
from desk.reminders.effect import effect
from desk.reminders.forms import PlanForm, StepForm, SureForm, TryForm
from desk.ui.acts import act_of
from desk.ui.addresses import back
from desk.ui.forms import conflict
from desk.ui.rights import may
from notifications.models import Occurrence, ReminderStep
from notifications.notices import speakers
from notifications.plan import audiences, planner, policy
from registrations.models import CycleRegistration
from registrations.people import names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cycles.models import Cycle, Session

FORM_METHODS = ["GET", "HEAD", "POST"]
# How many of those whom a line reaches are named.
LISTED = 50


def _shown_session(cycle: Cycle, slug: str | None, *, at: dt.datetime) -> Session | None:
    """Return the session asked for, else the next one, else the last one with a date."""
    dated = cycle.sessions.exclude(starts_at=None)
    if slug:
        return get_object_or_404(dated, slug=slug)
    return dated.upcoming(at=at).first() or dated.order_by("-starts_at").first()


def _page(request: HttpRequest, cycle: Cycle, *, status: int = 200, **context: Any) -> HttpResponse:
    at = timezone.now()
    session = _shown_session(cycle, request.GET.get("session"), at=at)
    if session is not None:
        session.cycle = cycle
    rights = access.rights(request.user, cycle.programme)
    form = context.pop("form", None) or PlanForm(cycle=cycle)
    other, moved = _elsewhere(request, session, at=at) if session else (None, [])
    shown = line.lines(session, at=at) if session else line.undated(cycle)
    return render(
        request,
        "desk/reminders/reminders.html",
        {
            "cycle": cycle,
            "session": session,
            "sessions": cycle.sessions.exclude(starts_at=None).in_order(),
            "rows": [(item, form.switches.get(item.step.code)) for item in shown],
            "form": form,
            "other": other,
            "moved": moved,
            "step_form": StepForm(initial=StepForm.initial_for(None), cycle=cycle),
            "keep_query": request.method != "POST",
            **may(rights),
            **context,
        },
        status=status,
    )


def _elsewhere(
    request: HttpRequest, session: Session, *, at: dt.datetime
) -> tuple[TryForm, list[whatif.Mailing]]:
    """Return the form that asks "what if it moves", and the answer for the day in the address."""
    if "date" not in request.GET or request.method == "POST":
        return TryForm(session=session), []
    form = TryForm(request.GET, session=session)
    if not form.is_valid():
        return form, []
    span = form.span()
    try:
        return form, whatif.moved(session, starts_at=span.starts_at, ends_at=span.ends_at, at=at)
    except PlanningError as error:
        form.add_error("date", str(error))
        return form, []


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def reminders(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the plan; a POST shows what switching lines and adding one would do."""
    right = access.Right.PLAN if request.method == "POST" else access.Right.SEE
    cycle, _rights = access.cycle_for(request.user, slug, right=right)
    if request.method != "POST":
        return _page(request, cycle)
    return _switched(request, cycle, saves=False)


@act_of("desk:reminders")
def reminders_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Switch lines and add one, as it was looked at."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    return _switched(request, cycle, saves=True)


def _switched(request: HttpRequest, cycle: Cycle, *, saves: bool) -> HttpResponse:
    form = PlanForm(request.POST, cycle=cycle)
    adding = bool(request.POST.get("count", "").strip())
    step_form = (
        StepForm(request.POST, cycle=cycle)
        if adding
        else StepForm(initial=StepForm.initial_for(None), cycle=cycle)
    )
    if not form.is_valid() or (adding and not step_form.is_valid()):
        return _page(request, cycle, form=form, step_form=step_form, status=422)
    at, by = timezone.now(), access.account(request.user)
    only = _shown_session(cycle, request.POST["only"], at=at) if request.POST.get("only") else None

    def change() -> None:
        for step, on in form.wanted():
            policy.switch(step, on=on, by=by, at=at)
        if adding:
            policy.add(cycle, timing=step_form.timing, values=step_form.values, session=only, by=by, at=at)

    try:
        result = effect(cycle, change, at=at)
    except policy.PolicyError as error:
        step_form.add_error("count", str(error))
        return _page(request, cycle, form=form, step_form=step_form, status=422)
    asks = result.leaves_none and not form.cleaned_data["sure"]
    if not saves or asks:
        status = 409 if saves else 200
        return _page(request, cycle, form=form, step_form=step_form, effect=result, only=only, status=status)
    with planner.together():
        change()
    messages.success(request, _saved(result.removed, result.added))
    return redirect("desk:reminders", cycle.slug)


def _saved(removed: int, added: int) -> str:
    gone = ngettext("%(count)d planned email removed", "%(count)d planned emails removed", removed)
    come = ngettext("%(count)d added", "%(count)d added", added)
    return _("Saved: %(removed)s, %(added)s.") % {
        "removed": gone % {"count": removed},
        "added": come % {"count": added},
    }


@require_http_methods(FORM_METHODS)
@never_cache
@login_required
def change(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a line, and what counting it anew would do: for the whole cycle or for one session (`?session=`)."""
    cycle, session, step = _line(request, slug, code)
    if request.method != "POST":
        return _line_page(
            request, cycle, session, step, StepForm(initial=StepForm.initial_for(step), cycle=cycle)
        )

    def look(save: Callable[[], None], form: StepForm, at: dt.datetime) -> HttpResponse:
        return _line_page(request, cycle, session, step, form, effect=effect(cycle, save, at=at))

    return _changed(request, cycle, session, step, look)


@act_of("desk:reminder-change")
def change_save(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Count a line anew, as it was looked at."""
    cycle, session, step = _line(request, slug, code)

    def keep(save: Callable[[], None], _form: StepForm, at: dt.datetime) -> HttpResponse:
        result = effect(cycle, save, at=at)
        save()
        messages.success(request, _saved(result.removed, result.added))
        return _back(cycle, session)

    return _changed(request, cycle, session, step, keep)


def _changed(
    request: HttpRequest,
    cycle: Cycle,
    session: Session | None,
    step: ReminderStep,
    do: Callable[..., HttpResponse],
) -> HttpResponse:
    """Read how a line is to be counted, and look at that or save it; say what is wrong with it."""
    at, by = timezone.now(), access.account(request.user)
    form = StepForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _line_page(request, cycle, session, step, form, status=422)

    def save() -> None:
        seen = form.cleaned_data["seen"] or None
        policy.change(step, timing=form.timing, values=form.values, session=session, by=by, at=at, seen=seen)

    try:
        return do(save, form, at)
    except StaleError as error:
        saved = StepForm(initial=StepForm.initial_for(error.row), cycle=cycle)
        form.follow(saved.initial["seen"])
        differences = conflict.differences(saved=saved, written=form)
        return _line_page(
            request, cycle, session, step, form, differences=differences, is_conflict=True, status=409
        )
    except policy.PolicyError as error:
        form.add_error("count", str(error))
        return _line_page(request, cycle, session, step, form, status=422)


def _line(request: HttpRequest, slug: str, code: str) -> tuple[Cycle, Session | None, ReminderStep]:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    asked = request.GET.get("session")
    session = _shown_session(cycle, asked, at=timezone.now()) if asked else None
    return cycle, session, _step(cycle, code, session)


def _line_page(
    request: HttpRequest,
    cycle: Cycle,
    session: Session | None,
    step: ReminderStep,
    form: StepForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    page = {"cycle": cycle, "session": session, "step": step, "label": line.name(step), "form": form}
    return render(request, "desk/reminders/reminder_change.html", {**page, **context}, status=status)


def _step(cycle: Cycle, code: str, session: Session | None) -> ReminderStep:
    """Return the line that holds: the session's own, else the cycle's."""
    lines = ReminderStep.objects.filter(cycle=cycle, code=code)
    own = lines.filter(session=session).first() if session else None
    return own or get_object_or_404(lines, session=None)


def _back(cycle: Cycle, session: Session | None) -> HttpResponse:
    address = reverse("desk:reminders", args=[cycle.slug])
    return redirect(f"{address}?session={session.slug}" if session else address)


@require_POST
@never_cache
@login_required
def remove(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show what taking a line that has sent nothing out of the plan does."""
    return _removed(request, slug, code, saves=False)


@act_of("desk:reminder-change")
def remove_save(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Take a line out of the plan, as it was looked at."""
    return _removed(request, slug, code, saves=True)


def _removed(request: HttpRequest, slug: str, code: str, *, saves: bool) -> HttpResponse:
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    at, by = timezone.now(), access.account(request.user)
    step = _step(cycle, code, None)
    form = SureForm(request.POST)
    sure = form.is_valid() and form.cleaned_data["sure"]

    def take_out() -> None:
        policy.remove(step, by=by, at=at)

    try:
        result = effect(cycle, take_out, at=at)
    except policy.PolicyError as error:
        messages.error(request, str(error))
        return redirect("desk:reminders", cycle.slug)
    asks = result.leaves_none and not sure
    if not saves or asks:
        context = {"cycle": cycle, "step": step, "label": line.name(step), "form": form, "effect": result}
        status = 409 if saves else 200
        return render(request, "desk/reminders/reminder_remove.html", context, status=status)
    take_out()
    messages.success(request, _("%(step)s is out of the plan.") % {"step": line.name(step)})
    return redirect("desk:reminders", cycle.slug)


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
    return _back(session.cycle, session)


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
    return redirect(path) if path else _back(session.cycle, session)


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
