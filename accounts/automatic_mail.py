"""What every mail is that a program sends: it wants no answer of a program, and its headers fold as they should."""

from __future__ import annotations

import base64
from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMultiAlternatives

# RFC 3834: no holiday answer wanted. Exchange reads a header of its own ([MS-OXCMAIL], 2.1.3.2.23); that a mail could
# not be delivered is still to be said.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
# RFC 2047 2: an encoded word has 75 characters at most. The first shares its line (76) with the header's name.
LONGEST_WORD = 75
FRAME = len("=?utf-8?b??=")
ROOM_FOR_NAME = len("Reply-To: ")


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
    """A message whose subject and sender are folded by `encoded`; everything else is Django's.

    Django makes one word of a subject that is not ASCII: where that is too long for the line of the header's name, the
    name stands alone in its line, and some programs show no subject.
    """

    def message(self, **options: Any) -> Any:
        built = super().message(**options)
        subject = str(self.subject)
        if not subject.isascii():
            built.replace_header("Subject", encoded(subject))
        name, address = parseaddr(self.from_email)
        if not name.isascii():
            built.replace_header("From", f"{encoded(name)} <{address}>")
        return built
