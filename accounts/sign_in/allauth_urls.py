"""The pages of django-allauth that Escale uses, under allauth's own names, with our templates.

Only these exist: no sign-up, no password to set or to reset, no list of addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.cache import never_cache

from . import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase
    from django.views.generic import View


def _open(view: type[View], template: str, **options: Any) -> Callable[..., HttpResponseBase]:
    """Return one of allauth's pages with our template, never kept by a cache."""
    return never_cache(view.as_view(template_name=f"accounts/sign_in/{template}", **options))


def _own(view: type[View], template: str) -> Callable[..., HttpResponseBase]:
    """Return a page about one's own account: for who is signed in."""
    return login_required(_open(view, template))


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("login/", views.login, name="account_request_login_code"),
    path(
        "login/code/",
        _open(views.ConfirmCode, "login_code.html"),
        name="account_confirm_login_code",
    ),
    path("login/second-step/", _open(mfa.AuthenticateView, "second_step.html"), name="mfa_authenticate"),
    path("login/passkey/", never_cache(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", _open(account.AccountInactiveView, "inactive.html"), name="account_inactive"),
    path("access/", views.by_invitation, name="account_signup"),
    path(
        "again/password/",
        _own(account.ReauthenticateView, "again_password.html"),
        name="account_reauthenticate",
    ),
    path("again/code/", _own(mfa.ReauthenticateView, "again_code.html"), name="mfa_reauthenticate"),
    path(
        "again/passkey/",
        _own(webauthn.ReauthenticateWebAuthnView, "again_passkey.html"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("means/", _own(mfa.IndexView, "means.html"), name="mfa_index"),
    path("means/app/add/", _own(views.AddApp, "app_add.html"), name="mfa_activate_totp"),
    path("means/app/remove/", _own(totp.DeactivateTOTPView, "app_remove.html"), name="mfa_deactivate_totp"),
    path("means/codes/", _own(codes.ViewRecoveryCodesView, "codes.html"), name="mfa_view_recovery_codes"),
    path(
        "means/codes/new/",
        _own(codes.GenerateRecoveryCodesView, "codes_new.html"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "means/codes/codes.txt",
        login_required(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("means/passkeys/", _own(webauthn.ListWebAuthnView, "passkeys.html"), name="mfa_list_webauthn"),
    path("means/passkeys/add/", _own(views.AddPasskey, "passkey_add.html"), name="mfa_add_webauthn"),
    path(
        "means/passkeys/<int:pk>/remove/",
        _own(webauthn.RemoveWebAuthnView, "passkey_remove.html"),
        name="mfa_remove_webauthn",
    ),
    path(
        "means/passkeys/<int:pk>/edit/",
        _own(webauthn.EditWebAuthnView, "passkey_edit.html"),
        name="mfa_edit_webauthn",
    ),
    # One's own organisation (OpenID Connect).
    path(
        "oidc/cancelled/",
        _open(social.LoginCancelledView, "oidc_cancelled.html"),
        name="socialaccount_login_cancelled",
    ),
    path("oidc/<slug:provider_id>/login/", views.oidc_login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.oidc_callback, name="openid_connect_callback"),
]
