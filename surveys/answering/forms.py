"""The form of a survey: its questions in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.language.normal_form import nfc
from registrations.pages.form.fields import RadioSelect
from surveys.models import Question

from .verbs import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TEXT = 2000
LOWEST, HIGHEST = 1, 5
TOO_LONG = _(
    "This is too long: %(limit_value)d characters at most (it has %(show_value)d). Shorten it and send it again: "
    "nothing was sent yet."
)
Kind = Question.Kind


def scale(question: Question, language: str) -> list[tuple[str, str]]:
    """Return the five steps; the ends are said in the question's own words."""
    words = question.options(language)
    ends = dict(zip((LOWEST, HIGHEST), words, strict=False)) if len(words) > 1 else {}
    return [
        (str(step), f"{step} – {ends[step]}" if step in ends else str(step))
        for step in range(LOWEST, HIGHEST + 1)
    ]


def choices(question: Question, language: str) -> list[tuple[str, str]]:
    """Return what may be answered to a question that is counted: (value as it is kept, words)."""
    match question.kind:
        case Kind.SCALE:
            return scale(question, language)
        case Kind.CHOICE:
            return [(str(number), words) for number, words in enumerate(question.options(language))]
        case Kind.YES_NO:
            return [("yes", str(_("Yes"))), ("no", str(_("No")))]
        case _:
            return []


class SurveyForm(forms.Form):
    """One field a question; `said` is what the verb takes."""

    def __init__(
        self, data: Any = None, *, questions: Sequence[Question], language: str, is_anonymous: bool
    ) -> None:
        super().__init__(data)
        self.questions = questions
        for question in questions:
            self.fields[f"q{question.pk}"] = _field(question, language, is_anonymous=is_anonymous)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.values()):
            self.add_error(None, _("Answer at least one question: there is nothing to send yet."))
        return data

    @property
    def said(self) -> Said:
        values, texts = {}, {}
        for question in self.questions:
            value = self.cleaned_data.get(f"q{question.pk}")
            if value and question.kind == Kind.TEXT:
                texts[str(question.pk)] = nfc(value)
            elif value:
                values[str(question.pk)] = value
        return Said(values=values, texts=texts)


def _field(question: Question, language: str, *, is_anonymous: bool) -> forms.Field:
    label = str(question.label.localize(language))
    if not question.is_required:
        label = str(_("%(question)s (optional)") % {"question": label})
    common: dict[str, Any] = {
        "label": label,
        "required": question.is_required,
        "error_messages": {
            "required": _("Answer this question."),
            "max_length": TOO_LONG,
            "invalid_choice": _("Choose one of the answers."),
        },
    }
    if question.kind == Kind.TEXT:
        help_text = (
            _("Name nobody, yourself neither: the organisers read this text as you write it.")
            if is_anonymous
            else ""
        )
        return forms.CharField(
            max_length=LONGEST_TEXT,
            widget=Textarea(attrs={"rows": 5}),
            help_text=help_text,
            **common,
        )
    return forms.ChoiceField(choices=choices(question, language), widget=RadioSelect, **common)


class Textarea(forms.Textarea):
    """A text without the browser's own limit, which cuts what is pasted and says nothing."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        result: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        result.pop("maxlength", None)
        return result
