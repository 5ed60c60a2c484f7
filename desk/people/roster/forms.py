"""The form in which a list of people is brought in: a file or pasted lines, and which column is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.people.roster import roster
from desk.ui.tables.columns import ColumnFields
from desk.ui.tables.sheets import unprotected
from registrations.tables import reading, remembering, rosters
from registrations.tables.models import ColumnChoice
from registrations.tables.reading import TableError, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from cycles.models import Cycle

USE = ColumnChoice.Use.PEOPLE
ROLES = {
    "email": gettext_lazy("Email"),
    "name": gettext_lazy("Full name"),
    "given": gettext_lazy("Given name"),
    "family": gettext_lazy("Family name"),
    "organisation": gettext_lazy("Organisation"),
    "language": gettext_lazy("Language"),
    "state": gettext_lazy("State"),
}


def trouble_in_words(trouble: Trouble) -> str:
    """Return what is wrong with a list, and what to do."""
    return {
        Trouble.EMPTY: _("This list names nobody: it needs a line of headings, and a line for each person."),
        Trouble.TOO_LARGE: _("This file is larger than %(limit)d MB: cut it into several.")
        % {"limit": rosters.LARGEST // 2**20},
        Trouble.TOO_LONG: _("This list has more than %(limit)d people: cut it into several.")
        % {"limit": rosters.MOST_LINES},
        Trouble.TOO_WIDE: _("This list has more than %(limit)d columns: keep those that are needed.")
        % {"limit": reading.MOST_COLUMNS},
        Trouble.SPREADSHEET: _(
            "This is an old spreadsheet (.xls): save it as .xlsx or CSV and choose that file, or copy its cells and "
            "paste them here."
        ),
        Trouble.PAGE: _(
            "This is a web page, whatever its name ends with: open it in a spreadsheet, save it as .xlsx or CSV and "
            "choose that file."
        ),
        Trouble.UNREADABLE: _(
            "This file cannot be read: save the list as CSV, .xlsx or .ods and choose that file."
        ),
        Trouble.NO_TABLE: _(
            "There is no column of email addresses: the first line may name the columns, "
            "for instance “Email; Given name; Family name; Organisation; Language”."
        ),
    }[trouble]


class ListForm(forms.Form):
    """The list: a file, or cells pasted from a spreadsheet or a mail."""

    file = forms.FileField(
        label=gettext_lazy("List of people (CSV, .xlsx, .ods or .vcf)"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": ".csv,.txt,.tsv,.xlsx,.ods,.vcf,text/csv,text/plain,text/vcard"}
        ),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or its lines, pasted from a spreadsheet or an email"),
        help_text=gettext_lazy(
            "The first line names the columns: email, given name, family name, organisation, language, the questions "
            "of the form. Or addresses alone: Amina Diallo <amina@example.org>; …"
        ),
        required=False,
        strip=False,
        max_length=rosters.LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the emails, where the list says none"), choices=settings.LANGUAGES
    )

    # What the organiser answers for, asked when the list is saved.
    knows = forms.BooleanField(
        label=gettext_lazy("These people asked to be registered, or know that they will be"), required=False
    )

    roster: rosters.Roster | None = None
    columns: ColumnFields | None = None

    def __init__(self, *args: Any, cycle: Cycle, saves: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle, self.saves = cycle, saves

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file: UploadedFile[bytes] | None = data.get("file")
        if self.saves and not data.get("knows"):
            self.add_error(
                "knows",
                _("Nobody is registered without knowing it: tick the box if that is so, or write to them."),
            )
        if {"file", "text"} & set(self.errors):
            return data
        if not file and not data["text"].strip():
            self.add_error("file", _("Choose a file, or paste the lines of the list."))
            return data
        try:
            # One byte more than allowed is enough to refuse it.
            self._read(file.read(rosters.LARGEST + 1) if file else data["text"])
        except TableError as error:
            self.add_error("file" if file else "text", trouble_in_words(error.trouble))
        return data

    def _read(self, source: bytes | str) -> None:
        """Read the list as its headings say, and again as the organiser says which column is which."""
        if isinstance(source, bytes):
            source = rosters.as_text(source)
            self._show(source)
        asked_by = list(self.cycle.questions.order_by("order", "pk"))
        asked = roster.asked_by_heading(asked_by, [code for code, _name in settings.LANGUAGES])
        known = remembering.choices(self.cycle.programme, use=USE)
        roles: Mapping[str, Any] = {
            **ROLES,
            **{f"{rosters.QUESTION}{question.pk}": str(question.label) for question in asked_by},
        }
        read = rosters.read_text(source, chosen=known, asked=asked)
        self.columns = ColumnFields(read.columns, roles, {"upn": "email", "gone": "state"}, self.data)
        if chosen := self.columns.chosen:
            read = rosters.read_text(source, chosen={**known, **chosen}, asked=asked)
        self.roster = rosters.Roster(
            lines=tuple(rosters.mapped(line, unprotected) for line in read.lines),
            unread=read.unread,
            columns=read.columns,
        )

    def remember(self) -> None:
        """Keep which column is which for the next lists of this programme; a column without a heading is none."""
        chosen = self.columns.chosen if self.columns is not None else {}
        named = {
            heading: role
            for heading, role in chosen.items()
            if not heading.isdecimal() and not role.startswith(rosters.QUESTION)
        }
        remembering.remember(self.cycle.programme, use=USE, chosen=named)

    def _show(self, text: str) -> None:
        """Let the field hold what the file holds, so that it can be corrected."""
        self.data = self.data.copy() if hasattr(self.data, "copy") else dict(self.data)
        self.data["text"] = text
