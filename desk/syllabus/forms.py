"""What organisers write on a programme sheet: every field in two languages, or why it says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from cycles.models.shared import Modality
from desk.content.editors.fields import AREA, LINE, Words, WordsMixin
from desk.ui.forms.fields import date_field
from training.models import Syllabus
from training.models.syllabus import MOST_HALF_DAYS, MOST_MINUTES, NSF
from training.syllabus import checklist, fields

if TYPE_CHECKING:
    import datetime as dt

    from desk.content.editors.fields import Pair

LONGEST = 5000
LONG = (
    "prerequisites",
    "objectives",
    "content",
    "methods",
    "means",
    "trainers",
    "assessment",
    "accessibility",
    "results",
)


def _whole(most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=most,
        error_messages={
            "invalid": _("Write a whole number, or nothing."),
            "min_value": _("Write one at least, or nothing."),
            "max_value": _("That is too many: %(limit_value)s at most."),
        },
        **kwargs,
    )


class CodesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """What the yearly report asks of a version, also once it is published."""

    class Meta:
        model = Syllabus
        fields = ("bpf_goal", "nsf_code")


class SyllabusForm(WordsMixin, forms.Form):
    """A draft of the next version; nothing of it is needed before it is published."""

    two = {
        name: Words(
            label=fields.WORDS[name].label,  # type: ignore[arg-type]  # a lazy text
            kind=AREA if name in LONG else LINE,
            longest=LONGEST,
            help=fields.WORDS[name].help,  # type: ignore[arg-type]  # likewise
        )
        for name in checklist.TEXTS
    }
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    dated_on = date_field(
        label=_("Date of this version"),
        required=False,
        help_text=_("Empty: the day on which it is published."),
    )
    minutes = _whole(
        MOST_MINUTES, label=_("Length in all, in minutes"), help_text=_("7 hours are 420 minutes.")
    )
    half_days = _whole(MOST_HALF_DAYS, label=_("Half-days"))
    modality = forms.ChoiceField(
        label=_("How people take part"), choices=Modality.choices, initial=Modality.UNKNOWN, required=False
    )
    bpf_goal = forms.ChoiceField(
        label=_("Aim, for the yearly report"), choices=[("", "—"), *Syllabus.Goal.choices], required=False
    )
    nsf_code = forms.CharField(
        label=_("Speciality (NSF code), for the yearly report"),
        required=False,
        max_length=4,
        validators=[NSF],
        help_text=_("Three figures, such as 413."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_words()
        for name in checklist.FIELDS:
            self.fields[f"waiver_{name}"] = forms.CharField(
                label=_("“%(field)s” says nothing, because") % {"field": fields.label(name)},
                required=False,
                max_length=300,
            )

    def clean_modality(self) -> str:
        return str(self.cleaned_data["modality"] or Modality.UNKNOWN)

    @staticmethod
    def initial_for(row: Syllabus) -> dict[str, Any]:
        """Return what the form shows first of a draft."""
        plain = ("dated_on", "minutes", "half_days", "modality", "bpf_goal", "nsf_code")
        return {
            **SyllabusForm.words_initial(row),
            **{name: getattr(row, name) for name in plain},
            **{f"waiver_{name}": row.waivers.get(name, "") for name in checklist.FIELDS},
            "seen": row.revised_at.isoformat() if row.revised_at else "",
        }

    @property
    def seen_at(self) -> dt.datetime | None:
        text = self.cleaned_data["seen"]
        try:
            return parse_datetime(text) if text else None
        except ValueError:
            return None

    def values(self) -> dict[str, Any]:
        """Return what was written, by column; a text without a letter or a figure is none."""
        data = self.cleaned_data
        plain = ("dated_on", "minutes", "half_days", "modality", "bpf_goal", "nsf_code")
        return {
            **self.words_values(),
            **{name: data[name] for name in plain},
            "waivers": {name: data[f"waiver_{name}"] for name in checklist.FIELDS},
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields in the order of the sheet, each with its waiver, for the page."""
        return [
            {
                "name": name,
                "label": fields.label(name),
                "pair": self._pair(name),
                "others": [self[other] for other in OTHERS.get(name, ())],
                "waiver": self[f"waiver_{name}"],
            }
            for name in checklist.FIELDS
        ]

    def _pair(self, name: str) -> Pair | None:
        return self.pair(name) if name in self.two else None


OTHERS = {"duration": ("minutes", "half_days"), "modality": ("modality",)}
