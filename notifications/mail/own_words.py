"""An organiser's text -> the parts of a mail, as text and as HTML, around which everything else stays."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from . import variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The variables by the names that the standard texts use.
SAME_AS = {
    "given_name": "given_name",
    "cycle": "cycle_title",
    "site": "site_name",
    "manage_link": "manage_url",
    "cycle_link": "cycle_url",
    "theme": "theme",
    "soon": "soon",
    "join_link": "join_url",
    "sign_link": "sign_url",
    "speaker_link": "speaker_url",
    "figures": "figures",
    "old_date": "old_when",
    "reason": "reason",
    "replay_link": "replay_url",
    "survey_link": "survey_url",
    "offer_link": "offer_url",
    "offer_until": "offer_until",
    "next_date": "next_date",
    "recap_title": "recap_title",
    "recap_text": "recap_text",
    "recap_link": "recap_url",
}
# Blocks of several lines, which only stand in a paragraph of their own.
CARDS = ("card", "next_card", "dates")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A few words, or an address to link."""

    text: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A paragraph, a button (`url` and `label`), or sessions in frames (`stops`).

    `pieces` is the paragraph as HTML shows it: words, and addresses to link.
    """

    text: str = ""
    pieces: tuple[Piece, ...] = ()
    url: str = ""
    label: str = ""
    # Drawn in outline: one button of a mail is filled, the way in on the day of the session.
    is_second: bool = False
    stops: tuple[Any, ...] = ()


def values(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what each variable is filled with in one mail, from what its standard text would say."""
    result = {name: str(context.get(other) or "") for name, other in SAME_AS.items()}
    stop = context.get("stop")
    if stop is not None:
        result |= {
            "session": stop.title,
            "date": stop.when,
            "summary": stop.summary,
            "session_link": stop.url,
        }
    for name in CARDS:
        result[name] = "; ".join(f"{each.title}, {each.when}" for each in _stops(name, context))
    return result


def _stops(name: str, context: Mapping[str, Any]) -> tuple[Any, ...]:
    if name == "dates":
        return (*context.get("stops", ()), *context.get("offered", ()))
    stop = context.get("stop" if name == "card" else "next_stop")
    return (stop,) if stop is not None else ()


def label(name: str) -> str:
    """Return what the button of a link says."""
    return {
        "manage_link": _("See my registrations"),
        "cycle_link": _("See the cycle"),
        "session_link": _("See the session"),
        "join_link": _("Join"),
        "sign_link": _("Sign my presence"),
        "speaker_link": _("Open your page"),
        "replay_link": _("Watch the recording"),
        "survey_link": _("Answer the questions"),
        "offer_link": _("Accept or decline"),
        "recap_link": _("Read the recap"),
    }[name]


def _pieces(paragraph: str, filled: Mapping[str, str]) -> Iterator[Piece]:
    # Cut at every variable: names stand at the odd places.
    for number, piece in enumerate(variables.VARIABLE.split(paragraph)):
        if number % 2 == 0:
            yield Piece(text=piece)
        elif piece.endswith("_link"):
            yield Piece(url=filled.get(piece, ""))
        else:
            yield Piece(text=filled.get(piece, ""))


def parts(body: str, context: Mapping[str, Any]) -> list[Part]:
    """Return the parts of a mail in order; what has nothing to fill it (no recording yet) is left out."""
    filled = values(context)
    results = []
    for paragraph in variables.paragraphs(body):
        name = variables.alone(paragraph)
        if name in CARDS:
            stops = _stops(name, context)
            results += [Part(stops=stops)] if stops else []
        elif name.endswith("_link"):
            results += [Part(url=filled[name], label=label(name))] if filled.get(name) else []
        elif text := variables.fill(paragraph, filled).strip():
            results.append(Part(text=text, pieces=tuple(_pieces(paragraph, filled))))
    # What no other mail will bring stays, whatever the words around it.
    if filled["survey_link"] and "survey_link" not in variables.used(body):
        results.append(Part(url=filled["survey_link"], label=label("survey_link")))
    for one in context.get("also", ()):
        results += [
            Part(text=_("And right after it"), pieces=(Piece(text=_("And right after it")),)),
            Part(stops=(one["stop"],)),
            *([Part(url=one["join_url"], label=label("join_link"))] if one["join_url"] else []),
            *([Part(url=one["sign_url"], label=label("sign_link"))] if one["sign_url"] else []),
        ]
    return _with_one_filled(results, context)


def _with_one_filled(parts: list[Part], context: Mapping[str, Any]) -> list[Part]:
    """Fill one button: the way in, which stands first on the day of the session whatever the words; else the first."""
    join_url = context.get("join_url") or ""
    if context.get("today"):
        # The frame shows the way into another session, above these words.
        return [dataclasses.replace(part, is_second=True) if part.url else part for part in parts]
    if context.get("joins_today") and all(part.url != join_url for part in parts):
        parts = [Part(url=join_url, label=label("join_link")), *parts]
    urls = [part.url for part in parts if part.url]
    filled = join_url if join_url in urls else next(iter(urls), "")
    seen: set[str] = set()
    results = []
    for part in parts:
        is_second = bool(part.url) and (part.url != filled or filled in seen)
        seen.add(part.url)
        results.append(dataclasses.replace(part, is_second=True) if is_second else part)
    return results
