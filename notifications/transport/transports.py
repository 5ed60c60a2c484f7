"""Handing one mail over, and saying truthfully how it ended.

The question that matters is where a failure fell. Before the final dot of DATA the server has nothing: trying
again is safe. After it, only a reply tells (RFC 5321 4.5.3.2.6 gives the server ten minutes; RFC 1047 tells
why no client can do better): without one the mail is uncertain.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.policy
import functools
import hashlib
import io
import smtplib
import socket
from dataclasses import dataclass
from email.generator import BytesGenerator
from typing import TYPE_CHECKING, Protocol

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from notifications.delivery.run import failpoints
from notifications.delivery.run.leases import SENT, Outcome
from notifications.models import Delivery

from . import providers, refusals
from .refusals import Fault, Stage

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.base import BaseEmailBackend

REPLY_TIMEOUT = 600.0
# How long all mail waits after the server could not be reached or did not let us in.
REST = dt.timedelta(minutes=2)
SPREAD = 0.2
# Some three days at one an hour: RFC 5321 4.5.4.1 lets a sender give up then. A mail with a "not after" ends before.
ATTEMPTS_AT_MOST = 75
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
# A permanent refusal that says "later": some servers mean it, none means three days.
ATTEMPTS_WHEN_ASKED_LATER = 6
OK, GO_AHEAD, CLOSING, PERMANENT = 250, 354, 421, 500
ACCEPTED = (250, 251)
REFUSALS = (4, 5)
PAUSES = (401, 403)
TOO_MANY = 429


class TransportDown(Exception):  # noqa: N818 - reads as what happened
    """The server cannot be reached or refuses to let us in: no mail is to blame, all wait for `rest`.

    `refusal` names the ground (refusals.GROUNDS) when the server answered and the fault is ours; `code` is its reply's.
    """

    def __init__(
        self, reason: str = "", *, rest: dt.timedelta = REST, refusal: str = "", code: int | None = None
    ) -> None:
        super().__init__(reason)
        self.rest, self.refusal, self.code = rest, refusal, code


class Closed(Exception):  # noqa: N818 - likewise
    """The server ended the connection after an answer; `outcome` is what became of the mail."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


@dataclass(frozen=True)
class Letter:
    """A message with nothing left to do but to hand it over."""

    message: EmailMultiAlternatives
    # As SMTP wants them; a backend makes its own.
    sender: str = ""
    recipient: str = ""
    payload: bytes = b""

    @property
    def number(self) -> str:
        return str(self.message.extra_headers.get("Message-ID", ""))


class Transport(Protocol):
    def open(self) -> None:
        """Connect. Raises TransportDown."""

    def prepare(self, message: EmailMultiAlternatives, delivery: Delivery | None = None) -> Letter:
        """Do all of the work that needs no connection. Raises anything when it cannot be put into bytes.

        `delivery` is the row that the message is of; a test mail has none.
        """

    def send(self, letter: Letter, *, attempt: int) -> Outcome:
        """Hand one letter over. Raises Closed when the connection is of no more use."""

    def close(self) -> None: ...


def back_off(attempt: int, *, of: str) -> dt.timedelta:
    """Return how long a temporary refusal waits: 1, 5, 15, 30, then 60 minutes, give or take a fifth.

    The fifth comes from the mail (`of`, its Message-ID): mails that were refused together return spread out,
    and the same mail always waits the same.
    """
    wait = BACK_OFF[min(max(attempt, 1), len(BACK_OFF)) - 1]
    digest = hashlib.sha256(f"{of} {attempt}".encode()).digest()
    spread = int.from_bytes(digest[:4], "big") / 2**32
    return wait * (1 - SPREAD + 2 * SPREAD * spread)


def chosen() -> Transport:
    """Return the transport of the configured mail backend."""
    backend = get_connection(fail_silently=False)
    return SmtpTransport(backend) if isinstance(backend, EmailBackend) else BackendTransport(backend)


@dataclass(frozen=True)
class Hand:
    """Which mail is handed over, and for which time (from 1)."""

    number: str
    attempt: int

    def later(
        self,
        *,
        code: int | None,
        error: str,
        refusal: str = "",
        attempts_at_most: int = ATTEMPTS_AT_MOST,
    ) -> Outcome:
        """Return the outcome of a failure that is safe to repeat."""
        if self.attempt >= attempts_at_most:
            return Outcome(state=Delivery.State.FAILED, code=code, error=error, refusal=refusal)
        retry_in = back_off(self.attempt, of=self.number)
        return Outcome(
            state=Delivery.State.PENDING, code=code, error=error, retry_in=retry_in, refusal=refusal
        )

    def refused(self, code: int, text: str, *, stage: Stage) -> Outcome:
        """Return the outcome of an SMTP reply that refuses the mail. Raises TransportDown where all mail would be."""
        verdict = refusals.judge(code, text, stage=stage)
        ground, error = verdict.ground, f"{code} {text}"
        if ground.is_for_all:
            raise TransportDown(error, refusal=ground.name, code=code)
        if verdict.is_temporary:
            at_most = ATTEMPTS_AT_MOST if code < PERMANENT else ATTEMPTS_WHEN_ASKED_LATER
            return self.later(code=code, error=error, refusal=ground.name, attempts_at_most=at_most)
        is_wrong = ground.fault is Fault.READER
        state = Delivery.State.SUPPRESSED if is_wrong else Delivery.State.FAILED
        return Outcome(state=state, code=code, error=error, refusal=ground.name)


def _text(reply: bytes) -> str:
    """Return the words of a reply: UTF-8 (RFC 6531), or what older servers write in its place."""
    try:
        return reply.decode()
    except UnicodeDecodeError:
        return reply.decode("latin-1")


def _not_let_in(error: Exception) -> TransportDown:
    """Return what a failure to connect or to log in means for all mail."""
    if not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code < REFUSALS[0] * 100:
        return TransportDown(_said(error))
    reply = error.smtp_error
    words = reply if isinstance(reply, str) else _text(reply)
    is_login = isinstance(error, smtplib.SMTPAuthenticationError)
    verdict = refusals.judge(error.smtp_code, words, stage=Stage.CONNECT)
    refusal = "login" if is_login else verdict.ground.name
    is_ours = refusals.GROUNDS[refusal].fault is Fault.US and error.smtp_code >= PERMANENT
    result = f"{error.smtp_code} {words}"
    return TransportDown(result, refusal=refusal if is_ours else "", code=error.smtp_code)


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
            self.close()
            raise _not_let_in(error) from error

    def prepare(self, message: EmailMultiAlternatives, delivery: Delivery | None = None) -> Letter:  # noqa: ARG002 - the protocol's
        encoding = message.encoding or "utf-8"
        sender = _bare(_sanitized(message.from_email, encoding))
        recipient = _bare(sanitize_address(message.to[0], encoding))
        buffer = io.BytesIO()
        BytesGenerator(buffer, mangle_from_=False, policy=AS_SENT).flatten(message.message())
        return Letter(message, sender, recipient, _stuffed(buffer.getvalue()))

    def send(self, letter: Letter, *, attempt: int) -> Outcome:
        smtp = self.smtp
        hand = Hand(letter.number, attempt)
        try:
            self._ask(smtp.mail(letter.sender), wanted=(OK,), hand=hand, stage=Stage.MAIL)
            self._ask(smtp.rcpt(letter.recipient), wanted=ACCEPTED, hand=hand, stage=Stage.RCPT)
            self._ask(smtp.docmd("DATA"), wanted=(GO_AHEAD,), hand=hand, stage=Stage.DATA)
            failpoints.reach("before-dot")
            smtp.send(letter.payload)
        except _Refusal as refusal:
            self._reset(refusal.outcome)
            return refusal.outcome
        except UnicodeError as error:
            # An address that only SMTPUTF8 could carry.
            raise Closed(Outcome(state=Delivery.State.FAILED, error=_said(error))) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Closed(hand.later(code=None, error=_said(error))) from error
        return self._finish(smtp, hand)

    def _finish(self, smtp: smtplib.SMTP, hand: Hand) -> Outcome:
        """Send the final dot and wait for the only answer that counts."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(REPLY_TIMEOUT)
            smtp.send(b".\r\n")
            failpoints.reach("after-dot")
            code, text = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self.backend.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise Closed(Outcome(state=Delivery.State.UNCERTAIN, error=_said(error))) from error
        if code // 100 == OK // 100:
            return SENT
        error_text = _text(text)
        if code // 100 not in REFUSALS:
            # No answer that RFC 5321 knows: nobody can tell what the server did.
            raise Closed(Outcome(state=Delivery.State.UNCERTAIN, code=None, error=f"{code} {error_text}"))
        outcome = hand.refused(code, error_text, stage=Stage.END)
        self._reset(outcome)
        return outcome

    def _reset(self, outcome: Outcome) -> None:
        """Make the connection ready for the next mail, or say that it is gone."""
        if outcome.code == CLOSING:
            raise Closed(outcome)
        try:
            self.smtp.rset()
        except (OSError, smtplib.SMTPException, TransportDown) as error:
            raise Closed(outcome) from error

    @staticmethod
    def _ask(reply: tuple[int, bytes], *, wanted: tuple[int, ...], hand: Hand, stage: Stage) -> None:
        code, text = reply
        if code not in wanted:
            raise _Refusal(hand.refused(code, _text(text), stage=stage))

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.backend.close()


class _Refusal(Exception):  # noqa: N818 - an answer, not an error
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.error)
        self.outcome = outcome


# One sender for all.
_sanitized = functools.lru_cache(maxsize=16)(sanitize_address)


class AsSent(email.policy.Compat32):
    """Headers as Django makes them. One that needs no folding is written as it stands: most, and ten times faster."""

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}"
        # An address alone cannot be folded anyway (RFC 5322 2.1.1 allows 998 characters).
        is_short = len(line) <= LINE or (len(line) <= LONGEST_LINE and " " not in value)
        if isinstance(value, str) and is_short and line.isascii() and line.isprintable():
            return line.encode("ascii") + b"\r\n"
        return super().fold_binary(name, value)


LINE, LONGEST_LINE = 76, 990
AS_SENT = AsSent(linesep="\r\n")


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

    def prepare(self, message: EmailMultiAlternatives, delivery: Delivery | None = None) -> Letter:
        if delivery is not None and providers.is_provider(self.backend):
            providers.dress(message, self.backend, delivery)
        if providers.is_provider(self.backend):
            providers.carry_logo(message, self.backend)
        return Letter(message)

    def send(self, letter: Letter, *, attempt: int) -> Outcome:
        hand = Hand(letter.number, attempt)
        if providers.is_provider(self.backend):
            providers.announce(letter.message, self.backend)
        try:
            self.backend.send_messages([letter.message])
        except ConnectionRefusedError as error:
            raise TransportDown(_said(error)) from error
        except Exception as error:  # noqa: BLE001 - any backend's failure is data here: it goes into the ledger
            return self._judge(error, hand)
        return SENT

    def _judge(self, error: Exception, hand: Hand) -> Outcome:
        """Read a provider's answer; without one nobody knows whether it accepted the mail."""
        said, code = _said(error), getattr(error, "status_code", None)
        if code in PAUSES:
            raise TransportDown(said, refusal="login", code=code) from error
        if providers.is_away(error):
            raise TransportDown(said) from error
        if code == TOO_MANY:
            # It is the account that has sent too much: every mail waits, and none loses an attempt.
            raise TransportDown(said, rest=providers.rest_asked(error, otherwise=REST)) from error
        if providers.was_accepted_before(error, self.backend):
            return SENT
        if providers.is_still_busy(error):
            return hand.later(code=code, error=said)
        refused = providers.refused_addresses(error)
        if refused == frozenset({"invalid"}):
            return Outcome(state=Delivery.State.SUPPRESSED, code=code, error=said, refusal="no_mailbox")
        is_certain = code is not None and code < PERMANENT
        if refused is not None or is_certain or isinstance(error, providers.UNSENDABLE):
            return Outcome(state=Delivery.State.FAILED, code=code, error=said, refusal="unknown")
        return Outcome(state=Delivery.State.UNCERTAIN, code=code, error=said)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.backend.close()
