"""What a browser sends for a passkey: read strictly, since a stranger may send anything in its place."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.exceptions import ValidationError

# A credential with its attestation is a few thousand characters.
LONGEST = 20_000
# What the libraries raise for credentials of a shape that they do not expect.
UNREADABLE = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    RecursionError,
    struct.error,
)


class CredentialField(forms.JSONField):
    """A JSON object of a bounded length; Django's own field ends in a fault on ten thousand brackets."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.HiddenInput)
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if len(value or "") > LONGEST:
            raise _refused()
        try:
            read = super().to_python(value)
        except (RecursionError, ValueError):
            # Brackets in brackets, or a number of more digits than Python reads.
            raise _refused() from None
        if read not in self.empty_values and not isinstance(read, dict):
            raise _refused()
        return read


def _refused() -> ValidationError:
    error: ValidationError = get_adapter().validation_error("incorrect_code")
    return error


def guarded(check: Callable[[], Any]) -> Any:
    """Return what a check of a credential gives; what it cannot read is refused as any wrong one."""
    try:
        return check()
    except UNREADABLE:
        raise _refused() from None


class LoginForm(LoginWebAuthnForm):
    """Signing in with a passkey."""

    credential = CredentialField()

    def clean_credential(self) -> Any:
        return guarded(super().clean_credential)


class SecondStepForm(AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()

    def clean_credential(self) -> Any:
        return guarded(super().clean_credential)


class AgainForm(ReauthenticateWebAuthnForm):
    """A passkey once more, before something that matters."""

    credential = CredentialField()

    def clean_credential(self) -> Any:
        return guarded(super().clean_credential)
