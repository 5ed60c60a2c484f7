"""Fields that hold several things in one text: a line each, or numbers with commas between them."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from desk.ui.forms.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 50
LONGEST_NUMBER = 4


class LinesField(forms.CharField):
    """Several short texts, one on each line."""

    def __init__(self, *, longest: int = 200, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=MOST * longest, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)
        self.longest = MaxLengthValidator(longest)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST:
            raise forms.ValidationError(_("Write at most %(most)d lines."), params={"most": MOST})
        for line in lines:
            self.longest(line)
        return lines


class NumbersField(forms.CharField):
    """Whole numbers, with commas or spaces between them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=1000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[int]:
        parts = [part for part in re.split(r"[\s,;]+", str(super().clean(value))) if part]
        if any(not part.isdecimal() or len(part) > LONGEST_NUMBER for part in parts):
            raise forms.ValidationError(_("Write whole numbers with commas between them: 1, 2, 3."))
        return [int(part) for part in parts]


def lines_in(sentences: Iterable[Any], code: str) -> str:
    """Return sentences that stand in several languages as lines of one, an empty line for one not written in it."""
    return "\n".join(
        str(each.get(code, "") if isinstance(each, dict) else each).replace("\n", " ") for each in sentences
    ).rstrip("\n")


def sentences_of(texts: dict[str, str]) -> list[dict[str, str] | str]:
    """Return what the lines of each language say together: the first line of one translates that of the other.

    A line that is the same in all of them stands for every language.
    """
    columns = [[line.strip() for line in texts.get(code, "").splitlines()] for code in LANGUAGES]
    rows = itertools.zip_longest(*columns, fillvalue="")
    written = [{code: text for code, text in zip(LANGUAGES, row, strict=True) if text} for row in rows]
    same = [set(each.values()) if len(each) == len(LANGUAGES) else set() for each in written]
    return [
        next(iter(one)) if len(one) == 1 else each for one, each in zip(same, written, strict=True) if each
    ]
