"""The three texts of a mail, written once for all who get the same one.

The mails of a mailing differ in a name and a few addresses only. Templates are rendered once
for each different rest of the context, with marks in the place of what is personal; every reader's own words
are then put where the marks are. A thousand readers cost one rendering and a thousand replacements.
"""

from __future__ import annotations

import dataclasses
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# What is a reader's own: plain words and addresses, which templates show, and otherwise only ask whether they
# are there at all. A filter on one of these would see the mark instead.
PERSONAL = (
    "given_name",
    "manage_url",
    "unsubscribe_url",
    "confirm_url",
    "join_url",
    "sign_url",
    "offer_url",
    "speaker_url",
    "survey_url",
    "papers_url",
)
KEPT_AT_MOST = 256
# Private-use characters: no template, and no escaping touches them.
MARK = re.compile("\ue000([a-z_]+)\ue001")

_kept: dict[Any, Texts] = {}


@dataclass(frozen=True)
class Texts:
    """Subject, text and HTML of one mail."""

    subject: str
    text: str
    html: str
    # The same as (subject, text) with marks in the place of what is the reader's own.
    marked: tuple[str, str] = ("", "")


def shared(what: Any, context: dict[str, Any], write: Callable[[dict[str, Any]], Texts]) -> Texts:
    """Return what `write` makes of a context, asked once for all contexts that differ in what is personal only.

    `what` tells apart what `write` knows beside the context; the context must name the language.
    """
    personal = {name: str(context[name]) for name in PERSONAL if context.get(name)}
    marked = context | {name: f"\ue000{name}\ue001" for name in personal}
    try:
        key = (_frozen(what), _frozen(marked))
    except TypeError:
        # Something whose sameness nobody can tell: written for this reader alone.
        alone = write(context)
        marked_alone = (_marked(alone.subject, personal), _marked(alone.text, personal))
        return dataclasses.replace(alone, marked=marked_alone)
    common = _kept.get(key)
    if common is None:
        if len(_kept) >= KEPT_AT_MOST:
            _kept.clear()
        common = _kept[key] = write(marked)
    return Texts(
        subject=_filled(common.subject, personal),
        text=_filled(common.text, personal),
        html=_filled(common.html, {name: html.escape(value) for name, value in personal.items()}),
        marked=(common.subject, common.text),
    )


def _marked(text: str, personal: dict[str, str]) -> str:
    """Return a text with marks in the place of what is the reader's own, the longest first."""
    for name, value in sorted(personal.items(), key=lambda pair: -len(pair[1])):
        # A name may be part of another word, an address never is.
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"\ue000{name}\ue001", text)
    return text


def filled(text: str, values: dict[str, str]) -> str:
    """Return a marked text with these values where the marks are; a mark without a value disappears."""
    return _filled(text, values)


def _filled(text: str, personal: dict[str, str]) -> str:
    return MARK.sub(lambda found: personal.get(found[1], ""), text)


def _frozen(value: Any) -> Any:
    """Return what is equal exactly for equal contexts. Raises TypeError for what cannot be compared."""
    if value is None or isinstance(value, bool | int | str):
        # Text that is marked safe is not escaped: not the same as the same letters without the mark.
        return type(value), value
    if isinstance(value, dict):
        return tuple((name, _frozen(value[name])) for name in sorted(value))
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return type(value), tuple(_frozen(getattr(value, field.name)) for field in fields)
    raise TypeError
