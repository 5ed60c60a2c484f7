"""Texts in every language of the interface: the same field once a language, `reason_fr`, `reason_en`…"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from i18nfield.strings import LazyI18nString

from cycles.language import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.utils.functional import _StrPromise

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def language_name(code: str) -> str:
    """Return what a language is called in the active one, as a sentence says it: «allemand», "German"."""
    return words.of(get_language() or settings.LANGUAGE_CODE).language(code)


def exactly(text: LazyI18nString | str, code: str) -> str:
    """Return what is written in one language, without falling back to another."""
    data = text.data if isinstance(text, LazyI18nString) else text
    return str((data.get(code) if isinstance(data, dict) else data) or "")


class TextsForm(forms.Form):
    """A form some of whose fields stand once a language; `in_languages` declares them.

    The label of each says where its language goes: `_("Reason in %(language)s")`. Help, and whether it must be
    filled, are those of the first language. Errors about all of them stand at the first.
    """

    in_languages: ClassVar[Mapping[str, forms.CharField]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, declared in self.in_languages.items():
            for code in LANGUAGES:
                field = copy.deepcopy(declared)
                field.label = str(declared.label) % {"language": language_name(code)}
                field.widget.attrs["lang"] = code
                if code != LANGUAGES[0]:
                    field.required = field.widget.is_required = False
                    field.help_text = ""
                self.fields[f"{name}_{code}"] = field
        if self.field_order:
            self.order_fields([each for name in self.field_order for each in self._names(name)])

    def _names(self, name: str) -> list[str]:
        return [f"{name}_{code}" for code in LANGUAGES] if name in self.in_languages else [name]

    @property
    def each(self) -> dict[str, list[forms.BoundField]]:
        """The fields of each text, one a language, for the page."""
        return {name: [self[each] for each in self._names(name)] for name in self.in_languages}

    @property
    def by_language(self) -> list[list[forms.BoundField]]:
        """The same, all texts of one language after the other."""
        return [[self[f"{name}_{code}"] for name in self.in_languages] for code in LANGUAGES]

    def written(self, name: str) -> dict[str, str]:
        """Return the text in each language in which something was written."""
        return {code: text for code in LANGUAGES if (text := self.cleaned_data.get(f"{name}_{code}"))}

    def add_error_first(self, name: str, error: str | _StrPromise) -> None:
        """Say what is wrong with a text in all its languages at the first of them."""
        self.add_error(f"{name}_{LANGUAGES[0]}", error)

    @classmethod
    def texts_initial(cls, texts: Mapping[str, LazyI18nString | str]) -> dict[str, str]:
        """Return what the fields of these texts show first."""
        return {f"{name}_{code}": exactly(text, code) for name, text in texts.items() for code in LANGUAGES}
