"""Fields that the forms share: one line of text, and an address."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cycles.text import nfc

LONGEST_EMAIL = 254
# A letter is written in four characters at most (a Greek one with three marks) that the normal form joins.
LONGEST_WRITING = 4


class LineField(forms.CharField):
    """One line of text: no line break or other control character may hide in it.

    Letters of every alphabet, accents and emoji are welcome. Marks that turn the direction of a text are taken
    out, so that a name cannot disturb the words around it.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "control": _("Write this on one line, without line breaks or control characters."),
        "max_length": _("This is too long: %(limit_value)d characters at most (it has %(show_value)d)."),
    }

    def to_python(self, value: Any) -> str:
        written = super().to_python(value) or ""
        # Bounded before anything else is done with it: whoever sends it chooses how long it is.
        if self.max_length is not None and len(written) > self.max_length * LONGEST_WRITING:
            raise ValidationError(
                self.error_messages["max_length"],
                code="max_length",
                params={"limit_value": self.max_length, "show_value": len(written)},
            )
        text = nfc(written)
        # The joiner of emoji and of some scripts is a format character too, and stays.
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
        if any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in text):
            raise ValidationError(self.error_messages["control"], code="control")
        return " ".join(text.split(" ")).strip()


class AddressField(forms.EmailField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Give your e-mail address: the confirmation is sent there."),
        "invalid": _("This is not a complete e-mail address. Write it like this: name@example.org."),
        "max_length": _("This address is too long: %(limit_value)d characters at most."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_EMAIL, **options)

    def to_python(self, value: Any) -> str:
        if len(value or "") > LONGEST_EMAIL * LONGEST_WRITING:
            raise ValidationError(
                self.error_messages["max_length"], code="max_length", params={"limit_value": LONGEST_EMAIL}
            )
        # A space before or after, as a paste leaves it, is forgiven; a line break is not.
        text = super().to_python((value or "").strip(" \u00a0"))
        return text or ""
