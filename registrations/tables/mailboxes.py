"""Addresses as mail programs give them (RFC 5322, section 3.4, and what people make of it).

`Amina Essai <amina@example.org>; "Essai, Zoë" <zoe@example.org>; noel@example.org`, one to a line or all in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .headings import plain
from .reading import TableError, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1000
MAILTO = re.compile("mailto:", re.IGNORECASE)
ANGLED = re.compile(
    r"^(?P<name>[^<]*)<\s*(?:mailto:)?(?P<address>[^<>]*@[^<>]*?)\s*>[\s.,;]*$", re.IGNORECASE
)
BARE = re.compile(
    r"^(?:mailto:)?(?P<address>[^\s<>()\[\]\"',;]+@[^\s<>()\[\]\"',;]+)(?:\s*\((?P<name>[^()]*)\))?$",
    re.IGNORECASE,
)
SPACED = re.compile(
    r"^(?P<name>[^<>@,;]+?)\s+[\[(]?(?:mailto:)?(?P<address>[^\s<>()\[\]\"',;]+@[^\s<>()\[\]\"',;]+?)[\])]?"
    # What somebody noted beside it.
    r"(?:\s*\([^()@]*\))?$",
    re.IGNORECASE,
)
# As mailing lists give their members, and Outlook what it shows: amina@example.org  Amina Essai · Amina Essai (amina@…)
AFTER = re.compile(
    r"^(?:mailto:)?(?P<address>[^\s<>()\[\]\"',;]+@[^\s<>()\[\]\"',;]+?)[ \t]*[\s:–—-][ \t]*"
    r"(?P<name>[^\W\d_][^<>@,;:()\[\]]*)$",
    re.IGNORECASE,
)
BRACKETED = re.compile(
    r"^(?P<name>[^<>@]*?)\s*[(\[]\s*(?:mailto:)?(?P<address>[^\s<>()\[\]]+@[^\s<>()\[\]]+?)\s*[)\]]$",
    re.IGNORECASE,
)
# What a mail writes before its addressees.
ADDRESSED = re.compile(
    r"^\s*(?:à|a|to|cc|cci|bcc|an|kopie|para|aan|do|dw|per|from|de|von)\s*:\s*", re.IGNORECASE
)
# What marks the lines of a list: a number, a dash, a dot.
MARK = re.compile(r"^\s*(?:[-*+•·–—▪►]|\(?\d{1,4}[.)°])\s+")
# A link as Markdown writes it: [Amina Essai](mailto:amina@example.org).
LINKED = re.compile(r"\[([^\[\]]*)\]\(\s*(?:mailto:)?([^()\s]+@[^()\s]+)\s*\)", re.IGNORECASE)
# An address that a mail program broke over two lines.
BROKEN = re.compile(r"<([^<>\s,;]{1,254})[ \t]*\r?\n[ \t]*([^<>\s,;]{1,254})>")
# How people are addressed: no part of a name.
COURTESY = re.compile(
    r"(?:M\.|MM\.|M(?:me|lle|r|rs|s)\b\.?|Monsieur|Madame|Mademoiselle|(?:Dr|Pr|Me)\.)\s+(?=\S)"
    # These are names, too: of three words they are none.
    r"|(?:Herr|Frau|Se[ñn]ora?|Sra?\.|Sig\.|Signora?|Dhr\.|Mevr\.)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
# What exports write where they know no name.
NOBODY = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        "/",
        ".",
        "?",
        "n/a",
        "n.a.",
        "#n/a",
        "#n/d",
        "anonymous",
        "anonyme",
        "undefined",
        "(null)",
    }
)
WRAPPING = " \t\r\n\"'“”«»[](){}<>.,;"
TWO_WORDS = 2


@dataclass(frozen=True, slots=True)
class Box:
    """An address, the name beside it, and the line where it stands, from 1."""

    address: str
    name: str
    number: int = 0

    @property
    def given(self) -> str:
        return split_name(self.name, address=self.address)[0]

    @property
    def family(self) -> str:
        return split_name(self.name, address=self.address)[1]


def cleaned(written: str) -> Box:
    """Return the address of a cell without what mail programs put around it: `<mailto:amina@example.org>.`"""
    text = written[:LONGEST].strip()
    if match := ANGLED.match(text) or BRACKETED.match(text) or (BARE.match(text) if "(" in text else None):
        return Box(_bare(match["address"]), _name(match["name"]))
    return Box(_bare(text), "")


def _bare(text: str) -> str:
    text = text.strip(WRAPPING)
    return text[7:].strip(WRAPPING) if MAILTO.match(text) else text


def _name(text: str) -> str:
    return " ".join(text.replace('\\"', '"').strip(" \t\r\n\"'“”«»,;:-–—").split())


def says_a_name(written: str) -> bool:
    """Tell whether a cell names somebody, rather than stand for a name that is missing: `-`, `N/A`, `anonymous`."""
    return written.strip().casefold() not in NOBODY


def read(text: str, *, most: int) -> list[Box]:
    """Return the mailboxes of a text that is nothing else than a list of them; an empty list if it is anything else.

    Raises TableError for more than `most`.
    """
    boxes: list[Box] = []
    has_angles = False
    unnamed: list[Box] = []
    for number, item in _items(text):
        match = (
            ANGLED.match(item)
            or BARE.match(item.strip(WRAPPING.replace(")", "")))
            or SPACED.match(item.strip(" \t.,;"))
            or AFTER.match(item.strip(" \t.,;"))
        )
        if match is None:
            if "@" in item:
                return []
            # Somebody whom the mail program shows by name alone.
            unnamed.append(Box("", _name(item), number))
            continue
        has_angles = has_angles or "<" in item
        boxes.append(Box(_bare(match["address"]), _name(match["name"] or ""), number))
        if len(boxes) > most:
            raise TableError(Trouble.TOO_LONG)
    if unnamed and (not has_angles or len(unnamed) > len(boxes)):
        return []
    return sorted([*boxes, *unnamed], key=lambda box: box.number) if unnamed else boxes


def _is_remark(item: str) -> bool:
    """Tell whether a line says something about the list, as programs mark it, rather than of a person."""
    return item.startswith("#") and "@" not in item


def _items(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, mailbox) of a list, cut at `;`, at the ends of lines, and at the commas after an address."""
    number, start_number, item = 1, 1, ""
    is_quoted = is_angled = False
    whole = BROKEN.sub(r"<\1\2>\n", text.lstrip(chr(0xFEFF)))
    for sign in f"{whole}\n":
        is_end = sign in ";\n\r\t" or (sign == "," and "@" in item)
        if sign in "\n\r":
            is_quoted = is_angled = False
        if is_end and not is_quoted and not is_angled:
            item = ADDRESSED.sub("", LINKED.sub(r"\1 <\2>", MARK.sub("", item))).strip()
            words = item.split()
            if len(words) > 1 and all(BARE.match(word.strip(WRAPPING)) for word in words):
                yield from ((start_number, word) for word in words)
            elif item.strip(WRAPPING) and not item.endswith(":") and not _is_remark(item):
                yield start_number, item
            item = ""
            number += sign == "\n"
            start_number = number
            continue
        number += sign == "\n"
        if sign == '"':
            is_quoted = not is_quoted
        elif sign in "<>" and not is_quoted:
            is_angled = sign == "<"
        item = (item + sign)[:LONGEST]


def split_name(name: str, *, address: str = "") -> tuple[str, str]:
    """Return (given, family) of a name in one cell.

    Capitals mark the family's, a comma ends it, an address that begins with one of two words names the given one, or
    else the first word is it: a guess, which the preview shows.
    """
    name = COURTESY.sub("", name, count=1) if COURTESY.match(name) else name
    before, comma, after = name.partition(",")
    if comma:
        return after.strip(), before.strip()
    words = name.split()
    loud = [word for word in words if word.isupper() and len(word) > 1]
    if loud and len(loud) < len(words):
        return " ".join(word for word in words if word not in loud), " ".join(loud)
    if len(words) == TWO_WORDS:
        first = plain(re.split(r"[._@+\-]", address, maxsplit=1)[0])
        if first and first == plain(words[1]) != plain(words[0]):
            return words[1], words[0]
    return " ".join(words[:1]), " ".join(words[1:])
