"""Signing in and out. Opening a link changes nothing; the button does (mail scanners open every link)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from accounts import addresses
from accounts.models import User

from . import login_links
from .forms import ProfileForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def login(request: HttpRequest) -> HttpResponseBase:
    """Ask for an address and send it a code; or a passkey; or one's organisation."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    view = RequestLoginCodeView.as_view(
        template_name="accounts/sign_in/login.html", extra_context={"organisation": apps[0] if apps else None}
    )
    response: HttpResponseBase = view(request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Show who the link signs in, and do it on POST."""
    user = login_links.read(token)
    if user is None:
        return render(request, "accounts/sign_in/link_expired.html", status=404)
    if request.method != "POST":
        return render(request, "accounts/sign_in/enter.html", {"account": user})
    auth.login(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out, or give up signing in half-way."""
    auth.logout(request)
    return redirect("accounts:login")


@require_safe
@never_cache
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """Lead who signed in beside a form that waits in another tab back to it."""
    return render(request, "accounts/sign_in/signed_in.html")


@require_safe
def by_invitation(request: HttpRequest) -> HttpResponse:
    """Say how one becomes an organiser."""
    return render(request, "accounts/sign_in/by_invitation.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name and language; the address is what an invitation was sent to."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    # A copy: a refused form must not rename who is signed in while the page is drawn.
    user = User.objects.get(pk=request.user.id)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/sign_in/profile.html", {"form": form}, status=status)
    form.save()
    with override(user.language):
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Lead to the sign-in of one's organisation.

    A form may post to this site only (CSP), and browsers hold that against the redirects that follow: so the
    answer is a page that goes on by itself, with a link for who stays.
    """
    if request.method != "POST":
        return redirect("accounts:login")
    response = _by_provider(oidc.login, request, provider_id)
    target = response.headers.get("Location", "")
    if not urlsplit(target).netloc:
        return response
    page = render(request, "accounts/sign_in/oidc_continue.html", {"target": target})
    page.headers["Refresh"] = f"0; url={target}"
    return page


@never_cache
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Take what one's organisation answers."""
    return _by_provider(oidc.callback, request, provider_id)


def _by_provider(
    view: Callable[..., HttpResponseBase], request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    """Call a view that asks the provider; when it does not answer as one should, there are other ways in."""
    try:
        return view(request, provider_id)
    except (RequestException, ValueError):
        logger.warning("The OpenID provider could not be asked", exc_info=True)
        return render(request, "accounts/sign_in/oidc_failed.html", status=503)


class ConfirmCode(ConfirmLoginCodeView):
    """The page where the code is typed. It looks an account up for an address that has none, too: same work."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**options)
        context["email"] = addresses.shown(context["email"] or "")
        return context

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **options)
        stage = getattr(self, "stage", None)
        if stage is not None and stage.login.user is None:
            User.objects.filter(pk=0).first()
        return response


class ProvedByAdding:
    """Someone who has just added a means used it to do so: it need not be asked for again at once."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]  # allauth's view
        request: HttpRequest = self.request  # type: ignore[attr-defined]  # likewise
        record_authentication(request, request.user, method="mfa", reauthenticated=True)
        return response


class AddApp(ProvedByAdding, ActivateTOTPView):
    pass


class AddPasskey(ProvedByAdding, AddWebAuthnView):
    pass
