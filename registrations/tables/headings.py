"""What a column holds, by the words of its heading.

In French, English, German, Spanish, Italian, Dutch, Portuguese and Polish: the words of the platforms' exports, and
those that people write themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .heading_words import PHRASES, WORDS_AROUND, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .reading import Row

LONGEST = 300
# Accents that stand alone once a letter is taken apart, and format characters.
HIDDEN = {"Mn", "Mc", "Me", "Cf"}
IDENTITY: frozenset[str] = frozenset({"name", "given", "family", "email", "upn"})

KNOWN: dict[str, Role] = {phrase: role for role, phrases in PHRASES.items() for phrase in phrases.split(", ")}
# "Nom" is the family's beside a given name, "Nombre" the given one beside a family's.
FAMILY_BESIDE_GIVEN = {"nom", "name", "naam"}
GIVEN_BESIDE_FAMILY = {"nombre", "nome", "name", "naam"}
AROUND = frozenset(WORDS_AROUND.split())
# The same of whoever paid or booked for others: read where the person's own is missing.
OF_ANOTHER = frozenset(
    [
        "payeur",
        "payer",
        "acheteur",
        "buyer",
        "commanditaire",
        "responsable",
        "referent",
        "ordering",
        "bezahler",
    ]
)
DURATIONS = ("duree", "dauer", "duration", "duracion", "durata", "duur", "duracao")
# How long they spoke, or showed their screen, is not how long they were there.
WORDS_OF_OTHER_THINGS = """
parole talk talking speaking micro mic microphone camera webcam video audio enregistrement recording ecran screen
partage sharing prevue planned scheduled geplant prevista programmee actual reelle chat poll sondage attente waiting
moyenne average mediane mittlere replay replays rediffusion differe wiederholung aufzeichnung
"""
OF_OTHER_THINGS = frozenset(WORDS_OF_OTHER_THINGS.split())
ASCII_WORD = re.compile("[a-z0-9]+")
UNIT_AT_END = re.compile(
    r" (?:(?:en|in|em|w|per) )?(?:minutes|minuten|minutos|minuti|minuut|minut|minutach|min|mins|mn|secondes|seconds|"
    r"sekunden|segundos|secondi|seconden|sec|heures|hours|stunden|horas|ore|uren|hh mm ss|hh mm|h mm ss|h mm|"
    r"utc|gmt|cet|cest)$"
)
# A part of something, in percent, is no length, and nobody's name.
SHARE = re.compile(r"%|\b(?:percent|pourcent|pour\s?cent|prozent|porcent|percentu|procent)", re.IGNORECASE)
# Where a word begins in what programs run together: joinDateTime, UTCTime.
RUN_TOGETHER = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")


def plain(text: str) -> str:
    """Return a text without accents, case and punctuation: `E-mail de l’utilisateur` -> e mail de l utilisateur."""
    if text.isascii():
        return " ".join(ASCII_WORD.findall(text[:LONGEST].lower()))
    folded = (
        text[:LONGEST].casefold().replace("œ", "oe").replace("æ", "ae").replace("ł", "l").replace("ø", "o")
    )
    # Format characters are seen by nobody: they part no word.
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", folded) if unicodedata.category(c) not in HIDDEN
    )
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def spaced(heading: str) -> str:
    """Return a heading of a program as words: `UtcEventTimestamp`, `leave_time` -> Utc Event Timestamp, leave time."""
    return heading if " " in heading else RUN_TOGETHER.sub(" ", heading.replace("_", " "))


def inside_brackets(heading: str) -> str:
    """Return what a heading says in brackets: `Durée (min)` -> min."""
    return " ".join(BRACKETS.findall(heading[:LONGEST]))


def core(words: str) -> str:
    """Return the words of a plain heading without those that only say whose it is, or ask for it."""
    return " ".join(word for word in words.split() if word not in AROUND and word not in OF_ANOTHER)


# Only who somebody is gets asked for in a sentence; hours and states of other things are other things.
ASKED_FOR: dict[str, Role] = {}
for phrase, meant in KNOWN.items():
    if meant in {*IDENTITY, "organisation", "language"} and core(phrase):
        ASKED_FOR.setdefault(core(phrase), meant)
ASKED_FOR |= {
    core(phrase): meant for phrase, meant in KNOWN.items() if core(phrase) == phrase and meant in IDENTITY
}


@lru_cache(maxsize=4096)
def role_of(heading: str) -> tuple[Role | None, bool]:
    """Return (what a heading says its column holds, whether of the person themselves)."""
    if SHARE.search(heading[:LONGEST]):
        return None, True
    heading = spaced(heading[:LONGEST])
    whole = plain(heading)
    base = plain(BRACKETS.sub(" ", heading))
    is_of_another_thing = not OF_OTHER_THINGS.isdisjoint(plain(inside_brackets(heading)).split())
    for words in dict.fromkeys((whole, base, UNIT_AT_END.sub("", base), UNIT_AT_END.sub("", whole))):
        if words in KNOWN:
            return (None if KNOWN[words] == "minutes" and is_of_another_thing else KNOWN[words]), True
    tokens = base.split()
    is_own = not OF_ANOTHER & set(tokens)
    if role := ASKED_FOR.get(core(base)):
        return role, is_own
    # "Durée idéale ?" asks for something else.
    is_length = "?" not in heading and not is_of_another_thing and is_duration(tokens)
    return ("minutes", True) if is_length else (None, True)


def is_duration(words: Sequence[str]) -> bool:
    """True for a heading that begins with the word for a duration, of nothing else than being there."""
    return bool(words) and words[0].endswith(DURATIONS) and not OF_OTHER_THINGS & set(words)


def roles_of(
    headings: Sequence[str], *, wanted: Collection[str], chosen: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return {what a column holds: its index}, of the roles in `wanted` and those `chosen` by hand by plain heading.

    The first column of a kind counts, a person's own before that of whoever paid for them.
    """
    roles: dict[str, int] = {}
    others: dict[str, int] = {}
    plains = [plain(heading) for heading in headings]
    by_hand = chosen or {}
    for index, words in enumerate(plains):
        if by_hand.get(words):
            roles.setdefault(by_hand[words], index)
    for index, heading in enumerate(headings):
        if plains[index] in by_hand or not plains[index]:
            continue
        role, is_own = role_of(heading)
        if role is not None and role in wanted:
            (roles if is_own else others).setdefault(role, index)
    for name, index in others.items():
        roles.setdefault(name, index)
    return _with_names(roles, plains, by_hand)


def others_of(
    headings: Sequence[str], roles: Mapping[str, int], *, chosen: Mapping[str, str] | None = None
) -> dict[str, list[int]]:
    """Return the further columns of what `roles` has of somebody: asked twice, or by a form and by its platform.

    {what they hold: their indexes}, in the order of the file; none that is somebody else's, or chosen by hand.
    """
    results: dict[str, list[int]] = {}
    taken = set(roles.values())
    for index, heading in enumerate(headings):
        role, is_own = role_of(heading) if plain(heading) else (None, True)
        if index in taken or not is_own or plain(heading) in (chosen or {}):
            continue
        word, held = core(plain(heading)), str(role)
        if role == "name" and "name" not in roles:
            # A name of which the columns beside it said which part it is.
            parts = (("family", FAMILY_BESIDE_GIVEN), ("given", GIVEN_BESIDE_FAMILY))
            held = next((part for part, words in parts if part in roles and word in words), "")
        if held in roles and held in IDENTITY:
            results.setdefault(held, []).append(index)
    return results


def _with_names(roles: dict[str, int], plains: list[str], by_hand: Mapping[str, str]) -> dict[str, int]:
    """Settle a column called only `Nom`, `Name` or `Nombre` by the columns beside it."""
    index = roles.get("name")
    if index is None or plains[index] in by_hand:
        return roles
    word = core(plains[index])
    if "given" in roles and "family" not in roles and word in FAMILY_BESIDE_GIVEN:
        roles["family"] = roles.pop("name")
    elif "family" in roles and "given" not in roles and word in GIVEN_BESIDE_FAMILY:
        roles["given"] = roles.pop("name")
    return roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that was seen: its heading, something that stands in it, and what it was taken for, if for anything."""

    heading: str
    sample: str
    role: str

    @property
    def key(self) -> str:
        return plain(self.heading)


def columns(heading: Row, rows: Sequence[Row], roles: Mapping[str, int]) -> tuple[Column, ...]:
    """Return the columns under a heading, as an organiser is asked about them."""
    by_index = {index: role for role, index in roles.items()}
    return tuple(
        Column(
            heading=cell,
            sample=next((row.cells[n] for row in rows[:50] if n < len(row.cells) and row.cells[n]), ""),
            role=by_index.get(n, ""),
        )
        for n, cell in enumerate(heading.cells)
        if plain(cell)
    )
