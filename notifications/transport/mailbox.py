"""The local mailbox: a mail backend that keeps messages as files, for machines from which no mail leaves."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from notifications.mail.parts import inline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage as ParsedMessage

    from django.core.mail.message import EmailMessage

NAME = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{12}")


class MailboxBackend(BaseEmailBackend):
    """Keep each message as one .eml file. The same Message-ID twice stays one mail, as in a real mailbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            content = message.message()
            digest = hashlib.sha256(content["Message-ID"].encode()).hexdigest()[:12]
            if any(folder.glob(f"*-{digest}.eml")):
                continue
            now = dt.datetime.now(tz=dt.UTC)
            path = folder / f"{now:%Y%m%dT%H%M%S%f}-{digest}.eml"
            # Written aside and renamed: a reader never sees half a message.
            part = path.with_suffix(".part")
            as_sent = content.as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own takes it
            part.write_bytes(as_sent)
            os.replace(part, path)  # noqa: PTH105 - atomic, and the name says so
        return len(email_messages)


@dataclass(frozen=True)
class KeptMail:
    """One message of the mailbox."""

    name: str
    kept_at: dt.datetime
    parsed: ParsedMessage

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"] or "").strip()

    @property
    def to(self) -> str:
        return str(self.parsed["To"] or "")

    @property
    def language(self) -> str:
        return str(self.parsed["Content-Language"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.parsed.items()]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        images = [part for part in self.parsed.walk() if part.get_content_maintype() == "image"]
        return inline.shown(self._body("html"), images)

    @property
    def calendars(self) -> list[str]:
        """The invitations: one in the message itself, which is attached a second time, or several attached."""
        invitations = (_calendar(part) for part in self.parsed.walk())
        return list(dict.fromkeys(filter(None, invitations)))

    def _body(self, kind: str) -> str:
        part = self.parsed.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


def _calendar(part: ParsedMessage) -> str:
    """Return the calendar file that a part of a message is, with the line ends of a page; empty for another part."""
    if part.get_content_type() not in ("text/calendar", "application/ics"):
        return ""
    content = part.get_content()
    text = content.decode() if isinstance(content, bytes) else str(content)
    return text.replace("\r\n", "\n").strip()


def _folder() -> Path:
    return Path(settings.ESCALE_MAILBOX_DIR)


def newest(limit: int = 200) -> list[KeptMail]:
    """Return the last messages, newest first."""
    names = sorted((path.stem for path in _folder().glob("*.eml")), reverse=True)
    mails = (find(name) for name in names[:limit])
    return [mail for mail in mails if mail is not None]


def find(name: str) -> KeptMail | None:
    """Return one message by its name, or None; a name that no message can have opens no file."""
    path = _folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    kept_at = dt.datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=dt.UTC)
    return KeptMail(name=name, kept_at=kept_at, parsed=parsed)
