"""What all programmes share: the address book of organisations and people, the words for topics and territories."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.models import Organisation, Person, Territory, Topic
from desk.content.editors.fields import AREA, ContentForm, Section, Words
from desk.content.editors.lists import LinesField
from desk.content.editors.names import NameField
from desk.content.editors.session import UNKNOWN_ORGANISATION


class OrganisationForm(ContentForm):
    two = {"description": Words(label=_("Description"), kind=AREA, longest=3000)}
    wants = ()
    sections = (
        Section(title=_("Name"), names=("name", "full_name", "aliases", "kind")),
        Section(title=_("Words"), names=("description", "url")),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    full_name = forms.CharField(label=_("Full name"), max_length=300, required=False)
    aliases = LinesField(
        label=_("Other spellings"), help_text=_("One on each line: the search finds it by them too.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")

    @classmethod
    def initial_for(cls, organisation: Organisation) -> dict[str, Any]:
        return cls.row_initial(organisation)


class PersonForm(ContentForm):
    """Someone named in public, or an office without a name."""

    two = {"role": Words(label=_("Role"))}
    wants = ("organisations",)
    lists = {"organisation_id": "organisations"}
    sections = (
        Section(
            title=_("Name"),
            names=("given_name", "family_name", "role", "organisation_id"),
            help=_("Without a name, the role alone is shown: “President of the Republic”."),
        ),
    )
    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    organisation_id = NameField(
        label=_("Organisation"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION
    )

    @classmethod
    def initial_for(cls, person: Person) -> dict[str, Any]:
        return cls.row_initial(person)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        is_named = data.get("given_name") or data.get("family_name") or self.is_written("role")
        if not self.errors and not is_named:
            self.add_error("family_name", _("Give a name, or a role for someone who is only known by it."))
        return data


class TopicForm(ContentForm):
    """A word of the vocabulary; a lever is one that a session illustrates."""

    two = {"name": Words(label=_("Name"), longest=200, is_needed=True)}
    wants = ()
    sections = (
        Section(
            title=_("Name"),
            names=("name", "kind"),
            help=_("Sessions, their agenda and resources choose from these words."),
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Topic.Kind.choices)

    @classmethod
    def initial_for(cls, topic: Topic) -> dict[str, Any]:
        return cls.row_initial(topic)


class TerritoryForm(ContentForm):
    """Where a session is about."""

    two = {"name": Words(label=_("Name"), longest=200, is_needed=True)}
    wants = ()
    sections = (
        Section(title=_("Name"), names=("name", "kind"), help=_("A session may be about one of them.")),
    )
    kind = forms.CharField(
        label=_("Kind"), required=False, max_length=40, help_text=_("Region, town, valley…")
    )

    @classmethod
    def initial_for(cls, territory: Territory) -> dict[str, Any]:
        return cls.row_initial(territory)
