"""Reading topics, organisations, people and programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cycles.models import Organisation, Partnership, Person, Programme, Topic
from cycles.models.shared import Certainty

from .reading import LANGUAGES, LONGEST_TEXT
from .records import Record, Row, Rows

if TYPE_CHECKING:
    from .reading import Item


def sourced(item: Item, *remarks: str, certainty: str = "certainty") -> dict[str, Any]:
    """Return the columns that say where a fact comes from; the `remarks` and the note go to the note."""
    return {
        "certainty": item.choice(certainty, Certainty.values, default=Certainty.STATED),
        "source": item.text("source"),
        "note": item.remarks("note", *remarks),
    }


def topic(item: Item) -> Record:
    return Record(
        section="topics",
        slug=item.slug(),
        item=item,
        model=Topic,
        fields={
            "name": item.own_words(limit=200, required=True),
            "kind": item.choice("kind", Topic.Kind.values, default=Topic.Kind.TOPIC),
        },
    )


def organisation(item: Item) -> Record:
    return Record(
        section="organisations",
        slug=item.slug(),
        item=item,
        model=Organisation,
        fields={
            "name": item.text("name", required=True),
            "full_name": item.text("full_name", limit=300),
            "kind": item.choice("kind", Organisation.Kind.values, default=Organisation.Kind.OTHER),
            "aliases": item.texts("aliases"),
            # What the file calls a note with a language is for readers; a plain note is for organisers.
            "description": item.words("description", limit=LONGEST_TEXT) or _note_for_readers(item),
            "url": item.text("url"),
        }
        | sourced(item, "name_in_source", "kind_certainty", "full_name_certainty", "aliases_external"),
    )


def _note_for_readers(item: Item) -> dict[str, str] | str:
    result = {language: item.text(f"note_{language}", limit=LONGEST_TEXT) for language in LANGUAGES}
    return {language: text for language, text in result.items() if text} or ""


def person(item: Item) -> Record:
    fields = {
        "given_name": item.text("given_name", limit=120),
        "family_name": item.text("family_name", limit=120),
        "role": item.words("role"),
    }
    if not any(fields.values()):
        item.error(_("give a name, or a role for someone who is only known by it"))
    return Record(
        section="people",
        slug=item.slug(),
        item=item,
        model=Person,
        fields=fields | sourced(item, "name_in_source", "family_name_accent"),
        refs={"organisation": item.reference("organisation", "organisations")},
    )


def programme(item: Item) -> Record:
    launched_on = item.date("launched_on")
    item.check_weekday(launched_on)
    return Record(
        section="programmes",
        slug=item.slug(),
        item=item,
        model=Programme,
        fields={
            "title": item.words("title", required=True),
            "short_title": item.words("short_title", limit=120),
            "summary": item.words("summary", limit=LONGEST_TEXT),
            "launched_on": launched_on,
            "banner": item.words("banner", limit=1000),
            "sender_name": item.text("sender_name", limit=80),
            "contact_email": item.email("contact_email"),
        }
        | sourced(item, "note_title", "launched_on_certainty"),
        initial={"is_published": item.flag("published", default=True)},
        refs={"lead": item.reference("lead", "organisations")},
        rows=[
            Rows(name="objectives", key=("order",), rows=_objectives(item)),
            # Replaced, because an organisation and a place are each unique: two partners may change places.
            Rows(name="partnerships", key=("order",), rows=_partners(item), is_replaced=True),
        ],
    )


def _objectives(item: Item) -> list[Row]:
    rows = []
    for place, aim in enumerate(item.items("objectives"), start=1):
        text = aim.own_words(limit=LONGEST_TEXT, required=True)
        rows.append(Row(fields={"order": aim.number("order") or place, "text": text}))
        aim.finish()
    refuse_repeated(item, "objectives", [row.fields["order"] for row in rows])
    return rows


def _partners(item: Item) -> list[Row]:
    remark = item.remarks("partners_note")
    rows = []
    for place, partner in enumerate(item.items("partners"), start=1):
        fields = {
            "order": partner.number("order") or place,
            "role": partner.choice("role", Partnership.Role.values, default=Partnership.Role.PARTNER),
            "role_text": partner.words("role_text", limit=200),
            "name_at_the_time": partner.text("name_at_the_time"),
        } | sourced(partner)
        if remark:
            # The remark is about all of them: how the roles are divided is an assumption.
            fields["certainty"] = Certainty.HYPOTHESIS
            fields["note"] = remark
        organisation_ref = partner.reference("organisation", "organisations", required=True)
        rows.append(Row(fields=fields, refs={"organisation": organisation_ref}))
        partner.finish()
    refuse_repeated(item, "partners", [row.fields["order"] for row in rows])
    refuse_repeated(item, "partners", [ref.slug for row in rows if (ref := row.refs["organisation"])])
    return rows


def refuse_repeated(item: Item, key: str, values: list[Any]) -> None:
    """Refuse a place or a slug that stands twice in one list."""
    for value in sorted({value for value in values if values.count(value) > 1}, key=str):
        item.error(_("“%(value)s” stands here twice") % {"value": value}, key)
