"""What organisers write to open a run: its half-days row by row, and how it takes people."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from accounts.addresses.form_fields import AddressField
from cycles import runs
from cycles.imports.ics.contents.descriptions import unwrapped
from cycles.models import Cycle, Session
from cycles.models.cycle import LONGEST_OFFER
from cycles.models.shared import Modality
from cycles.schedule import recurrence
from desk.content.editors.fields import Words, WordsMixin
from desk.content.editors.names import NameField
from desk.terms import offers
from desk.ui.forms.fields import date_field, time_field
from desk.ui.forms.languages import LANGUAGES, exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.content.editors.names import Names

ROWS = 4
MOST_ROWS = 24
TRAINERS = ("trainer_1", "trainer_2", "trainer_3")
ADDRESSES = tuple(f"{name}_email" for name in TRAINERS)
UNKNOWN_PERSON = _("No person has this name: choose one from the list, or add them first.")


HALF_DAY_ORDER = [
    *("date", "starts", "ends", "modality"),
    *(f"{name}_{code}" for name in ("place", "access") for code in LANGUAGES),
    "room_url",
]


class HalfDayForm(WordsMixin, forms.Form):
    """One half-day; a row that is left empty is none."""

    two = {
        "place": Words(
            label=_("Place, with its address"), help=_("Empty: that of the row above, or announced later.")
        ),
        "access": Words(
            label=_("How to get there"),
            longest=1000,
            help=_("Metro, entrance, lift, step-free way… Empty: as in the row above."),
        ),
    }

    date = date_field(label=_("Date"))
    starts = time_field(
        label=_("From"), required=False, help_text=_("Both hours empty: the hour is announced later.")
    )
    ends = time_field(label=_("To"), required=False)
    modality = forms.ChoiceField(
        label=_("How people take part"),
        choices=[choice for choice in Modality.choices if choice[0] != Modality.UNKNOWN],
        initial=Modality.ON_SITE,
    )
    room_url = forms.URLField(
        label=_("Link of the room (online or both)"), required=False, max_length=500, assume_scheme="https"
    )
    zone = "Europe/Paris"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_words()
        self.order_fields(HALF_DAY_ORDER)

    def has_changed(self) -> bool:
        """A choice that stands there from the first is nothing that somebody wrote."""
        return bool(set(self.changed_data) - {"modality"})

    def clean_room_url(self) -> str:
        url = unwrapped(self.cleaned_data["room_url"])
        if url and not url.startswith("https://"):
            raise forms.ValidationError(_("The address of a room begins with https://"))
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        date, starts, ends = (data.get(name) for name in ("date", "starts", "ends"))
        for name, hour, other in (("starts", starts, ends), ("ends", ends, starts)):
            if hour is None and other is not None and name not in self.errors:
                self.add_error(name, _("Give both hours, or neither while they are not known."))
        if starts and ends and ends <= starts:
            self.add_error("ends", _("A half-day ends after it starts: check the hours."))
        if date and starts and ends and not self.errors:
            for name, hour in (("starts", starts), ("ends", ends)):
                span = recurrence.local_span(date, local_start=hour, minutes=1, zone=self.zone)
                if span.clock_change == "nonexistent":
                    self.add_error(name, _("This hour does not exist on that day: the clocks go forward."))
        return data

    def half_day(self, above: runs.HalfDay | None) -> runs.HalfDay:
        """Return what was written; where nothing is said of the place, that of the row above."""
        data, zone = self.cleaned_data, ZoneInfo(self.zone)
        has_place = data["modality"] != Modality.ONLINE
        words = self.words_values()
        place, access = (
            words[name] if self.is_written(name) else (getattr(above, name) if above and has_place else "")
            for name in ("place", "access")
        )
        if data["starts"] is None:
            day = recurrence.local_span(data["date"], local_start=None, minutes=None, zone=self.zone)
            starts_at, ends_at = day.starts_at, day.ends_at
        else:
            starts_at, ends_at = (
                dt.datetime.combine(data["date"], data[name], zone).astimezone(dt.UTC)
                for name in ("starts", "ends")
            )
        return runs.HalfDay(
            starts_at=starts_at,
            ends_at=ends_at,
            is_all_day=data["starts"] is None,
            modality=data["modality"],
            place=place,
            access=access,
            room_url=data["room_url"],
        )


class BaseHalfDays(forms.BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs only
    """The rows; one at least is written."""

    def clean(self) -> None:
        if not any(self.errors) and not any(form.has_changed() for form in self.forms):
            raise forms.ValidationError(_("Give the date and the hours of one half-day at least."))

    def told(self) -> list[tuple[str, str, str]]:
        """Return (address on the page, what it is called, what is wrong) for each error of the rows and of a row."""
        results = [
            (self.forms[0]["date"].id_for_label, _("Half-day %(number)s") % {"number": 1}, str(error))
            for error in self.non_form_errors()
            if self.forms
        ]
        for number, form in enumerate(self.forms, start=1):
            name = _("Half-day %(number)s") % {"number": number}
            results += [
                (field.id_for_label, f"{name} · {field.label}", str(error))
                for field in form
                for error in field.errors
            ]
        return results

    def half_days(self) -> list[runs.HalfDay]:
        results: list[runs.HalfDay] = []
        for form in self.forms:
            if form.has_changed():
                results.append(form.half_day(results[-1] if results else None))
        return results


HalfDays = forms.formset_factory(
    HalfDayForm, formset=BaseHalfDays, extra=ROWS, max_num=MOST_ROWS, validate_max=True
)


class AddForm(forms.Form):
    """What is wrong with half-days that are added to a run; the fields are theirs."""

    row_errors: Sequence[tuple[str, str, str]] = ()


class PriceForm(forms.Form):
    """What a run costs, in words, in both languages."""

    price_fr = forms.CharField(label=_("Price in words, in French"), required=False, max_length=300)
    price_en = forms.CharField(label=_("Price in words, in English"), required=False, max_length=300)

    @property
    def price(self) -> LazyI18nString:
        return LazyI18nString(
            {
                code: text
                for code, _name in settings.LANGUAGES
                if (text := self.cleaned_data.get(f"price_{code}"))
            }
        )


def _count(*, most: int, **kwargs: Any) -> forms.IntegerField:
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


class RunForm(PriceForm):
    """How a run takes people, what it says of itself, who trains.

    `row_errors` are (address on the page, label, what is wrong) of the half-days beside it.
    """

    row_errors: Sequence[tuple[str, str, str]] = ()

    capacity = _count(label=_("Places"), help_text=_("Empty: no limit."), most=100_000)
    offer_hours = _count(
        label=_("Hours to accept a place that became free"),
        help_text=offers.help_text(),
        most=LONGEST_OFFER,
    )
    registration_mode = forms.ChoiceField(
        label=_("Who can register"),
        choices=Cycle.RegistrationMode.choices,
        initial=Cycle.RegistrationMode.OPEN,
    )
    contact_email = AddressField(
        label=_("Address that answers questions"),
        required=False,
        help_text=_("Shown on the page of the run. Empty: the programme’s."),
    )
    trainer_1 = NameField(label=_("Trainer"), list_id="list-people", unknown=UNKNOWN_PERSON)
    trainer_1_email = AddressField(
        label=_("Email of the trainer"),
        required=False,
        help_text=_(
            "Never public. By it they get their links, and with an account they see this run and no other."
        ),
    )
    trainer_2 = NameField(label=_("Second trainer"), list_id="list-people", unknown=UNKNOWN_PERSON)
    trainer_2_email = AddressField(label=_("Email of the second trainer"), required=False)
    trainer_3 = NameField(label=_("Third trainer"), list_id="list-people", unknown=UNKNOWN_PERSON)
    trainer_3_email = AddressField(label=_("Email of the third trainer"), required=False)
    field_order = (
        "capacity",
        "offer_hours",
        "registration_mode",
        "price_fr",
        "price_en",
        "contact_email",
        *(name for pair in zip(TRAINERS, ADDRESSES, strict=True) for name in pair),
    )

    def __init__(self, *args: Any, people: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in TRAINERS:
            self.fields[name].names = people  # type: ignore[attr-defined]  # NameField's

    def terms(self) -> runs.Terms:
        data = self.cleaned_data
        names = ("capacity", "offer_hours", "registration_mode", "contact_email")
        return runs.Terms(price=self.price, **{name: data[name] for name in names})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, address in zip(TRAINERS, ADDRESSES, strict=True):
            if data.get(address) and data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say whose address this is, or leave it empty."))
        return data

    def trainers(self) -> list[int]:
        return [pk for name in TRAINERS if (pk := self.cleaned_data.get(name)) is not None]

    def addresses(self) -> dict[int, str]:
        """Return the addresses of the trainers that are known, by person."""
        data = self.cleaned_data
        return {
            data[name]: data[address]
            for name, address in zip(TRAINERS, ADDRESSES, strict=True)
            if data.get(address)
        }


class ElsewhereForm(PriceForm):
    """A run that others hold."""

    first_date = date_field(label=_("First day"), required=False, help_text=_("Empty: not known yet."))
    last_date = date_field(label=_("Last day"), required=False)
    url = forms.URLField(label=_("Where to register"), required=False, max_length=200, assume_scheme="https")
    field_order = ("first_date", "last_date", "url", "price_fr", "price_en")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_date"), data.get("last_date")
        if last and not first and "first_date" not in self.errors:
            self.add_error("first_date", _("Give the first day as well as the last."))
        if first and last and last < first:
            self.add_error("last_date", _("The run ends before it begins: exchange the two dates."))
        return data

    def facts(self) -> runs.Elsewhere:
        data = self.cleaned_data
        return runs.Elsewhere(
            first_date=data["first_date"], last_date=data["last_date"], url=data["url"], price=self.price
        )


class FactsForm(PriceForm):
    """The price and the contact of a run of ours."""

    contact_email = AddressField(label=_("Address that answers questions"), required=False)

    def values(self) -> dict[str, Any]:
        return {"price": self.price, "contact_email": self.cleaned_data["contact_email"]}


class ElsewhereFactsForm(ElsewhereForm):
    """The facts of a run that others hold, once it is there."""

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "first_date": data["first_date"],
            "last_date": data["last_date"],
            "external_url": data["url"],
            "price": self.price,
        }


class RepeatForm(forms.Form):
    first_day = date_field(label=_("First day of the new run"))


def facts_of(cycle: Cycle) -> dict[str, Any]:
    """Return what the form of facts shows first."""
    return {
        **{f"price_{code}": exactly(cycle.price, code) for code, _name in settings.LANGUAGES},
        "contact_email": cycle.contact_email,
        "first_date": cycle.first_date,
        "last_date": cycle.last_date,
        "url": cycle.external_url,
    }


def first_row(
    session: Session | None, *, place: LazyI18nString | str = "", modality: str = ""
) -> dict[str, Any]:
    """Return what the first row of half-days shows: the place of one that is known."""
    if session is not None:
        return {
            "modality": session.modality,
            **HalfDayForm.words_initial(session),
        }
    known = {"modality": modality} if modality and modality != Modality.UNKNOWN else {}
    return {**known, **{f"place_{code}": exactly(place, code) for code in LANGUAGES}} if str(place) else known
