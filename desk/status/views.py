"""The status page, for site administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cycles import access
from desk.status import facts as standing
from desk.status import pausing
from notifications.transport import trial

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


@require_safe
@never_cache
@login_required
def status(request: HttpRequest) -> HttpResponse:
    """Show how the site stands."""
    administrator(request)
    at = timezone.now()
    context = {"facts": standing.facts(at=at), **pausing.facts(at=at)}
    return render(request, "desk/status/status.html", context)


@require_POST
@never_cache
@login_required
def test_mail(request: HttpRequest) -> HttpResponse:
    """Send a test mail to who asks for it, and show what the mail server answered."""
    user = administrator(request)
    done = trial.send(user.email, at=timezone.now())
    if done.is_taken:
        messages.success(request, _("The mail server took it: look whether it arrived."))
    else:
        messages.error(request, _("The mail server did not take it: %(reply)s") % {"reply": done.reply})
    return redirect("desk:status")


def administrator(request: HttpRequest) -> User:
    """Return who asks; raises PermissionDenied unless they run the site."""
    user = access.account(request.user)
    if user is None or not user.is_superuser:
        raise PermissionDenied
    return user
