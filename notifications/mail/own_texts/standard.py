"""The standard text of a mail as an organiser would write it: with {variables} where a mail has words.

Made from the templates themselves, so that what the editor begins with is what people get.
"""

from __future__ import annotations

import itertools
import re
from html import unescape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template, render_to_string
from django.utils import translation

from notifications.mail.kinds import KINDS
from notifications.mail.parts.envelope import voice

from . import own_words, texts

if TYPE_CHECKING:
    from cycles.models import Cycle

FOLDER = "notifications/email"
FOOT = re.compile(r"\n-- \n.*", re.DOTALL)
# A session in a text is a line with its title and one with its date: here, a frame of its own.
CARD = re.compile(r"\* (\{(?:card|next_card|dates)\})[ \t]*\n?[ \t]*")
SESSION = re.compile(r"\* \{session\}\n\s*\{date\}")
# A button has its label: the words above its address are for those who read text.
LABELLED = re.compile(r"(?<=\n\n)[^\n{]+\n(?=\{[a-z]+_link\})")
HEADING = re.compile(r"<h2[^>]*>([^<]+)</h2>")
# What a template only asks whether it is there.
ASKED = re.compile(r"{% (?:el)?if (?:not )?(\w+) %}")
BLANKS = re.compile(r"\n{3,}")
SPACES = re.compile(r"[ \t\r\n]+")


def standard(kind: str, *, language: str, cycle: Cycle | None = None) -> tuple[str, str]:
    """Return the subject and the text of a kind of mail in one language, as those of a cycle begin where it is given.

    What is a heading in HTML is one here.
    """
    known = texts.variables_for(cycle, kind) if cycle is not None else texts.variables_of(kind)
    with translation.override(language):
        context = _context(kind, known, cycle)
        subject = render_to_string(f"{FOLDER}/{kind}/subject.txt", context)
        written = render_to_string(f"{FOLDER}/{kind}/body.txt", context)
        page = render_to_string(f"{FOLDER}/{kind}/body.html", context)
    body = SESSION.sub("{card}\n", CARD.sub(r"\1\n\n", FOOT.sub("", str(written))))
    headings = {unescape(heading) for heading in HEADING.findall(str(page))}
    lines = [_line(line, headings) for line in body.splitlines()]
    text = BLANKS.sub("\n\n", "\n".join(lines)).strip()
    return SPACES.sub(" ", str(subject)).strip(), LABELLED.sub("", text)


def subjects(kind: str, *, language: str, cycle: Cycle | None = None) -> list[str]:
    """Return every subject that a kind of mail may have, the one of `standard` first: the template asks which."""
    known = texts.variables_for(cycle, kind) if cycle is not None else texts.variables_of(kind)
    path = f"{FOLDER}/{kind}/subject.txt"
    asked = sorted(set(ASKED.findall(get_template(path).template.source)))  # type: ignore[attr-defined]  # as Django's own engine keeps it
    with translation.override(language):
        usual = _context(kind, known, cycle)
        given = usual | {"stop": _stop("card", title="{session}")}
        found = (
            render_to_string(path, given | dict(zip(asked, answers, strict=True)))
            for answers in itertools.product(*(_answers(given.get(name)) for name in asked))
        )
        first = render_to_string(path, usual)
        return list(dict.fromkeys(SPACES.sub(" ", str(subject)).strip() for subject in (first, *found)))


def _answers(given: Any) -> tuple[Any, Any]:
    return (given or True, None)


def _line(line: str, headings: set[str]) -> str:
    if line in headings:
        return f"## {line}"
    return line.strip() if line.strip().startswith("{") else line.rstrip()


def _context(kind: str, known: tuple[str, ...], cycle: Cycle | None) -> dict[str, Any]:
    """Return what the templates ask for, each thing as the variable that stands for it, of the usual reader."""
    context: dict[str, Any] = {"standing": "seated", "site_contact": voice(cycle).contact}
    context |= KINDS[kind].usual()
    context |= {other: f"{{{name}}}" for name, other in own_words.SAME_AS.items() if name in known}
    if "session" in known:
        context["stop"] = _stop("card", title="{session}")
        context["new_date"] = "{date}"
    if "next_card" in known:
        context["next_stop"] = _stop("next_card")
    if "dates" in known:
        context["stops"] = context["offered"] = [_stop("dates")]
    return context


def _stop(name: str, *, title: str = "") -> Any:
    if not title:
        return SimpleNamespace(title=f"{{{name}}}", when="", url="", summary="")
    return SimpleNamespace(title=title, when="{date}", url="{session_link}", summary="{summary}")
