"""After a session: who came, the recap, the replay and resources, who gets what, the next stop. One guided page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from cycles.content import editing
from cycles.schedule import planning
from cycles.site import pages, views
from desk.content import effect
from desk.content.preview import editor_addresses, preview
from desk.cycle import line
from desk.followup import aftermath
from desk.followup.recap import RecapForm
from desk.mail import announcing
from desk.ui.acts import act_of
from desk.ui.forms import conflict
from desk.ui.forms.languages import LANGUAGES
from desk.ui.forms.rows import reshaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cycles.models import News, Session


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def after(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    if request.method != "POST":
        return _page(request, session, RecapForm(initial=RecapForm.initial_for(session), choices={}))
    return _sent(request, session, _saved)


@act_of("desk:session-after")
def arrange(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Add, move or take away a row of the recap; nothing is saved."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    data, focus = reshaped(request.POST, request.POST.get("do", ""))
    form = RecapForm(data, choices={})
    form.leave_unchecked()
    return _page(request, session, form, focus=focus)


@act_of("desk:session-after")
def see_page(request: HttpRequest, cycle: str, slug: str, language: str) -> HttpResponse:
    """Show the public page of the recap as it would be; nothing is saved."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)

    def look(form: RecapForm) -> HttpResponse:
        return preview(
            request,
            language=language if language in LANGUAGES else LANGUAGES[0],
            write=lambda: _write(request, session, form, seen=None),
            page=views.news_detail,
            address=lambda news: (news.slug,),
        )

    return _sent(request, session, lambda _request, _session, form: look(form))


@act_of("desk:session-after")
@announcing.announces(says_so=False)
def publish(request: HttpRequest, cycle: str, slug: str) -> HttpResponse:
    """Save the recap and let everyone read it."""
    session, _rights = access.session_for(request.user, cycle, slug, right=access.Right.PLAN)
    return _sent(request, session, _published)


def _sent(request: HttpRequest, session: Session, do: Callable[..., HttpResponse]) -> HttpResponse:
    """Hand a form that was sent to what is to be done with it; say what is wrong with it."""
    form = RecapForm(request.POST, choices={})
    if not form.is_valid():
        return _page(request, session, form, status=422)
    try:
        return do(request, session, form)
    except planning.StaleError as error:
        saved = RecapForm(initial=RecapForm.initial_for(error.row), choices={})
        form.follow(saved.initial["seen"])
        result = conflict.differences(saved=saved, written=form)
        return _page(request, error.row, form, status=409, differences=result)


def _saved(request: HttpRequest, session: Session, form: RecapForm) -> HttpResponse:
    _write(request, session, form, seen=form.cleaned_data["seen"])
    messages.success(request, _("Saved."))
    return redirect("desk:session-after", session.cycle.slug, session.slug)


def _published(request: HttpRequest, session: Session, form: RecapForm) -> HttpResponse:
    news = _write(request, session, form, seen=form.cleaned_data["seen"])
    if news.is_published:
        messages.success(request, _("Saved."))
    else:
        at, by = timezone.now(), access.account(request.user)

        def write() -> News:
            editing.publish(news, by=by, at=at)
            return news

        _row, owed = effect.made(write, at=at)
        messages.success(request, effect.with_mails(_("Published: everyone can read it now."), owed))
    return redirect("desk:session-after", session.cycle.slug, session.slug)


def _write(request: HttpRequest, session: Session, form: RecapForm, *, seen: str | None) -> News:
    return editing.write_recap(
        session, values=form.values(), by=access.account(request.user), at=timezone.now(), seen=seen
    )


def _page(
    request: HttpRequest,
    session: Session,
    form: RecapForm,
    *,
    status: int = 200,
    focus: str = "",
    differences: list[conflict.Difference] | None = None,
) -> HttpResponse:
    at = timezone.now()
    following = editing.next_after(session)
    context: dict[str, Any] = {
        "session": session,
        "cycle": session.cycle,
        "item": line.desk_stop(pages.stop(session, at=at), seated=0, waiting=0, mailings=(), at=at),
        "form": form,
        "news": editing.recap_of(session),
        "came": aftermath.attendance(session),
        "mails": aftermath.mails(session, at=at),
        "following": pages.stop(following, at=at, is_next=True) if following else None,
        "focus": focus,
        "opened": form.unfolded(focus),
        "differences": differences,
        "is_conflict": differences is not None,
        **editor_addresses("desk:session-after", session.cycle.slug, session.slug),
    }
    return render(request, "desk/followup/session_after.html", context, status=status)
