"""What a feed of Escale says beyond its words: titles are made there from a label and a theme, and taken apart here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from cycles.calendars import entries
from cycles.calendars.rfc5545 import ical

from . import descriptions

if TYPE_CHECKING:
    from cycles.imports.ics.syntax.source import Component, Line
    from cycles.models import Session

    from .entry import Entry

PRODUCT = re.compile(r"-//Escale//Escale//([A-Z]{2})", re.IGNORECASE)
LABEL = re.compile(r"(?P<word>[^:\n]{1,60}?)(?:\s(?P<number>\d{1,4}))?")
BULLET = "• "
MOST_WORDS = 2000


def is_ours(calendar: Component) -> bool:
    """Tell whether a calendar was written by Escale, here or elsewhere."""
    return bool(language(calendar))


def language(calendar: Component) -> str:
    """Return the language of a calendar that Escale wrote; empty for another's."""
    line = calendar.first("PRODID")
    match = PRODUCT.match(line.value.strip()) if line else None
    code = match[1].lower() if match else ""
    return code if code in dict(settings.LANGUAGES) else ""


def said(component: Component, entry: Entry, *, language: str) -> Entry:
    """Return an entry of our own feed with its theme, number and topics as they were before the feed was made."""
    with override(language):
        is_postponed = entry.title.startswith(_postponed())
        title, number = _theme(entry.title)
        text, reason = _summary(entry.text)
    topics = component.first("CATEGORIES")
    return replace(
        entry,
        # A private feed gives the person's own link, which is no room.
        room_url="",
        title=title,
        text=text,
        number=number,
        is_postponed=is_postponed,
        off_reason=reason,
        topics=_words(topics) if topics else (),
    )


def _words(line: Line) -> tuple[str, ...]:
    """Return the words of CATEGORIES: commas between them, escaped ones within."""
    pieces = re.split(r"(?<!\\),", line.value[:MOST_WORDS])
    words = (ical.clean(replace(line, value=piece).text).strip() for piece in pieces)
    return tuple(word for word in words if word)


def shown(session: Session, *, language: str) -> tuple[set[str], str]:
    """Return the titles and the text that are read from what our own feeds say of a session now."""
    described = entries.entry(session, language=language).description if entries.span(session) else ""
    with override(language):
        titles = {_theme(entries.summary(session, with_cycle=with_cycle))[0] for with_cycle in (False, True)}
        return titles, _summary(descriptions.public(ical.clean(described).strip()).text)[0]


def _cancelled() -> str:
    return _("Cancelled: %(title)s") % {"title": ""}


def _postponed() -> str:
    return _("Postponed: %(title)s") % {"title": ""}


def _theme(summary: str) -> tuple[str, int | None]:
    """Return the theme of "Escale 3: theme", empty while it is to be announced, and the number."""
    summary = summary.removeprefix(_cancelled()).removeprefix(_postponed())
    between = (_("%(label)s: %(theme)s") % {"label": "\0", "theme": "\0"}).strip("\0")
    label, sign, theme = summary.partition(between)
    match = LABEL.fullmatch(label) if sign else None
    if match is None:
        return summary, None
    number = int(match["number"]) if match["number"] else None
    # In catalogues the cycle's name follows the theme; a cycle's own feed has the theme alone.
    open_theme = _("theme to be announced")
    return ("" if theme == open_theme or theme.startswith(f"{open_theme} · ") else theme), number


def _summary(text: str) -> tuple[str, str]:
    """Return the summary within a description of ours, and the reason why it is cancelled or postponed."""
    off = (_cancelled(), _postponed())
    made = (
        _("This date is still to be confirmed."),
        _("It is not held on this date. The next one is not known yet."),
    )
    reason, kept = "", list[str]()
    for part in text.split("\n\n"):
        if part.startswith(off) and not kept and not reason:
            reason = part.removeprefix(off[0]).removeprefix(off[1])
        elif part not in made and not part.startswith(BULLET):
            kept.append(part)
    return "\n\n".join(kept), reason
