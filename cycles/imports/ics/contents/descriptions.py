"""What of a description may be public. Pure: text in, text out.

Invitations of Zoom, Teams, Meet, Webex and others are pasted into descriptions by the programs that make them. A
session's description is public, so the way in goes to the room and everything that opens it is left out: links,
numbers of meetings and conferences, passcodes, telephone numbers, addresses of video systems.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

LONGEST_ADDRESS = 500
ADDRESS = re.compile(
    r"(?:https?|sips?|tel|msteams|zoommtg|callto|skype):[^\s<>\"']+|\bwww\.[^\s<>\"']+", re.IGNORECASE
)
LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
# Some programs write these without https://.
BARE_ROOM = re.compile(
    r"(?<![\w/.@-])(?:[\w-]+\.)*(?:zoom\.us|zoom\.com|zoomgov\.com|meet\.google\.com|meet\.jit\.si|webex\.com|"
    r"teams\.microsoft\.com|teams\.live\.com|whereby\.com|gotomeeting\.com|gotomeet\.me)/[^\s<>\"']+",
    re.IGNORECASE,
)
HTML = re.compile(
    r"</?(?:html|body|p|br|div|span|a|ul|ol|li|b|i|u|strong|em|table|tr|td|font|h\d)\b[^<>]*>", re.IGNORECASE
)
# What a browser shows nothing of.
UNSEEN = re.compile(
    r"<(head|style|script|title)\b.*?</\1\s*>|<!--.*?-->|<[!?][^<>]*>", re.IGNORECASE | re.DOTALL
)
ANCHOR = re.compile(r"""<a\b[^<>]*?href=["']?([^"'\s<>]+)[^<>]*>""", re.IGNORECASE)
BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d|p|div|li)\b[^<>]*>", re.IGNORECASE)
# Where the way in is, not a page about it.
ROOMS = re.compile(
    r"(?:^|\.)(?:zoom\.us|zoom\.com|zoomgov\.com)/(?:j|w|my|s|wc|meeting/register|webinar/register|launch)\b"
    r"|^(?:teams\.microsoft\.(?:com|us)|teams\.live\.com)/(?:l/meetup-join|meet|dl/launcher|l/meeting)\b"
    r"|^meet\.google\.com/[a-z]|(?:^|\.)webex\.com/(?!.*(?:globalcallin|tollfree))."
    r"|^(?:meet\.jit\.si|framatalk\.org|whereby\.com|meet\.goto\.com|webconf\.numerique\.gouv\.fr)/."
    r"|^visio\.[\w.-]+/.|(?:^|\.)(?:gotomeeting\.com|gotomeet\.me|gotowebinar\.com)/."
    r"|^(?:bbb|meet|visio|webinaire|jitsi|conf)[\w-]*\.[\w.-]+/.|/b/[\w-]{6,}|(?:^|\.)livestorm\.co/."
    r"|^events\.teams\.microsoft\.com/event/|^kmeet\.infomaniak\.com/.|(?:^|\.)rendez-vous\.renater\.fr/."
    r"|(?:^|\.)ringcentral\.com/join/|(?:^|\.)(?:bigmarker\.com|crowdcast\.io|demio\.com|streamyard\.com)/."
    r"|^[^/]+(?:/index\.php)?/call/[a-z0-9]{6,}$|/rooms/[\w-]{6,}/join$|^(?:webinar|edumeet|galene|talk)[\w-]*\.[\w.-]+/.",
    re.IGNORECASE,
)
NO_ROOM = re.compile(
    r"dialin|tel\.meet|globalcallin|meetingoptions|/u/|support\.|aka\.ms|zoom\.us/test", re.IGNORECASE
)
# The rules that Outlook, Teams and Meet draw above and below what they add.
PROOFPOINT = re.compile(r"/v3/__(https?:/{1,2}[^\s]+?)__;", re.IGNORECASE)
HTTP = re.compile(r"^(https?):/{1,2}(?=[^/])", re.IGNORECASE)
FENCE = re.compile(r"^[\s_\-=~:.*•─━]{8,}$")

_SECRET_WORDS = (
    # Passcodes.
    r"pass\s?codes?|pass\s?words?|pin(?:\s?codes?)?|access\s?codes?|host\s?keys?|meeting\s?keys?|security\s?codes?",
    r"mots?\s+de\s+passe|mdp|codes?\s+secrets?|codes?\s+d['’\s]\s?acc[eè]s|codes?\s+pin|clés?\s+d['’\s]\s?h[oô]te",
    r"codes?\s+(?:d['’]entr[ée]e|confidentiels?|de\s+(?:la\s+)?(?:r[ée]union|conf[ée]rence|s[ée]curit[ée]|connexion))",
    r"kenncodes?|kennw[oö]rt(?:er)?|passw[oö]rt(?:er)?|zugangscodes?|zugriffscodes?|sicherheitscodes?",
    r"host-?schlüssel|(?:meeting|besprechungs)-?passw[oö]rt",
    r"contraseña|código\s+de\s+acceso|codice\s+di\s+accesso|passcode\s+riunione|wachtwoord|toegangscode|hasło",
    # Numbers.
    r"(?:meeting|webinar|conference|video(?:\s?conference)?|event|participant|attendee|phone\s+conference|audio)%(no)s",
    r"(?:ids?|identifiants?|num[ée]ros?|n\s?[°ºo]\.?|codes?)\s+(?:de\s+|d['’]|du\s+)?(?:la\s+|l['’])?%(meeting)s%(then)s",
    r"(?:besprechungs|meeting|webinar|konferenz|telefonkonferenz|video|sitzungs|veranstaltungs|teilnehmer)%(nummer)s",
    r"tenant\s?key|clé\s+(?:du\s+)?(?:locataire|client)|mandantenschlüssel|id\s+de\s+(?:la\s+)?reuni[óo]n|id\s+riunione",
)
_SECRET_PARTS = {
    "no": r"\s?-?\s?(?:ids?|numbers?|no\.?|codes?)\b",
    "meeting": r"(?:r[ée]unions?|webinaires?|conf[ée]rences?|vid[ée]os?|visio\w*|participants?|s[ée]ances?\s+zoom|"
    r"conf[ée]rence\s+t[ée]l[ée]phonique|[ée]v[ée]nements?)",
    "then": r"\s*(?:zoom|teams|webex)?\s*(?=[:=#\d(\u00a0\u202f]|$)",
    "nummer": r"-?\s?(?:ids?|nummern?|kennnummer|kenncode)\b",
}
SECRET = re.compile(r"(?<!\w)(?:" + "|".join(_SECRET_WORDS) % _SECRET_PARTS + r")(?!\w)", re.IGNORECASE)
DIAL = re.compile(
    r"one[\s-]tap|dial(?:-|\s)?in|dial\s+by|join\s+by\s+(?:phone|telephone|skype|video|sip|h\.?323)|toll[\s-]?free|"
    r"find\s+(?:a|your)\s+local|call-?in|or\s+call\b|more\s+phone\s+numbers|local\s+numbers?|global\s+call|"
    r"composez|appel(?:ez)?\s+(?:le|au|par\s+t[ée]l)|par\s+t[ée]l[ée]phone|num[ée]ro\s+local|num[ée]ros?\s+d['’]appel|"
    r"rejoindre\s+par|participer?\s+par|appuyez\s+sur|clavier\s+simple|une\s+seule\s+touche|"
    r"einw[äa]hl|schnelleinwahl|telefonisch|per\s+telefon|ortsnummer|lokale\s+(?:ruf)?nummer|wählen\s+sie|"
    r"h\.?323|\bsip\b|skype\s+for\s+business|video(?:konferenz)?-?(?:ger[äa]t|system)|lync|zoomcrc",
    re.IGNORECASE,
)
INVITING = re.compile(
    r"(?:is\s+inviting\s+you|invites?\s+you|vous\s+invite|lädt\s+sie|l[äa]dt\s+dich).{0,80}(?:zoom|webex|meet|teams|gotomeeting)"
    r"|(?:join|rejoindre|participer|participez|rejoignez|teilnehmen|beitreten|cliquez|click|klicken).{0,60}"
    r"(?:zoom|teams|webex|google\s+meet|meeting|r[ée]union|besprechung|webinar|webinaire|konferenz)"
    r"|^\W*(?:zoom|microsoft\s+teams|google\s+meet|webex|r[ée]union\s+(?:microsoft\s+)?teams|r[ée]union\s+zoom)"
    r"(?:\s*[-–]?\s*(?:meeting|besprechung|r[ée]union|need\s+help\??|besoin\s+d['’]aide.*|hilfe.*))?\W*$"
    r"|^\W*(?:need\s+help|besoin\s+d['’]aide|benötigen\s+sie\s+hilfe|learn\s+more|en\s+savoir\s+plus|weitere\s+infos?)"
    r"|(?:meeting\s+options|options\s+de\s+(?:la\s+)?r[ée]union|besprechungsoptionen|reset\s+(?:dial-in\s+)?pin)"
    r"|on\s+your\s+computer|sur\s+votre\s+ordinateur|à\s+partir\s+de\s+votre\s+ordinateur|auf\s+dem\s+computer"
    r"|do\s+not\s+edit\s+this\s+section|ne\s+modifiez\s+pas\s+cette\s+section",
    re.IGNORECASE,
)
# A telephone number: with its country, or ten digits as in France; commas dial on.
PHONE = re.compile(
    r"(?<![\w/])(?:\+|00)\s?\d[\d\s().\-/]{6,}\d|(?<![\d/.-])0\d(?:[\s.\-]?\d{2}){4}(?!\d)|,,\s?\d+|\d#"
)
DATES = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b\d{1,2}\s?[:hH]\s?\d{2}\b")
# The number of a meeting: nine digits or more, in groups.
NUMBER = re.compile(r"(?<!\d)\d(?:[\s\u00a0\u202f-]?\d){8,}(?!\d)")
HOST = re.compile(
    r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)|\b[\w.+-]+@(?:[\w-]+\.)*(?:zoom\w*|webex|lync|teams\w*|t\.plcm\.vc|vc)\.\w+|\b\d{5,}@",
    re.IGNORECASE,
)
ENDS_OPEN = re.compile(r"[:=]\s*$")


@dataclass(frozen=True)
class Public:
    """What of a text may be shown; `room` is the way in that it held, `is_cut` whether anything was left out."""

    text: str
    room: str = ""
    is_cut: bool = False


def public(text: str) -> Public:
    """Return what of a description may be shown to everybody."""
    plain = _plain(text)
    kept: list[str] = []
    is_cut = next_is_value = False
    for number, block in enumerate(_blocks(plain.split("\n"))):
        # What a program adds stands below a rule that it draws; the organiser's own words come before it.
        if number and any(_opens(line) for line in block):
            is_cut, next_is_value = True, False
            continue
        for line in block:
            if next_is_value and line.strip():
                is_cut, next_is_value = True, False
                continue
            if _opens(line) or INVITING.search(line):
                is_cut = True
                next_is_value = bool(SECRET.search(line)) and _is_without_value(line)
                continue
            kept.append(line.rstrip())
    shown = [line for line in kept if not (is_cut and FENCE.match(line))]
    return Public(re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip(), room(text), is_cut)


def public_title(text: str) -> Public:
    """Return what of a title may be shown: without addresses, numbers and codes, but whole otherwise."""
    shown = text
    if ADDRESS.search(shown) or BARE_ROOM.search(shown):
        shown = BARE_ROOM.sub(" ", ADDRESS.sub(" ", shown))
    secret = SECRET.search(shown)
    if secret and re.search(r"\w*\d\w*|[:=]", shown[secret.end() :]):
        shown = shown[: secret.start()]
    shown = NUMBER.sub(" ", PHONE.sub(" ", shown)) if not DATES.search(shown) else shown
    if shown != text:
        shown = re.sub(r"[\s(\[,;:–—-]+$", "", re.sub(r"\s{2,}", " ", shown)).strip()
    return Public(shown, room(text), shown != text)


def room(text: str) -> str:
    """Return the address of the room that a text holds: the first that is the way into a meeting; else nothing."""
    plain = html.unescape(text)
    for match in LINK.finditer(plain):
        address = unwrapped(match[0].rstrip(").,;>]»"))
        if len(address) <= LONGEST_ADDRESS and _is_room(address):
            return address
    bare = BARE_ROOM.search(LINK.sub(" ", plain))
    if bare and _is_room(f"https://{bare[0]}"):
        return f"https://{bare[0].rstrip(').,;>]»')}"
    return ""


def _is_room(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host_and_path = f"{parts.hostname or ''}{parts.path}"
    return bool(ROOMS.search(host_and_path)) and not NO_ROOM.search(host_and_path)


def unwrapped(address: str) -> str:
    """Return the room whose address a mail server's guard or a search engine wrapped into its own; else the address.

    Safelinks, Google and most others carry it in their query, Proofpoint in the path of its own spelling.
    """
    try:
        parts = urlsplit(address)
        query = parse_qs(parts.query)
    except ValueError:
        return address
    host = parts.hostname or ""
    is_proofpoint = host.endswith(("urldefense.com", "urldefense.proofpoint.com"))
    if _is_room(address) and not is_proofpoint:
        return address
    candidates = [value for values in query.values() for value in values]
    if is_proofpoint:
        if inner := PROOFPOINT.search(address):
            candidates.append(inner[1])
        candidates += [unquote(value.replace("-", "%").replace("_", "/")) for value in query.get("u", [])]
    for candidate in candidates:
        whole = HTTP.sub(r"\1://", candidate.strip())
        if LINK.fullmatch(whole) and _is_room(whole):
            return whole
    # A link to anything else may be the room of a platform that nobody here knows.
    wrapped = query.get("url", []) if host.endswith("safelinks.protection.outlook.com") else []
    return wrapped[0] if wrapped and LINK.fullmatch(wrapped[0]) else address


def _plain(text: str) -> str:
    if not HTML.search(text):
        return text
    text = UNSEEN.sub("", text)
    # A link keeps its address, so that the line which it stands in is known for what it is.
    return html.unescape(HTML.sub("", BREAK.sub("\n", ANCHOR.sub(r"\1 ", text))))


def _blocks(lines: list[str]) -> list[list[str]]:
    """Return the lines before, between and after the rules that are drawn in a text; each keeps the one above it."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip() and FENCE.match(line):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _opens(line: str) -> bool:
    """Tell whether a line may open a room, or lead to somebody's telephone."""
    if ADDRESS.search(line) or BARE_ROOM.search(line) or HOST.search(line) or PHONE.search(line):
        return True
    if DIAL.search(line):
        return True
    secret = SECRET.search(line)
    if secret and (_is_without_value(line) or re.search(r"\d|[:=#]", line[secret.end() :])):
        return True
    return bool(NUMBER.search(DATES.sub(" ", line)))


def _is_without_value(line: str) -> bool:
    secret = SECRET.search(line)
    return bool(ENDS_OPEN.search(line)) or (secret is not None and not line[secret.end() :].strip(" :=#.\t"))
