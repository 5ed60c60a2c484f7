"""What providers report of a bounce, as they write it: which address is stopped, and which has only a bad day."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from django.test import Client, override_settings
from django.urls import include, path

from config.urls import urlpatterns as site
from notifications.delivery import ledger
from notifications.models import Delivery, DeliveryEvent
from notifications.transport import providers, tracking
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "postman:a-long-random-word"
NAMES = ("brevo", "mailjet", "postmark", "sparkpost")


def _urls(name: str) -> Any:
    with override_settings(EMAIL_BACKEND=f"anymail.backends.{name}.EmailBackend"):
        return include((tracking.urls(), name))


urlpatterns = [*(path("anymail/", _urls(name)) for name in NAMES), *site]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

UNKNOWN = "550 5.1.1 The email account that you tried to reach does not exist"
FULL = "552 5.2.2 The email account that you tried to reach is over quota"
LISTED = "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"
GROUP = "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"


@pytest.fixture(autouse=True)
def _anymail() -> Iterator[None]:
    with override_settings(ANYMAIL={"WEBHOOK_SECRET": SECRET}):
        yield


@pytest.fixture
def sent() -> Delivery:
    return make.delivery(make.registration(), state=Delivery.State.SENT)


def post(name: str, told: object) -> int:
    answer = Client().post(
        f"/anymail/{name}/tracking/",
        json.dumps(told),
        content_type="application/json",
        headers={"authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"},
    )
    return answer.status_code


def brevo(row: Delivery, kind: str, reply: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": 1, "event": kind, "email": row.to_address, "date": "2026-10-01 11:00:00", "ts_epoch": 1790845200000,
        "message-id": "<m-1@smtp-relay.mailin.fr>", "reason": reply, "template_id": 0, "sending_ip": "192.0.2.1",
        "X-Mailin-custom": json.dumps({"escale": providers.reference(row)}), **more,
    }  # fmt: skip


def mailjet(row: Delivery, *, is_hard: bool, error: str, comment: str = "") -> dict[str, Any]:
    return {
        "event": "bounce", "time": 1790845200, "MessageID": 1, "email": row.to_address, "blocked": False,
        "hard_bounce": is_hard, "error_related_to": "recipient", "error": error, "comment": comment,
        "Payload": json.dumps({"escale": providers.reference(row)}),
    }  # fmt: skip


def ses(row: Delivery, kind: str, sub: str, reply: str) -> int:
    told = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind, "bounceSubType": sub, "feedbackId": "f-1", "timestamp": "2026-10-01T09:00:00.000Z",
            "bouncedRecipients": [{"emailAddress": row.to_address, "action": "failed", "diagnosticCode": reply}],
        },
        "mail": {
            "messageId": "m-1", "destination": [row.to_address],
            "headers": [
                {"name": "X-Metadata", "value": json.dumps({"escale": providers.reference(row)})},
            ],
        },
    }  # fmt: skip
    # Without boto3 the view is not made; what it reads a report as is the same.
    view: Any = AmazonSESTrackingWebhookView.__new__(AmazonSESTrackingWebhookView)
    for event in view.esp_to_anymail_events(told, {"MessageId": "s-1"}):
        tracking.hear(sender=view, event=event, esp_name="Amazon SES")
    return 200


def postmark(row: Delivery, kind: str, details: str) -> dict[str, Any]:
    return {
        "RecordType": "Bounce", "Type": kind, "ID": 42, "MessageID": "m-1", "Email": row.to_address,
        "BouncedAt": "2026-10-01T09:00:00Z", "Details": details, "Metadata": {"escale": providers.reference(row)},
    }  # fmt: skip


def sparkpost(row: Delivery, number: str, reply: str) -> list[dict[str, Any]]:
    event = {
        "type": "bounce", "bounce_class": number, "raw_reason": reply, "event_id": "1", "timestamp": "1790845200",
        "raw_rcpt_to": row.to_address, "rcpt_meta": {"escale": providers.reference(row)},
    }  # fmt: skip
    return [{"msys": {"message_event": event}}]


CASES: dict[str, tuple[bool, Callable[[Delivery], int]]] = {
    "Brevo, hard": (True, lambda row: post("brevo", brevo(row, "hard_bounce", UNKNOWN))),
    "Brevo, hard without a reply": (True, lambda row: post("brevo", brevo(row, "hard_bounce"))),
    "Brevo, invalid": (True, lambda row: post("brevo", brevo(row, "invalid_email"))),
    "Brevo, soft": (False, lambda row: post("brevo", brevo(row, "soft_bounce", FULL))),
    "Brevo, soft in its own words": (
        False,
        lambda row: post("brevo", brevo(row, "soft_bounce", "server is down")),
    ),
    "Brevo, hard for a block list": (False, lambda row: post("brevo", brevo(row, "hard_bounce", LISTED))),
    "Brevo, hard for a group": (False, lambda row: post("brevo", brevo(row, "hard_bounce", GROUP))),
    "Brevo, error": (False, lambda row: post("brevo", brevo(row, "error", "internal"))),
    "Mailjet, hard": (True, lambda row: post("mailjet", mailjet(row, is_hard=True, error="user unknown"))),
    "Mailjet, full": (
        False,
        lambda row: post("mailjet", mailjet(row, is_hard=False, error="quota exceeded")),
    ),
    "Mailjet, inactive": (
        False,
        lambda row: post("mailjet", [mailjet(row, is_hard=False, error="mailbox inactive")]),
    ),
    "SES, permanent": (True, lambda row: ses(row, "Permanent", "General", f"smtp; {UNKNOWN}")),
    "SES, on its list": (
        True,
        lambda row: ses(
            row,
            "Permanent",
            "OnAccountSuppressionList",
            "Amazon SES did not send the message to this address because it is on the suppression list for your "
            "account. For more information about removing addresses from the suppression list, see the guide",
        ),
    ),
    "SES, full": (False, lambda row: ses(row, "Transient", "MailboxFull", f"smtp; {FULL}")),
    "SES, away from the office": (False, lambda row: ses(row, "Transient", "General", "")),
    "SES, undetermined": (False, lambda row: ses(row, "Undetermined", "Undetermined", "")),
    "SES, permanent for a block list": (
        False,
        lambda row: ses(row, "Permanent", "General", f"smtp; {LISTED}"),
    ),
    "Postmark, hard": (True, lambda row: post("postmark", postmark(row, "HardBounce", f"smtp;{UNKNOWN}"))),
    "Postmark, soft": (False, lambda row: post("postmark", postmark(row, "SoftBounce", f"smtp;{UNKNOWN}"))),
    "Postmark, hard for a block list": (
        False,
        lambda row: post("postmark", postmark(row, "HardBounce", f"smtp;{LISTED}")),
    ),
    "Postmark, DNS": (False, lambda row: post("postmark", postmark(row, "DnsError", ""))),
    "SparkPost, invalid": (True, lambda row: post("sparkpost", sparkpost(row, "10", UNKNOWN))),
    "SparkPost, full": (False, lambda row: post("sparkpost", sparkpost(row, "22", ""))),
}


@pytest.mark.parametrize("name", CASES)
def test_only_a_wrong_address_is_stopped(name: str, sent: Delivery) -> None:
    is_wrong, tell = CASES[name]
    assert tell(sent) == 200
    assert DeliveryEvent.objects.count() == 1
    assert ledger.is_suppressed(sent.to_address) == is_wrong


def test_a_batch_of_brevo_is_heard(sent: Delivery) -> None:
    other = make.delivery(make.registration(), state=Delivery.State.SENT)
    batch = [brevo(sent, "delivered"), brevo(other, "hard_bounce", UNKNOWN), brevo(sent, "spam")]
    assert post("brevo", batch) == 200
    assert sorted(DeliveryEvent.objects.values_list("type", flat=True)) == [
        "bounced",
        "complained",
        "delivered",
    ]
    assert (ledger.is_suppressed(sent.to_address), ledger.is_suppressed(other.to_address)) == (True, True)


@pytest.mark.parametrize("odd", [{}, [], None, "x", 3, {"event": "bounce", "time": "never"}])
def test_an_odd_report_does_not_take_the_others_of_its_batch(odd: object, sent: Delivery) -> None:
    assert post("mailjet", [odd, mailjet(sent, is_hard=True, error="user unknown")]) == 200
    assert [event.type for event in DeliveryEvent.objects.all()] == ["bounced"]


@pytest.mark.parametrize("told", [[], [[]], [3], ["x", None]])
def test_a_batch_of_nothing_is_refused(told: object) -> None:
    assert post("brevo", told) == 400
