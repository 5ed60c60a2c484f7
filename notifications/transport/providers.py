"""What differs between mail providers, in one room: what Anymail's backends can carry, and how they answer.

A mail is dressed for its provider before it is handed over: a reference that comes back with each report, no
tracking of opens and clicks, an idempotency key where the provider honours one. See docs/operating.md.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import sys
import uuid
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import requests
from anymail.backends.base import AnymailBaseBackend, BasePayload
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from urllib3.exceptions import NewConnectionError

from accounts import addresses
from notifications.delivery.ledger import message_id
from notifications.mail.parts import inline

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from notifications.models import Delivery

REFERENCE = "escale"
CALENDAR = "text/calendar"
# The others refuse a text beside text and HTML; there the invitation travels as a file only.
TAKES_CALENDAR = frozenset({"amazon_ses", "test"})
# What Anymail hands over as the bytes that we made.
TAKES_RAW = frozenset({"amazon_ses"})
# Who shows a picture that travels with a mail; Anymail refuses it for the others.
TAKES_INLINE = frozenset(
    [
        *("mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark", "resend", "sendgrid"),
        *("sparkpost", "test", "unisender_go"),
    ]
)
RESEND, BREVO = "resend", "brevo"
KEYS = uuid.UUID("6b0b6c0e-8a49-4b53-9f0e-3d0d9d1c5f11")
# What these two answer to a key that they have seen: the first request was accepted.
SEEN_BEFORE = {RESEND: "invalid_idempotent_request", BREVO: "duplicate_parameter"}
# The first request is still being dealt with.
STILL_BUSY = "concurrent_idempotent_requests"
# Nothing has left: the message itself cannot be carried.
UNSENDABLE = (AnymailUnsupportedFeature, AnymailSerializationError, AnymailInvalidAddress)
LONGEST_REST = dt.timedelta(hours=1)


def is_provider(backend: object) -> bool:
    return isinstance(backend, AnymailBaseBackend)


def name_of(backend: object) -> str:
    """Return a backend's name as Anymail's modules and webhook addresses have it: "brevo", "amazon_ses"."""
    return type(backend).__module__.rpartition(".")[2]


@functools.cache
def _takes(backend: Any, setter: str) -> bool:
    """Tell whether a backend does something with a part of a message, rather than refusing it."""
    payloads = [
        found
        for _name, found in inspect.getmembers(sys.modules[backend.__module__], inspect.isclass)
        if issubclass(found, BasePayload) and found.__module__ == backend.__module__
    ]
    return any(getattr(found, setter) is not getattr(BasePayload, setter) for found in payloads)


def reference(delivery: Delivery) -> str:
    """Return what a provider gives back with each report: the row, and a proof that it is of this site."""
    return f"{delivery.pk}-{proof(delivery)}"


def proof(delivery: Delivery) -> str:
    """Return what only this site's row has: ids alone come again in another database."""
    return message_id(delivery.key).strip("<>")[:12]


def read_reference(text: str) -> tuple[int, str] | None:
    """Return the row and the proof of a reference; None when it is none of ours."""
    pk, dash, proof = text.partition("-")
    return (int(pk), proof) if dash and pk.isascii() and pk.isdecimal() and len(pk) < 19 else None  # noqa: PLR2004 - a bigint


def idempotency_key(delivery: Delivery) -> str:
    """Return the key of one hand-over: the same while nobody knows how the last one ended, then another.

    Another too for another address: a provider that knows the key would send nothing to the corrected one.
    """
    certain = delivery.attempts - delivery.doubts
    return str(uuid.uuid5(KEYS, f"{delivery.key}:{addresses.key(delivery.to_address)}:{certain}"))


def dress(message: EmailMultiAlternatives, backend: object, delivery: Delivery) -> None:
    """Prepare a message for a provider; its words and headers stay."""
    kind: Any = type(backend)
    mail = _expanded(message)
    if _takes(kind, "set_metadata"):
        mail.metadata = {REFERENCE: reference(delivery)}
    elif _takes(kind, "set_tags"):
        mail.tags = [f"{REFERENCE}:{reference(delivery)}"]
    if _takes(kind, "set_track_clicks"):
        mail.track_clicks = False
    if _takes(kind, "set_track_opens"):
        mail.track_opens = False
    if name_of(backend) not in TAKES_CALENDAR:
        message.alternatives = [
            part for part in message.alternatives if not str(part[1]).startswith(CALENDAR)
        ]
        # Under the name that mail programs know: it is the only copy now. Resend takes no other for this ending.
        message.attachments = [
            (part[0], part[1], CALENDAR) if part[2] == "application/ics" else part
            for part in message.attachments
        ]
    if name_of(backend) == BREVO:
        message.extra_headers["idempotencyKey"] = idempotency_key(delivery)
    mail.escale_key = idempotency_key(delivery)


def carry_logo(message: EmailMultiAlternatives, backend: object) -> None:
    """Hand the logo of a mail over in the way of a provider; without it where that takes no pictures in the text.

    Done once, after `dress`.
    """
    logo = getattr(message, "logo", None)
    if logo is None or name_of(backend) in TAKES_RAW:
        return
    if name_of(backend) in TAKES_INLINE:
        message.attach(logo)
    else:
        (html, kind), *others = message.alternatives
        message.alternatives = []
        message.attach_alternative(inline.without(str(html)), kind)
        message.alternatives += others
    _expanded(message).logo = None


def _expanded(message: EmailMultiAlternatives) -> Any:
    """Return the message as Anymail sees it: it reads attributes that Django's class does not declare."""
    return message


def announce(message: object, backend: Any) -> None:
    """Say in the request itself which hand-over this is, where a provider reads it there."""
    if name_of(backend) == RESEND and backend.session is not None:
        backend.session.headers["Idempotency-Key"] = getattr(message, "escale_key", "")


def was_accepted_before(error: Exception, backend: object) -> bool:
    """Tell whether a refusal only says that this very hand-over had been accepted."""
    word = SEEN_BEFORE.get(name_of(backend))
    return word is not None and word in _answer(error)


def is_still_busy(error: Exception) -> bool:
    return STILL_BUSY in _answer(error)


def _answer(error: Exception) -> str:
    response = getattr(error, "response", None)
    return response.text if isinstance(response, requests.Response) else ""


def rest_asked(error: Exception, *, otherwise: dt.timedelta) -> dt.timedelta:
    """Return how long a provider that answered 429 asks us to wait (RFC 9110, 10.2.3); an hour at most."""
    response = getattr(error, "response", None)
    headers = response.headers if isinstance(response, requests.Response) else {}
    asked = headers.get("Retry-After", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 9:  # noqa: PLR2004 - seconds, not an attack
        rest = dt.timedelta(seconds=int(asked))
    else:
        try:
            # By the provider's own clock.
            rest = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("Date", ""))
        except (TypeError, ValueError):
            return otherwise
    return min(max(rest, dt.timedelta(seconds=1)), LONGEST_REST)


def is_away(error: Exception) -> bool:
    """Tell whether the provider was not reached at all, or we are not let in: no mail has left."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | AnymailConfigurationError):
        return True
    cause = error.__cause__ or error
    reason = getattr(cause.args[0], "reason", None) if cause.args else None
    return isinstance(cause, requests.ConnectionError) and isinstance(reason, NewConnectionError)


def refused_addresses(error: Exception) -> frozenset[str] | None:
    """Return what a provider said of the recipients ("invalid", "rejected") when it took none; None otherwise."""
    if not isinstance(error, AnymailRecipientsRefused):
        return None
    status = getattr(error.email_message, "anymail_status", None)
    return frozenset(status.status or ()) if status is not None else frozenset()
