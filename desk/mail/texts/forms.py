"""What organisers write of a mail: subject and text in both languages, and with what it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from desk.ui.forms.editor import EDITED
from desk.ui.forms.languages import LANGUAGES, TextsForm
from desk.ui.forms.seen import SeenForm
from notifications.mail.own_texts import standard, texts
from notifications.models import MessageText

if TYPE_CHECKING:
    from cycles.models import Cycle

WIDTHS = [("320", _("phone")), ("600", _("screen"))]
THEMES = [("light", _("light")), ("dark", _("dark"))]


class MessageForm(TextsForm, SeenForm):
    """Subject and text in every language; empty is the standard one."""

    in_languages = {
        "subject": forms.CharField(label=_("Subject in %(language)s"), required=False, strip=False),
        "body": forms.CharField(
            label=_("Text in %(language)s"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 16, **EDITED}),
        ),
    }

    def __init__(self, *args: Any, cycle: Cycle, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle, self.kind = cycle, kind

    @staticmethod
    def initial_for(cycle: Cycle, kind: str, code: str) -> dict[str, str]:
        """Return what is kept."""
        rows = MessageText.objects.filter(cycle=cycle, kind=kind, code=code)
        kept = {f"{name}_{row.language}": getattr(row, name) for row in rows for name in ("subject", "body")}
        return {**kept, "seen": texts.digest(cycle, kind, code)}

    @staticmethod
    def standard_for(cycle: Cycle, kind: str) -> dict[str, str]:
        """Return the standard words in every language."""
        return {
            f"{name}_{language}": words
            for language in LANGUAGES
            for name, words in zip(
                ("subject", "body"), standard.standard(kind, language=language, cycle=cycle), strict=True
            )
        }

    @staticmethod
    def started_for(cycle: Cycle, kind: str, code: str) -> dict[str, str]:
        """Return what is kept, with the standard words in every field that keeps none."""
        kept = {name: words for name, words in MessageForm.initial_for(cycle, kind, code).items() if words}
        return MessageForm.standard_for(cycle, kind) | kept

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for language in LANGUAGES:
            for name in ("subject", "body"):
                field = f"{name}_{language}"
                written = data.get(field) or ""
                for problem in texts.problems(written, kind=self.kind, one_line=name == "subject"):
                    self.add_error(field, problem)
        return data

    @property
    def texts(self) -> dict[str, tuple[str, str]]:
        """What `texts.write` keeps. Words left as they are standard stay the standard ones, which may be bettered."""
        return {
            language: (self._own("subject", language), self._own("body", language)) for language in LANGUAGES
        }

    def _own(self, name: str, language: str) -> str:
        """Return what was written in a field; empty where it is the standard text."""
        written: str = self.cleaned_data[f"{name}_{language}"]
        words = standard.standard(self.kind, language=language, cycle=self.cycle)[name == "body"]
        return "" if written.split() == words.split() else written


class PreviewForm(forms.Form):
    """With which session, in which language, how wide and how dark a mail is shown; all of it in the address."""

    session = forms.ChoiceField(label=_("With"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), required=False, choices=THEMES)
    width = forms.ChoiceField(label=_("Width"), required=False, choices=WIDTHS)

    def __init__(self, *args: Any, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["session"]
        if isinstance(field, forms.ChoiceField):
            field.choices = sessions

    def chosen(self, name: str, default: str) -> str:
        """Return what was chosen; what is not on offer is left out."""
        self.is_valid()
        return self.cleaned_data.get(name) or default
