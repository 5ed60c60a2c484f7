"""A mail server in memory that a test can kill the worker with: before it took a mail, or before it said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail.backends.base import BaseEmailBackend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage


class Killed(BaseException):
    """No Exception: like a power cut, nothing may catch it."""


class Server:
    def __init__(self) -> None:
        self.accepted: list[str] = []
        # After so many mails, and whether that one was still taken.
        self.kills_after: int | None = None
        self.takes_the_last = False

    def take(self, number: str) -> None:
        if self.kills_after == 0:
            self.kills_after = None
            if self.takes_the_last:
                self.accepted.append(number)
            raise Killed
        if self.kills_after is not None:
            self.kills_after -= 1
        self.accepted.append(number)


server = Server()


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            server.take(str(message.extra_headers["Message-ID"]))
        return len(email_messages)
