"""What organisers write about how a cycle takes registrations. Hours are those of the cycle's zone."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from accounts.addresses.form_fields import AddressField, AsksAboutSlips
from cycles.language import naming, wording
from cycles.models import Cycle
from cycles.models.cycle import LONGEST_OFFER
from desk.schedule.consequences import language
from desk.terms import offers
from desk.ui.forms.languages import LANGUAGES, TextsForm, language_name
from desk.ui.forms.seen import SeenForm
from registrations import booking
from registrations.booking import terms
from registrations.models import CycleRegistration, Question
from registrations.pages.form.forms import NameFields

if TYPE_CHECKING:
    from cycles.models import Session
    from registrations.people.names import KnownAs

MOST_PLACES = 1_000_000
MOST_CODES = 200
LONGEST_MESSAGE = 1000
CODE = re.compile(r"[a-z0-9-]{1,40}")
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
TOO_FAR = _("Give a year between 2000 and 2099.")
MINUTES = "%Y-%m-%dT%H:%M"


def _local(moment: dt.datetime | None, cycle: Cycle) -> str:
    return timezone.localtime(moment, cycle.zone).strftime(MINUTES) if moment else ""


def _moment_field(**kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        required=False,
        input_formats=[MINUTES, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        error_messages={"invalid": _("This is not a date and an hour: write it as 2026-10-22 13:00.")},
        validators=[
            MinValueValidator(EARLIEST, message=TOO_FAR),
            MaxValueValidator(LATEST, message=TOO_FAR),
        ],
        **kwargs,
    )


def _count_field(*, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=most,
        error_messages={
            "invalid": _("Write a whole number, or nothing."),
            "min_value": _("Write one at least, or nothing."),
            "max_value": _("That is too many: %(limit_value)s at most."),
        },
        **kwargs,
    )


class TermsForm(SeenForm):
    """Who gets in, when, and how many. Clean it in the zone of the cycle."""

    registration_mode = forms.ChoiceField(
        label=_("Who can register"), choices=Cycle.RegistrationMode.choices, widget=forms.RadioSelect
    )
    registration_opens_at = _moment_field(label=_("Registration opens"))
    registration_closes_at = _moment_field(label=_("Registration closes"))
    capacity = _count_field(
        label=_("Places in the whole cycle"),
        help_text=_("Empty: no limit. Each session may have a limit of its own, on its page."),
        most=MOST_PLACES,
    )
    offer_hours = _count_field(
        label=_("Hours to accept a place that became free"),
        help_text=offers.help_text(),
        most=LONGEST_OFFER,
    )

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cycle.is_run:
            self.fields["capacity"].label = _("Places in the whole run")
            self.fields["capacity"].help_text = _(
                "Empty: no limit. Each half-day may have a limit of its own, on its page."
            )

    @classmethod
    def initial_for(cls, cycle: Cycle) -> dict[str, Any]:
        return {
            "seen": terms.digest(cycle),
            "registration_mode": cycle.registration_mode,
            "registration_opens_at": _local(cycle.registration_opens_at, cycle),
            "registration_closes_at": _local(cycle.registration_closes_at, cycle),
            "capacity": cycle.capacity,
            "offer_hours": cycle.offer_hours,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("registration_opens_at"), data.get("registration_closes_at")
        if opens and closes and closes <= opens:
            self.add_error("registration_closes_at", _("Registration closes after it opens."))
        return data


class CodesForm(SeenForm):
    codes = forms.CharField(
        label=_("Codes, one a line"),
        help_text=_("A code, then who uses it if you wish: “croix-rouge Red Cross, June letter”."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    @classmethod
    def initial_for(cls, cycle: Cycle) -> dict[str, Any]:
        lines = (f"{row.code} {row.label}".strip() for row in cycle.source_codes.all())
        return {"codes": "\n".join(lines), "seen": terms.digest_codes(cycle)}

    def clean_codes(self) -> dict[str, str]:
        """Return {code: who uses it}."""
        result = {}
        for line in self.cleaned_data["codes"].splitlines():
            code, _space, label = line.strip().partition(" ")
            if not code:
                continue
            if not CODE.fullmatch(code):
                raise ValidationError(
                    _("“%(code)s” is not a code: small letters, digits and hyphens, forty at most."),
                    params={"code": code[:60]},
                )
            result[code] = label.strip()[:120]
        if len(result) > MOST_CODES:
            raise ValidationError(_("That is too many codes: %(most)d at most."), params={"most": MOST_CODES})
        return result


class QuestionForm(TextsForm, SeenForm):
    """One question, in every language; the first stands in where another is missing."""

    in_languages = {
        "label": forms.CharField(label=_("Question in %(language)s"), max_length=300),
        "choices": forms.CharField(
            label=_("Choices in %(language)s, one a line"),
            required=False,
            max_length=3000,
            widget=forms.Textarea(attrs={"rows": 4}),
        ),
        "help_text": forms.CharField(label=_("Help in %(language)s"), required=False, max_length=300),
    }
    kind = forms.ChoiceField(label=_("Answer"), choices=Question.Kind.choices)
    is_required = forms.BooleanField(label=_("An answer is required"), required=False)
    order = forms.IntegerField(label=_("Place in the form"), min_value=1, max_value=999)
    field_order = ("label", "kind", "choices", "help_text", "is_required", "order")

    @classmethod
    def initial_for(cls, question: Question) -> dict[str, Any]:
        return {
            **cls.texts_initial({name: getattr(question, name) for name in cls.in_languages}),
            "seen": terms.digest_question(question),
            "kind": question.kind,
            "is_required": question.is_required,
            "order": question.order,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        counts = {code: len(_lines(data.get(f"choices_{code}", ""))) for code in LANGUAGES}
        needs = data.get("kind") in (Question.Kind.CHOICE, Question.Kind.SEVERAL)
        first, *others = LANGUAGES
        if needs and counts[first] < 2:  # noqa: PLR2004 - a choice is between two at least
            self.add_error_first("choices", _("Give two choices at least, one a line."))
            return data
        same = _("Give the same choices as in %(language)s, in the same order, or none.")
        for code in others:
            if needs and counts[code] not in (0, counts[first]):
                self.add_error(f"choices_{code}", same % {"language": language_name(first)})
        return data

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of a question as the verb takes them."""
        data = self.cleaned_data
        needs = data["kind"] in (Question.Kind.CHOICE, Question.Kind.SEVERAL)
        choices = {code: "\n".join(_lines(data[f"choices_{code}"])) if needs else "" for code in LANGUAGES}
        return {
            "kind": data["kind"],
            "is_required": data["is_required"],
            "order": data["order"],
            "label": LazyI18nString(self.written("label")),
            "help_text": LazyI18nString(self.written("help_text")),
            "choices": _words(choices),
        }


def _words(texts: dict[str, str]) -> LazyI18nString:
    return LazyI18nString({code: text for code, text in texts.items() if text})


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SomebodyForm(AsksAboutSlips, NameFields):
    """Who somebody is, as an organiser heard it from them."""

    field_order: tuple[str, ...] = ("given_name", "family_name", "email", "organisation_name")
    email = AddressField(
        label=_("Email"),
        error_messages={"required": _("Give the address of the person: every email goes there.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("given_name", "family_name", "organisation_name"):
            # It is not the organiser's own name that the browser should offer.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["organisation_name"].label = _("Organisation")


class CorrectForm(SomebodyForm):
    """How somebody is really called, and where mail reaches them; whoever has no address may still have none."""

    def __init__(self, *args: Any, lacks_address: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = not lacks_address
        self.fields["email"].help_text = (
            _(
                "Empty: they still have none. With one, the confirmation is sent there at once: read it back to them."
            )
            if lacks_address
            else _(
                "The person is told there at once: read the address back to them. They may join the newsletter there "
                "again."
            )
        )

    @classmethod
    def initial_for(cls, person: KnownAs) -> dict[str, Any]:
        return {name: getattr(person, name) for name in cls.field_order}

    @property
    def names(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "email"}


class AddForm(SomebodyForm):
    """Somebody who asked an organiser, by telephone say: who they are, and for which dates."""

    field_order = (*SomebodyForm.field_order, "without_email")
    without_email = forms.BooleanField(
        label=_("This person has no email address: nothing is sent, and you tell them what changes"),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of the emails"), choices=settings.LANGUAGES)
    scope = forms.ChoiceField(
        label=_("Registered for"),
        choices=CycleRegistration.Scope.choices,
        initial=CycleRegistration.Scope.ALL,
        widget=forms.RadioSelect,
    )
    sessions = forms.MultipleChoiceField(
        label=_("The dates"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, ahead: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].help_text = _(
            "The confirmation is sent there at once: read the address back to the person."
        )
        if ahead and ahead[0].cycle.is_run:
            # A run is one thing: there is nothing to choose.
            del self.fields["scope"], self.fields["sessions"]
            return
        self.fields["sessions"].choices = [  # type: ignore[attr-defined]  # ChoiceField's
            (str(session.pk), f"{naming.session_title(session)} · {_when(session)}") for session in ahead
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("without_email") and data.get("email"):
            self.add_error("email", _("Leave the address empty, or untick that they have none."))
        elif not data.get("without_email") and not data.get("email") and not self.has_error("email"):
            self.add_error("email", _("Give the address of the person, or tick that they have none."))
        if data.get("scope") == CycleRegistration.Scope.CHOSEN and not data.get("sessions"):
            self.add_error("sessions", _("Tick at least one date, or choose the whole cycle."))
        return data

    def applicant(self) -> booking.Applicant:
        names = ("email", "given_name", "family_name", "organisation_name", "language")
        return booking.Applicant(**{name: self.cleaned_data[name] for name in names})

    @property
    def chosen_scope(self) -> CycleRegistration.Scope:
        return CycleRegistration.Scope(self.cleaned_data.get("scope", CycleRegistration.Scope.ALL))

    def session_ids(self) -> list[int]:
        if self.chosen_scope == CycleRegistration.Scope.ALL:
            return []
        return [int(pk) for pk in self.cleaned_data["sessions"]]


def _when(session: Session) -> str:
    if session.starts_at is None:
        return ""
    return wording.short_when(session.starts_at, zone=session.cycle.timezone, language=language())


class DecisionForm(forms.Form):
    message = forms.CharField(
        label=_("Message to the person"),
        help_text=_("The email that tells them the decision repeats it as you write it."),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    # The button that was pressed: a form sent without one decides nothing.
    decision = forms.ChoiceField(
        choices=[("accept", _("Accept")), ("refuse", _("Refuse"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Accept or refuse: press one of the buttons.")},
    )
