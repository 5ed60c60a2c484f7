"""What organisers type about a survey: a question, and who is asked that is not registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from accounts import addresses
from accounts.addresses.reading import AddressError
from desk.ui.forms.languages import LANGUAGES, TextsForm, language_name
from desk.ui.forms.seen import SeenForm
from surveys.asking import verbs
from surveys.models import Question

if TYPE_CHECKING:
    from surveys.models import Survey

Kind = Question.Kind
ENDS = 2
MOST_GUESTS = 100
LONGEST_NAME = 160


class QuestionForm(TextsForm, SeenForm):
    """One question, in every language; the first stands in where another is missing."""

    in_languages = {
        "label": forms.CharField(label=_("Question in %(language)s"), max_length=300),
        "choices": forms.CharField(
            label=_("Choices in %(language)s, one a line"),
            help_text=_(
                "From 1 to 5: the words of the two ends, first of 1, then of 5. Not for texts, yes and no."
            ),
            required=False,
            max_length=3000,
            widget=forms.Textarea(attrs={"rows": 4}),
        ),
    }
    kind = forms.ChoiceField(label=_("Answer"), choices=Kind.choices)
    is_required = forms.BooleanField(label=_("An answer is required"), required=False)
    order = forms.IntegerField(label=_("Place in the survey"), min_value=1, max_value=999)
    field_order = ("label", "kind", "choices", "is_required", "order")

    @classmethod
    def initial_for(cls, question: Question) -> dict[str, Any]:
        return {
            **cls.texts_initial({name: getattr(question, name) for name in cls.in_languages}),
            "seen": verbs.digest(question),
            "kind": question.kind,
            "is_required": question.is_required,
            "order": question.order,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        counts = {code: len(_lines(data.get(f"choices_{code}", ""))) for code in LANGUAGES}
        first, *others = LANGUAGES
        kind = data.get("kind")
        if kind == Kind.CHOICE and counts[first] < 2:  # noqa: PLR2004 - a choice is between two at least
            self.add_error_first("choices", _("Give two choices at least, one a line."))
        elif kind == Kind.SCALE and counts[first] not in (0, ENDS):
            self.add_error_first("choices", _("Give two lines, the words of 1 and of 5, or none."))
        elif kind in (Kind.CHOICE, Kind.SCALE):
            same = _("Give the same choices as in %(language)s, in the same order, or none.")
            for code in others:
                if counts[code] not in (0, counts[first]):
                    self.add_error(f"choices_{code}", same % {"language": language_name(first)})
        return data

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of a question as the verb takes them."""
        data = self.cleaned_data
        has_choices = data["kind"] in (Kind.CHOICE, Kind.SCALE)
        choices = {
            code: "\n".join(_lines(data[f"choices_{code}"])) if has_choices else "" for code in LANGUAGES
        }
        return {
            "kind": data["kind"],
            "is_required": data["is_required"],
            "order": data["order"],
            "label": LazyI18nString(self.written("label")),
            "choices": LazyI18nString({code: text for code, text in choices.items() if text}),
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class GuestsForm(forms.Form):
    """Addresses, one a line, each with a name behind it if one wishes."""

    guests = forms.CharField(
        label=_("Addresses, one a line"),
        help_text=_("An address, then a name if you wish: “rh@example.org Marie Dupont”."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the emails"), choices=settings.LANGUAGES)

    @classmethod
    def initial_for(cls, survey: Survey) -> dict[str, Any]:
        rows = list(survey.guests.all())
        return {
            "guests": "\n".join(f"{addresses.shown(row.email)} {row.name}".strip() for row in rows),
            "language": rows[0].language if rows else LANGUAGES[0],
        }

    def clean_guests(self) -> list[tuple[str, str]]:
        """Return (address, name) in the order in which they were written."""
        result: dict[str, str] = {}
        for line in _lines(self.cleaned_data["guests"]):
            written, _space, name = line.partition(" ")
            try:
                email = addresses.key(addresses.read(written))
            except AddressError:
                raise ValidationError(
                    _(
                        "“%(line)s” does not begin with an email address: write name@example.org, then the name."
                    ),
                    params={"line": line[:80]},
                ) from None
            result[email] = name.strip()[:LONGEST_NAME]
        if len(result) > MOST_GUESTS:
            raise ValidationError(_("That is too many: %(most)d at most."), params={"most": MOST_GUESTS})
        return list(result.items())
