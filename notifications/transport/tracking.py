"""What mail providers report after a mail was handed over: Anymail's webhooks, checked by Anymail, heard here.

Each report is written down once, however often it is told. A bounce or a complaint stops the address; leaving by the
provider's own link stops what Escale's link in a mail stops. Any report about a mail in doubt proves that it was
accepted. Who opened or clicked is never written down.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from anymail.signals import EventType, tracking
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from notifications.delivery import ledger
from notifications.mail.parts import unsubscribe
from notifications.models import Delivery, DeliveryEvent, Suppression

from . import bounces, providers, webhooks

if TYPE_CHECKING:
    from anymail.signals import AnymailTrackingEvent
    from django.urls import URLPattern

REPORTED = frozenset(
    {
        EventType.SENT,
        EventType.DELIVERED,
        EventType.DEFERRED,
        EventType.BOUNCED,
        EventType.REJECTED,
        EventType.FAILED,
        EventType.COMPLAINED,
        EventType.UNSUBSCRIBED,
    }
)
# The provider itself refused: nothing proves that it ever took the mail.
REFUSED = frozenset({EventType.REJECTED, EventType.FAILED})
LONGEST_ID, LONGEST_NAME = 200, 40


def urls() -> list[URLPattern]:
    """Return the address at which the chosen provider reports, of Anymail's many; none for SMTP."""
    if not settings.EMAIL_BACKEND.startswith("anymail."):
        return []
    from anymail.urls import urlpatterns  # noqa: PLC0415 - loads every provider's views

    name = settings.EMAIL_BACKEND.removesuffix(".EmailBackend").rpartition(".")[2]
    wanted = {f"{name}_tracking_webhook", f"{name}_webhook"}
    return [webhooks.pattern(known) for known in urlpatterns if known.name in wanted]


@receiver(tracking, dispatch_uid="notifications.transport.tracking")
def hear(sender: object, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:  # noqa: ARG001 - the signal's
    """Write one report down. What is unknown, told again, or about another site's mail changes nothing."""
    if event.event_type not in REPORTED:
        return
    delivery = _delivery(event)
    if delivery is None:
        return
    at = timezone.now()
    with transaction.atomic():
        _report, is_new = DeliveryEvent.objects.get_or_create(
            provider=esp_name[:LONGEST_NAME],
            event_id=_event_id(event),
            defaults={
                "delivery": delivery,
                "type": event.event_type,
                # A provider's clock may run ahead of ours.
                "at": min(event.timestamp or at, at),
            },
        )
        if not is_new:
            return
        if event.event_type not in REFUSED:
            ledger.prove(delivery.pk, clock=at)
        if event.event_type == EventType.UNSUBSCRIBED and (scope := unsubscribe.of_delivery(delivery)):
            scope.stop(at=at)
        reason = _stopped_for(event)
        if reason is not None:
            # The address that was written to: it may have been corrected since.
            told = event.recipient or ""
            address = told if told and webhooks.is_storable(told) else delivery.to_address
            ledger.suppress(address, reason=reason, at=at)


def _delivery(event: AnymailTrackingEvent) -> Delivery | None:
    """Return the row that an event is about, by the reference that its mail carried."""
    tagged = [
        tag.removeprefix(f"{providers.REFERENCE}:")
        for tag in event.tags or []
        if tag.startswith(f"{providers.REFERENCE}:")
    ]
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    for text in (metadata.get(providers.REFERENCE), *tagged):
        read = providers.read_reference(str(text or ""))
        if read is not None:
            row = Delivery.objects.filter(pk=read[0]).first()
            if row is not None and providers.proof(row) == read[1]:
                return row
    return None


def _event_id(event: AnymailTrackingEvent) -> str:
    """Return what tells reports apart: some providers number mails rather than reports, some nothing."""
    parts: tuple[object, ...] = (event.event_id, event.event_type, event.message_id, event.recipient)
    if not event.event_id:
        parts += (event.timestamp,)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _stopped_for(event: AnymailTrackingEvent) -> Suppression.Reason | None:
    if event.event_type == EventType.COMPLAINED:
        return Suppression.Reason.COMPLAINT
    if event.event_type == EventType.BOUNCED and bounces.is_of_the_address(event):
        return Suppression.Reason.BOUNCE
    return None
