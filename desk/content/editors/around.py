"""What stands around our own sessions: events held elsewhere, series of publications, databases kept by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.models import Event
from desk.content.editors.fields import AREA, ContentForm, Section, Words
from desk.content.editors.library import DATE_NAMES, FuzzyDateForm, organisations_field, programme_field
from desk.content.editors.lists import NumbersField
from desk.content.editors.names import NameField
from desk.content.editors.session import UNKNOWN_ORGANISATION

if TYPE_CHECKING:
    from cycles.models import ExternalDatabase, ResourceSeries


class EventForm(FuzzyDateForm):
    """Something that happens elsewhere: a launch, a conference, a forum. Cycles and resources name it."""

    two = {"title": Words(label=_("Title"), is_needed=True)}
    wants = ("programmes", "organisations", "people")
    lists = {
        "programme_id": "programmes",
        "within_id": "organisations",
        "hosts": "organisations",
        "people": "people",
    }
    sections = (
        Section(
            title=_("Words"),
            names=("title", "kind", "programme_id"),
            help=_("Nobody registers for it here. A cycle may open or close with it."),
        ),
        Section(title=_("Where"), names=("is_external", "url", "within_id")),
        Section(title=_("Date"), names=DATE_NAMES),
        Section(title=_("Who"), names=("hosts", "people")),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Event.Kind.choices, initial=Event.Kind.OTHER)
    programme_id = programme_field()
    is_external = forms.BooleanField(label=_("Held elsewhere"), required=False, initial=True)
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")
    within_id = NameField(
        label=_("Part of an event of"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION
    )
    hosts = organisations_field(_("Hosts"))
    people = organisations_field(_("People"))

    @classmethod
    def initial_for(cls, event: Event) -> dict[str, Any]:
        return cls.row_initial(event)


class SeriesForm(ContentForm):
    """A collection of publications with issues, some of which may be missing."""

    two = {"title": Words(label=_("Title"), is_needed=True)}
    wants = ()
    sections = (
        Section(title=_("Words"), names=("title", "first_year", "cadence")),
        Section(title=_("Issues"), names=("known_issues", "implied_issues")),
    )
    first_year = forms.IntegerField(label=_("First year"), required=False, min_value=1000, max_value=9999)
    cadence = forms.CharField(
        label=_("Rhythm"), required=False, max_length=20, help_text=_("For instance yearly, monthly.")
    )
    known_issues = NumbersField(label=_("Issues that are known"))
    implied_issues = NumbersField(
        label=_("Issues that must exist"), help_text=_("Their number is known, and nothing else of them.")
    )

    @classmethod
    def initial_for(cls, series: ResourceSeries) -> dict[str, Any]:
        return cls.row_initial(series)


class DatabaseForm(FuzzyDateForm):
    """A database kept by others that is worth a link."""

    two = {"description": Words(label=_("Description"), kind=AREA, longest=5000)}
    wants = ("topics",)
    lists = {"topics": "topics"}
    sections = (
        Section(title=_("Name"), names=("name", "url")),
        Section(title=_("Words"), names=("description", "size_at_launch", "topics")),
        Section(title=_("Date of its launch"), names=DATE_NAMES),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")
    size_at_launch = forms.CharField(
        label=_("Size when it was launched"),
        required=False,
        max_length=200,
        help_text=_("For instance 1,200 projects."),
    )
    topics = organisations_field(_("Topics"))

    @classmethod
    def initial_for(cls, database: ExternalDatabase) -> dict[str, Any]:
        return cls.row_initial(database)
