"""A cycle's own questions: fields of the form, and answers as they are kept and exported.

Answers are kept by the id of the question, as text (a list of texts where several may be chosen, true or false for
yes or no). A choice is kept in the site's own language, so that answers given in two languages count together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registrations.attendance.report_words import NO, YES
from registrations.models import Question
from registrations.pages.form.fields import CheckboxSelectMultiple, LineField, RadioSelect
from registrations.tables.headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SHORT = 200
LONGEST_LONG = 2000
Kind = Question.Kind


def name(question: Question) -> str:
    return f"question_{question.pk}"


def _common(question: Question, language: str) -> dict[str, Any]:
    label = question.label.localize(language)
    if not question.is_required:
        label = _("%(question)s (optional)") % {"question": label}
    return {
        "label": label,
        "help_text": question.help_text.localize(language),
        "required": question.is_required,
        "error_messages": {
            "required": _("Answer this question: the organisers need it."),
            "max_length": _("This is too long: %(limit_value)d characters at most (it has %(show_value)d)."),
        },
    }


def field(question: Question, *, language: str) -> forms.Field:
    """Return the field of a question, its words in a language."""
    common = _common(question, language)
    options = [(str(number), option) for number, option in enumerate(question.options(language))]
    match question.kind:
        case Kind.LONG:
            return forms.CharField(
                max_length=LONGEST_LONG, widget=forms.Textarea(attrs={"rows": 4}), **common
            )
        case Kind.CHOICE:
            return forms.ChoiceField(choices=options, widget=RadioSelect, **common)
        case Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=options, widget=CheckboxSelectMultiple, **common)
        case Kind.YES_NO:
            yes_no = [("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=yes_no, widget=RadioSelect, **common)
        case _:
            return LineField(max_length=LONGEST_SHORT, **common)


def fields(questions: Iterable[Question]) -> dict[str, forms.Field]:
    """Return the fields of a cycle's questions, in their order and in the reader's language."""
    language = get_language() or settings.LANGUAGE_CODE
    return {name(question): field(question, language=language) for question in questions}


def answers(questions: Iterable[Question], cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return what was answered, as it is kept; a question that was left empty is left out."""
    kept = {}
    for question in questions:
        value = cleaned.get(name(question))
        if value in (None, "", []):
            continue
        options = question.options(settings.LANGUAGE_CODE)
        match question.kind:
            case Kind.CHOICE:
                value = options[int(value)]
            case Kind.SEVERAL:
                value = [options[int(number)] for number in value]
            case Kind.YES_NO:
                value = value == "yes"
        kept[str(question.pk)] = value
    return kept


def read(question: Question, written: str) -> Any:
    """Return an answer as it is kept from what stands in a list, in any of the site's languages.

    Raises ValueError for one that is none of the choices, or too long.
    """
    if question.kind == Kind.LONG:
        text = written.strip()
        if len(text) > LONGEST_LONG:
            raise ValueError(text)
        return text
    if question.kind == Kind.YES_NO:
        word = plain(written)
        if word not in YES | NO:
            raise ValueError(written)
        return word in YES
    if question.kind in (Kind.CHOICE, Kind.SEVERAL):
        kept = question.options(settings.LANGUAGE_CODE)
        known = {
            plain(option): kept[number]
            for language, _name in settings.LANGUAGES
            for number, option in enumerate(question.options(language))
            if number < len(kept)
        }
        if plain(written) in known:
            one = known[plain(written)]
            return one if question.kind == Kind.CHOICE else [one]
        parts = [plain(part) for part in re.split(r"[,;|\n]", written) if part.strip()]
        if question.kind == Kind.CHOICE or not parts or not set(parts) <= known.keys():
            raise ValueError(written)
        return [option for option in kept if option in {known[part] for part in parts}]
    try:
        return LineField(max_length=LONGEST_SHORT).clean(" ".join(written.split()))
    except ValidationError as error:
        raise ValueError(written) from error


def words(value: Any) -> str:
    """Return a kept answer as a table shows it."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
