"""The addresses at which mail providers report, with an answer for what is no report at all.

Anymail lets what it cannot read end as a fault of the server, which providers send again for days. It is answered
with 400: only the reading is guarded, so that a fault of our own is still one, and is told again.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SuspiciousOperation
from django.urls import path

from web.requests.bodies import FROM_PROVIDERS

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern

# What reading a report that has another form than the provider's makes of it, by Python's own names for it.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


class UnreadableReport(SuspiciousOperation):
    """The body is no report of this provider."""


def pattern(of: URLPattern) -> URLPattern:
    """Return one of Anymail's addresses whose view answers 400 to what it cannot read."""
    view: Any = of.callback
    base = view.view_class

    def run_validators(self: Any, request: HttpRequest) -> None:
        try:
            base.run_validators(self, request)
        except UNREADABLE as error:
            raise UnreadableReport from error

    def parse_events(self: Any, request: HttpRequest) -> list[Any]:
        try:
            return list(base.parse_events(self, request))
        except UNREADABLE as error:
            events = _each(self, request)
            if not events:
                raise UnreadableReport from error
            return events

    guarded: Any = type(
        base.__name__, (base,), {"run_validators": run_validators, "parse_events": parse_events}
    )
    checked = guarded.as_view(**view.view_initkwargs)
    checked.most_bytes = FROM_PROVIDERS  # providers report many mails at once
    guarded_pattern: URLPattern = path(str(of.pattern), checked, name=of.name)
    return guarded_pattern


def _each(view: Any, request: HttpRequest) -> list[Any]:
    """Return the reports of a batch that can be read: of a provider whose batches Anymail does not know, or odd ones.

    Brevo sends five hundred at once where its webhook was created so ("batched").
    """
    try:
        told = json.loads(request.body)
    except UNREADABLE:
        return []
    events = []
    for each in told if isinstance(told, list) else ():
        with contextlib.suppress(*UNREADABLE):
            events.append(view.esp_to_anymail_event(each))
    return events


def is_storable(text: str) -> bool:
    """Tell whether every database keeps a text: JSON can hold halves of characters, and NUL."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
