"""What signing in leaves in the journal. The clock is read here: these are the edges of allauth's views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone

from accounts import journal

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest

    from accounts.models import User


def entered(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Note a sign-in and by which means; "link" is the one that the server's command prints."""
    means = [record["method"] for record in get_authentication_records(request, user)]
    journal.record("account.enter", by=user, at=timezone.now(), target=user, detail="+".join(means) or "link")


def means_changed(user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    journal.record("account.means", by=user, at=timezone.now(), target=user, detail=str(authenticator.type))


def connect() -> None:
    user_logged_in.connect(entered, dispatch_uid="accounts.entered")
    for signal in (mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset):
        signal.connect(means_changed, dispatch_uid="accounts.means_changed")
