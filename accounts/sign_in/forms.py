"""What people type to sign in: allauth's forms with our words, found by screen readers and password managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, ReauthenticateForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import addresses
from accounts.addresses.form_fields import AddressField
from accounts.models import User

from . import known_browsers, passkeys

if TYPE_CHECKING:
    from django.http import HttpRequest

    ModelForm = forms.ModelForm[User]
else:
    # Django's classes take type parameters in the stubs only.
    ModelForm = forms.ModelForm

LONGEST_CODE = 30
LONGEST_NAME = 100


def _code_field(*, help_text: Any = "", numeric: bool = False) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    if numeric:
        attributes["inputmode"] = "numeric"
    return forms.CharField(
        label=_("Code"),
        help_text=help_text,
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": _("Type the code.")},
    )


class AddressForm(RequestLoginCodeForm):
    """Where to send a code. Every well-formed address gets the same answer."""

    email = AddressField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email webauthn"}),
        error_messages={"required": _("Give your email address: the code is sent there.")},
    )

    def clean_email(self) -> str:
        """Find the account by its one address: allauth's own table of addresses plays no part here.

        The code goes where the page says: to the normal form of what was typed, which is the account's own address.
        """
        email = addresses.normal_form(self.cleaned_data["email"])
        user = User.objects.at_address(email)
        if not _may_ask(context.request, email=email, user=user):
            reason = "too_many_login_attempts"
            raise get_adapter().validation_error(reason)
        self._user = user if user and user.is_active else None
        return email


def _may_ask(request: HttpRequest, *, email: str, user: User | None) -> bool:
    """Count one code that is asked for, and say whether it may leave.

    Counted are the network (so that nobody writes to everybody), what one network asks for one address, and what
    everybody together does. A browser in which the account signed in before has its own count: a flood from
    elsewhere, even from the same network, does not reach it.
    """
    if user is not None and user.pk in known_browsers.accounts(request):
        return bool(ratelimit.consume(request, action="request_login_code_known", key=str(user.pk)))
    here = f"{get_adapter().get_client_ip(request)} {email}"
    counts = {"request_login_code": here, "request_login_code_anywhere": email}
    return all(ratelimit.consume(request, action=action, key=key) for action, key in counts.items())


class CodeForm(ConfirmLoginCodeForm):
    code = _code_field(help_text=_("Capital or small letters, with or without the dash."))


class PasswordForm(ReauthenticateForm):
    """For the rare account that has a password (made by `createsuperuser`)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].label = _("Password")


class SecondStepForm(AuthenticateForm):
    code = _code_field(help_text=_("Of your authenticator app, or a recovery code."))


class AgainForm(MFAReauthenticateForm):
    code = _code_field(help_text=_("Of your authenticator app, or a recovery code."))


class AppForm(ActivateTOTPForm):
    code = _code_field(help_text=_("The six digits that the app shows now."), numeric=True)


class PasskeyForm(AddWebAuthnForm):
    """A new passkey. It can always sign in alone: the device checks the person."""

    credential = passkeys.CredentialField()

    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("For you to recognise it: “My phone”, “Key in the drawer”."),
        max_length=LONGEST_NAME,
        required=False,
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a code by email"), required=False, initial=True
    )

    def clean(self) -> Any:
        return passkeys.guarded(super().clean)


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name of this passkey"), max_length=LONGEST_NAME)


class ProfileForm(ModelForm):
    """How one is called and written to."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("name", "language")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
        }
