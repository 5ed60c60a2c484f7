"""How a Markdown text begins, for a mail: its headings, paragraphs and lists, as words without markup.

Pure: neither Django nor a clock. What mails cannot show (pictures, tables, HTML) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

LONGEST = 600
ENDS = " ,;:."
BULLET = "- "
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
Kind = Literal["heading", "paragraph", "list"]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading or a paragraph (`text`), or a list (`items`, numbered where `is_numbered`)."""

    kind: Kind
    text: str = ""
    items: tuple[str, ...] = ()
    is_numbered: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The block as lines of a plain text."""
        if self.kind != "list":
            return (self.text,)
        return tuple(
            f"{number}. {item}" if self.is_numbered else f"{BULLET}{item}"
            for number, item in enumerate(self.items, start=1)
        )


def blocks(markdown: str, *, longest: int = LONGEST) -> tuple[Block, ...]:
    """Return the first blocks of a text, `longest` characters in all; the last one is cut at the end of a word.

    A heading with nothing under it is left out.
    """
    result: list[Block] = []
    left = longest
    for block in _blocks(_markdown.parse(markdown)):
        if left <= 0:
            break
        kept = _cut(block, left)
        left -= sum(map(len, block.lines))
        result.append(kept)
    while result and result[-1].kind == "heading":
        result.pop()
    return tuple(result)


def plain(markdown: str, *, longest: int = LONGEST) -> str:
    """Return the same as plain text, blocks separated by blank lines."""
    return "\n\n".join("\n".join(block.lines) for block in blocks(markdown, longest=longest))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    items: list[str] | None = None
    depth, is_numbered, kind = 0, False, ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0:
                items, is_numbered = [], token.type == "ordered_list_open"
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0 and items:
                yield Block(kind="list", items=tuple(items), is_numbered=is_numbered)
                items = None
        elif token.type in ("heading_open", "paragraph_open"):
            kind = token.type
        elif token.type == "inline" and (text := _words(token)):
            if items is not None:
                items.append(text)
            else:
                yield Block(kind="heading" if kind == "heading_open" else "paragraph", text=text)


def _words(token: Token) -> str:
    """Return the words of a line of text, the label of a link included, what a picture shows left out."""
    pieces = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            pieces.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def _cut(block: Block, longest: int) -> Block:
    if sum(map(len, block.lines)) <= longest:
        return block
    if block.kind == "list":
        items: list[str] = []
        left = longest
        for line, item in zip(block.lines, block.items, strict=True):
            if len(line) > left and items:
                break
            items.append(_short(item, left))
            left -= len(line)
        more = ("…",) if len(items) < len(block.items) else ()
        return Block(kind="list", items=(*items, *more), is_numbered=block.is_numbered)
    return Block(kind=block.kind, text=_short(block.text, longest))


def _short(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(ENDS) + "…"
