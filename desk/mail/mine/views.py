"""Which of the mails to organisers somebody wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cycles import access
from notifications.mail.kinds import KINDS
from notifications.organisers import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class WantedForm(forms.Form):
    """One box for each mail; empty is a mail that is switched off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in told.kinds():
            self.fields[kind] = forms.BooleanField(
                label=str(KINDS[kind].label), help_text=str(KINDS[kind].readers), required=False
            )

    @property
    def wanted(self) -> list[str]:
        return [kind for kind, is_wanted in self.cleaned_data.items() if is_wanted]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Show the mails to organisers with a box for each; a POST keeps which are wanted."""
    user = access.account(request.user)
    if user is None:
        raise PermissionDenied
    off = told.stopped(user)
    form = WantedForm(
        request.POST if request.method == "POST" else None,
        initial={kind: kind not in off for kind in told.kinds()},
    )
    if form.is_valid():
        told.choose(user, wanted=form.wanted, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("desk:my-mails")
    return render(request, "desk/mail/mine/my_mails.html", {"form": form})
