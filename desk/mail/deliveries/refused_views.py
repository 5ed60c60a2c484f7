"""What an organiser decides about a mailing that was refused: go on, or lift the stops that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cycles import access
from notifications.delivery.run import breaker, sending
from notifications.models import RefusedMailing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@never_cache
@login_required
def go_on(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let what remains of a mailing leave."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    mailing = get_object_or_404(RefusedMailing, cycle=cycle, pk=pk)
    count = breaker.go_on(mailing, by=access.account(request.user), at=timezone.now())
    sending.wake()
    text = ngettext(
        "%(count)d email leaves within a minute.", "%(count)d emails leave within a minute.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("desk:deliveries", cycle.slug)


@require_POST
@never_cache
@login_required
def lift(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let every address that a mailing stopped receive mail again."""
    cycle, _rights = access.cycle_for(request.user, slug, right=access.Right.PLAN)
    mailing = get_object_or_404(RefusedMailing, cycle=cycle, pk=pk)
    count = breaker.lift(mailing, by=access.account(request.user), at=timezone.now())
    sending.wake()
    text = ngettext(
        "%(count)d address receives emails again.", "%(count)d addresses receive emails again.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("desk:deliveries", cycle.slug)
