"""Mails to those who speak at a session, from the invitation to the thanks, and to organisers about their answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle, SessionChange
from notifications.mail.draft import address
from notifications.mail.own_texts.variable_sets import SPEAKER, SPEAKER_CHANGE
from notifications.mail.parts import calendar_files
from notifications.mail.preview import samples
from notifications.notices import speaker_links, speakers
from notifications.notices.training import training_days
from speakers.people import contacts, links, speaking
from training.signing import queries

from . import Group, Kind, register

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cycles.models import Session
    from notifications.mail.draft import Draft, Stop

Change = SessionChange.Kind
READERS = _("whoever speaks at the session and has given an address")
ASKED = _("whoever is asked to speak at the session and has not answered")


def _thanks(draft: Draft) -> dict[str, Any]:
    session = draft.session
    return {"figures": speakers.figures_in_words(session)} if session is not None else {}


def _on_the_day(draft: Draft) -> dict[str, Any]:
    """Return what stands on the speaker's page on the day: a room to enter, a sheet to keep."""
    session = draft.session
    if session is None:
        return {}
    days = [session, *_also(draft)]
    return {
        "has_room": any(one.has_room for one in days),
        "is_signed_for": any(queries.is_signed_for(one) for one in days),
        "also": [_half_day(draft, one) for one in days[1:]],
    }


def _also(draft: Draft) -> list[Session]:
    """Return the later half-days of the day at which the reader trains: no reminder of their own comes (R7)."""
    session = draft.session
    if session is None or not training_days.concerns(draft.kind.name, session.cycle):
        return []
    return training_days.spoken_by(draft.delivery.to_address, session)


def _half_day(draft: Draft, session: Session) -> dict[str, Any]:
    slots = speaking.find(session, email=draft.delivery.to_address)
    titles = [str(slot.segment.title or slot.segment.topic or "") for slot in slots.slots] if slots else []
    return {
        "heading": gettext("And the same day"),
        "stop": draft.stop(session),
        "parts": list(dict.fromkeys(title for title in titles if title)),
        "join_url": "",
        "sign_url": "",
    }


def _entries(draft: Draft, context: Mapping[str, Any]) -> Iterator[calendar_files.File]:
    """Yield the calendar entries of all that the mail reminds of, with the reader's own page as the way in."""
    also = _also(draft)
    if not also:
        yield from calendar_files.to_speaker(draft, context)
        return
    for session in (draft.session, *also):
        if session is not None:
            yield calendar_files.File(
                session=session, method=draft.kind.calendar, url=context["speaker_url"], is_only=False
            )


def _for_the_desk(draft: Draft) -> dict[str, Any]:
    session = draft.session
    if session is None:
        return {}
    return {
        "note": draft.delivery.note,
        "desk_url": address("desk:session-speakers", session.cycle.slug, session.slug),
    }


def _stop(session: Session, draft: Draft) -> Stop:
    """Return a session as the mail shows it; without a link while no page of it is public."""
    stop = draft.stop(session)
    return stop if session.cycle.status in Cycle.PUBLIC else dataclasses.replace(stop, url="")


def _own_links(draft: Draft) -> dict[str, Any]:
    """Return the links that are the reader's: their page, and the sheets that they keep as a trainer."""
    email = draft.delivery.to_address
    contact = contacts.find(email)
    if contact is None:
        msg = f"nobody is known under the address of delivery {draft.delivery.pk}"
        raise ValueError(msg)
    kept = speaker_links.sheets(email, language=draft.language, at=draft.at)
    return {
        "speaker_url": links.page(contact, language=draft.language),
        "sheets": [{"stop": _stop(sheet.session, draft), "url": sheet.url} for sheet in kept],
    }


register(
    Kind(
        name="speaker_invited",
        label=_("Invitation to speak"),
        readers=ASKED,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        is_to_speaker=True,
        asks_speaker=True,
    )
)
register(
    Kind(
        name="speaker_chased",
        label=_("Chase-up to speakers who have not answered"),
        readers=ASKED,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        follows_plan=True,
        is_to_speaker=True,
        asks_speaker=True,
    )
)
register(
    Kind(
        name="speaker_thanked",
        label=_("Thanks to those who spoke"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=(*SPEAKER, "figures", "replay_link"),
        facts=_thanks,
        follows_plan=True,
        comes_after=True,
        is_to_speaker=True,
        needs_yes=True,
    )
)
register(
    Kind(
        name="speaker_said_no",
        label=_("A speaker said no, to the organiser"),
        readers=_("the organiser who invited them"),
        group=Group.SPEAKERS,
        facts=_for_the_desk,
        is_to_organiser=True,
        is_farewell=True,
    )
)
register(
    Kind(
        name="speaker_objects",
        label=_("A speaker does not agree, to the organiser"),
        readers=_("the organiser who invited them"),
        group=Group.SPEAKERS,
        facts=_for_the_desk,
        comes_after=True,
        is_to_organiser=True,
        is_farewell=True,
    )
)

register(
    Kind(
        name="speaker_reminder",
        label=_("Reminder to the speakers"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        facts=_on_the_day,
        files=_entries,
        calendar="REQUEST",
        follows_plan=True,
        is_to_speaker=True,
        needs_yes=True,
    )
)
register(
    Kind(
        name="speaker_moved",
        label=_("Session moved, to the speakers"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.MOVED),
        calendar="REQUEST",
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_postponed",
        label=_("Session postponed, to the speakers"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.POSTPONED),
        calendar="CANCEL",
        is_farewell=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_cancelled",
        label=_("Session cancelled, to the speakers"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER_CHANGE,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.CANCELLED),
        calendar="CANCEL",
        is_farewell=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name="speaker_restored",
        label=_("Session restored, to the speakers"),
        readers=READERS,
        group=Group.SPEAKERS,
        variables=SPEAKER,
        files=calendar_files.to_speaker,
        sample=samples.changed(Change.RESTORED),
        calendar="REQUEST",
        is_to_speaker=True,
    )
)
register(
    Kind(
        name=speaker_links.KIND,
        label=_("Somebody’s own links as a speaker, asked for"),
        readers=_("whoever speaks or trains and asks for the link of their page"),
        group=Group.SPEAKERS,
        facts=_own_links,
        is_personal=True,
        is_to_speaker=True,
    )
)
