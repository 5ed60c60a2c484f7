"""The field of the forms in which somebody types an address."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .reading import LONGEST, AddressError, Trouble, read

MESSAGES: dict[Trouble, Any] = {
    Trouble.INCOMPLETE: _("This is not a complete e-mail address. Write it like this: name@example.org."),
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
        "required": _("Give an e-mail address."),
        "invalid": MESSAGES[Trouble.INCOMPLETE],
        "max_length": MESSAGES[Trouble.TOO_LONG],
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Browsers count before they send; here the bound is looked at by `read`, before anything else.
        self.widget.attrs.setdefault("maxlength", str(LONGEST))

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
