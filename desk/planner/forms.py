"""What the planner asks: a rhythm, what becomes of each of its dates, dates beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle
from cycles.models.cycle import validate_zone
from cycles.schedule import recurrence
from desk.ui.forms.fields import date_field, minutes_field, time_field
from desk.ui.forms.languages import TextsForm
from desk.ui.forms.rows import RowForm, RowKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from i18nfield.strings import LazyI18nString

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
    """The rhythm of a cycle. It comes by GET, so that looking at a rhythm changes nothing.

    `row_errors` are (address on the page, label, what is wrong) of its dates.
    """

    row_errors: Sequence[tuple[str, str, str]] = ()

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
    local_start = time_field(label=_("Start time"), required=False)
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


REASON = forms.CharField(label=_("Reason in %(language)s"), required=False, max_length=500)


class DateChoiceForm(TextsForm):
    """What becomes of one proposed date: kept, held on another day, or left out, with the reason."""

    KEEP, MOVE, SKIP = "keep", "move", "skip"
    choice = forms.ChoiceField(
        label=_("What becomes of this date"),
        choices=[(KEEP, _("Keep")), (MOVE, _("Hold it on another day")), (SKIP, _("Leave it out"))],
        widget=forms.RadioSelect,
        initial=KEEP,
    )
    to = date_field(label=_("Other day"), required=False)
    in_languages = {"reason": REASON}

    @classmethod
    def initial_for(cls, left_out: LazyI18nString | None) -> dict[str, str]:
        """Return what the form shows first; `left_out` is the reason of a date that is left out already."""
        if left_out is None:
            return {}
        return {"choice": cls.SKIP} | cls.texts_initial({"reason": left_out})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # What stood there when a date was left out is no wish of today.
        written = {"to", *(field.name for field in self.each["reason"])} & set(self.changed_data)
        if data.get("choice") == self.KEEP and any(data.get(name) for name in written):
            self.add_error("choice", _("Say what becomes of this date, or empty what you wrote below."))
        if data.get("choice") == self.MOVE and data.get("to") is None and "to" not in self.errors:
            self.add_error("to", _("On which other day?"))
        if data.get("choice") == self.SKIP and not self.written("reason"):
            self.add_error_first(
                "reason", _("Say why this date is left out: the page of the cycle shows it.")
            )
        return data

    @property
    def chosen(self) -> str:
        """What was chosen, before and after it is judged; a date that was not on the page is kept."""
        written = self["choice"].value()
        return written if written in (self.MOVE, self.SKIP) else self.KEEP

    @property
    def reason(self) -> dict[str, str]:
        return self.written("reason")


class AdditionForm(TextsForm, RowForm):
    """A date beside the rhythm, held at its hour, with the reason."""

    date = date_field(label=_("Date"))
    in_languages = {"reason": REASON}
    pairs: ClassVar[dict[str, object]] = {}
    word_fields: ClassVar[frozenset[str]] = frozenset()

    @property
    def reason(self) -> dict[str, str]:
        return self.written("reason")


ADDITIONS = RowKind(
    name="additions",
    form=AdditionForm,
    title=_("Dates beside the rhythm"),
    row_title=_("Added date"),
    add=_("Add a date"),
)
