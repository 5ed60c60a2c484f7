"""Lines that somebody typed, some of them after a dash or a dot: paragraphs and lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass

BULLETS = ("- ", "– ", "— ", "• ", "* ")


@dataclass(frozen=True)
class Listing:
    """Lines that stood one below the other, each after a mark, which is left out."""

    items: tuple[str, ...]


def read(text: str) -> list[str | Listing]:
    """Return the lines of a text in their order; those after a mark as one list; empty lines are left out."""
    parts: list[str | Listing] = []
    for line in (one.strip() for one in text.splitlines()):
        item = next((line.removeprefix(mark).strip() for mark in BULLETS if line.startswith(mark)), "")
        last = parts[-1] if parts else ""
        if item and isinstance(last, Listing):
            parts[-1] = Listing((*last.items, item))
        elif item:
            parts.append(Listing((item,)))
        elif line:
            parts.append(line)
    return parts
