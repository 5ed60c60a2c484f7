"""Naming somebody in one line, the practical notes of a session, how an organiser knows of a consent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.addresses.form_fields import AddressField
from cycles.models import Topic
from desk.content.editors.fields import MARKDOWN_HELP
from desk.ui.forms.editor import EDITED
from desk.ui.forms.fields import DateInput, TimeInput, date_field, time_field
from registrations.pages.form.fields import LineField, NameField
from speakers.answers.briefing import LONGEST_NOTES

if TYPE_CHECKING:
    from cycles.models import Session
    from speakers.models import Briefing

__all__ = ["BriefingForm", "DateInput", "NamingForm", "TimeInput", "WhyForm"]


class NamingForm(forms.Form):
    """Who might speak: a person, an organisation, or both; whoever is unknown is made with the line."""

    person = NameField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "list-people", "autocomplete": "off"}),
    )
    organisation = LineField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "list-organisations", "autocomplete": "off"}),
    )
    contact_email = AddressField(
        label=gettext_lazy("Email to write to"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    contact_name = LineField(
        label=gettext_lazy("Name of the contact, if another person"), required=False, max_length=120
    )
    contact_language = forms.ChoiceField(
        label=gettext_lazy("Language of the contact"), choices=settings.LANGUAGES, required=False
    )
    illustrates = LineField(
        label=gettext_lazy("Illustrates"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "list-topics", "autocomplete": "off"}),
    )
    segment = forms.ChoiceField(label=gettext_lazy("Part of the agenda"), required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.segments = {str(row.pk): row for row in session.segments.select_related("topic")}
        titles = [
            (pk, str(row.title or row.topic or row.get_kind_display()).strip()[:80])
            for pk, row in self.segments.items()
        ]
        self.fields["segment"].choices = [("", _("A new part, at the end")), *titles]  # type: ignore[attr-defined]  # a ChoiceField
        self.topic: Topic | None = None

    def clean_contact_language(self) -> str:
        return self.cleaned_data["contact_language"] or settings.LANGUAGE_CODE

    def clean_illustrates(self) -> str:
        text: str = self.cleaned_data["illustrates"]
        if text:
            rows = [row for row in Topic.objects.all() if _names(row, text)]
            if not rows:
                raise forms.ValidationError(
                    _("No topic has this name: choose one from the list, or add it first.")
                )
            self.topic = rows[0]
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("person") and not data.get("organisation"):
            self.add_error("person", _("Name a person, an organisation, or both."))
        if data.get("contact_name") and not data.get("contact_email") and "contact_email" not in self.errors:
            self.add_error("contact_email", _("Give the address of this contact, or leave the name empty."))
        return data


def _names(topic: Topic, text: str) -> bool:
    name = topic.name
    known = name.data.values() if isinstance(getattr(name, "data", None), dict) else [str(name)]
    return any(str(one).casefold() == text.casefold() for one in (*known, topic.slug))


class BriefingForm(forms.Form):
    """What those who speak must know: notes in each language, and the rehearsal in the cycle's zone."""

    notes_fr = forms.CharField(
        label=gettext_lazy("Practical notes in French"),
        required=False,
        help_text=MARKDOWN_HELP,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "fr", **EDITED}),
    )
    notes_en = forms.CharField(
        label=gettext_lazy("Practical notes in English"),
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en", **EDITED}),
    )
    rehearsal_date = date_field(label=gettext_lazy("Rehearsal: day"), required=False)
    rehearsal_time = time_field(label=gettext_lazy("Rehearsal: hour"), required=False)
    rehearsal_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of rehearsal"), required=False, min_value=5, max_value=480
    )

    @staticmethod
    def initial_for(session: Session, briefing: Briefing | None) -> dict[str, Any]:
        if briefing is None:
            return {"rehearsal_minutes": 30}
        data = getattr(briefing.notes, "data", briefing.notes)
        notes = data if isinstance(data, dict) else {"fr": data or ""}
        local = (
            briefing.rehearsal_starts_at.astimezone(session.zone) if briefing.rehearsal_starts_at else None
        )
        return {
            "notes_fr": notes.get("fr", ""),
            "notes_en": notes.get("en", ""),
            "rehearsal_date": local.date() if local else None,
            "rehearsal_time": local.time() if local else None,
            "rehearsal_minutes": briefing.rehearsal_minutes,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, hour = data.get("rehearsal_date"), data.get("rehearsal_time")
        if not self.errors and (day is None) != (hour is None):
            self.add_error(
                "rehearsal_time" if hour is None else "rehearsal_date",
                _("Give both the day and the hour of the rehearsal, or neither."),
            )
        return data

    @property
    def notes(self) -> dict[str, str]:
        return {
            code: text
            for code, _name in settings.LANGUAGES
            if (text := self.cleaned_data[f"notes_{code}"].strip())
        }

    def rehearsal(self, zone: dt.tzinfo) -> dt.datetime | None:
        day, hour = self.cleaned_data["rehearsal_date"], self.cleaned_data["rehearsal_time"]
        if day is None or hour is None:
            return None
        return dt.datetime.combine(day, hour, zone).astimezone(dt.UTC)


class WhyForm(forms.Form):
    """How an organiser knows what somebody agreed to."""

    why = LineField(
        label=gettext_lazy("How you know"),
        max_length=300,
        help_text=gettext_lazy("For instance: signed paper of 12 October, their email of 3 November."),
        error_messages={"required": gettext_lazy("Say how you know: it is what proves it later.")},
    )
