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
}
SECURITY = "7."

ADDRESS = re.compile(r"<[^<>]*>|[^\s<>()]+@[^\s<>()]+")
WEB = re.compile(r"https?://\S+|www\.\S+")
HOST = re.compile(r"\b(?:[\w-]+\.)+(?:com|net|org|eu|io|info|local|invalid|example|test|[a-z]{2})\b")
CODES = re.compile(r"^\s*(?:\d{3}[ -])?\s*#?(?P<class>[245])\.(?P<rest>\d{1,3}\.\d{1,3})\b")
# Where a server repeats the codes on each line (RFC 5321 4.2.1), or puts the enhanced one in the middle.
REPEATED = re.compile(r"(?:(?<=\s)|^)(?:\d{3}[ -])?#?[245]\.\d{1,3}\.\d{1,3}(?=\s|$)|(?<=\n)\d{3}[ -]")
ANYWHERE = re.compile(r"(?<![\d.])[45]\.(?P<rest>\d{1,3}\.\d{1,3})(?![\d.])")


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


# What a person or a mailbox is called; never the sender, which is looked for before.
WHO = (
    r"(?:user|recipients?|mailbox|inbox|account|address(?:ee)?|alias|local[ -]part|utilisateur|destinataires?|boite"
    r"|compte|adresse|abonne|person)"
)
SENDERS = (
    r"(?:sender|return[ -]?path|envelope from|from address|mail from|emetteur|expediteur|reverse[ -]path)"
)
REFUSED = (
    r"(?:reject|refus|den(?:ied|y)|invalid|not (?:be )?(?:allowed|accepted|permitted|found|own|verif|authori|recogni"
    r"|valid|exist)|unknown|bad\b|block|does not|doesn.t|n.existe|could not|cannot|mismatch|unverified|inconnu|interdit"
    r"|non autorise|introuvable)"
)
# Plain words, in the order in which they are looked for: what is our fault first, so that no address is stopped for it.
PLAIN: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "login",
        _words(
            r"authentication (?:is )?(?:required|failed|needed|unsuccessful|credentials|invalid|error)",
            r"\b(?:must|need to|please) (?:authenticate|log ?in|issue a starttls)",
            r"not (?:authenticated|logged in)",
            r"(?:invalid|bad|wrong) (?:login|credentials|password|username)",
            r"username and password not accepted",
            r"authentification (?:requise|invalide|echou|incorrecte|necessaire)",
            r"code d.authentification invalide",
            r"smtp auth\b",
            r"identifi\w+ (?:requise?|incorrects?|invalides?)",
            r"must issue a starttls",
        ),
    ),
    (
        "quota",
        _words(
            r"(?:sending|outgoing|outbound|message|mail|smtp|relay) (?:rate )?(?:limit|quota)\w* (?:exceeded|reached)",
            r"(?:daily|hourly|monthly) (?:\w+ ){0,3}(?:limit|quota)",
            r"(?:limit|quota)e? (?:d.envoi|horaire|journali)",
            r"exceeded (?:the )?(?:max\w*|your|its|a) (?:\w+ ){0,3}(?:emails|messages|mails|recipients) (?:per|an?)\b",
            r"too many (?:e-?mails|messages|mails) (?:sent|per|from)",
            r"trop de (?:messages|mails|e-?mails|courriels)\b",
        ),
    ),
    (
        "relay",
        _words(
            r"relay\w*(?: access)? (?:is )?(?:denied|not (?:permitted|allowed|authori)|prohibit|refus|forbidden|disallow)",
            r"(?:unable|not (?:permitted|allowed|authori\w+)|refus\w+|cannot|won.t|will not|do(?:es)? not) (?:to )?relay",
            r"relais? (?:\w+ ){0,2}(?:refus|interdit|non autorise|denie)",
            r"no relaying",
            r"relaying (?:mail )?(?:to|denied)",
            r"not (?:a )?(?:local|permitted) (?:domain|destination)",
            r"(?:not|isn.t) in (?:my|our) list of allowed rcpthosts",
        ),
    ),
    (
        "proof",
        _words(
            r"\bspf\b",
            r"\bdkim\b",
            r"\bdmarc\b",
            r"unauthenticated (?:e-?mail|sender|message)",
            r"sender policy framework",
            r"authentication (?:check|results|information)",
            r"domain.{0,40}alignment",
        ),
    ),
    (
        "sender",
        _words(
            rf"\b{SENDERS}\b.{{0,80}}{REFUSED}",
            rf"{REFUSED}\w*.{{0,20}}\b{SENDERS}\b",
            r"not owned by (?:auth|user|you)",
            r"(?:not (?:allowed|permitted|authori\w+)|unauthori\w+) to send (?:e-?mail |mail |messages )?(?:from|as|on behalf)",
            r"sendasdenied|permissions? to send as|sender verif\w+",
            r"send as\b.{0,30}denied",
            r"domain of (?:the )?sender",
            r"sender.?s? domain",
            r"domaine? (?:de l.)?(?:emetteur|expediteur)",
        ),
    ),
    (
        "blocked",
        _words(
            r"spamhaus|spamcop|barracuda|cloudmark|senderscore|abusix|sorbs|uceprotect|proofpoint|invaluement|mailspike",
            r"\b(?:block|black|deny|reject)[ -]?list(?:ed)?\b",
            r"\b(?:dns)?[rd]?bl\b",
            r"liste (?:noire|de blocage)",
            r"\b(?:client|server|host|sending|source|remote) (?:host|server|address|ip|name)?\b.{0,60}(?:block|reject|denied"
            r"|refus|banned|not (?:allowed|permitted))",
            r"(?:your|adresse|sending|source|client|from|this|the) ip\b",
            r"\bip (?:address|\[?\d|name|source|emettrice)",
            r"poor reputation|bad reputation|reputation (?:of|is|score|problem)|low reputation|mauvaise reputation",
            r"reverse dns|\bptr\b|\brdns\b|no (?:valid )?(?:reverse|hostname)|cannot find your (?:reverse )?hostname",
            r"\b(?:helo|ehlo)\b",
            r"messages? from .{0,60}(?:weren.t sent|permanently deferred|not accepted|blocked)",
            r"(?:emails?|messages?|e-?mails|courriels) .{0,60}(?:ont ete|sont|est|a ete) (?:bloque|refuse)s?\b",
            r"(?:mail|connection|access|service)s? (?:from|to) (?:your|this|you)\b.{0,60}(?:block|denied|refus|not)",
            r"too many spams?\b",
            r"spamming|spam source|known spammer|suspected spammer|(?:envoi|incident) de spams?",
            r"not accepting mail from (?:your|you)",
            r"banned send",
            r"bad behavio[u]?r",
        ),
    ),
    (
        "full",
        _words(
            r"(?:mailbox|inbox|account|user|recipient|storage|boite|bal|compte|disk|maildir|quota)\b.{0,60}\b(?:full|over ?quota"
            r"|exceed|excede|pleine?|depasse|sature|out of storage|no space|insufficient)",
            r"over[ -]?quota|over (?:the )?(?:storage )?quota|quota (?:is )?(?:exceeded|full|depasse)|exceed\w* .{0,30}quota",
            r"exceeded storage|insufficient (?:system |disk )?storage|out of storage|not enough (?:space|storage)",
            r"\bpleine\b|full (?:mailbox|inbox)|mailbox limit|too many messages on the server|espace (?:disque )?insuffisant",
        ),
    ),
    (
        "later",
        _words(
            r"\blater\b|temporar|temporair|grey[- ]?list|gray[- ]?list|\bbusy\b|slow down|throttl|try again|\bdeferred\b",
            r"too many (?:connections|recipients|errors|concurrent)|trop de (?:connexions|destinataires)|plus tard",
            r"ulterieurement|momentane|reessay|maintenance|timed? ?out|too (?:quickly|fast)|rate limit|resources?\b.{0,20}avail",
            r"receiving mail (?:too|at a rate)|come back|en surcharge|surcharge|system (?:problem|error|failure)|internal error",
        ),
    ),
    (
        "no_mailbox",
        _words(
            rf"\b{WHO}\b[^;]{{0,70}}\b(?:unknown|not (?:be )?found|(?:does|do|did|is|are)(?: not|n.t)? ?(?:exist|known)"
            r"|doesn.t (?:exist|have)|does not (?:exist|have)|not exist|no longer (?:exist|valid|available|active|in use|on)"
            r"|n.existe (?:pas|plus)|inexistante?|inconnue?s?|introuvable|invalides?|not (?:a )?(?:valid|known)"
            r"|undeliverable|(?:has been |is |was )?(?:closed|deleted|terminated|removed)|supprimee?|fermee?|cloturee?"
            r"|not listed|not configured|unrouteable|has moved)",
            r"no such (?:user|recipient|mailbox|address|person|account|local|alias|mail ?drop|email)",
            rf"\b(?:unknown|invalid|incorrect|bad|wrong|non-?existent|no|undeliverable|unrouteable|inconnue?)"
            rf" (?:(?:or \w+|local|virtual|email|e-mail|destination|mail|to|adresse|de) ){{0,2}}\b{WHO}\b",
            r"(?:user|recipient|mailbox|address|account)[ _-]?(?:unknown|not[ _-]?found)|pas d.abonne|aucun(?:e)? (?:utilisateur"
            r"|boite|destinataire|compte|abonne)|ne (?:correspond|existe)|recip(?:ient)?notfound",
            r"domain (?:not found|does not exist|has no mx|does not accept)|null mx|delivery error: dd this user",
        ),
    ),
    (
        "policy",
        _words(
            r"\bpolic(?:y|ies)\b|\bpolitiques?\b|administrative\w* (?:prohibit|denied|forbid|interdi)|security reasons?",
        ),
    ),
    (
        "disabled",
        _words(
            rf"\b{WHO}\b[^;]{{0,70}}\b(?:block|bloque|suspend|disabled|desactive|inactive?f?|locked|verrouille|archive|frozen"
            r"|expired?|not active|deactivated|discontinued|restricted|unavailable|indisponible|access denied|rejected|refuse)",
            r"archived recipient|inactive user|not accepting (?:mail|messages)|mailbox unavailable",
        ),
    ),
    (
        "content",
        _words(
            r"(?:spam|virus|malware|phish\w*|unsolicited|indesirable|attachment|piece jointe|executable|macro|content|contenu)",
            r"message (?:is )?(?:too (?:big|large)|size)|size (?:limit|exceed)|taille|too large|\burls?\b|\blinks?\b|\bliens?\b",
            r"message (?:rejected|refused|rejete|refuse|not accepted)|mail (?:rejected|rejete)|header|body|subject|bulk",
        ),
    ),
    (
        "blocked",
        _words(
            r"\bblock(?:ed|ing)?\b|\bbloquee?s?\b|\bbanned\b|\bbannie?\b|\bblacklisted\b|access denied|acces (?:refuse|interdit)",
            r"service (?:unavailable|refused?|refuse)|connection (?:refused|rejected|dropped)|not welcome|go away",
        ),
    ),
)
# "Blocked", without a word of who: beside an unknown mailbox it leaves open whose fault it is.
BARE_BLOCK = re.compile(r"\bblock(?:ed|ing)\b|\bbloquee?s?\b|\bbanned\b|\bbannie?\b")


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
    said = plain(text[:LONGEST])
    passes = dict(PLAIN)["later"].search(said)
    return name in CERTAIN and not passes


def _ground(code: int, text: str, *, stage: Stage) -> str:
    if code in LOGIN_CODES:
        return "login"
    said, number = plain(text), enhanced(text)
    found = next((name for name, words in PLAIN if words.search(said)), "")
    if stage in (Stage.CONNECT, Stage.MAIL):
        return _of_the_sender(found, number)
    if (
        code in NO_MAIL_CODES
        and stage is Stage.RCPT
        and GROUNDS.get(found, GROUNDS["unknown"]).fault is not Fault.US
    ):
        return "no_mailbox"
    if found == "no_mailbox" and BARE_BLOCK.search(said):
        return "blocked"
    if stage is Stage.RCPT:
        return _of_the_recipient(found, number, code)
    return _of_the_whole(found, number)


def _of_the_sender(found: str, number: str) -> str:
    """Judge a reply given before any recipient was named: it cannot be about one."""
    if found in ("", "no_mailbox", "disabled", "content", "unknown", "full"):
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
