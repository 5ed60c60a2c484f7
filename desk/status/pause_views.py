"""Pausing all mail of the site, which asks first, and letting it leave again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from desk.status import pausing
from desk.status.views import administrator
from desk.ui.addresses import back
from notifications.delivery import interventions
from notifications.plan import ahead

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def pause(request: HttpRequest) -> HttpResponse:
    """Ask whether no mail is to leave the site any more; a POST pauses it."""
    by, at = administrator(request), timezone.now()
    if pausing.is_by_hand(at=at):
        return redirect("desk:status")
    if request.method != "POST":
        context = {"due": pausing.due(at=at), "mailings": ahead.next_day_count(at=at)}
        return render(request, "desk/status/mail_pause.html", context)
    interventions.pause(by=by, at=at)
    messages.success(request, _("All email is paused: it goes on being planned, and waits."))
    return redirect("desk:status")


@require_POST
@never_cache
@login_required
def resume(request: HttpRequest) -> HttpResponse:
    """Let mail leave again."""
    by = administrator(request)
    aside = interventions.resume(by=by, at=timezone.now(), sets_aside=request.POST.get("overdue") == "aside")
    messages.success(request, _("Email leaves again. What has become too late meanwhile is not sent."))
    if aside:
        messages.info(
            request,
            ngettext(
                "%(count)s email was set aside: it is listed, and can be sent by hand.",
                "%(count)s emails were set aside: they are listed, and can be sent by hand.",
                aside,
            )
            % {"count": aside},
        )
    return redirect(back(request, otherwise=reverse("desk:status")))
