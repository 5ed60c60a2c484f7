"""Naming who might speak: one line, and whoever is unknown is made in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.text import slugify

from accounts import journal
from cycles.calendars import calendar_revision
from cycles.content import content_version
from cycles.models import Organisation, Person, Segment, Session, SpeakerSlot, Topic
from cycles.schedule.revision import locked, next_revised_at
from speakers.people import contacts

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import Model

    from accounts.models import User

LONGEST_SLUG = 80
BLANKS = re.compile(r"\s+")


def name(
    session: Session,
    *,
    person: str,
    organisation: str,
    contact_name: str,
    contact_email: str,
    contact_language: str,
    illustrates: Topic | None,
    segment: Segment | None,
    by: User | None,
    at: dt.datetime,
) -> SpeakerSlot:
    """Propose somebody: a person, an organisation, or both. Nobody is told, and nobody is written to.

    Names that are known are found whatever their capitals and spaces; unknown ones are made. Without a `segment`
    the part is a new one, at the end of the agenda. Raises ValueError when neither is named.
    """
    with journal.entry("speaker.name", session, by=by, at=at):
        who, of = _person(person), _organisation(organisation)
        if who is None and of is None:
            msg = "a person, an organisation, or both"
            raise ValueError(msg)
        row = locked(session, seen=None)
        if segment is None:
            last = row.segments.aggregate(last=Max("order"))["last"] or 0
            segment = Segment.objects.create(
                session=row, order=last + 1, kind=Segment.Kind.INTERVENTION, topic=illustrates
            )
        place = segment.slots.aggregate(last=Max("order"))["last"] or 0
        slot = SpeakerSlot.objects.create(
            segment=segment,
            order=place + 1,
            person=who,
            organisation=of,
            illustrates=illustrates,
            state=SpeakerSlot.State.PROPOSED,
            contact_name=contact_name,
            contact_email=contact_email,
            contact_language=contact_language,
        )
        contacts.ensure([contact_email], at=at)
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save(update_fields=["revised_at"])
        content_version.touch()
        calendar_revision.look([row.pk], at=at)
        return slot


def _clean(text: str) -> str:
    return BLANKS.sub(" ", text).strip()


def _person(text: str) -> Person | None:
    """Return the person of a name, known or new. The first word is the given name of somebody new."""
    wanted = _clean(text)
    if not wanted:
        return None
    for one in Person.objects.order_by("pk"):
        if one.full_name.casefold() == wanted.casefold():
            return one
    given, _space, family = wanted.partition(" ")
    if not family:
        given, family = "", given
    return Person.objects.create(slug=free_slug(Person, wanted), given_name=given, family_name=family)


def _organisation(text: str) -> Organisation | None:
    """Return the organisation of a name, of one of its other spellings, or a new one."""
    wanted = _clean(text)
    if not wanted:
        return None
    for one in Organisation.objects.order_by("pk"):
        names = {one.name.casefold(), one.full_name.casefold(), *(str(a).casefold() for a in one.aliases)}
        if wanted.casefold() in names:
            return one
    return Organisation.objects.create(slug=free_slug(Organisation, wanted), name=wanted)


def free_slug(model: type[Model], text: str) -> str:
    """Return an address for a new row that no other has: letters of other scripts leave none of their own."""
    base = slugify(text)[: LONGEST_SLUG - 6] or "x"
    taken = set(model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
