"""The parts of a session that an event gives: its topics, its status, words in one language."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from i18nfield.strings import LazyI18nString

from cycles.models import Session, SessionChange, Topic
from cycles.schedule import planning

from .matching import plain

if TYPE_CHECKING:
    import datetime as dt

    from cycles.imports.ics.contents.reading import Imported
    from cycles.models import Cycle

LONGEST_NAME = 200


def unsaved(event: Imported, *, cycle: Cycle, language: str, at: dt.datetime) -> Session:
    """Return the session that an event makes, without its number, its names and its planned date."""
    session = Session(
        cycle=cycle,
        title=LazyI18nString({language: event.title}) if event.title else "",
        has_theme=bool(event.title),
        summary=LazyI18nString({language: event.text}) if event.text else "",
        room_url=event.room_url,
        status=status(event),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        is_all_day=event.is_all_day,
        created_at=at,
        revised_at=planning.next_revised_at(None, at=at),
    )
    if event.status == "CANCELLED":
        # A calendar program may ignore the cancellation of an event that it never saw change.
        session.revision = 1
    if event.is_postponed:
        session.starts_at = session.ends_at = None
        session.status_before_postponing = Session.Status.CONFIRMED
    elif event.status == "CANCELLED":
        session.cancel_reason = off_reason(event, language=language)
        session.status_before_cancel = Session.Status.CONFIRMED
    return session


def save(session: Session, event: Imported, *, language: str, at: dt.datetime) -> None:
    """Save a new session with its topics; of a postponed one keep the date that it had, for the calendars."""
    session.save()
    if topics := topics_of(event, language=language):
        session.topics.set(topics)
    if event.is_postponed:
        # Not by planning.postpone: nobody was ever told of the date, so nobody is told that it is gone.
        SessionChange.objects.create(
            session=session,
            revision=session.revision,
            kind=SessionChange.Kind.POSTPONED,
            from_starts_at=event.starts_at,
            from_ends_at=event.ends_at,
            reason=LazyI18nString({language: event.off_reason} if event.off_reason else ""),
            at=at,
        )


def off_reason(event: Imported, *, language: str) -> LazyI18nString:
    """Return why an event is cancelled or postponed: as our own feed says, else that a calendar said so."""
    if event.off_reason:
        return LazyI18nString({language: event.off_reason})
    return LazyI18nString("") if event.is_postponed else reason("cancelled")


def topics_of(event: Imported, *, language: str) -> list[Topic]:
    """Return the topics that our own feed names, in the language of the file; those that are missing are made."""
    if not event.is_own or not event.topics:
        return []
    here = {plain(topic.name.localize(language)): topic for topic in Topic.objects.all()}
    for word in event.topics:
        if plain(word) not in here:
            name = LazyI18nString({language: word[:LONGEST_NAME]})
            here[plain(word)] = Topic.objects.create(slug=_topic_slug(word), name=name)
    return [here[plain(word)] for word in event.topics]


def _topic_slug(word: str) -> str:
    """Return a name for a topic's address that no other has."""
    base = slugify(word)[:60] or "topic"
    taken = set(Topic.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def status(event: Imported) -> Session.Status:
    """Return the status of a new session."""
    if event.is_postponed:
        return Session.Status.POSTPONED
    return {
        "TENTATIVE": Session.Status.TENTATIVE,
        "CANCELLED": Session.Status.CANCELLED,
    }.get(event.status, Session.Status.CONFIRMED)


def reason(kind: str) -> LazyI18nString:
    """Return the reason of a cancellation, in every language: people will read it."""
    result = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            result[code] = (
                _("Cancelled in the imported calendar.")
                if kind == "cancelled"
                else _("No longer in the imported calendar.")
            )
    return LazyI18nString(result)


def with_words(words: LazyI18nString, language: str, text: str) -> LazyI18nString:
    """Return words with those of one language replaced."""
    data = words.data if isinstance(words.data, dict) else {settings.LANGUAGE_CODE: words.data or ""}
    return LazyI18nString({**data, language: text})
