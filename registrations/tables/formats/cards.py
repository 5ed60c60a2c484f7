"""Business cards as address books export them (vCard 2.1, RFC 2426, RFC 6350), as a table of people. Pure.

Of each card: the address that it prefers, or else its first; the name; the organisation. Everything else is left.
"""

from __future__ import annotations

import csv
import io
import quopri
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registrations.tables.mailboxes import split_name

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADING = ("Email", "Given name", "Family name", "Organisation")
BEGIN = re.compile(r"\s*BEGIN:VCARD[ \t]*(?:\r|\n)", re.IGNORECASE)
# A line of quoted-printable text goes on otherwise (RFC 2045, 6.7).
FOLDED = re.compile(r"(?<!=)(?:\r\n|\r|\n)[ \t]")
PARTS = re.compile(r"(?<!\\);")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
LONGEST_LINE = 20_000
GROUP = "group"


@dataclass(frozen=True)
class _Line:
    """One property: its name in capitals without a group, its parameters in capitals, its value as written."""

    name: str
    params: tuple[str, ...]
    value: str

    @property
    def text(self) -> str:
        if not any("QUOTED-PRINTABLE" in param for param in self.params):
            return self.value
        data = quopri.decodestring(self.value.encode("utf-8", "replace"))
        charsets = [param.partition("=")[2] for param in self.params if param.startswith("CHARSET=")]
        for charset in (*charsets, "utf-8"):
            try:
                return data.decode(charset)
            except (LookupError, UnicodeDecodeError):
                continue
        return data.decode("cp1252", "replace")

    @property
    def parts(self) -> list[str]:
        """The components of a structured value, such as family and given name."""
        return [
            " ".join(ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], part).split())
            for part in PARTS.split(self.text)
        ]

    @property
    def is_preferred(self) -> bool:
        return any(
            param in ("PREF", "PREF=1") or (param.startswith("TYPE=") and "PREF" in param)
            for param in self.params
        )


def are_these(text: str) -> bool:
    """Tell whether a text is made of business cards."""
    return BEGIN.match(text.lstrip("\ufeff")) is not None


def as_table(text: str) -> str:
    """Return the people of cards as a table with a heading, a line for each card."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows(_row(card) for card in _cards(text) if not _is_group(card))
    return target.getvalue()


def _cards(text: str) -> Iterator[list[_Line]]:
    card: list[_Line] | None = None
    for line in _lines(text):
        word = line.value.strip().upper()
        if line.name == "BEGIN" and word == "VCARD":
            if card:
                yield card
            card = []
        elif line.name == "END" and word == "VCARD":
            if card:
                yield card
            card = None
        elif card is not None:
            card.append(line)
    if card:
        yield card


def _lines(text: str) -> Iterator[_Line]:
    whole = FOLDED.sub("", text.lstrip("\ufeff"))
    held = ""
    for raw in re.split(r"\r\n|\r|\n", whole):
        written = held + raw
        head, colon, value = written.partition(":")
        if written.endswith("=") and "QUOTED-PRINTABLE" in head.upper() and len(written) < LONGEST_LINE:
            held = written[:-1]
            continue
        held = ""
        if not colon:
            continue
        name, *params = head.split(";")
        yield _Line(
            name.rpartition(".")[2].strip().upper(),
            tuple(param.strip().upper() for param in params),
            value[:LONGEST_LINE],
        )


def _is_group(card: list[_Line]) -> bool:
    """Tell whether a card is of a list of people, not of one."""
    return any(line.name.endswith("KIND") and line.value.strip().casefold() == GROUP for line in card)


def _row(card: list[_Line]) -> tuple[str, str, str, str]:
    mails = sorted((line for line in card if line.name == "EMAIL"), key=lambda line: not line.is_preferred)
    email = mails[0].parts[0] if mails else ""
    name = next((line.parts for line in card if line.name == "N"), [])
    family, given = (name[n] if n < len(name) else "" for n in (0, 1))
    if not family and not given:
        shown = next((" ".join(line.parts) for line in card if line.name == "FN"), "")
        given, family = split_name(shown, address=email)
    organisation = next((line.parts[0] for line in card if line.name == "ORG"), "")
    return email, given, family, organisation
