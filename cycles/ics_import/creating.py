"""The parts of a session that an event gives: its topics, its status, words in one language."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from i18nfield.strings import LazyI18nString

from cycles.models import Session, Topic

from .matching import plain

if TYPE_CHECKING:
    from .reading import Imported

LONGEST_NAME = 200


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
    return {
        "TENTATIVE": Session.Status.TENTATIVE,
        "CANCELLED": Session.Status.CANCELLED,
    }.get(event.status, Session.Status.CONFIRMED)


def reason(kind: str) -> LazyI18nString:
    """Return the reason of a cancellation, in every language: people will read it."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = (
                _("Cancelled in the imported calendar.")
                if kind == "cancelled"
                else _("No longer in the imported calendar.")
            )
    return LazyI18nString(said)


def with_words(words: LazyI18nString, language: str, text: str) -> LazyI18nString:
    """Return words with those of one language replaced."""
    data = words.data if isinstance(words.data, dict) else {settings.LANGUAGE_CODE: words.data or ""}
    return LazyI18nString({**data, language: text})
