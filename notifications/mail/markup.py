"""Markdown -> the blocks of a mail, and these as plain text. Pure: neither Django nor a clock.

A mail shows headings, paragraphs, lists, quotations and links, bold and italic words. The rest of Markdown (pictures,
tables, HTML) is left out. How blocks look in HTML is said in templates/notifications/email/_blocks.html.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt

from cycles.language import listing

from .own_texts.variables import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

Kind = Literal["heading", "paragraph", "list", "quote", "line"]
BULLET = "- "
QUOTE = "> "
RULE = "* * *"
# The title of the mail is the only h1; the page of a text shows nothing below h4 either.
LEVELS = (2, 4)
LONGEST_UNDERLINE = 60
# What a mail may lead to, and a variable that stands for an address.
LEADS = ("http://", "https://", "mailto:", "{")
# An address that stands in a sentence: signs in it are its own, what ends the sentence is not.
BARE = re.compile(r"(?<![\w<])(?<!\]\()https?://[^\s<>\[\]]*[^\s<>\[\].,:;!?()'\"»*]")
# Variables are words to Markdown: letters of nobody's take the place of their braces while it is read.
MARKS = ("\ue002", "\ue003")
MARKED = re.compile(rf"(?:{MARKS[0]}|%EE%80%82)([a-z_]+)(?:{MARKS[1]}|%EE%80%83)")
# The same signs as on the public pages (cycles/templatetags/escale.py).
_full = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("code")
# Written as a mail: a line that is indented or followed by dashes (a signature) means what it says.
_letter = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(
    ["code", "fence", "lheading", "html_block", "reference"]
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A few words that are written alike; with `url` they lead there. A line break is one of its own."""

    text: str = ""
    url: str = ""
    is_strong: bool = False
    is_emphasised: bool = False
    is_break: bool = False

    @property
    def as_text(self) -> str:
        if self.is_break:
            return "\n"
        if not self.url or self.url.removeprefix("mailto:") == self.text:
            return self.text
        return f"{self.text} ({self.url})"


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry of a list: its words, and what stands below them (another list, for one)."""

    runs: tuple[Run, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """A heading or a paragraph (`runs`), a list (`items`), a quotation (`blocks`), or a line across.

    A list is numbered from `start`; with bullets where that is None.
    """

    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 2
    items: tuple[Item, ...] = ()
    start: int | None = None
    blocks: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        """The words of a heading or a paragraph."""
        return words(self.runs)


def words(runs: Iterable[Run]) -> str:
    return "".join(run.as_text for run in runs)


def read(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text that is also shown on a page: a line break in a paragraph is a blank."""
    return tuple(_Reader(keeps_lines=False).blocks(_full.parse(listing.marked(text))))


def read_letter(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text that was written as a mail: lines end where they were ended, variables stay."""
    marked = VARIABLE.sub(rf"{MARKS[0]}\1{MARKS[1]}", BARE.sub(r"<\g<0>>", listing.marked(text)))
    return tuple(_Reader(keeps_lines=True).blocks(_letter.parse(marked)))


def plain(blocks: Iterable[Block]) -> str:
    """Return blocks as plain text: headings underlined, lists with their marks, addresses after their words."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks)


def _lines(block: Block) -> list[str]:
    if block.kind == "list":
        return [line for number, item in enumerate(block.items) for line in _item_lines(block, item, number)]
    if block.kind == "quote":
        return [f"{QUOTE}{line}".rstrip() for line in plain(block.blocks).split("\n")]
    if block.kind == "line":
        return [RULE]
    lines = block.text.split("\n")
    if block.kind == "heading":
        lines.append("-" * min(max(map(len, lines)), LONGEST_UNDERLINE))
    return lines


def _item_lines(block: Block, item: Item, number: int) -> Iterator[str]:
    mark = BULLET if block.start is None else f"{block.start + number}. "
    below = [line for each in item.blocks for line in _lines(each)]
    for position, line in enumerate([*words(item.runs).split("\n"), *below]):
        yield f"{' ' * len(mark) if position else mark}{line}".rstrip()


class _Reader:
    """Turns the tokens of markdown-it into blocks."""

    def __init__(self, *, keeps_lines: bool) -> None:
        self.keeps_lines = keeps_lines

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            end = _closing(tokens, position)
            inside = tokens[position + 1 : end]
            position = end + 1
            if token.type in ("paragraph_open", "heading_open"):
                if runs := self._runs(inside[0]):
                    is_heading = token.type == "heading_open"
                    level = min(max(int(token.tag[1]), LEVELS[0]), LEVELS[1]) if is_heading else LEVELS[0]
                    yield Block(kind="heading" if is_heading else "paragraph", runs=runs, level=level)
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                if items := tuple(self._items(inside)):
                    start = None if token.type == "bullet_list_open" else int(token.attrs.get("start", 1))
                    yield Block(kind="list", items=items, start=start)
            elif token.type == "blockquote_open":
                if quoted := tuple(self.blocks(inside)):
                    yield Block(kind="quote", blocks=quoted)
            elif token.type == "hr":
                yield Block(kind="line")
            elif token.type in ("fence", "code_block") and token.content.strip():
                yield Block(kind="paragraph", runs=_code(token.content))

    def _items(self, tokens: Sequence[Token]) -> Iterator[Item]:
        position = 0
        while position < len(tokens):
            end = _closing(tokens, position)
            found = tuple(self.blocks(tokens[position + 1 : end]))
            position = end + 1
            if found and found[0].kind == "paragraph":
                yield Item(runs=found[0].runs, blocks=found[1:])
            elif found:
                yield Item(blocks=found)

    def _runs(self, inline: Token) -> tuple[Run, ...]:
        result: list[Run] = []
        style, is_bare = Run(), False
        for token in inline.children or ():
            if token.type in ("text", "code_inline"):
                text = style.url if is_bare else MARKED.sub(r"{\1}", token.content)
                _add(result, dataclasses.replace(style, text=text))
            elif token.type == "softbreak" and not self.keeps_lines:
                _add(result, dataclasses.replace(style, text=" "))
            elif token.type in ("softbreak", "hardbreak"):
                result.append(Run(is_break=True))
            elif token.type in ("strong_open", "strong_close"):
                style = dataclasses.replace(style, is_strong=token.nesting == 1)
            elif token.type in ("em_open", "em_close"):
                style = dataclasses.replace(style, is_emphasised=token.nesting == 1)
            elif token.type in ("link_open", "link_close"):
                url = MARKED.sub(r"{\1}", str(token.attrs.get("href", "")))
                style = dataclasses.replace(style, url=url if url.startswith(LEADS) else "")
                is_bare = token.info == "auto" and url.startswith("http")
        return _trimmed(result)


def _add(runs: list[Run], run: Run) -> None:
    """Add words to the last run where they are written alike; an address then has its words in one place."""
    if not run.text:
        return
    last = runs[-1] if runs else Run(is_break=True)
    is_same_link = bool(run.url) and last.url == run.url and not last.is_break
    if is_same_link or dataclasses.replace(last, text="") == dataclasses.replace(run, text=""):
        runs[-1] = dataclasses.replace(last, text=last.text + run.text)
    else:
        runs.append(run)


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Return runs without breaks and blanks at the ends; nothing where no word is."""
    while runs and not runs[-1].text.strip():
        runs.pop()
    while runs and not runs[0].text.strip():
        runs.pop(0)
    return tuple(runs)


def _code(text: str) -> tuple[Run, ...]:
    lines = text.rstrip().split("\n")
    return _trimmed([run for line in lines for run in (Run(text=line), Run(is_break=True))])


def _closing(tokens: Sequence[Token], position: int) -> int:
    """Return where what a token opens is closed; its own place when it opens nothing."""
    depth = 0
    for end in range(position, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return end
    return len(tokens) - 1
