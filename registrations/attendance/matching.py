"""Whose line is it? Pure: by hand, by e-mail address, then by name, never by a guess between two people."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from registrations.tables.headings import plain

from . import presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .presence import Stay, Window
    from .report_lines import Line

How = Literal["hand", "email", "name"]
# `holder`: who holds the meeting, and need not be registered. `nobody`: the platform gives no name.
Why = Literal["unknown", "ambiguous", "holder", "nobody"]
# What the column of minutes holds; a report may say anything.
LONGEST_MINUTES = 32_767
BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
# What platforms write instead of a name, in eight languages; a number or a device may follow.
NOBODY = re.compile(
    r"(?:\w+ )?(?:anonym\w*|anonim\w*)(?: (?:user|utilisateur|participant|\d+))?"
    r"|(?:guest|invite|invitee|gast|invitado|ospite|convidado|gosc|unknown|inconnue?|unbekannt|desconocido|sconosciuto"
    r"|onbekend|desconhecido|user|utilisateur|participant|participante|teilnehmer|telephone|telefon|telefono|telefoon"
    r"|phone|call in user|appel entrant|dial in|dial in user|phone user|zoom user|pc|mac|visiteur|visitor|viewer"
    r"|spectateur|attendee|galaxy|android|samsung)(?: (?:user|inconnue?|unknown|\w{0,2}\d[\w ]*))?"
    r"|(?:iphone|ipad|macbook|samsung galaxy|ordinateur)(?: .*)?"
)
DIGITS = re.compile(r"[\d*•xX+().\-\s/]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody registered: `id` of the registration, address in its normal form, name as they wrote it."""

    id: int
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What a report says of one person, and by what they were recognised."""

    how: How
    stay: Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody in the report whom no registration fits, from the line where they first appear.

    `key` tells them from the others of the same file, for whoever says who they are. `stay` is what counts of them.
    """

    key: str
    number: int
    name: str
    email: str
    stay: Stay
    why: Why


@dataclass(frozen=True, kw_only=True)
class Match:
    """{registration: what the report says}, everybody else in it, and who of them was recognised by hand."""

    found: dict[int, Presence]
    strangers: tuple[Stranger, ...]
    by_hand: tuple[tuple[Stranger, int], ...] = ()


@dataclass
class _Group:
    how: How = "name"
    lines: list[Line] = field(default_factory=list)


def name_key(name: str) -> str:
    """Return what makes two spellings of a name the same: no accents, no case, any order of its words."""
    return " ".join(sorted(plain(name).split()))


def names(written: str) -> Iterator[str]:
    """Yield the names that a platform's cell may hold: `Amina (Amina Diallo)`, `Amina Diallo [Association]`."""
    yield name_key(BRACKETS.sub(" ", written))
    for inside in BRACKETS.findall(written):
        yield name_key(inside)


def is_nobody(name: str) -> bool:
    """True for what a platform writes where it knows no name: Anonymous, a telephone number, a device."""
    outside = BRACKETS.sub(" ", name).strip()
    return bool(DIGITS.fullmatch(outside) or NOBODY.fullmatch(plain(outside)))


def key_of(line: Line) -> str:
    """Return what tells a stranger from the others: two lines without a name are two people, or may be."""
    who = line.email or ("" if is_nobody(line.name) else name_key(line.name)) or f"line {line.number}"
    return hashlib.sha256(who.encode(errors="replace")).hexdigest()[:16]


def match(
    lines: Iterable[Line],
    expected: Iterable[Expected],
    *,
    window: Window | None = None,
    by_hand: Mapping[str, int] | None = None,
) -> Match:
    """Return who of the people registered is in a report, and who else is.

    `by_hand` is {key of a stranger: registration}, as somebody who knows them said.
    """
    by_email: dict[str, int] = {}
    by_name: dict[str, int | None] = {}
    for person in expected:
        by_email[person.email] = person.id
        key = name_key(person.name)
        by_name[key] = None if key in by_name else person.id
    ids = set(by_email.values())
    chosen = {key: pk for key, pk in (by_hand or {}).items() if pk in ids}
    groups: dict[int, _Group] = defaultdict(_Group)
    others: dict[str, tuple[Why, list[Line]]] = {}
    for line in lines:
        key = key_of(line)
        found, how, why = _whose(line, by_email, by_name)
        if found is None:
            others.setdefault(key, (why, []))[1].append(line)
            if key not in chosen:
                continue
            found, how = chosen[key], "hand"
        group = groups[found]
        group.lines.append(line)
        if how != "name":
            group.how = how
    strangers = {
        key: Stranger(
            key=key,
            number=of[0].number,
            name=of[0].name,
            email=of[0].email,
            stay=presence.stay(of, window),
            why="holder" if any(line.is_holder for line in of) else why,
        )
        for key, (why, of) in others.items()
    }
    return Match(
        found={
            pk: Presence(how=group.how, stay=presence.stay(group.lines, window))
            for pk, group in groups.items()
        },
        strangers=tuple(one for key, one in strangers.items() if key not in chosen),
        by_hand=tuple((one, chosen[key]) for key, one in strangers.items() if key in chosen),
    )


def _whose(
    line: Line, by_email: dict[str, int], by_name: dict[str, int | None]
) -> tuple[int | None, How, Why]:
    if line.email in by_email:
        return by_email[line.email], "email", "unknown"
    if is_nobody(line.name):
        return None, "name", "unknown" if line.email else "nobody"
    why: Why = "unknown"
    for key in names(line.name):
        if key and key in by_name:
            pk = by_name[key]
            if pk is not None:
                return pk, "name", "unknown"
            why = "ambiguous"
    return None, "name", why


def verdict(stay: Stay, *, length: float | None, threshold: int) -> tuple[str, int | None] | None:
    """Return (state, whole minutes) of somebody in a report; None where it does not say whether they came.

    Present from `threshold` percent of the session's `length` in minutes on, in part below; who was there for less
    than half a minute of it did not come.
    """
    if not stay.is_seen:
        return None if stay.minutes is None else ("absent", None)
    if stay.minutes is None:
        return "present", None
    minutes = min(int(stay.minutes + 0.5), LONGEST_MINUTES)
    if minutes == 0:
        return "absent", None
    is_enough = length is None or stay.minutes * 100 >= length * threshold
    return ("present" if is_enough else "partial"), minutes
