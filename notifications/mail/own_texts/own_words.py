"""An organiser's text -> the parts of a mail, as text and as HTML, around which everything else stays."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from notifications.mail import markup

from . import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
class Part:
    """A block of words, a button (`url` and `label`), or sessions in frames (`stops`)."""

    block: markup.Block | None = None
    url: str = ""
    label: str = ""
    # Drawn in outline: one button of a mail is filled, the way in on the day of the session.
    is_second: bool = False
    stops: tuple[Any, ...] = ()

    @property
    def text(self) -> str:
        """The block as plain text."""
        return markup.plain([self.block]) if self.block is not None else ""

    @property
    def blocks(self) -> tuple[markup.Block, ...]:
        return (self.block,) if self.block is not None else ()


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
        "cycle_link": _("See its page"),
        "session_link": _("See the session"),
        "join_link": _("Join"),
        "sign_link": _("Sign my presence"),
        "speaker_link": _("Open your page"),
        "replay_link": _("Watch the recording"),
        "survey_link": _("Answer the questions"),
        "offer_link": _("Accept or decline"),
        "recap_link": _("Read the recap"),
    }[name]


def parts(body: str, context: Mapping[str, Any]) -> list[Part]:
    """Return the parts of a mail in order; what has nothing to fill it (no recording yet) is left out."""
    filled = values(context)
    results = [part for block in markup.read_letter(body) for part in _parts(block, filled, context)]
    # What no other mail will bring stays, whatever the words around it.
    if filled["survey_link"] and "survey_link" not in variables.used(body):
        results.append(Part(url=filled["survey_link"], label=label("survey_link")))
    if way := context.get("way"):
        results += [_paragraph(f"{_('How to get there')}\n{way}")]
    if message := context.get("message"):
        results += [_paragraph(_("The organisers write:")), _paragraph(message)]
    for one in context.get("also", ()):
        results += [
            _paragraph(one.get("heading") or _("And right after it")),
            Part(stops=(one["stop"],)),
            *([Part(url=one["join_url"], label=label("join_link"))] if one["join_url"] else []),
            *([Part(url=one["sign_url"], label=label("sign_link"))] if one["sign_url"] else []),
        ]
    return _with_one_filled(results, context)


def _paragraph(text: str) -> Part:
    """Return words that are no organiser's Markdown, with their line breaks."""
    runs: list[markup.Run] = []
    for line in text.splitlines():
        runs += [markup.Run(is_break=True), markup.Run(text=line)]
    return Part(block=markup.Block(kind="paragraph", runs=tuple(runs[1:])))


def _parts(block: markup.Block, filled: Mapping[str, str], context: Mapping[str, Any]) -> Iterator[Part]:
    """Yield what a block becomes: a variable alone in its paragraph is more than words."""
    run = block.runs[0] if block.kind == "paragraph" and len(block.runs) == 1 else markup.Run()
    name = variables.alone(run.url or run.text)
    if name in CARDS and not run.url:
        if stops := _stops(name, context):
            yield Part(stops=stops)
    elif name == "recap_text" and not run.url:
        yield from (Part(block=each) for each in context.get("recap_blocks", ()))
    elif name.endswith("_link"):
        # A link with words of the organiser's own is a button that says these.
        said = variables.fill(run.text, filled).strip() if run.url else label(name)
        if filled.get(name):
            yield Part(url=filled[name], label=said)
    elif whole := _filled(block, filled):
        yield Part(block=whole)


def _filled(block: markup.Block, filled: Mapping[str, str]) -> markup.Block | None:
    """Return a block with values in the place of variables; None when nothing is left of it."""
    runs = tuple(_runs(block.runs, filled))
    items = tuple(
        item
        for each in block.items
        if (item := markup.Item(runs=_runs(each.runs, filled), blocks=_all_filled(each.blocks, filled)))
        != markup.Item()
    )
    blocks = _all_filled(block.blocks, filled)
    if not (runs or items or blocks or block.kind == "line"):
        return None
    return dataclasses.replace(block, runs=runs, items=items, blocks=blocks)


def _all_filled(blocks: Iterable[markup.Block], filled: Mapping[str, str]) -> tuple[markup.Block, ...]:
    return tuple(result for block in blocks if (result := _filled(block, filled)) is not None)


def _runs(runs: Iterable[markup.Run], filled: Mapping[str, str]) -> tuple[markup.Run, ...]:
    """Return words with values in the place of variables; nothing when no word is left."""
    results = [result for run in runs for result in _run(run, filled)]
    return tuple(results) if any(run.text.strip() for run in results) else ()


def _run(run: markup.Run, filled: Mapping[str, str]) -> Iterator[markup.Run]:
    if run.is_break:
        yield run
        return
    if run.url:
        # In an address only a variable that is one is filled in, and alone: anything else would break it.
        name = variables.alone(run.url)
        url = filled.get(name, "") if name.endswith("_link") else variables.fill(run.url, {})
        yield dataclasses.replace(run, text=variables.fill(run.text, filled), url=url)
        return
    # Cut at every variable: names stand at the odd places.
    for number, piece in enumerate(variables.VARIABLE.split(run.text)):
        if number % 2 == 0:
            result = dataclasses.replace(run, text=piece)
        else:
            value = filled.get(piece, "")
            result = dataclasses.replace(run, text=value, url=value if piece.endswith("_link") else "")
        if result.text:
            yield result


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
