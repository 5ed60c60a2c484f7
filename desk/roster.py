"""A list of people brought into a cycle: what each line would do, told before anything is written.

Nothing is kept between the two looks: the list travels in the page, where it can be corrected.
"""

from __future__ import annotations

import csv
import enum
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import addresses
from accounts.addresses.form_fields import AddressField
from registrations import booking, rosters
from registrations.attendance.reports import ReportError, Trouble
from registrations.forms import NameFields
from registrations.models import CycleRegistration, State

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from cycles.models import Cycle

# Shown of each sort; the others are counted.
LISTED = 100
PIECE = 500


def trouble_in_words(trouble: Trouble) -> str:
    """Return what is wrong with a list, and what to do."""
    return {
        Trouble.EMPTY: _("This list names nobody: it needs a line of headings, and a line for each person."),
        Trouble.TOO_LARGE: _("This file is larger than %(limit)d MB: cut it into several.")
        % {"limit": rosters.LARGEST // 2**20},
        Trouble.TOO_LONG: _("This list has more than %(limit)d people: cut it into several.")
        % {"limit": rosters.MOST_LINES},
        Trouble.SPREADSHEET: _(
            "This is a spreadsheet: save it as CSV and choose that file, or copy its cells and paste them here."
        ),
        Trouble.UNREADABLE: _("This is not a text file: save the list as CSV and choose that file."),
        Trouble.NO_TABLE: _(
            "No column is called e-mail: the first line must name the columns, "
            "for instance “E-mail; Given name; Family name; Organisation; Language”."
        ),
    }[trouble]


class ListForm(forms.Form):
    """The list: a file, or cells pasted from a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("List of people (CSV)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or its lines, pasted from a spreadsheet"),
        help_text=gettext_lazy(
            "The first line names the columns: e-mail, given name, family name, organisation, language."
        ),
        required=False,
        strip=False,
        max_length=rosters.LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the messages, where the list says none"), choices=settings.LANGUAGES
    )

    # What the organiser answers for, asked when the list is saved.
    knows = forms.BooleanField(
        label=gettext_lazy("These people asked to be registered, or know that they will be"), required=False
    )

    roster: rosters.Roster | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file: UploadedFile[bytes] | None = data.get("file")
        if self.data.get("do") == "save" and not data.get("knows"):
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
            self.roster = (
                rosters.read(file.read(rosters.LARGEST + 1)) if file else rosters.read_text(data["text"])
            )
        except ReportError as error:
            self.add_error("file" if file else "text", trouble_in_words(error.trouble))
        return data

    def show(self, text: str) -> None:
        """Let the field hold the list as it was read, wherever it came from, so that it can be corrected."""
        self.data = {**{name: self.data.get(name) for name in self.fields}, "text": text}


class LineForm(NameFields):
    """One line, by the same rules as the public form."""

    email = AddressField()


class Act(enum.StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    LEFT = "left"
    TWICE = "twice"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line, and what becomes of it; `why` says it of one that is passed over."""

    line: rosters.Line
    act: Act
    why: str = ""
    applicant: booking.Applicant | None = None

    @property
    def email(self) -> str:
        """The address as it is read; as the list has it where it is none."""
        try:
            return addresses.shown(addresses.read(self.line.email))
        except addresses.AddressError:
            return self.line.email

    @property
    def meant(self) -> str:
        """An address near this one that was probably meant; empty when it looks right."""
        return addresses.shown(addresses.suggestion(self.applicant.email) or "") if self.applicant else ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What bringing the list in would do."""

    steps: tuple[Step, ...]
    unread: tuple[str, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(step.act.value for step in self.steps)

    @property
    def applicants(self) -> list[booking.Applicant]:
        return [step.applicant for step in self.steps if step.applicant is not None]

    @property
    def wrong(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.act == Act.WRONG)

    @property
    def listed(self) -> tuple[Step, ...]:
        """The lines that are shown: those to correct are shown above them, all."""
        return tuple(step for step in self.steps if step.act != Act.WRONG)[:LISTED]

    @property
    def unlisted(self) -> int:
        return max(len(self.steps) - len(self.wrong) - LISTED, 0)

    @property
    def text(self) -> str:
        """The list as it was read, with tabs, for the field in which it can be corrected."""
        target = io.StringIO()
        writer = csv.writer(target, delimiter="\t", lineterminator="\n")
        writer.writerow([_("E-mail"), _("Given name"), _("Family name"), _("Organisation"), _("Language")])
        for step in self.steps:
            line = step.line
            writer.writerow(
                [step.email, line.given_name, line.family_name, line.organisation_name, line.language]
            )
        return target.getvalue()


def look(cycle: Cycle, roster: rosters.Roster, *, language: str) -> Preview:
    """Return what becomes of each line of a list. Reads who is in the cycle by the piece; writes nothing."""
    keys = {booking.address_key(line.email) for line in roster.lines if line.email}
    states = _states(cycle, sorted(keys))
    seen: set[str] = set()
    steps = []
    for line in roster.lines:
        key = booking.address_key(line.email)
        steps.append(_step(line, language=language, state=states.get(key), is_again=key in seen))
        seen.add(key)
    return Preview(steps=tuple(steps), unread=roster.unread)


def _states(cycle: Cycle, keys: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), PIECE):
        rows = CycleRegistration.objects.filter(
            cycle=cycle, participant__email_key__in=keys[start : start + PIECE]
        )
        found.update(rows.values_list("participant__email_key", "state"))
    return found


def _step(line: rosters.Line, *, language: str, state: str | None, is_again: bool) -> Step:
    typed = {
        "email": line.email,
        "given_name": line.given_name,
        "family_name": line.family_name,
        "organisation_name": line.organisation_name,
    }
    form = LineForm(typed)
    if not form.is_valid():
        return Step(line=line, act=Act.WRONG, why=" ".join(_why(name, form) for name in form.errors))
    if is_again:
        return Step(line=line, act=Act.TWICE, why=_("this address is further up in the list"))
    if state == State.CANCELLED:
        return Step(
            line=line, act=Act.LEFT, why=_("cancelled their registration: it is theirs to take again")
        )
    if state == State.REFUSED:
        return Step(line=line, act=Act.LEFT, why=_("was refused: accept the request on the person's page"))
    if state not in (None, State.PENDING):
        return Step(line=line, act=Act.KNOWN, why=_("is registered already, or asked to be"))
    applicant = booking.Applicant(**form.cleaned_data, language=line.language or language)
    return Step(line=line, act=Act.NEW, applicant=applicant)


def _why(name: str, form: LineForm) -> str:
    if name == "email" and not form.has_error(name, "required") and not form.has_error(name, "invalid"):
        return str(form.errors[name][0])
    return {
        "email": _("The e-mail address is missing or is none."),
        "given_name": _("The given name is missing, too long or no name."),
        "family_name": _("The family name is missing, too long or no name."),
        "organisation_name": _("The organisation is too long."),
    }[name]
