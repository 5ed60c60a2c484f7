"""How django-allauth behaves here: whom it lets in, what it says, and how its mails leave."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from web.requests import networks

from . import known_browsers, mails

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

# What answers somebody who asks for a code: for an account, and for an address that has none.
AFTER_ASKING = ("login_code", "unknown_account")

# What allauth says in passing, in our words; what is not listed here the page says itself.
SAID = {
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are ready. Keep them somewhere safe."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation; addresses are proved by a code."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off."),
        "incorrect_code": _("This code is not the right one. Check it and type it again."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then ask for a new code."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what allauth counts attempts by: the address in one writing (of IPv6 the network of one line).

        A header that says nothing gives something new each time: such visitors would otherwise share one limit, or get
        a fault.
        """
        address = networks.visitor(request)
        if address is None:
            return f"unknown-{secrets.token_hex(8)}"
        return str(address) if address.version == 4 else networks.network(request)  # noqa: PLR2004 - the protocol's

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **options)
        known_browsers.remember(request, response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our mails for one of allauth's occasions ("account/email/login_code").

        Whoever asks for a code waits for this. So both mails that may follow are composed and written out,
        whichever it is: the time that it takes does not tell whether the address has an account.
        """
        kind = template_prefix.rpartition("/")[2]
        language = get_language() or settings.LANGUAGE_CODE
        kinds = AFTER_ASKING if kind in AFTER_ASKING else (kind,)
        composed = {
            one: mails.compose(one, to=email, language=language, context=_only(context)) for one in kinds
        }
        try:
            for one in kinds:
                if one != kind:
                    composed[one].message().as_bytes()
            composed[kind].send()
        except (OSError, SMTPException):
            # The same answer whether the address is known or not: only the mail failed.
            logger.exception("A sign-in mail could not be sent")
            request = self.request
            if request is not None:
                messages.error(
                    request, gettext("No email could be sent just now. Try again in a few minutes.")
                )

    def add_message(  # noqa: PLR0917 - allauth's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)


def _only(context: dict[str, Any]) -> dict[str, Any]:
    """Return what our mails may say of allauth's context: the code, and nothing of the request."""
    return {"code": context.get("code", "")}


def _fernet() -> MultiFernet:
    """Return the box for secrets kept in the database; an old SECRET_KEY in the fallbacks still opens it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"escale.mfa:{key}".encode()).digest()))
            for key in keys
        ]
    )


class MFAAdapter(DefaultMFAAdapter):
    """Passkeys and authenticator apps; their secrets are encrypted, and a change of them is told by mail."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - as in allauth
        from allauth.mfa.models import Authenticator  # noqa: PLC0415 - a model, not ready when adapters load

        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}


class OrganisationAdapter(DefaultSocialAccountAdapter):
    """Sign-in through one's organisation (OpenID Connect): opens existing accounts, makes none."""

    def is_open_for_signup(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        sociallogin: SocialLogin,  # noqa: ARG002 - likewise
    ) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Return the account of an address that the organisation vouches for.

        Read as the organisation wrote it: in `sociallogin.email_addresses` Unicode's small letters stand, where the
        Kelvin sign has become a k. Some write "true" and "false" as words.
        """
        for address in sociallogin.provider.extract_email_addresses(sociallogin.account.extra_data):
            if address.verified in {True, "true"}:
                user = User.objects.at_address(address.email)
                if user is not None and user.is_active:
                    return user, user.email
        return None
