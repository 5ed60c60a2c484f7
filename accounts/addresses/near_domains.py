"""Domains that were probably meant: a slip of one key beside a well-known one. Pure."""

from __future__ import annotations

import functools

from .reading import LONGEST, domain

# Where people in France and its neighbours have their mailboxes, the most common first.
WELL_KNOWN = """
    gmail.com orange.fr hotmail.fr hotmail.com free.fr wanadoo.fr yahoo.fr outlook.fr laposte.net sfr.fr
    outlook.com yahoo.com live.fr icloud.com neuf.fr bbox.fr numericable.fr protonmail.com proton.me
    googlemail.com msn.com me.com gmx.fr gmx.com aol.com cegetel.net club-internet.fr aliceadsl.fr noos.fr
    mailo.com posteo.net ac-versailles.fr ac-paris.fr skynet.be bluewin.ch web.de gmx.de t-online.de libero.it
    hotmail.be hotmail.it hotmail.es yahoo.es yahoo.it yahoo.de yahoo.co.uk hotmail.co.uk outlook.be outlook.es
    outlook.it outlook.de hotmail.de hotmail.ch live.be live.com
""".split()  # noqa: SIM905 - a list of a hundred strings says no more
# One key from a well-known domain, and in use all the same.
OTHERS = frozenset(
    """
    mail.com email.com ymail.com gmx.net gmx.ch gmx.at gmx.es gmx.us ge.com mn.com ms.com sfr.com free.org
    fre.fr freet.fr pro.me mac.com live.nl live.it live.de live.ca live.se live.no live.dk live.ie love.fr
    love.com olive.fr orange.be orange.lu orange.com aon.com aol.fr aol.de all.com al.com we.de yahoo.se
    yahoo.ca yahoo.pl yahoo.at yahoo.be yahoo.nl yahoo.gr yahoo.ie yahoo.ro yahoo.pt hotmail.se hotmail.nl
    hotmail.no hotmail.gr hotmail.ca outlook.pt outlook.at outlook.dk outlook.ie outlook.sa outlook.fi posteo.de
    posteo.at posteo.es posteo.eu posteo.me skynet.fr libero.fr mailbox.org
""".split()  # noqa: SIM905 - likewise
)
# Further away, and never what was meant.
SLIPS = {
    "gmail.fr": "gmail.com",
    "laposte.fr": "laposte.net",
    "wanadoo.com": "wanadoo.fr",
    "gmail.cm": "gmail.com",
    # There is no .fe; too short a name to be compared.
    "free.fe": "free.fr",
    "sfr.fe": "sfr.fr",
    "live.fe": "live.fr",
}


def suggestion(address: str) -> str | None:
    """Return the address that was probably meant, in a normal form's spelling; None for one that looks right."""
    local, at, _host = address.strip()[:LONGEST].rpartition("@")
    host = domain(address.strip()[:LONGEST])
    meant = _meant(host)
    return f"{local}@{meant}" if at and meant else None


@functools.lru_cache(maxsize=1024)
def _meant(host: str) -> str | None:
    if host in WELL_KNOWN or host in OTHERS:
        return None
    return SLIPS.get(host) or next((known for known in WELL_KNOWN if _is_one_key_away(host, known)), None)


def _is_one_key_away(typed: str, meant: str) -> bool:
    """True when one key was missed, added, struck instead of another, or two were swapped.

    A short name is near too many others: under eight characters only swapped ones count.
    """
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, expected = typed[start:], meant[start:]
    if len(typed) == len(meant) and rest[:2] == expected[:2][::-1] and rest[2:] == expected[2:]:
        return True
    if len(meant) < 8:  # noqa: PLR2004 - see above
        return False
    return rest == expected[1:] or rest[1:] == expected or rest[1:] == expected[1:]
