"""What organisers type of a reminder plan: when a line leaves, to whom, what; which lines are on."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.schedule import recurrence
from desk.mail.kind_words import audience_in_words, message_in_words
from desk.ui.forms.fields import date_field, time_field
from desk.ui.forms.seen import SeenForm
from notifications.mail.kinds import OF_SURVEYS
from notifications.models import OnUncertain, ReminderStep
from notifications.plan import planner, policy

if TYPE_CHECKING:
    from django.http import QueryDict

    from cycles.models import Cycle, Session

UNITS = [("days", _("days")), ("hours", _("hours")), ("minutes", _("minutes"))]
SIDES = [("before", _("before the session")), ("after", _("after it"))]
SIDES_OF_RUNS = [("before", _("before the half-day")), ("after", _("after it"))]
FURTHEST = dt.timedelta(days=3653)
WHOLE_NUMBER = re.compile(r"\d{1,6}")


class StepForm(SeenForm):
    """One line: so many days, hours or minutes before or after, to whom, which message."""

    count = forms.CharField(
        label=_("How many"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    unit = forms.ChoiceField(label=_("Of what"), choices=UNITS)
    side = forms.ChoiceField(label=_("Before or after"), choices=SIDES)
    hour = time_field(
        label=_("At what hour"), required=False, help_text=_("With days. Empty: the session's own hour.")
    )
    audience = forms.ChoiceField(label=_("To whom"), choices=ReminderStep.Audience.choices)
    kind = forms.ChoiceField(label=_("Which message"), choices=ReminderStep.Message.choices)
    opens = time_field(
        label=_("Email leaves from"), help_text=_("Quiet hours hold for lines counted in days.")
    )
    closes = time_field(label=_("Email leaves until"))
    avoids_weekends = forms.BooleanField(label=_("Not on Saturdays and Sundays"), required=False)
    avoids_holidays = forms.BooleanField(label=_("Not on public holidays (France)"), required=False)
    on_uncertain = forms.ChoiceField(
        label=_("When the mail server's answer is lost"), choices=OnUncertain.choices
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences, kinds = self.fields["audience"], self.fields["kind"]
        foreign = () if cycle.kind == cycle.Kind.DAILY else (ReminderStep.Message.ARTICLE,)
        nobody = () if cycle.is_run else (ReminderStep.Audience.SURVEYED,)
        if cycle.is_run:
            self.fields["side"].choices = SIDES_OF_RUNS  # type: ignore[attr-defined]  # ChoiceField's
            self.fields["hour"].help_text = _("With days. Empty: the half-day’s own hour.")
        else:
            # The surveys that are lines of a plan are those around a training.
            foreign = (*foreign, *OF_SURVEYS)
        audiences.choices = [  # type: ignore[attr-defined]  # likewise
            (value, audience_in_words(value, cycle))
            for value in ReminderStep.Audience.values
            if value not in nobody
        ]
        kinds.choices = [  # type: ignore[attr-defined]  # likewise
            (value, message_in_words(value, cycle))
            for value in ReminderStep.Message.values
            if value not in foreign
        ]

    @staticmethod
    def initial_for(step: ReminderStep | None) -> dict[str, Any]:
        """Return what the form shows of a line; of none, what a new line most often is."""
        line = step or ReminderStep(moment=ReminderStep.Moment.LOCAL_TIME)
        return {
            **_distance(line),
            "seen": policy.digest(step) if step else "",
            "hour": line.local_time,
            "audience": line.audience,
            "kind": line.kind,
            "opens": line.opens,
            "closes": line.closes,
            "avoids_weekends": line.avoids_weekends,
            "avoids_holidays": line.avoids_holidays,
            "on_uncertain": line.on_uncertain,
        }

    def clean_count(self) -> int:
        typed = self.cleaned_data["count"].strip()
        if not WHOLE_NUMBER.fullmatch(typed):
            raise forms.ValidationError(
                _("“%(typed)s” is not a whole number without a sign: write 3, and choose before or after."),
                params={"typed": typed},
            )
        return int(typed)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("opens") and data.get("closes") and data["opens"] >= data["closes"]:
            self.add_error("closes", _("Email leaves between an hour and a later one."))
        if not self.errors:
            try:
                self.timing.as_fields()
            except policy.PolicyError as error:
                self.add_error("count", str(error))
        return data

    @property
    def timing(self) -> policy.Timing:
        data = self.cleaned_data
        return policy.Timing(
            count=data["count"], unit=data["unit"], is_after=data["side"] == "after", hour=data["hour"]
        )

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs of `policy` write beside the timing."""
        names = ("audience", "kind", "opens", "closes", "avoids_weekends", "avoids_holidays", "on_uncertain")
        return {name: self.cleaned_data[name] for name in names}


def _distance(step: ReminderStep) -> dict[str, Any]:
    if step.moment == ReminderStep.Moment.LOCAL_TIME:
        side = "after" if step.day_delta > 0 else "before"
        return {"count": str(abs(step.day_delta)) if step.code else "", "unit": "days", "side": side}
    minutes = int(step.offset.total_seconds()) // 60
    side = "after" if step.moment == ReminderStep.Moment.AFTER_END else "before"
    if minutes % 60:
        return {"count": str(minutes), "unit": "minutes", "side": side}
    return {"count": str(minutes // 60), "unit": "hours", "side": side}


class SureForm(forms.Form):
    """Asked when no line would be on any more."""

    sure = forms.BooleanField(label=_("Yes: send no reminder at all in this cycle"), required=False)


class TryForm(forms.Form):
    """Another day and hour for a session, to see what its reminders would become."""

    date = date_field(label=_("Another day"))
    hour = time_field(label=_("Start time"), required=False)

    def __init__(self, data: QueryDict | None = None, *, session: Session) -> None:
        start = session.starts_at.astimezone(session.zone) if session.starts_at else None
        # The form that adds a line has an hour of its own on the same page.
        super().__init__(data, initial={"hour": start.time() if start else None}, auto_id="try_%s")
        self.session = session
        if session.is_all_day:
            del self.fields["hour"]

    def clean_date(self) -> dt.date:
        date: dt.date = self.cleaned_data["date"]
        start = self.session.starts_at
        if start is not None and abs(date - start.date()) > FURTHEST:
            raise forms.ValidationError(_("That is more than ten years away."))
        return date

    def span(self) -> recurrence.Occurrence:
        """Return when the session would begin and end, as long as it is now."""
        start, end = self.session.starts_at, self.session.ends_at
        length = int((end - start).total_seconds()) // 60 if start and end else None
        hour = self.cleaned_data.get("hour") or (
            start.astimezone(self.session.zone).time() if start else None
        )
        return recurrence.local_span(
            self.cleaned_data["date"],
            local_start=None if self.session.is_all_day else hour,
            minutes=length,
            zone=self.session.cycle.timezone,
        )


class Switch(NamedTuple):
    """What switches a line, and the hidden word for how the page showed it."""

    on: forms.BoundField
    was: forms.BoundField


class PlanForm(SureForm):
    """Which of the cycle's lines are on. Without any of them the organiser is asked whether that is meant.

    `was` is what the page showed: only what was switched on it is written. A line that it never showed, or one
    that somebody else switched meanwhile, stays as it is.
    """

    def __init__(self, data: QueryDict | None = None, *, cycle: Cycle) -> None:
        self.steps = planner.cycle_steps(cycle)
        super().__init__(None if data is None else _brought_up_to_date(data, self.steps))
        for step in self.steps:
            attributes = {"form": "plan"}
            self.fields[f"on_{step.code}"] = forms.BooleanField(
                required=False, initial=step.is_enabled, widget=forms.CheckboxInput(attrs=attributes)
            )
            self.fields[f"was_{step.code}"] = forms.CharField(
                required=False, initial=_shown(step), widget=forms.HiddenInput(attrs=attributes)
            )

    @property
    def switches(self) -> dict[str, Switch]:
        return {step.code: Switch(self[f"on_{step.code}"], self[f"was_{step.code}"]) for step in self.steps}

    def wanted(self) -> list[tuple[ReminderStep, bool]]:
        """Return the lines that the organiser switched, with what they are to be."""
        return [
            (step, self.cleaned_data[f"on_{step.code}"])
            for step in self.steps
            if self.cleaned_data[f"on_{step.code}"] != step.is_enabled
        ]


def _shown(step: ReminderStep) -> str:
    return "on" if step.is_enabled else "off"


def _brought_up_to_date(data: QueryDict, steps: list[ReminderStep]) -> QueryDict:
    """Return what was sent, with every line that was not switched on the page as it is now."""
    copy = data.copy()
    for step in steps:
        on, was = f"on_{step.code}", f"was_{step.code}"
        if copy.get(was, "") in ("", "on" if copy.get(on) else "off"):
            copy[was] = _shown(step)
            copy[on] = "on" if step.is_enabled else ""
    return copy
