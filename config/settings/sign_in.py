"""How organisers sign in: codes by mail, passkeys, and the sign-in of their own organisation."""

from __future__ import annotations

from typing import Any

from .site import ESCALE_BASE_URL, ESCALE_PROXY_COUNT, ESCALE_SITE_NAME, env

# Signing in (django-allauth). Nobody signs up: organisers are invited, and prove their address by a code.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ALLAUTH_TRUSTED_PROXY_COUNT = ESCALE_PROXY_COUNT
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
# A known and an unknown address get the same page and one mail each, so neither words nor time tell them apart.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Per network and address; per address from everywhere; in a browser where the account signed in before.
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "request_login_code_anywhere": "30/h/key",
    "request_login_code_known": "3/m/key,10/h/key",
    "login_failed": "10/m/ip,5/300s/key",
}
ACCOUNT_FORMS = {
    "request_login_code": "accounts.sign_in.forms.AddressForm",
    "confirm_login_code": "accounts.sign_in.forms.CodeForm",
    "reauthenticate": "accounts.sign_in.forms.PasswordForm",
}
MFA_ADAPTER = "accounts.sign_in.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Every account was invited by mail: its address is known to be its owner's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = ESCALE_SITE_NAME
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys without HTTPS on localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ESCALE_BASE_URL.startswith("http://")
MFA_FORMS = {
    "authenticate": "accounts.sign_in.forms.SecondStepForm",
    "reauthenticate": "accounts.sign_in.forms.AgainForm",
    "activate_totp": "accounts.sign_in.forms.AppForm",
    "login_webauthn": "accounts.sign_in.passkeys.LoginForm",
    "authenticate_webauthn": "accounts.sign_in.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "accounts.sign_in.passkeys.AgainForm",
    "add_webauthn": "accounts.sign_in.forms.PasskeyForm",
    "edit_webauthn": "accounts.sign_in.forms.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.adapters.OrganisationAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_STORE_TOKENS = False
# OpenID Connect, the sign-in of one's own organisation: three variables switch it on.
OIDC_SERVER_URL: str = env("OIDC_SERVER_URL", default="")
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": env("OIDC_NAME", default="OpenID Connect"),
                "client_id": env("OIDC_CLIENT_ID", default=""),
                "secret": env("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}
