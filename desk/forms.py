"""What organisers write: a new date, a reason, the words of a session, a rhythm.

Hours are those of the cycle's zone; each form says what is wrong in words and keeps what was written.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from cycles import recurrence
from cycles.models import Cycle
from cycles.models.cycle import LONGEST_MINUTES, validate_zone
from cycles.revising import LONGEST_REASON

from .editors.rows import RowForm, RowKind

if TYPE_CHECKING:
    from cycles.models import Session

LANGUAGES = ("fr", "en")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


# Half a year ("202") is what a date is while it is typed; no calendar reckons with the first or the last one there is.
DAYS = (MinValueValidator(dt.date(1900, 1, 1)), MaxValueValidator(dt.date(2199, 12, 31)))


def date_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=DateInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "invalid": _("This is not a date: write it as 2026-10-22."),
            "min_value": _("This day is too far away: check the year."),
            "max_value": _("This day is too far away: check the year."),
        },
        validators=DAYS,
        **kwargs,
    )


def time_field(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        widget=TimeInput(),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("This is not an hour: write it as 13:00.")},
        **kwargs,
    )


def minutes_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=LONGEST_MINUTES,
        error_messages={
            "invalid": _("Write the length in whole minutes, for instance 90."),
            "min_value": _("A session lasts at least one minute."),
            "max_value": _("A session lasts 24 hours at most: 1440 minutes."),
        },
        **kwargs,
    )


class SeenForm(forms.Form):
    """A form that remembers which version of the row it was filled from."""

    seen = forms.DateTimeField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This form is incomplete: open the page again."),
            "invalid": _("This form is incomplete: open the page again."),
        },
    )


class ReasonFields(forms.Form):
    """A reason in both languages; people registered and visitors read it."""

    reason_fr = forms.CharField(
        label=_("Reason in French"),
        required=False,
        validators=[MaxLengthValidator(LONGEST_REASON)],
        widget=forms.Textarea(attrs={"rows": 3, "lang": "fr"}),
    )
    reason_en = forms.CharField(
        label=_("Reason in English"),
        required=False,
        validators=[MaxLengthValidator(LONGEST_REASON)],
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )

    @property
    def reason(self) -> LazyI18nString:
        return LazyI18nString(
            {code: text for code in LANGUAGES if (text := self.cleaned_data.get(f"reason_{code}"))}
        )


class ReasonForm(ReasonFields, SeenForm):
    """A reason, and the version of the row that it is about."""


class CancelForm(ReasonForm):
    """A cancellation is explained, in one language at least."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("reason_fr") or data.get("reason_en")):
            self.add_error(
                "reason_fr", _("Say why the session is cancelled: the people registered will read it.")
            )
        return data


class CycleCancelForm(ReasonFields):
    """All that is left of a cycle: explained, and confirmed by typing its title."""

    title = forms.CharField(label=_("Type the title of the cycle to confirm"), required=False, max_length=300)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {_plain(str(text)) for text in _texts(cycle.title)}
        self.fields["title"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("reason_fr") or data.get("reason_en")):
            self.add_error(
                "reason_fr", _("Say why the cycle is cancelled: the people registered will read it.")
            )
        if _plain(data.get("title") or "") not in self.titles:
            self.add_error("title", _("This is not the title of the cycle: type it as it stands above."))
        return data


def _texts(text: LazyI18nString | str) -> list[str]:
    data = text.data if isinstance(text, LazyI18nString) else text
    return [each for each in data.values() if each] if isinstance(data, dict) else [str(data)]


def _plain(text: str) -> str:
    """Return a text such that capitals, blanks and the forms of an apostrophe make no difference."""
    return " ".join(text.casefold().replace("’", "'").split())


class MoveForm(ReasonForm):
    """A new date, hour and length, read in the zone of the cycle."""

    date = date_field(label=_("New date"))
    hour = time_field(label=_("Local hour"))
    minutes = minutes_field(label=_("Length in minutes"))
    field_order = ("date", "hour", "minutes", "reason_fr", "reason_en")

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        super().__init__(*args, **kwargs)
        if session.is_all_day:
            del self.fields["hour"], self.fields["minutes"]
        self.occurrence: recurrence.Occurrence | None = None

    @staticmethod
    def initial_for(session: Session) -> dict[str, Any]:
        """Return what the form shows first: where the session is now, in its zone."""
        start = session.starts_at.astimezone(session.zone) if session.starts_at else None
        length = session.ends_at - session.starts_at if session.starts_at and session.ends_at else None
        return {
            "date": start.date() if start else None,
            "hour": start.time() if start else session.cycle.local_start,
            "minutes": int(length.total_seconds()) // 60 if length else session.cycle.minutes,
            "seen": session.revised_at.isoformat(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            self.occurrence = recurrence.local_span(
                data["date"],
                local_start=data.get("hour"),
                minutes=data.get("minutes"),
                zone=self.session.cycle.timezone,
            )
        return data

    @property
    def until(self) -> dt.datetime | None:
        """The end to hand to `planning.move`; None lets a whole-day session keep its number of days."""
        if self.occurrence is None or (self.session.is_all_day and self.session.starts_at):
            return None
        return self.occurrence.ends_at


def exactly(text: LazyI18nString, code: str) -> str:
    """Return what is written in one language, without falling back to the other."""
    if isinstance(text.data, dict):
        return str(text.data.get(code) or "")
    return str(text.data or "")


WEEKDAYS = [
    ("", "—"),
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
RANKS = [
    ("", "—"),
    ("1", _("1st")),
    ("2", _("2nd")),
    ("3", _("3rd")),
    ("4", _("4th")),
    ("5", _("5th")),
    ("-1", _("last")),
]


class RuleForm(forms.Form):
    """The rhythm of a cycle. It comes by GET, so that looking at a rhythm changes nothing."""

    frequency = forms.ChoiceField(label=_("Rhythm"), choices=Cycle.Frequency.choices)
    nth = forms.TypedChoiceField(
        label=_("Which one in the month"), choices=RANKS, coerce=int, empty_value=None, required=False
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=WEEKDAYS, coerce=int, empty_value=None, required=False
    )
    month_day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31, required=False)
    interval = forms.IntegerField(
        label=_("Interval"),
        min_value=1,
        max_value=366,
        initial=1,
        help_text=_("1: each time. 2: every other time."),
    )
    first_date = date_field(label=_("From"))
    last_date = date_field(label=_("Until"))
    local_start = time_field(label=_("Local hour"), required=False)
    minutes = minutes_field(label=_("Length in minutes"), required=False)
    timezone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        validators=[validate_zone],
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    planned_count = forms.IntegerField(
        label=_("Number of sessions planned"), min_value=1, max_value=1000, required=False
    )

    @staticmethod
    def initial_for(cycle: Cycle) -> dict[str, Any]:
        return {
            "frequency": cycle.frequency or Cycle.Frequency.MONTHLY_WEEKDAY,
            "nth": cycle.nth,
            "weekday": cycle.weekday,
            "month_day": cycle.month_day,
            "interval": cycle.interval,
            "first_date": cycle.first_date,
            "last_date": cycle.last_date,
            "local_start": cycle.local_start,
            "minutes": cycle.minutes,
            "timezone": cycle.timezone,
            "planned_count": cycle.planned_count,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        frequency = data.get("frequency")
        # What another rhythm needed may still be filled in: it is left out rather than refused.
        wanted = {"monthly_weekday": {"nth", "weekday"}, "monthly_day": {"month_day"}, "weekly": {"weekday"}}
        needed = wanted.get(str(frequency), set())
        for name in ("nth", "weekday", "month_day"):
            if name not in needed:
                data[name] = None
            elif data.get(name) is None and name not in self.errors:
                self.add_error(name, _("This rhythm needs it."))
        first, last = data.get("first_date"), data.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("The period ends before it begins: exchange the two dates."))
        if (data.get("local_start") is None) != (data.get("minutes") is None) and not (
            {"local_start", "minutes"} & set(self.errors)
        ):
            missing = "minutes" if data.get("minutes") is None else "local_start"
            self.add_error(missing, _("Give the hour and the length, or neither for whole days."))
        if not self.errors:
            self._check_rule()
        return data

    def _check_rule(self) -> None:
        try:
            recurrence.occurrences(self.rule)
        except recurrence.RuleError:
            self.add_error(
                "last_date",
                _("This rhythm gives more than %(limit)d dates: shorten the period.")
                % {"limit": recurrence.MOST_OCCURRENCES},
            )

    @property
    def rule(self) -> recurrence.Rule:
        data = self.cleaned_data
        return recurrence.Rule(
            frequency=data["frequency"],
            nth=data["nth"],
            weekday=data["weekday"],
            day=data["month_day"],
            interval=data["interval"],
            first_date=data["first_date"],
            last_date=data["last_date"],
            local_start=data["local_start"],
            minutes=data["minutes"],
            zone=data["timezone"],
        )

    @property
    def values(self) -> dict[str, Any]:
        """The same by the names of the cycle's columns."""
        return {name: self.cleaned_data[name] for name in self.fields}


class DateChoiceForm(forms.Form):
    """What becomes of one proposed date: kept, held on another day, or left out, with the reason."""

    KEEP, MOVE, SKIP = "keep", "move", "skip"
    choice = forms.ChoiceField(
        label=_("What becomes of this date"),
        choices=[(KEEP, _("Keep")), (MOVE, _("Hold it on another day")), (SKIP, _("Leave it out"))],
        widget=forms.RadioSelect,
        initial=KEEP,
    )
    to = date_field(label=_("Other day"), required=False)
    reason_fr = forms.CharField(label=_("Reason in French"), required=False, max_length=500)
    reason_en = forms.CharField(label=_("Reason in English"), required=False, max_length=500)

    @classmethod
    def initial_for(cls, left_out: LazyI18nString | None) -> dict[str, str]:
        """Return what the form shows first; `left_out` is the reason of a date that is left out already."""
        if left_out is None:
            return {}
        return {"choice": cls.SKIP} | {f"reason_{code}": exactly(left_out, code) for code in LANGUAGES}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("choice") == self.KEEP and (
            data.get("to") or data.get("reason_fr") or data.get("reason_en")
        ):
            self.add_error("choice", _("Say what becomes of this date, or empty what you wrote below."))
        if data.get("choice") == self.MOVE and data.get("to") is None and "to" not in self.errors:
            self.add_error("to", _("On which other day?"))
        if data.get("choice") == self.SKIP and not (data.get("reason_fr") or data.get("reason_en")):
            self.add_error("reason_fr", _("Say why this date is left out: the page of the cycle shows it."))
        return data

    @property
    def chosen(self) -> str:
        """What was chosen, before and after it is judged; a date that was not on the page is kept."""
        written = self["choice"].value()
        return written if written in (self.MOVE, self.SKIP) else self.KEEP

    @property
    def reason(self) -> dict[str, str]:
        return {
            code: text for code in LANGUAGES if (text := cast("str", self.cleaned_data[f"reason_{code}"]))
        }


class AdditionForm(RowForm):
    """A date beside the rhythm, held at its hour, with the reason."""

    date = date_field(label=_("Date"))
    reason_fr = forms.CharField(label=_("Reason in French"), required=False, max_length=500)
    reason_en = forms.CharField(label=_("Reason in English"), required=False, max_length=500)
    pairs: ClassVar[dict[str, object]] = {}
    word_fields: ClassVar[frozenset[str]] = frozenset()

    @property
    def reason(self) -> dict[str, str]:
        return {
            code: text for code in LANGUAGES if (text := cast("str", self.cleaned_data[f"reason_{code}"]))
        }


ADDITIONS = RowKind(
    name="additions",
    form=AdditionForm,
    title=_("Dates beside the rhythm"),
    row_title=_("Added date"),
    add=_("Add a date"),
)
