"""What people type: the registration form, and what they change about themselves later."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.addresses.form_fields import AddressField, AsksAboutSlips
from cycles.language import wording
from cycles.models import Cycle
from cycles.schedule import time_zones
from registrations import booking
from registrations.booking import questions
from registrations.links import signed_values
from registrations.models import CycleRegistration
from registrations.pages.form import colleagues
from registrations.pages.form.fields import (
    CheckboxSelectMultiple,
    LineField,
    NameField,
    RadioSelect,
    SharedFields,
    describe,
    own,
)
from registrations.pages.own import my_pages

if TYPE_CHECKING:
    from cycles.models import Session
    from registrations.pages.form.intake import Fullness, Intake
    from registrations.tables.mailboxes import Box

LONGEST_NAME = 120
LONGEST_ORGANISATION = 200
LONGEST_NEED = 500
LONGEST_LIST = 2000
# Nobody reads and fills this form faster; a robot does.
FASTEST = dt.timedelta(seconds=2)


def is_zone(name: str) -> bool:
    return bool(time_zones.read(name))


def mark(*, at: dt.datetime) -> str:
    """Return what a form carries to show when it was opened."""
    return signed_values.make("form", int(at.timestamp()))


class NameFields(forms.Form):
    """How someone is called (one name is enough), and whom they speak for."""

    nameless = _("Give a name: one of the two is enough.")
    given_name = NameField(
        label=_("Given name"),
        help_text=_("One of the two names is enough."),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = NameField(
        label=_("Family name"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    organisation_name = LineField(
        label=_("Organisation (optional)"),
        max_length=LONGEST_ORGANISATION,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_errors = {"given_name", "family_name"} & set(self.errors)
        if not has_errors and not data.get("given_name") and not data.get("family_name"):
            self.add_error("given_name", self.nameless)
        return data


class RegistrationForm(AsksAboutSlips, NameFields):
    """Who, and for which sessions; everything optional says so."""

    field_order = ("given_name", "family_name", "email", "organisation_name")
    email = AddressField(
        label=_("Email address"),
        help_text=_("We write to it once to check that it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Give your email address: the confirmation is sent there.")},
    )
    scope = forms.ChoiceField(
        label=_("What would you like to attend?"),
        choices=CycleRegistration.Scope.choices,
        widget=RadioSelect,
        error_messages={"required": _("Choose the whole cycle, or some of its dates.")},
    )
    sessions = forms.MultipleChoiceField(
        label=_("The dates you choose"),
        required=False,
        widget=CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of the dates can no longer be chosen: look at the list again.")
        },
    )
    accessibility_need = forms.CharField(
        label=_("What would make it easier for you to take part? (optional)"),
        help_text=_(
            "Captions, sign language, documents beforehand… "
            "Only the organisers see it, and it is deleted soon after the last date."
        ),
        max_length=LONGEST_NEED,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": _("This is too long: %(limit_value)d characters at most (it has %(show_value)d).")
        },
    )
    newsletter = forms.BooleanField(required=False)
    # Not for people: robots fill it. Its name means nothing to the programs that fill forms for people.
    blank = forms.CharField(label=_("Leave this empty"), widget=forms.HiddenInput, required=False)
    started = forms.CharField(widget=forms.HiddenInput, required=False)
    src = forms.CharField(widget=forms.HiddenInput, required=False)
    tz = forms.CharField(
        label=_("Your local time"),
        help_text=_("This form, your page and our emails then show your own time."),
        required=False,
        widget=forms.Select,
    )
    colleagues = forms.CharField(
        label=_("Colleagues to register, too (optional)"),
        help_text=_(
            "One a line: name and email address. Each of them gets an email of their own, and has to press its button; "
            "they ask for the same dates."
        ),
        max_length=LONGEST_LIST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, intake: Intake, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.intake = intake
        self.ahead = intake.ahead(at=at)
        # The template writes the labels, which have marks of language.
        own(self, "sessions").choices = [(str(s.pk), "") for s in self.ahead]
        for name, field in questions.fields(intake.questions).items():
            describe(name, field)
            self.fields[name] = field
        # Named when they are shown: a form that is taken shows none.
        own(self, "tz").widget.choices = CallableChoiceIterator(self._zones)
        if any(question.is_required for question in intake.questions):
            # Each person answers for themselves what must be answered.
            del self.fields["colleagues"]
        if intake.cycle.is_run:
            # A run is one thing: there is nothing to choose.
            del self.fields["scope"], self.fields["sessions"]
        elif self.is_daily:
            own(self, "scope").label = _("What would you like to follow?")
            self.fields["sessions"].label = _("The days you choose")

    @property
    def is_daily(self) -> bool:
        return self.intake.cycle.kind == Cycle.Kind.DAILY

    def clean_blank(self) -> str:
        """Ask again when the field that people do not see was filled: a program may have done it for a person."""
        if self.cleaned_data["blank"]:
            raise ValidationError(
                _(
                    "A field that nobody sees was filled in, perhaps by your browser. It is empty again: check what "
                    "you typed and send it once more."
                ),
                code="trap",
            )
        return ""

    def clean_started(self) -> str:
        """Refuse a form that is filled faster than anybody reads, or that was opened more than a day ago."""
        value = self.cleaned_data["started"]
        # The page may be shown again with a fresh mark: typed values are kept, this one is not.
        try:
            opened_at = dt.datetime.fromtimestamp(signed_values.read("form", value), tz=dt.UTC)
        except (signed_values.Invalid, TypeError, ValueError, OverflowError):
            raise ValidationError(
                _("This page was open for a long time. Check what you typed and send it again."), code="old"
            ) from None
        if self.at - opened_at < FASTEST:
            raise ValidationError(
                _("That was very fast. Please send the form once more, to show that you are not a robot."),
                code="fast",
            )
        return str(value)

    def clean_tz(self) -> str:
        zone = self.cleaned_data["tz"]
        return zone if is_zone(zone) else ""

    @property
    def zone(self) -> str:
        """The zone that was chosen, or that the address of the page names; empty for that of the cycle."""
        return time_zones.read(str(self["tz"].value() or ""))

    def _zones(self) -> list[tuple[str, str]]:
        language = get_language() or settings.LANGUAGE_CODE
        own = wording.zone_name(self.intake.cycle.timezone, language=language)
        choices = [
            ("", _("That of the cycle: %(zone)s") % {"zone": own}),
            *time_zones.choices(language=language),
        ]
        if self.zone and self.zone not in dict(choices):
            choices.append((self.zone, wording.zone_name(self.zone, language=language)))
        return choices

    def clean_colleagues(self) -> list[Box]:
        """Read the list; raises ValidationError with the lines that are none, in one message."""
        boxes, problems = colleagues.read(self.cleaned_data["colleagues"])
        if problems:
            raise ValidationError(problems)
        return boxes

    def clean_src(self) -> str:
        """Keep a code only if it is known: it comes from an address that anybody may write."""
        return self.cleaned_data["src"] if self.cleaned_data["src"] in self.intake.codes else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("scope") == CycleRegistration.Scope.CHOSEN
            and "sessions" not in self.errors
            and not cleaned.get("sessions")
        ):
            text = (
                _("Tick at least one day, or choose the whole cycle.")
                if self.is_daily
                else _("Tick at least one date, or choose the whole cycle.")
            )
            self.add_error("sessions", text)
        return cleaned

    def renew_mark(self) -> None:
        """Show a refused form again with a fresh mark when the old one is worth nothing; the rest stays as typed.

        One that was sent too fast keeps its mark: a moment later it is good.
        """
        if self.has_error("started", code="old"):
            typed = QueryDict(mutable=True)
            typed.update(self.data)
            typed["started"] = mark(at=self.at)
            self.data = typed

    def stops(self, full: Fullness) -> list[tuple[Any, Session, str, str]]:
        """Return the boxes to tick, each with its session, the reader's own time, and how full it is in words."""
        if "sessions" not in self.fields:
            return []
        return [
            (box, session, my_pages.own_time(session, self.zone), full.words(session.pk))
            for box, session in zip(self["sessions"], self.ahead, strict=True)
        ]

    def asked(self) -> list[forms.BoundField]:
        """Return the cycle's own questions."""
        return [self[questions.name(question)] for question in self.intake.questions]

    def answers(self) -> dict[str, Any]:
        """Return what was answered, by the id of the question; nothing for what was left empty."""
        return questions.answers(self.intake.questions, self.cleaned_data)

    def applicant(self) -> booking.Applicant:
        given = self.cleaned_data
        return booking.Applicant(
            email=given["email"],
            given_name=given["given_name"],
            family_name=given["family_name"],
            organisation_name=given["organisation_name"],
            language=get_language() or settings.LANGUAGE_CODE,
            timezone=given["tz"],
        )

    def others(self) -> list[booking.Applicant]:
        """Return who else is asked for: of the same organisation, at addresses that they prove themselves."""
        own = self.applicant()
        keys = {booking.address_key(own.email)}
        results = []
        for box in self.cleaned_data.get("colleagues") or ():
            key = booking.address_key(box.address)
            if key not in keys:
                keys.add(key)
                results.append(
                    dataclasses.replace(own, email=box.address, given_name=box.given, family_name=box.family)
                )
        return results

    @property
    def chosen_scope(self) -> CycleRegistration.Scope:
        """What was asked for; once it is valid."""
        return CycleRegistration.Scope(self.cleaned_data.get("scope", CycleRegistration.Scope.ALL))

    def session_ids(self) -> list[int]:
        if self.chosen_scope == CycleRegistration.Scope.ALL:
            return []
        return [int(pk) for pk in self.cleaned_data["sessions"]]


RegistrationForm.base_fields = SharedFields.of(RegistrationForm)


class AddressForm(AsksAboutSlips):
    """Another address to be written to."""

    email = AddressField(
        label=_("New email address"),
        help_text=_("We write there first: the change counts once you press the button of that email."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "aria-describedby": "email-notes"}),
        error_messages={"required": _("Give the new address.")},
    )


class FindForm(forms.Form):
    """The address of somebody who asks for the link of their own page."""

    email = AddressField(
        label=_("Email address"),
        help_text=_("The one with which you registered."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "aria-describedby": "email-notes"}),
        error_messages={"required": _("Give your email address.")},
    )


class PersonForm(NameFields):
    """What a registered person changes about themselves."""

    language = forms.ChoiceField(label=_("Language of the emails"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(
        label=_("Your time zone"),
        required=False,
        help_text=_("Our emails then show your own time, and this page shows it beside that of the cycle."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or settings.LANGUAGE_CODE
        choices = [("", _("That of the cycle")), *time_zones.choices(language=language)]
        current = self.initial.get("timezone", "")
        if current and current not in dict(choices):
            choices.append((current, current))
        self.fields["timezone"].choices = choices  # type: ignore[attr-defined]  # ChoiceField's
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"{name}-notes"
