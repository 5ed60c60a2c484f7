"""The form in which organisers write a note about somebody."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from registrations.people.models import LONGEST_NOTE


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("New note"),
        help_text=gettext_lazy(
            "The organisers read it, and the person if they ask what is kept about them. Nothing about health."
        ),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write something, or leave.")},
    )
