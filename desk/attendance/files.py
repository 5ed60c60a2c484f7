"""A platform's attendance file in the desk: chosen, looked at, read as the organiser says, then written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles.language import wording
from desk.schedule.consequences import language
from desk.ui.tables.columns import ColumnFields
from registrations.attendance import applying
from registrations.tables.reading import LARGEST, MOST_COLUMNS, MOST_LINES, TableError, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict

    from cycles.models import Session
    from registrations.attendance.applying import Reading
    from registrations.attendance.matching import Stranger
    from registrations.attendance.models import AttendanceReport

# Shown on the preview; the number of the others is told.
MOST_STRANGERS = 200
MOST_CUT = 50
LONGEST_WHO = 400
LONGEST_CELL = 30
ROLES = {
    "name": gettext_lazy("Full name"),
    "given": gettext_lazy("Given name"),
    "family": gettext_lazy("Family name"),
    "email": gettext_lazy("Email"),
    "minutes": gettext_lazy("Duration"),
    "joined": gettext_lazy("Time of arrival"),
    "left": gettext_lazy("Time of leaving"),
    "attended": gettext_lazy("Came: yes or no"),
    "action": gettext_lazy("Joined or left"),
    "moment": gettext_lazy("When they joined or left"),
}
# What a file may say besides, which is recognised but not asked for.
ALSO = {
    "upn": "email",
    "first_joined": "joined",
    "last_left": "left",
    "waiting": "",
    "part": "",
    "moderator": "",
}


def trouble_in_words(trouble: Trouble, cells: tuple[tuple[int, str], ...] = ()) -> str:
    """Return what is wrong with a file, and what to do; `cells` as in TableError."""
    if trouble == Trouble.TWO_ORDERS:
        (day_line, day_cell), (month_line, month_cell) = cells
        return _(
            "The dates of this file are written in two orders: line %(day_line)d begins with the day (%(day_cell)s), "
            "line %(month_line)d with the month (%(month_cell)s). Write all of them in one order, then choose the "
            "file again."
        ) % {
            "day_line": day_line,
            "day_cell": day_cell[:LONGEST_CELL],
            "month_line": month_line,
            "month_cell": month_cell[:LONGEST_CELL],
        }
    return {
        Trouble.EMPTY: _("This file names nobody: export the list of participants again."),
        Trouble.TOO_LARGE: _("This file is larger than %(limit)d MB.") % {"limit": LARGEST // 2**20},
        Trouble.TOO_LONG: _("This file has more than %(limit)d lines.") % {"limit": MOST_LINES},
        Trouble.TOO_WIDE: _("This file has more than %(limit)d columns.") % {"limit": MOST_COLUMNS},
        Trouble.SPREADSHEET: _(
            "This is an old spreadsheet (.xls): save it as .xlsx or CSV and choose that file."
        ),
        Trouble.PAGE: _(
            "This is a web page, whatever its name ends with: open it in a spreadsheet, save it as .xlsx or CSV and "
            "choose that file."
        ),
        Trouble.UNREADABLE: _(
            "This file cannot be read: choose the CSV or the .xlsx that the platform exports."
        ),
        Trouble.NO_TABLE: _(
            "This file has no table of people: choose the list of participants, not a summary of the meeting."
        ),
    }[trouble]


class UploadForm(forms.Form):
    """The file of a platform."""

    file = forms.FileField(
        label=gettext_lazy("Attendance file (CSV, .xlsx or .ods)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.ods,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("This file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST:
            raise forms.ValidationError(trouble_in_words(Trouble.TOO_LARGE))
        return file


def _hours() -> list[tuple[str, str]]:
    """Return the choices of how the hours of a file are read, each by its example."""
    away = [hours for hours in range(-14, 15) if hours]
    return [("0", _("as they are written")), *((str(hours), _example(hours)) for hours in away)]


def _example(hours: int) -> str:
    """Say what reading a file so many hours later means: of far zones also that its day is another one."""
    days, written = divmod(13 - hours, 24)
    example = {
        -1: _("%(written)s of the day before in the file is %(here)s here"),
        0: _("%(written)s in the file is %(here)s here"),
        1: _("%(written)s of the day after in the file is %(here)s here"),
    }[days]
    return example % {"written": _clock(written), "here": _clock(13)}


def _clock(hour: int) -> str:
    return wording.clock(dt.time(hour), language=language())


class ReadForm(forms.Form):
    """How a report is read. `row_errors` are (address on the page, label, what is wrong) of its lines."""

    row_errors: tuple[tuple[str, str, str], ...] = ()

    threshold = forms.IntegerField(
        label=gettext_lazy("Present from this part of the session on, in percent"),
        min_value=1,
        max_value=100,
        initial=applying.DEFAULT_THRESHOLD,
    )
    hours = forms.TypedChoiceField(
        label=gettext_lazy("Hours of the file"), required=False, choices=_hours, coerce=int, empty_value=None
    )
    together = forms.ChoiceField(
        label=gettext_lazy("An earlier report of this session"),
        required=False,
        choices=[
            ("add", gettext_lazy("stays: the times of both are added together")),
            ("replace", gettext_lazy("is replaced by this one")),
        ],
        widget=forms.RadioSelect,
    )
    all_came = forms.BooleanField(
        label=gettext_lazy("This file has neither minutes nor hours: everybody in it was there"),
        required=False,
    )
    absent_others = forms.BooleanField(
        label=gettext_lazy("Who is not in the file and of whom nothing is known was absent"), required=False
    )


class Looking:
    """One look at a file: what was asked of it, what it would write, and what stands in the fields."""

    def __init__(self, report: AttendanceReport, data: QueryDict | None, *, at: Any) -> None:
        self.report, self.data, self.at = report, data, at
        self.form = ReadForm(data)
        self.errors: dict[str, str] = {}
        # The columns do not depend on what is said of them.
        unasked = applying.read(report, asked=applying.Asked(), at=at)
        self.columns = ColumnFields(unasked.columns, ROLES, ALSO, data)
        self.asked = self._asked(report.session)
        self.reading: Reading = unasked
        if data is not None:
            try:
                self.reading = applying.read(report, asked=self.asked, at=at)
            except TableError as error:
                # Of the columns that were chosen just now.
                self.form.add_error(None, trouble_in_words(error.trouble, error.cells))
        self.form.row_errors = tuple(
            (f"who-{one.key}", one.name or one.email, error) for one, _typed, error in self.rows if error
        )
        if data is None:
            self.form = ReadForm(
                initial={
                    "absent_others": self.reading.absent_others,
                    "hours": str(self.reading.hours),
                    "together": "" if self.reading.must_choose else "add",
                }
            )

    @property
    def is_valid(self) -> bool:
        return self.data is not None and self.form.is_valid() and not self.errors

    def _asked(self, session: Session) -> applying.Asked:
        if self.data is None:
            return applying.Asked()
        given = self.form.cleaned_data if self.form.is_valid() else {}
        return applying.Asked(
            threshold=given.get("threshold") or applying.DEFAULT_THRESHOLD,
            absent_others=bool(given.get("absent_others")),
            together=given.get("together") or "",
            hours=given.get("hours"),
            all_came=bool(given.get("all_came")),
            columns=self.columns.chosen,
            people=self._people(session),
        )

    def _people(self, session: Session) -> dict[str, int]:
        """Return {key of a stranger: registration} of what was written beside them."""
        typed = {
            name.removeprefix("who-"): str(value).strip()[:LONGEST_WHO]
            for name, value in (self.data or {}).items()
            if name.startswith("who-") and str(value).strip()
        }
        if not typed:
            return {}
        result: dict[str, int] = {}
        by_words: dict[str, set[int]] = {}
        for person, _has_place in applying.expected(session):
            for words in (label(person.name, person.email), person.email, person.name):
                by_words.setdefault(words.casefold(), set()).add(person.id)
        for key, value in typed.items():
            meant = by_words.get(value.casefold(), set())
            if len(meant) == 1:
                result[key] = next(iter(meant))
            else:
                self.errors[key] = (
                    _("Nobody registered for this session is called so: choose somebody of the list.")
                    if not meant
                    else _("Several people have this name: choose one by the address.")
                )
        return result

    @property
    def rows(self) -> list[tuple[Stranger, str, str]]:
        """Return the strangers, each with what was written beside them and what is wrong with it."""
        known = [stranger for stranger, _pk in self.reading.by_hand]
        shown = [*known, *self.reading.unmatched[:MOST_STRANGERS]]
        data: Mapping[str, object] = self.data or {}
        return [(one, str(data.get(f"who-{one.key}", "")), self.errors.get(one.key, "")) for one in shown]

    @property
    def more(self) -> int:
        return max(len(self.reading.unmatched) - MOST_STRANGERS, 0)

    @property
    def people(self) -> list[str]:
        """The words by which those who may be meant are chosen."""
        chosen = {pk for _stranger, pk in self.reading.by_hand}
        everybody = [one for one, _has_place in applying.expected(self.report.session)]
        missing = {one.id for one in self.reading.missing} | chosen
        return [label(one.name, one.email) for one in everybody if one.id in missing]


def label(name: str, email: str) -> str:
    """Return how somebody is chosen: whoever has no address is known by the name alone."""
    return f"{name} · {email}" if "@" in email else name


__all__ = ["Looking", "ReadForm", "UploadForm", "trouble_in_words"]
