"""The field of the forms in which somebody types an address."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .near_domains import suggestion
from .reading import LONGEST, AddressError, Trouble, key, read, shown

MESSAGES: dict[Trouble, Any] = {
    Trouble.INCOMPLETE: _("This is not a complete email address. Write it like this: name@example.org."),
    Trouble.TOO_LONG: _("This address is too long: %(limit_value)d characters at most."),
    Trouble.LETTER: _(
        "Before the @, an address has letters without accents, digits, dots and dashes: “%(sign)s” cannot stand there."
    ),
    Trouble.LOOKALIKE: _(
        "“%(sign)s” looks like another letter: type this address by hand, with the letters that are meant."
    ),
    Trouble.DOMAIN: _("After the @ there is no domain that can exist: check it and type it again."),
}


class AddressField(forms.CharField):
    """An address; its value is as `addresses.read` returns it. What is none is refused in words."""

    widget = forms.EmailInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Give an email address."),
        "invalid": MESSAGES[Trouble.INCOMPLETE],
        "max_length": MESSAGES[Trouble.TOO_LONG],
    }

    def __init__(self, **options: Any) -> None:
        # For browsers, which count before they send; `read` looks at it again, before anything else.
        super().__init__(max_length=LONGEST, **options)

    def prepare_value(self, value: Any) -> Any:
        return shown(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        if value in self.empty_values or not str(value).strip():
            return ""
        try:
            return read(str(value))
        except AddressError as error:
            code = {Trouble.INCOMPLETE: "invalid", Trouble.TOO_LONG: "max_length"}.get(error.trouble)
            message = self.error_messages[code] if code else MESSAGES[error.trouble]
            raise ValidationError(
                message,
                code=code or error.trouble.name.lower(),
                params={"sign": error.sign, "limit_value": LONGEST},
            ) from None


class AsksAboutSlips(forms.Form):
    """A form that asks once whether an address near a well-known domain is meant: sent again as it is, it is taken.

    Its template shows `kept_address`, a hidden field, and the form is shown again with what was typed.
    """

    kept_address = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kept, email = data.pop("kept_address", ""), str(data.get("email") or "")
        meant = suggestion(email)
        # One that stood there already is no slip of whoever sends the form.
        if meant and kept != key(email) and "email" in self.changed_data:
            asked = QueryDict(mutable=True)
            asked.update(self.data)
            asked[self.add_prefix("kept_address")] = key(email)
            self.data = asked
            self.add_error(
                "email",
                ValidationError(
                    _("Is it %(meant)s? Correct the address, or send the form once more to keep %(typed)s."),
                    code="slip",
                    params={"meant": shown(meant), "typed": shown(email)},
                ),
            )
        return data
