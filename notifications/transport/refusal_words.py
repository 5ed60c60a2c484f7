"""The words by which servers say why they refuse: English and French, small letters, without accents.

Patterns in the order in which they are looked for. See refusals.py, which reads them.
"""
# ruff: noqa: E501 - a pattern is read as one

from __future__ import annotations

import re


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
    # Whom a person or a list lets write is theirs to say: "authentication required" is Exchange's word for it.
    (
        "restricted",
        _words(
            r"resolver\.rst\.|delivery restriction",
            r"not authenticated when sending to (?:this|the|an?)\b",
            r"(?:not (?:on|in)|list of) (?:\S+ ){0,3}permitted senders|not (?:on|in) (?:the )?(?:white|allow|safe)[ -]?list of",
            r"\bonly accepts? (?:e-?mails?|messages?|mails?|posts?) from|\bonly (?:\w+ )?members (?:may|can) (?:post|send|write)",
            r"(?:destinataires?|liste|boite|utilisateur|abonne|groupe)\b.{0,40}\bn.accepte\b",
            r"(?:blocked|refused|bloque|refuse) (?:by|par) (?:the |this |le |ce )?(?:recipient|user|destinataire|utilisateur)\b",
            r"(?:recipient|user|destinataire|utilisateur) (?:has |a )?(?:blocked|bloque)\b",
            r"(?:recipient|user)\b.{0,20} (?:does not|doesn.t) want\b|blocked - user entry",
            r"(?:send(?:ing)?(?: e-?mails?| mails?| messages?)?|post(?:ing)?|write|ecrire|poster|envoyer) (?:to|a|sur|dans)"
            r" (?:this |the |cette |la |ce |le )?(?:mailing |distribution )?(?:list|group|liste|groupe|team)\b",
        ),
    ),
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
    ("blocked", _words(r"banned sender ?\[|\bip in prison\b")),
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
