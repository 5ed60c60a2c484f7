"""Who a mail comes from, who reads the answer, and headers that fold as RFC 2047 wants them.

The sender's address stays the site's own (DMARC); the name before it and the mailbox that answers reach are those of
the cycle, else of its programme, else of the site.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from . import inline

if TYPE_CHECKING:
    from email.mime.image import MIMEImage

    from cycles.models import Cycle

# RFC 2047 2: an encoded word has 75 characters at most. The first shares its line (76) with the header's name.
LONGEST_WORD = 75
FRAME = len("=?utf-8?b??=")
ROOM_FOR_NAME = len("Reply-To: ")


@dataclass(frozen=True)
class Voice:
    """In whose name a mail speaks: a name, and a mailbox that somebody reads."""

    name: str
    contact: str

    @property
    def sender(self) -> str:
        """The From of a mail: the name, and the site's own address."""
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        if self.name.isascii():
            return formataddr((self.name, address))
        # Encoded in `Mail`, in words that fit in their lines.
        return f'"{self.name.replace(chr(34), "")}" <{address}>'.replace("\\", "")


def voice(cycle: Cycle | None) -> Voice:
    """Return in whose name mails about a cycle speak; with None, those of the site itself."""
    programme = cycle.programme if cycle is not None else None
    names = [owner.sender_name for owner in (cycle, programme) if owner is not None]
    contacts = [owner.contact_email for owner in (cycle, programme) if owner is not None]
    site_name = parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    return Voice(
        name=next(filter(None, names), site_name),
        contact=next(filter(None, contacts), settings.ESCALE_CONTACT_EMAIL),
    )


def encoded(text: str) -> str:
    """Return a header's text: as it stands where it is ASCII, else in encoded words that fit in their lines.

    No word cuts a character in two (RFC 2047 5).
    """
    if text.isascii():
        return text
    words: list[bytes] = []
    piece = b""
    for letter in text:
        room = LONGEST_WORD - FRAME - (0 if words else ROOM_FOR_NAME)
        data = letter.encode("utf-8", "replace")
        if 4 * -(-len(piece + data) // 3) > room:
            words.append(piece)
            piece = b""
        piece += data
    words.append(piece)
    return " ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


class Mail(EmailMultiAlternatives):
    """A message whose subject and names are folded by `encoded`; everything else is Django's.

    `marked` is what it says with marks in the place of what is the reader's own: (subject, text).
    """

    marked: tuple[str, str] = ("", "")
    # What stands at the head of its HTML; beside the other attachments, which are files.
    logo: MIMEImage | None = None

    @property
    def html(self) -> str:
        """The HTML as a page shows it, with the logo in it."""
        content = str(self.alternatives[0][0])
        return inline.shown(content, [self.logo]) if self.logo is not None else content

    def message(self, **options: Any) -> Any:
        built = super().message(**options)
        if self.logo is not None:
            inline.relate(built, self.logo)
        subject = str(self.subject)
        if not subject.isascii():
            built.replace_header("Subject", encoded(subject))
        name, address = parseaddr(self.from_email)
        if not name.isascii():
            built.replace_header("From", f"{encoded(name)} <{address}>")
        return built
