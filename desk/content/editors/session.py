"""What a session says: theme, summary, agenda with who speaks and what they illustrate, room, replay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.addresses.form_fields import AddressField
from cycles.imports.ics.contents.descriptions import unwrapped
from cycles.models import Segment, Session, SpeakerSlot
from cycles.models.shared import Modality
from desk.content.editors.fields import (
    AREA,
    MARKDOWN,
    MARKDOWN_HELP,
    ContentForm,
    Section,
    Words,
    WordsRowForm,
    say,
)
from desk.content.editors.names import NameField
from desk.ui.forms.languages import LANGUAGES
from desk.ui.forms.rows import RowKind
from registrations import rooms
from registrations.pages.form.fields import LineField

UNKNOWN_ORGANISATION = _("No organisation has this name: choose one from the list, or add it first.")
UNKNOWN_PERSON = _("No person has this name: choose one from the list, or add them first.")
UNKNOWN_TOPIC = _("No topic has this name: choose one from the list, or add it first.")
UNKNOWN_TERRITORY = _("No territory has this name: choose one from the list, or add it first.")


class SlotForm(WordsRowForm):
    """Who speaks: a person, an organisation, or both, and what they illustrate."""

    wants = ("people", "organisations", "topics")
    lists = {"person_id": "people", "organisation_id": "organisations", "illustrates_id": "topics"}
    never_empty = ("state",)
    more = ("contact_name", "contact_email", "contact_language")
    more_title = _("Whom to write to (never public)")
    person_id = NameField(label=_("Person"), list_id="list-people", unknown=UNKNOWN_PERSON)
    organisation_id = NameField(
        label=_("Organisation"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION
    )
    illustrates_id = NameField(label=_("Illustrates"), list_id="list-topics", unknown=UNKNOWN_TOPIC)
    state = forms.ChoiceField(
        label=_("State"),
        choices=SpeakerSlot.State.choices,
        initial=SpeakerSlot.State.PROPOSED,
    )
    contact_name = LineField(label=_("Contact (never public)"), required=False, max_length=120)
    contact_email = AddressField(
        label=_("Email of the contact"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    contact_language = forms.ChoiceField(
        label=_("Language of the contact"),
        choices=[("", "—"), *settings.LANGUAGES],
        required=False,
    )

    @property
    def short(self) -> str:
        return " · ".join(filter(None, (say(self["person_id"]), say(self["organisation_id"]))))

    def clean_contact_language(self) -> str:
        return self.cleaned_data["contact_language"] or settings.LANGUAGE_CODE

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and data.get("person_id") is None and data.get("organisation_id") is None:
            self.add_error("person_id", _("Name a person, an organisation, or both."))
        if data.get("contact_name") and not data.get("contact_email") and "contact_email" not in self.errors:
            self.add_error("contact_email", _("Give the address of this contact, or leave the name empty."))
        return data


class SegmentForm(WordsRowForm):
    """One item of the agenda."""

    two = {
        "title": Words(label=_("Title")),
        "description": Words(label=_("Description"), kind=AREA, longest=2000),
    }
    wants = ("topics",)
    lists = {"topic_id": "topics"}
    never_empty = ("kind",)
    more = ("description",)
    more_title = _("Description")
    kind = forms.ChoiceField(label=_("Kind"), choices=Segment.Kind.choices, initial=Segment.Kind.INTERVENTION)
    topic_id = NameField(label=_("Topic"), list_id="list-topics", unknown=UNKNOWN_TOPIC)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=1440,
        error_messages={"invalid": _("Write the length in whole minutes, for instance 90.")},
    )

    @property
    def short(self) -> str:
        name = self.in_short("title") or say(self["topic_id"]) or capfirst(say(self["kind"]))
        minutes = self["minutes"].value()
        return f"{name} · {minutes} min" if minutes else name


SLOTS = RowKind(
    name="slots",
    form=SlotForm,
    title=_("Who speaks"),
    row_title=_("Speaker"),
    add=_("Add a speaker"),
    is_folded=True,
)
SEGMENTS = RowKind(
    name="segments",
    form=SegmentForm,
    title=_("Agenda"),
    row_title=_("Item"),
    add=_("Add an item"),
    parts=(SLOTS,),
    is_folded=True,
)


class SessionForm(ContentForm):
    """The words, the agenda and the room of a session."""

    two = {
        "title": Words(label=_("Theme")),
        "summary": Words(label=_("Summary"), kind=AREA, longest=5000),
        "article": Words(
            label=_("Article to read on its page"), kind=MARKDOWN, longest=20000, help=MARKDOWN_HELP
        ),
        "place": Words(label=_("Place, with its address")),
        "access": Words(label=_("How to get there"), kind=AREA, longest=1000),
    }
    row_kinds = (SEGMENTS,)
    wants = ("organisations", "people", "topics", "territories", "tracks")
    lists = {
        "territory_id": "territories",
        "host_id": "organisations",
        "track_id": "tracks",
        "topics": "topics",
    }
    sections: tuple[Section, ...] = (
        Section(
            title=_("Theme"),
            names=("title", "has_theme", "summary", "territory_id", "article", "article_url"),
        ),
        Section(
            title=_("Agenda"),
            names=("segments",),
            help=_(
                "A proposed speaker is seen by nobody yet: the page “Speakers” invites them and notes their answer."
            ),
        ),
        Section(
            title=_("Room and places"),
            names=(
                "modality",
                "place",
                "access",
                "room_kind",
                "room_url",
                "room_host_url",
                "room_name",
                "room_opens_minutes",
                "capacity",
                "is_recorded",
                "replay_url",
            ),
        ),
        Section(
            title=_("Where it stands"),
            names=("number", "track_id", "host_id", "legal_frame", "topics"),
            help=_("Its place among the dates, and by what it is found."),
        ),
    )

    has_theme = forms.BooleanField(label=_("The theme is known and shown"), required=False)
    territory_id = NameField(label=_("Territory"), list_id="list-territories", unknown=UNKNOWN_TERRITORY)
    modality = forms.ChoiceField(
        label=_("How people take part"),
        choices=[choice for choice in Modality.choices if choice[0] != Modality.UNKNOWN],
        initial=Modality.ONLINE,
    )
    article_url = forms.URLField(
        label=_("Address of the article, when it stands elsewhere"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    room_kind = forms.ChoiceField(label=_("Room"), choices=Session.RoomKind.choices)
    room_name = forms.SlugField(
        label=_("Name of the room"),
        required=False,
        max_length=80,
        help_text=_("For BigBlueButton and Jitsi. Empty: a name that nobody guesses."),
        error_messages={"invalid": _("Letters without accents, figures and hyphens only.")},
    )
    room_url = forms.URLField(
        label=_("Address of the room"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Never shown in public: each person joins through a link of their own."),
    )
    room_host_url = forms.URLField(
        label=_("Address of the room for the speakers"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("When the platform gives hosts another one. Empty: the same as everybody’s."),
    )
    room_opens_minutes = forms.IntegerField(
        label=_("The room opens, minutes before"), min_value=0, max_value=240
    )
    capacity = forms.IntegerField(
        label=_("Places"), required=False, min_value=1, help_text=_("Empty: no limit.")
    )
    is_recorded = forms.BooleanField(label=_("The session is recorded"), required=False)
    replay_url = forms.URLField(
        label=_("Address of the replay"), required=False, max_length=500, assume_scheme="https"
    )

    number = forms.IntegerField(
        label=_("Number in the cycle"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("Visitors read it: “Stop 3”. Empty: none."),
    )
    track_id = forms.TypedChoiceField(label=_("Reading path"), coerce=int, empty_value=None, required=False)
    host_id = NameField(label=_("Hosted by"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION)
    legal_frame = forms.ChoiceField(
        label=_("Frame"),
        choices=Session.LegalFrame.choices,
        initial=Session.LegalFrame.INFORMATION,
        help_text=_("A training action asks for signatures by half-day and gives certificates."),
    )
    topics = forms.TypedMultipleChoiceField(
        label=_("Topics"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, of_run: bool = False, **kwargs: Any) -> None:
        """`of_run`: its places are those of the whole run, which nobody registers for in part."""
        super().__init__(*args, **kwargs)
        if of_run:
            del self.fields["capacity"]
            self.sections = tuple(
                Section(
                    title=each.title,
                    names=tuple(name for name in each.names if name != "capacity"),
                    help=_("Its places are those of the whole run: see “Registration”."),
                )
                if "capacity" in each.names
                else each
                for each in type(self).sections
            )

    @classmethod
    def initial_for(cls, session: Session) -> dict[str, Any]:
        """Return what the form shows first, the whole agenda included; two queries."""
        return {
            **cls.row_initial(session),
            "segments": [_segment(s) for s in session.segments.prefetch_related("slots")],
            "seen": session.revised_at.isoformat(),
        }

    def clean_room_kind(self) -> str:
        """Refuse a room that nothing here can open, in time rather than at the hour."""
        kind: str = self.cleaned_data["room_kind"]
        if kind not in rooms.available():
            raise forms.ValidationError(
                _("No server for such rooms is set up here: ask the administrator, or give an address.")
            )
        return kind

    def clean_room_url(self) -> str:
        return _secure(self.cleaned_data["room_url"])

    def clean_room_host_url(self) -> str:
        return _secure(self.cleaned_data["room_host_url"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("has_theme") and not self.is_written("title"):
            self.add_error(
                f"title_{LANGUAGES[0]}",
                _("Write the theme, in one language at least, or untick that it is known."),
            )
        return data


def _secure(url: str) -> str:
    # Copied out of a mail it may be that of a mail server's guard, which is nobody's room.
    url = unwrapped(url)
    if url and not url.startswith("https://"):
        raise forms.ValidationError(_("The address of a room begins with https://"))
    return url


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "pk": segment.pk,
        **SegmentForm.words_initial(segment),
        "kind": segment.kind,
        "topic_id": segment.topic_id,
        "minutes": segment.minutes,
        "slots": [
            {
                "pk": slot.pk,
                "person_id": slot.person_id,
                "organisation_id": slot.organisation_id,
                "illustrates_id": slot.illustrates_id,
                "state": slot.state,
                "contact_name": slot.contact_name,
                "contact_email": slot.contact_email,
                "contact_language": slot.contact_language if slot.contact_email else "",
            }
            for slot in segment.slots.all()
        ],
    }
