"""How a Markdown text begins, for a mail: its first blocks, and never more than so many letters.

Pure: neither Django nor a clock.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from notifications.mail import markup
from notifications.mail.markup import Block, Item, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 600
ENDS = " ,;:."
MORE = "…"
# What stands before something, and says nothing alone.
BEFORE_ALL = ("heading", "line")


def blocks(markdown: str, *, longest: int = LONGEST) -> tuple[Block, ...]:
    """Return the first blocks of a text, `longest` characters in all; the last one is cut at the end of a word.

    A heading with nothing under it is left out.
    """
    result = list(_cut_all(markup.read(markdown), longest))
    while result and result[-1].kind in BEFORE_ALL:
        result.pop()
    return tuple(result)


def plain(markdown: str, *, longest: int = LONGEST) -> str:
    """Return the same as plain text, blocks separated by blank lines."""
    return markup.plain(blocks(markdown, longest=longest))


def size(block: Block) -> int:
    """Return how many characters a block has to read; addresses are not read."""
    return (
        _length(block.runs)
        + sum(_length(item.runs) + sum(map(size, item.blocks)) for item in block.items)
        + sum(map(size, block.blocks))
    )


def _length(runs: Sequence[Run]) -> int:
    return sum(len(run.text) for run in runs)


def _cut_all(blocks: Sequence[Block], longest: int) -> tuple[Block, ...]:
    result: list[Block] = []
    left = longest
    for block in blocks:
        if left <= 0:
            break
        result.append(_cut(block, left))
        left -= size(block)
    return tuple(result)


def _cut(block: Block, longest: int) -> Block:
    if size(block) <= longest:
        return block
    return dataclasses.replace(
        block,
        runs=_short(block.runs, longest),
        items=_first(block.items, longest),
        blocks=_cut_all(block.blocks, longest),
    )


def _first(items: Sequence[Item], longest: int) -> tuple[Item, ...]:
    """Return the first entries of a list, and a mark where some were left out."""
    result: list[Item] = []
    left = longest
    for item in items:
        if left <= 0:
            return (*result, Item(runs=(Run(text=MORE),)))
        runs = _short(item.runs, left)
        left -= _length(item.runs)
        result.append(Item(runs=runs, blocks=_cut_all(item.blocks, left)))
        left -= sum(map(size, item.blocks))
    return tuple(result)


def _short(runs: Sequence[Run], longest: int) -> tuple[Run, ...]:
    result: list[Run] = []
    left = longest
    for run in runs:
        if len(run.text) > left:
            kept = run.text[:left].rpartition(" ")[0].rstrip(ENDS)
            return (*result, dataclasses.replace(run, text=kept + MORE))
        result.append(run)
        left -= len(run.text)
    return tuple(result)
