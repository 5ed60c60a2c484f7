"""The field that the forms share: one line of text."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


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
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        # The joiner of emoji and of some scripts is a format character too, and stays.
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
        if any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in text):
            raise ValidationError(self.error_messages["control"], code="control")
        return " ".join(text.split(" ")).strip()
