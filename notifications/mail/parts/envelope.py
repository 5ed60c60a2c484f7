"""Who a mail comes from, and who reads the answer.

The sender's address stays the site's own (DMARC); the name before it and the mailbox that answers reach are those of
the cycle, else of its programme, else of the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings

from accounts import automatic_mail

from . import inline

if TYPE_CHECKING:
    from email.mime.image import MIMEImage

    from cycles.models import Cycle


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


class Mail(automatic_mail.Mail):
    """A message of the ledger, with the logo of its programme.

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
        return built
