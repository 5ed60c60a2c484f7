"""What organisers write about dates: a new one, a reason; and the fields that all forms of the desk are made of.

Hours are those of the cycle's zone; each form says what is wrong in words and keeps what was written.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from accounts import periods
from cycles.models.cycle import LONGEST_MINUTES
from cycles.schedule import recurrence
from cycles.schedule.revision import LONGEST_REASON

from .languages import TextsForm

if TYPE_CHECKING:
    from cycles.models import Cycle, Session


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


def _too_long() -> str:
    words = gettext("A session lasts %(length)s at most: %(minutes)d minutes.")
    return words % {
        "length": periods.in_words(dt.timedelta(minutes=LONGEST_MINUTES)),
        "minutes": LONGEST_MINUTES,
    }


def minutes_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=LONGEST_MINUTES,
        error_messages={
            "invalid": _("Write the length in whole minutes, for instance 90."),
            "min_value": _("A session lasts at least one minute."),
            "max_value": lazy(_too_long, str)(),
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


class ReasonFields(TextsForm):
    """A reason in every language; people registered and visitors read it."""

    in_languages = {
        "reason": forms.CharField(
            label=_("Reason in %(language)s"),
            required=False,
            validators=[MaxLengthValidator(LONGEST_REASON)],
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    }

    @property
    def reason(self) -> LazyI18nString:
        return LazyI18nString(self.written("reason"))


class ReasonForm(ReasonFields, SeenForm):
    """A reason, and the version of the row that it is about."""


class CancelForm(ReasonForm):
    """A cancellation is explained, in one language at least."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.written("reason"):
            self.add_error_first(
                "reason", _("Say why the session is cancelled: the people registered will read it.")
            )
        return data


class CycleCancelForm(ReasonFields):
    """All that is left of a cycle: explained, and confirmed by typing its title."""

    title = forms.CharField(label=_("Type the title to confirm"), required=False, max_length=300)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {_plain(str(text)) for text in _texts(cycle.title)}
        self.fields["title"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.written("reason"):
            self.add_error_first(
                "reason", _("Say why the cycle is cancelled: the people registered will read it.")
            )
        if _plain(data.get("title") or "") not in self.titles:
            self.add_error("title", _("This is not the title: type it as it stands above."))
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
    hour = time_field(label=_("Start time"))
    minutes = minutes_field(label=_("Length in minutes"))
    field_order = ("date", "hour", "minutes", "reason")

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        super().__init__(*args, **kwargs)
        if session.is_all_day and session.cycle.is_run:
            for name in ("hour", "minutes"):
                self.fields[name].required = self.fields[name].widget.is_required = False
            self.fields["hour"].help_text = _("Empty while it is not known.")
        elif session.is_all_day:
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
            **({"hour": None, "minutes": None} if session.is_all_day else {}),
            "seen": session.revised_at.isoformat(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("hour") and not data.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Write the length in whole minutes, for instance 90."))
        if data.get("minutes") and not data.get("hour") and "hour" not in self.errors:
            self.add_error("hour", _("This is not an hour: write it as 13:00."))
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
        keeps_days = self.session.is_all_day and self.session.starts_at and not self.cleaned_data.get("hour")
        if self.occurrence is None or keeps_days:
            return None
        return self.occurrence.ends_at
