"""A programme: its words, its objectives in order, its partners in order with their roles; and a cycle's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.addresses.form_fields import AddressField
from cycles.models import Cycle, Partnership
from cycles.models.shared import Color
from desk.content.editors.fields import AREA, ContentForm, Section, Words, WordsRowForm
from desk.content.editors.names import NameField
from desk.content.editors.session import UNKNOWN_ORGANISATION
from desk.ui.forms.fields import date_field
from desk.ui.forms.rows import RowKind
from registrations.pages.form.fields import LineField

if TYPE_CHECKING:
    from cycles.models import Programme


UNKNOWN_CYCLE = _("No cycle has this name: choose one from the list.")
UNKNOWN_EVENT = _("No event has this name: choose one from the list, or add it first.")


def sender_name_field(when_empty: Any) -> forms.CharField:
    """Return the field of the name that emails come from."""
    return LineField(
        label=_("Name of the sender"),
        help_text=format_lazy("{} {}", _("What people read before the address of the emails."), when_empty),
        max_length=80,
        required=False,
    )


def contact_field(when_empty: Any) -> AddressField:
    """Return the field of the mailbox that answers reach."""
    return AddressField(
        label=_("Address that answers go to"),
        help_text=format_lazy(
            "{} {}", _("A mailbox that somebody reads; it stands at the foot of each email."), when_empty
        ),
        required=False,
    )


class ObjectiveForm(WordsRowForm):
    two = {"text": Words(label=_("Objective"), kind=AREA, longest=1000, is_needed=True)}


class PartnerForm(WordsRowForm):
    """An organisation behind the programme, its role, and the name it had at the time."""

    two = {"role_text": Words(label=_("Role in words"), longest=200)}
    wants = ("organisations",)
    lists = {"organisation_id": "organisations"}
    never_empty = ("role",)
    organisation_id = NameField(
        label=_("Organisation"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION, required=True
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Partnership.Role.choices, initial=Partnership.Role.PARTNER
    )
    name_at_the_time = forms.CharField(label=_("Name at the time"), required=False, max_length=200)


class ProgrammeForm(ContentForm):
    """The umbrella as visitors read it."""

    two = {
        "title": Words(label=_("Title"), is_needed=True),
        "short_title": Words(label=_("Short title"), longest=120),
        "summary": Words(label=_("Summary"), kind=AREA, longest=5000),
        "banner": Words(label=_("Banner on every page"), kind=AREA, longest=1000),
    }
    wants = ("organisations",)
    lists = {"lead_id": "organisations"}
    row_kinds = (
        RowKind(
            name="objectives",
            form=ObjectiveForm,
            title=_("Objectives"),
            row_title=_("Objective"),
            add=_("Add an objective"),
        ),
        RowKind(
            name="partnerships",
            form=PartnerForm,
            title=_("Partners"),
            row_title=_("Partner"),
            add=_("Add a partner"),
        ),
    )
    sections = (
        Section(title=_("Words"), names=("title", "short_title", "summary", "banner")),
        Section(title=_("Objectives"), names=("objectives",), help=_("In the order in which they are read.")),
        Section(title=_("Partners"), names=("lead_id", "partnerships")),
        Section(title=_("Dates"), names=("launched_on",)),
        Section(title=_("Emails"), names=("sender_name", "contact_email")),
        Section(
            title=_("Look of its pages, emails and papers"),
            names=("accent",),
            help=_(
                "Its logo has a page of its own, linked above once this is saved. Each colour can be read in the "
                "light and in the dark."
            ),
        ),
    )
    accent = forms.ChoiceField(
        label=_("Colour of links and buttons"),
        choices=[("", _("the site's own")), *Color.choices],
        required=False,
    )
    sender_name = sender_name_field(_("Empty: the site’s name."))
    contact_email = contact_field(_("Empty: the site’s contact address."))
    lead_id = NameField(
        label=_("Lead organisation"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION
    )
    launched_on = date_field(label=_("Launched on"), required=False)

    @classmethod
    def initial_for(cls, programme: Programme) -> dict[str, Any]:
        return {
            **cls.row_initial(programme),
            "objectives": [
                {"pk": o.pk, **ObjectiveForm.words_initial(o)} for o in programme.objectives.order_by("order")
            ],
            "partnerships": [
                {
                    "pk": p.pk,
                    "organisation_id": p.organisation_id,
                    "role": p.role,
                    "name_at_the_time": p.name_at_the_time,
                    **PartnerForm.words_initial(p),
                }
                for p in programme.partnerships.order_by("order")
            ],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        seen: set[int] = set()
        for row in self.row_sets["partnerships"].rows:
            # Asked here, and not by the row, because only the list knows the others.
            pk = row.form.cleaned_data.get("organisation_id") if row.form.is_valid() else None
            if pk in seen:
                row.form.add_error("organisation_id", _("This organisation is in the list already."))
            if pk is not None:
                seen.add(pk)
        return data


class TrackForm(WordsRowForm):
    two = {"name": Words(label=_("Name"), longest=200, is_needed=True)}


class CycleForm(ContentForm):
    """A cycle's words; its rhythm, its zone and its number of sessions belong to the planner."""

    two = {
        "title": Words(label=_("Title"), is_needed=True),
        "short_title": Words(label=_("Short title"), longest=80),
        "session_word": Words(
            label=_("Your own word for a session"), longest=60, help=_("For instance Escale, Étape, Stop.")
        ),
        "description": Words(label=_("Description"), kind=AREA, longest=5000),
        "outcomes": Words(label=_("What one will learn, a line each"), kind=AREA, longest=2000),
        "banner": Words(label=_("Banner on every page"), kind=AREA, longest=1000),
    }
    wants = ("programmes", "kinds", "organisations", "cycles", "events")
    lists = {
        "programme_id": "programmes",
        "kind": "kinds",
        "host_id": "organisations",
        "follows_id": "cycles",
        "opening_event_id": "events",
        "closing_event_id": "events",
    }
    row_kinds = (
        RowKind(
            name="tracks",
            form=TrackForm,
            title=_("Reading paths"),
            row_title=_("Reading path"),
            add=_("Add a reading path"),
        ),
    )
    sections = (
        Section(
            title=_("Words"),
            names=(
                "title",
                "short_title",
                "session_word",
                "description",
                "outcomes",
                "spoken_language",
                "banner",
            ),
        ),
        Section(title=_("Where it belongs"), names=("programme_id", "kind", "color", "follows_id")),
        Section(
            title=_("Where it is held"),
            names=("host_id", "is_external", "external_url"),
            help=_("Held elsewhere: its page says so and leads there; nobody registers here."),
        ),
        Section(title=_("What it opens and closes with"), names=("opening_event_id", "closing_event_id")),
        Section(
            title=_("Reading paths"),
            names=("tracks",),
            help=_("Through a cycle of many sessions: each session may stand on one of them."),
        ),
        Section(title=_("Emails"), names=("sender_name", "contact_email")),
    )
    sender_name = sender_name_field(_("Empty: the programme’s."))
    contact_email = contact_field(_("Empty: the programme’s."))
    programme_id = forms.TypedChoiceField(label=_("Programme"), coerce=int, empty_value=None, required=False)
    spoken_language = forms.ChoiceField(
        label=_("Language in which it is held"),
        choices=[("", _("not said")), *settings.LANGUAGES],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        help_text=_("A training run is opened from the page of its module."),
    )
    color = forms.ChoiceField(
        label=_("Colour in calendars"),
        choices=[("", _("the site's own")), *Cycle.Color.choices],
        required=False,
        help_text=_(
            "Programs that show colours (Apple, Nextcloud, Thunderbird) take this one for its calendar."
        ),
    )

    follows_id = NameField(label=_("Follows the cycle"), list_id="list-cycles", unknown=UNKNOWN_CYCLE)
    host_id = NameField(label=_("Hosted by"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION)
    is_external = forms.BooleanField(label=_("Held elsewhere"), required=False)
    external_url = forms.URLField(label=_("Address there"), required=False, assume_scheme="https")
    opening_event_id = NameField(label=_("Opening event"), list_id="list-events", unknown=UNKNOWN_EVENT)
    closing_event_id = NameField(label=_("Closing event"), list_id="list-events", unknown=UNKNOWN_EVENT)

    @classmethod
    def initial_for(cls, cycle: Cycle) -> dict[str, Any]:
        return {
            **cls.row_initial(cycle),
            "tracks": [{"pk": t.pk, **TrackForm.words_initial(t)} for t in cycle.tracks.order_by("order")],
        }
