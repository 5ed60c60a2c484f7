"""What a provider's report of a bounce says of the address: wrong for good, or full, slow, unwilling, our own fault.

Anymail gives one word to all of them ("bounced"). Providers say more: whether it may pass, and what the reader's own
server answered. That answer is read like any other reply (refusals.py): only one that says that the mailbox does not
exist stops an address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from anymail.signals import RejectReason

from . import refusals
from .refusals import Fault, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anymail.signals import AnymailTrackingEvent

# The address is wrong, as far as Anymail's one word goes.
WRONG_ADDRESS = frozenset({RejectReason.BOUNCED, RejectReason.INVALID})
# Where providers say what kind of bounce it is, and how they call one that may pass.
KINDS = frozenset({"event", "type", "bouncetype", "status", "delivery_status"})
PASSING = frozenset(
    {
        *("softbounce", "softbounced", "transient", "temporary", "undetermined", "blocked"),
        *("activitysoftbounced", "errmailboxfull", "errtoolarge", "errunreachable"),
    }
)
# SparkPost's classes: undetermined, soft, DNS, full, too large, slow, generic, transient.
PASSING_CLASSES = frozenset({"1", "20", "21", "22", "23", "24", "40", "70", "100"})
HARD = frozenset({"hardbounce", "hardbounced", "activityhardbounced", "bounce", "permanent"})
DEEPEST = 3
# A reply of a mail server (RFC 5321, 4.2), not what the provider itself says in words.
REPLY = re.compile(
    r"(?<![\d.])(?P<code>[45]\d\d)(?:[ -]|$)|(?<![\d.])(?P<class>[45])\.\d{1,3}\.\d{1,3}(?![\d.])"
)


def is_of_the_address(event: AnymailTrackingEvent) -> bool:
    """Tell whether a bounce says that nothing can ever be delivered to the address."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    marks = dict.fromkeys(_marks(told))
    kinds = {re.sub(r"[^a-z]", "", str(value).casefold()) for key, value in marks if key in KINDS}
    if kinds & PASSING or ("hard_bounce", False) in marks:
        return False
    if any(key == "bounce_class" and str(value) in PASSING_CLASSES for key, value in marks):
        return False
    ground = _answered(event.mta_response)
    if ground is not None:
        return ground.fault is Fault.READER
    return event.reject_reason in WRONG_ADDRESS or (event.reject_reason is None and bool(kinds & HARD))


def _marks(told: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, str | int]]:
    """Yield what a report says in single words, at whatever depth: its keys in small letters."""
    for key, value in told.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _marks(value, depth + 1)
        elif isinstance(value, str | int):
            yield str(key).casefold(), value


def _answered(reply: object) -> refusals.Ground | None:
    """Return why the reader's server refused; None where the report has no reply of it, or one that says nothing."""
    text = str(reply or "")[: refusals.LONGEST]
    found = REPLY.search(text)
    if found is None:
        return None
    code = int(found["code"] or found["class"] + "50")
    words = text[found.end("code") :] if found["code"] else text[found.start() :]
    ground = refusals.judge(code, words, stage=Stage.RCPT).ground
    return None if ground.name == "unknown" else ground
