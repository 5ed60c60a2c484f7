"""Whose fault a refusal is: the reply of a mail server, read as data.

A reply is a code (RFC 5321 4.2), often an enhanced code (RFC 3463) and words. Servers get either of the first two
wrong, so the words decide where they are plain, the stage of the conversation next, the codes last. Only a reply that
says that the mailbox does not exist stops an address; what nobody can tell never does. docs/refusals.md shows the table
with real replies and their sources.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

from .refusal_words import BARE_BLOCK, PLAIN


class Fault(enum.StrEnum):
    """Whose fault it is, which decides what happens."""

    # The address is wrong: nothing more is sent to it.
    READER = "reader"
    # The address is right, and cannot take this mail now: later, then failed, never stopped.
    NOW = "now"
    # Our sender, our server, our login or our words: nobody is stopped, the mail waits or a person is asked.
    US = "us"


class Stage(enum.StrEnum):
    """What the reply answered."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    # The final dot: the server has seen the whole mail.
    END = "end"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One line of the table. `is_for_all`: it would meet every mail, so all mail rests."""

    name: str
    fault: Fault
    is_for_all: bool = False


GROUNDS = {
    ground.name: ground
    for ground in (
        Ground(name="no_mailbox", fault=Fault.READER),
        Ground(name="full", fault=Fault.NOW),
        Ground(name="later", fault=Fault.NOW),
        Ground(name="disabled", fault=Fault.NOW),
        Ground(name="restricted", fault=Fault.NOW),
        Ground(name="unknown", fault=Fault.NOW),
        Ground(name="login", fault=Fault.US, is_for_all=True),
        Ground(name="sender", fault=Fault.US, is_for_all=True),
        Ground(name="relay", fault=Fault.US, is_for_all=True),
        Ground(name="proof", fault=Fault.US, is_for_all=True),
        Ground(name="blocked", fault=Fault.US, is_for_all=True),
        Ground(name="quota", fault=Fault.US, is_for_all=True),
        Ground(name="policy", fault=Fault.US, is_for_all=True),
        Ground(name="content", fault=Fault.US),
    )
}

# RFC 4954 and 3207: we are not logged in, or not as the server wants it.
LOGIN_CODES = frozenset({530, 534, 535, 538})
# RFC 7504: the domain takes no mail at all.
NO_MAIL_CODES = frozenset({521, 556})
PERMANENT = 500

# Enhanced codes (RFC 3463, 7372, 7505), without the class; None is decided by the words alone.
BY_ENHANCED = {
    "1.0": "sender",
    "1.1": "no_mailbox",
    "1.2": "no_mailbox",
    "1.3": "no_mailbox",
    "1.6": "no_mailbox",
    "1.10": "no_mailbox",
    "1.7": "sender",
    "1.8": "sender",
    "2.1": "disabled",
    "2.2": "full",
    "2.3": "content",
    "3.4": "content",
    "4.5": "later",
    "6.0": "content",
    "7.2": "restricted",
    "7.8": "login",
    "7.9": "login",
    "7.13": "disabled",
    "7.17": "no_mailbox",
    "7.18": "no_mailbox",
    "7.20": "proof",
    "7.21": "proof",
    "7.22": "proof",
    "7.23": "proof",
    "7.24": "proof",
    "7.25": "blocked",
    "7.26": "proof",
    "7.27": "sender",
    # Exchange Online: a group or a mailbox says who may write to it.
    "7.124": "restricted",
    "7.129": "restricted",
    "7.133": "restricted",
    "7.134": "restricted",
}
SECURITY = "7."

ADDRESS = re.compile(r"<[^<>]*>|[^\s<>()]+@[^\s<>()]+")
WEB = re.compile(r"https?://\S+|www\.\S+")
HOST = re.compile(r"\b(?:[\w-]+\.)+(?:com|net|org|eu|io|info|local|invalid|example|test|[a-z]{2})\b")
CODES = re.compile(r"^\s*(?:\d{3}[ -])?\s*#?(?P<class>[245])\.(?P<rest>\d{1,3}\.\d{1,3})\b")
# Where a server repeats the codes on each line (RFC 5321 4.2.1), or puts the enhanced one in the middle.
REPEATED = re.compile(r"(?:(?<=\s)|^)(?:\d{3}[ -])?#?[245]\.\d{1,3}\.\d{1,3}(?=\s|$)|(?<=\n)\d{3}[ -]")
ANYWHERE = re.compile(r"(?<![\d.])[45]\.(?P<rest>\d{1,3}\.\d{1,3})(?![\d.])")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a reply means: the ground, and whether the same mail may be tried again by itself."""

    ground: Ground
    is_temporary: bool

    @property
    def fault(self) -> Fault:
        return self.ground.fault


def enhanced(text: str) -> str:
    """Return the enhanced code of a reply without its class, such as "1.1"; empty when it has none."""
    match = CODES.match(text) or ANYWHERE.search(text)
    return match["rest"] if match else ""


def plain(text: str) -> str:
    """Return the words of a reply: one line, small letters without accents, no codes, addresses or hosts."""
    bare = WEB.sub(" ", ADDRESS.sub(" ", REPEATED.sub(" ", text)))
    letters = unicodedata.normalize("NFKD", bare.casefold())
    without = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(HOST.sub(" ", without).replace("\u2019", "'").split())


def without_addresses(text: str) -> str:
    """Return a reply as it may be shown to people who do not know the reader."""
    return " ".join(ADDRESS.sub("…", text).split())


def judge(code: int, text: str, *, stage: Stage) -> Verdict:
    """Say whose fault a reply of 4xx or 5xx is; `text` is all its lines, without the code."""
    is_temporary = code < PERMANENT
    name = _ground(code, text[:LONGEST], stage=stage)
    if is_temporary and not _is_ours_for_certain(name, text):
        # A server that says "not now" is believed, whatever it gives as the reason.
        name = name if name in ("full", "disabled") else "later"
    return Verdict(ground=GROUNDS[name], is_temporary=is_temporary or name == "later")


# A reply may be long; its beginning says enough, and the patterns stay quick.
LONGEST = 2000
CERTAIN = frozenset({"login", "relay", "proof", "sender", "blocked"})


def _is_ours_for_certain(name: str, text: str) -> bool:
    """Tell whether a temporary refusal is of us: named plainly, and not as something that passes by itself."""
    result = plain(text[:LONGEST])
    passes = dict(PLAIN)["later"].search(result)
    return name in CERTAIN and not passes


def _ground(code: int, text: str, *, stage: Stage) -> str:
    if code in LOGIN_CODES:
        return "login"
    said, number = plain(text), enhanced(text)
    matched = next((name for name, words in PLAIN if words.search(said)), "")
    if stage in (Stage.CONNECT, Stage.MAIL):
        return _of_the_sender(matched, number)
    if (
        code in NO_MAIL_CODES
        and stage is Stage.RCPT
        and GROUNDS.get(matched, GROUNDS["unknown"]).fault is not Fault.US
    ):
        return "no_mailbox"
    if matched == "no_mailbox" and BARE_BLOCK.search(said):
        return "blocked"
    if stage is Stage.RCPT:
        return _of_the_recipient(matched, number, code)
    return _of_the_whole(matched, number)


def _of_the_sender(found: str, number: str) -> str:
    """Judge a reply given before any recipient was named: it cannot be about one."""
    if found in ("", "no_mailbox", "disabled", "restricted", "content", "unknown", "full"):
        found = BY_ENHANCED.get(number, "sender")
    return found if found == "later" or GROUNDS[found].fault is Fault.US else "sender"


def _of_the_recipient(found: str, number: str, code: int) -> str:
    if found == "content":
        # The server has not seen the mail: it is our server that it calls a source of spam.
        found = "blocked" if number.startswith(SECURITY) or not number else ""
    by_number = BY_ENHANCED.get(number) or ("policy" if number.startswith(SECURITY) else "")
    if not found:
        return by_number or ("full" if code % 100 == 52 else "unknown")  # noqa: PLR2004 - RFC 5321: 452, 552
    if found == "disabled":
        # "Mailbox unavailable" beside a code that says which of the many reasons.
        return by_number if by_number in ("no_mailbox", "full", "sender") else found
    if found == "no_mailbox" and by_number == "full":
        return "full"
    return found


def _of_the_whole(found: str, number: str) -> str:
    """Judge a reply to DATA or to the final dot: the recipient had been accepted, so a code alone stops nobody."""
    if found:
        return found
    by_number = BY_ENHANCED.get(number) or ("policy" if number.startswith(SECURITY) else "unknown")
    return "unknown" if by_number == "no_mailbox" else by_number
