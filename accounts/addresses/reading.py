"""Reading e-mail addresses, and the normal form that says whether two of them are the same. Pure: no Django.

The part before the @ is ASCII (RFC 5321, as mail servers without SMTPUTF8 take it), the domain is kept in A-labels
(IDNA 2008, RFC 5891). Nothing is folded that a person would not fold: ı is no i, ſ no s, ß no ss, the Kelvin sign no k.
"""

from __future__ import annotations

import enum
import functools
import re
import unicodedata

import idna

# RFC 5321, 4.5.3.1.3, without the angle brackets. Looked at before anything whose cost grows faster than the text.
LONGEST = 254
# Unicode's Default_Ignorable_Code_Point, and annotation marks: what has no width and no ink. Copying leaves it behind.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# These two belong to the spelling of some scripts, where IDNA allows them (RFC 5892, appendix A).
JOINERS = "\u200c\u200d"
BLANK = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
BLANKS = re.compile(BLANK)
UNSEEN = re.compile(f"[{INVISIBLE}]")
# A blank beside the @ or before a dot separates nothing. Anywhere else it may be between two things: refused.
STRAY = re.compile(f"{BLANK}+(?=[@.])|(?<=@){BLANK}+")
LOCAL = re.compile(r"[-!#$%&'*+/=?^_`{|}~0-9A-Za-z]+(?:\.[-!#$%&'*+/=?^_`{|}~0-9A-Za-z]+)*")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(?<!-)")
# How the names of the Internet end: in letters, or an A-label (RFC 3696, 2), and never in these two (RFC 6761).
END = re.compile(r"[a-z]+|xn--[a-z0-9-]+")
NOWHERE = frozenset({"localhost", "invalid"})
# What telephones and word processors make of an apostrophe (o'brien@): no address has one of these.
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02b9\u00b4", "'"))
# Scripts whose letters pass for Latin ones: within one label of a domain they are no word of any language.
PASSING = re.compile("[\u0370-\u058f\u1f00-\u1fff]")
# Letters of the Latin alphabet in use that are no ASCII letter with marks; ı is not among them, it passes for an i.
LATIN = frozenset("ßæœøđðþłħ")


class Trouble(enum.Enum):
    """What is wrong with an address."""

    TOO_LONG = "too long"
    INCOMPLETE = "incomplete"
    # A letter before the @ that most mail servers refuse.
    LETTER = "letter"
    # A sign in the domain that stands for another one.
    LOOKALIKE = "lookalike"
    DOMAIN = "domain"


class AddressError(ValueError):
    """A text that is no address; `sign` is the character at fault, where it is a single one."""

    def __init__(self, trouble: Trouble, sign: str = "") -> None:
        super().__init__(f"no email address: {trouble.value} {sign}".strip())
        self.trouble = trouble
        self.sign = sign


def read(text: str) -> str:
    """Return an address as it is kept and written to: the case before the @ as typed, the domain in A-labels.

    What copying leaves is taken out: blanks around it and beside the @, invisible characters, `<…>`, `mailto:`, the
    dot that ends a sentence. Raises AddressError for everything that is no address or would become another one.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise AddressError(Trouble.TOO_LONG)
    text = STRAY.sub("", _seen(_unwrapped(text))).strip()
    local, at, host = text.rpartition("@")
    if not at or not local or not host or BLANKS.search(text):
        raise AddressError(Trouble.INCOMPLETE)
    local = local.translate(APOSTROPHES)
    if not LOCAL.fullmatch(local):
        foreign = next((sign for sign in local if not sign.isascii() and sign.isprintable()), "")
        raise AddressError(Trouble.LETTER if foreign else Trouble.INCOMPLETE, foreign)
    address = f"{local}@{_host(host)}"
    if len(address) > LONGEST:
        raise AddressError(Trouble.TOO_LONG)
    return address


def normal_form(text: str) -> str:
    """Return the one form under which an address is compared: as read, in small letters (ASCII). Raises AddressError.

    Servers may tell `Anna@` from `anna@` (RFC 5321, 2.4); none that people have an address at does.
    """
    return read(text).lower()


def key(text: str) -> str:
    """Return the normal form of an address; a text that is none is equal to itself only."""
    try:
        return normal_form(text)
    except AddressError:
        return text.strip()


def domain(address: str) -> str:
    """Return the domain of an address (or a domain alone) in its normal form; what is none is returned as it is."""
    host = address.rpartition("@")[2].strip()
    try:
        return _host(host)
    except AddressError:
        return host


def shown(address: str) -> str:
    """Return an address as people write it: its domain in letters, where these cannot pass for others."""
    # Forms show what was typed again, which may be anything and of any length: it is not kept.
    return _shown(address) if "xn--" in address and len(address) <= LONGEST else address


@functools.lru_cache(maxsize=1024)
def _shown(address: str) -> str:
    local, at, host = address.rpartition("@")
    labels = [_letters(label) for label in host.split(".")]
    is_latin = all(_is_latin(label) for label in labels)
    is_foreign = all(not re.search("[a-z]", label) for label in labels)
    return f"{local}{at}{'.'.join(labels)}" if is_latin or is_foreign else address


def pieces(word: str) -> frozenset[str]:
    """Return what a piece of an address that somebody looks for may be in a normal form."""
    word = word.strip()[:LONGEST]
    if word.isascii():
        return frozenset({word.lower()})
    local, at, host = word.rpartition("@")
    try:
        return frozenset({f"{local}{at}{_encoded(host.strip('.'))}"})
    except AddressError:
        return frozenset({word})


def _unwrapped(text: str) -> str:
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    return text[7:] if text[:7].lower() == "mailto:" else text


def _seen(text: str) -> str:
    """Return a text without its invisible characters, but for a joiner that belongs to the spelling of a domain."""
    if text.isascii():
        return text
    at = text.rfind("@")
    return "".join(
        sign
        for index, sign in enumerate(text)
        if not UNSEEN.match(sign) or (index > at and _joins(text, index))
    )


def _joins(text: str, index: int) -> bool:
    if text[index] not in JOINERS:
        return False
    try:
        return bool(idna.valid_contextj(text, index))
    except (ValueError, idna.IDNAError):
        return False


def _host(text: str) -> str:
    """Return a domain in A-labels and small letters. Raises AddressError."""
    text = text.removesuffix(".")
    if not text.isascii():
        text = _encoded(text[:LONGEST])
    text = text.lower()
    if not DOMAIN.fullmatch(text):
        raise AddressError(Trouble.INCOMPLETE)
    end = text.rpartition(".")[2]
    if not END.fullmatch(end) or end in NOWHERE:
        raise AddressError(Trouble.DOMAIN)
    return text


def _encoded(text: str) -> str:
    """Return a domain with other than ASCII letters in A-labels.

    UTS 46, which browsers follow, turns some signs into others (ſ into s, the Kelvin sign into k, ① into 1): who
    typed one of them is asked to type the letter that is meant.
    """
    for sign in text:
        if not sign.isascii() and _stands_for_another(sign):
            raise AddressError(Trouble.LOOKALIKE, sign)
    for label in text.split("."):
        if sign := _passing_for_latin(label):
            raise AddressError(Trouble.LOOKALIKE, sign)
    small = "".join(sign.lower() for sign in unicodedata.normalize("NFC", text))
    try:
        return idna.encode(small, strict=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise AddressError(Trouble.DOMAIN) from None


def _passing_for_latin(label: str) -> str:
    """Return a letter of another script among Latin ones that looks like one of them; nothing for a word of one."""
    if not any(sign.isascii() and sign.isalpha() for sign in label):
        return ""
    found = PASSING.search(label)
    return found[0] if found else ""


def _stands_for_another(sign: str) -> bool:
    composed = unicodedata.normalize("NFC", sign)
    small = composed.lower()
    if composed.isascii() or (small != composed and small.upper() != composed):
        return True
    try:
        return idna.uts46_remap(small, std3_rules=False) != small
    except idna.IDNAError:
        # No sign of any domain: encoding says so.
        return False


def _letters(label: str) -> str:
    """Return a label in letters, where encoding them again gives it back."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = idna.decode(label)
        return letters if idna.encode(letters).decode("ascii") == label else label
    except (idna.IDNAError, UnicodeError):
        return label


def _is_latin(label: str) -> bool:
    return all(
        sign.isascii() or sign in LATIN or unicodedata.normalize("NFD", sign)[0].isascii() for sign in label
    )
