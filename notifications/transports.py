"""Handing one mail over, and saying truthfully how it ended.

The question that matters is where a failure fell. Before the final dot of DATA the server has nothing: trying
again is safe. After it, only a reply tells (RFC 5321 4.5.3.2.6 gives the server ten minutes; RFC 1047 tells
why no client can do better): without one the mail is uncertain.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import smtplib
import socket
from typing import TYPE_CHECKING, Protocol

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from .ledger import SENT, Outcome
from .models import Delivery

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.core.mail.backends.base import BaseEmailBackend

REPLY_TIMEOUT = 600.0
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
OK, GO_AHEAD, CLOSING, PERMANENT = 250, 354, 421, 500
ACCEPTED = (250, 251)
# RFC 3463: 5.1.x speaks of the address, so it is stopped; other refusals speak of the message or the policy.
BAD_ADDRESS = "5.1."
PAUSES = (401, 403)
TOO_MANY = 429


class TransportDown(Exception):  # noqa: N818 - reads as what happened
    """The server cannot be reached or refuses to let us in: no mail is to blame, all of them wait."""


class Closed(Exception):  # noqa: N818 - likewise
    """The server ended the connection after an answer; `outcome` is what became of the mail."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


class Transport(Protocol):
    def open(self) -> None:
        """Connect. Raises TransportDown."""

    def send(self, message: EmailMessage, *, attempt: int) -> Outcome:
        """Hand one message over. Raises Closed when the connection is of no more use."""

    def close(self) -> None: ...


def back_off(attempt: int) -> dt.timedelta:
    """Return how long a temporary refusal waits: 1, 5, 15, 30, then 60 minutes."""
    return BACK_OFF[min(max(attempt, 1), len(BACK_OFF)) - 1]


def chosen() -> Transport:
    """Return the transport of the configured mail backend."""
    backend = get_connection(fail_silently=False)
    return SmtpTransport(backend) if isinstance(backend, EmailBackend) else BackendTransport(backend)


def refused(code: int, text: str, *, attempt: int) -> Outcome:
    """Return the outcome of an SMTP reply that refuses a mail."""
    error = f"{code} {text}"
    if code >= PERMANENT:
        state = Delivery.State.SUPPRESSED if text.startswith(BAD_ADDRESS) else Delivery.State.FAILED
        return Outcome(state=state, code=code, error=error)
    return Outcome(state=Delivery.State.PENDING, code=code, error=error, retry_in=back_off(attempt))


def _safe(error: Exception, *, attempt: int) -> Outcome:
    return Outcome(state=Delivery.State.PENDING, error=_said(error), retry_in=back_off(attempt))


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class SmtpTransport:
    """One SMTP connection, spoken step by step so that each failure falls on one side of the final dot."""

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend

    @property
    def smtp(self) -> smtplib.SMTP:
        connection = self.backend.connection
        if connection is None:
            raise TransportDown
        return connection

    def open(self) -> None:
        try:
            self.backend.open()
            self.smtp.ehlo_or_helo_if_needed()
            sock = self.smtp.sock
            if sock is not None:
                # Or each mail waits some forty milliseconds for an acknowledgement.
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, smtplib.SMTPException) as error:
            raise TransportDown(_said(error)) from error

    def send(self, message: EmailMessage, *, attempt: int) -> Outcome:
        smtp = self.smtp
        encoding = message.encoding or "utf-8"
        sender = sanitize_address(message.from_email, encoding)
        recipient = sanitize_address(message.to[0], encoding)
        payload = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own takes it
        try:
            self._ask(smtp.mail(_bare(sender)), wanted=(OK,), attempt=attempt)
            self._ask(smtp.rcpt(_bare(recipient)), wanted=ACCEPTED, attempt=attempt)
            self._ask(smtp.docmd("DATA"), wanted=(GO_AHEAD,), attempt=attempt)
            smtp.send(_stuffed(payload))
        except _Refusal as refusal:
            self._reset(refusal.outcome)
            return refusal.outcome
        except (OSError, smtplib.SMTPException) as error:
            raise Closed(_safe(error, attempt=attempt)) from error
        return self._finish(smtp, attempt=attempt)

    def _finish(self, smtp: smtplib.SMTP, *, attempt: int) -> Outcome:
        """Send the final dot and wait for the only answer that counts."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(REPLY_TIMEOUT)
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self.backend.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise Closed(Outcome(state=Delivery.State.UNCERTAIN, error=_said(error))) from error
        if code == OK:
            return SENT
        # A refusal of the content never says that the address is wrong.
        outcome = refused(code, text.decode(errors="replace"), attempt=attempt)
        if outcome.state == Delivery.State.SUPPRESSED:
            outcome = Outcome(state=Delivery.State.FAILED, code=code, error=outcome.error)
        self._reset(outcome)
        return outcome

    def _reset(self, outcome: Outcome) -> None:
        """Make the connection ready for the next mail, or say that it is gone."""
        if outcome.code == CLOSING:
            raise Closed(outcome)
        try:
            self.smtp.rset()
        except (OSError, smtplib.SMTPException) as error:
            raise Closed(outcome) from error

    @staticmethod
    def _ask(reply: tuple[int, bytes], *, wanted: tuple[int, ...], attempt: int) -> None:
        code, text = reply
        if code not in wanted:
            raise _Refusal(refused(code, text.decode(errors="replace"), attempt=attempt))

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.backend.close()


class _Refusal(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">") if "<" in address else address


def _stuffed(payload: bytes) -> bytes:
    """Return a message ready for DATA: dots doubled at line starts (RFC 5321 4.5.2), ended by CRLF."""
    doubled = payload.replace(b"\r\n.", b"\r\n..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"


class BackendTransport:
    """Any other Django backend: the local mailbox, or a provider's API through Anymail."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def open(self) -> None:
        try:
            self.backend.open()
        except OSError as error:
            raise TransportDown(_said(error)) from error

    def send(self, message: EmailMessage, *, attempt: int) -> Outcome:
        try:
            self.backend.send_messages([message])
        except ConnectionRefusedError as error:
            return _safe(error, attempt=attempt)
        except Exception as error:  # noqa: BLE001 - any backend's failure is data here: it goes into the ledger
            return self._judge(error, attempt=attempt)
        return SENT

    @staticmethod
    def _judge(error: Exception, *, attempt: int) -> Outcome:
        """Read a provider's answer; without one nobody knows whether it accepted the mail."""
        code = getattr(error, "status_code", None)
        if code in PAUSES:
            raise TransportDown(_said(error)) from error
        if code == TOO_MANY:
            return Outcome(
                state=Delivery.State.PENDING, code=code, error=_said(error), retry_in=back_off(attempt)
            )
        if code is not None and code < PERMANENT:
            return Outcome(state=Delivery.State.FAILED, code=code, error=_said(error))
        return Outcome(state=Delivery.State.UNCERTAIN, code=code, error=_said(error))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.backend.close()
