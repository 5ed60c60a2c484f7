"""Lines that somebody typed, some of them after a dash or a dot: paragraphs and lists. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

BULLETS = ("- ", "* ")
# What word processors put before the entries of a list when it is pasted as text: signs, those of their own fonts
# (Symbol, Wingdings), a letter before a tab. One within another is marked by another sign.
OUTER = "•·●▪■‣➢➤►✓✔\uf0a0-\uf0ff"
PASTED = re.compile(
    rf"^[ \t\u00a0]*(?:(?P<outer>[{OUTER}])[ \t\u00a0]+|(?P<inner>[○◦□])[ \t\u00a0]+|(?P<letter>o)\t[ \t\u00a0]*"
    r"|(?P<dash>[–—])[ \t\u00a0]+)(?=\S)"
)
MARKDOWN = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")


@dataclass(frozen=True)
class Listing:
    """Lines that stood one below the other, each after a mark, which is left out."""

    items: tuple[str, ...]


def read(text: str) -> list[str | Listing]:
    """Return the lines of a text in their order; those after a mark as one list; empty lines are left out."""
    parts: list[str | Listing] = []
    for line in (one.strip() for one in text.splitlines()):
        item = _item(line)
        last = parts[-1] if parts else ""
        if item and isinstance(last, Listing):
            parts[-1] = Listing((*last.items, item))
        elif item:
            parts.append(Listing((item,)))
        elif line:
            parts.append(line)
    return parts


def _item(line: str) -> str:
    """Return what stands after the mark of a line; nothing where it has none."""
    if pasted := PASTED.match(line):
        return line[pasted.end() :].strip()
    return next((line.removeprefix(mark).strip() for mark in BULLETS if line.startswith(mark)), "")


def marked(text: str) -> str:
    """Return Markdown in which the lists of word processors are lists; nothing else is changed.

    A dash that begins a single line is one of a dialogue, or a thought.
    """
    lines = text.splitlines()
    found = [PASTED.match(line) for line in lines]
    if not any(found):
        return text
    result: list[str] = []
    is_within = False
    for number, (line, mark) in enumerate(zip(lines, found, strict=True)):
        if mark is not None and (not mark["dash"] or _is_beside(found, number)):
            inner = "  " if mark["inner"] or mark["letter"] else ""
            result.append(f"{inner}- {line[mark.end() :]}")
            is_within = True
            continue
        if is_within and line.strip() and not MARKDOWN.match(line):
            # Without an empty line it would be part of the last entry.
            result.append("")
        is_within = False
        result.append(line)
    return "\n".join(result)


def _is_beside(found: list[re.Match[str] | None], number: int) -> bool:
    """Tell whether the line before or after begins with a dash, too."""
    beside = found[max(number - 1, 0) : number] + found[number + 1 : number + 2]
    return any(mark is not None and mark["dash"] for mark in beside)
