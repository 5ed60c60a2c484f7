"""What providers report, by their real webhooks: signed or not, once or again, about our mail or another's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone

from config.urls import urlpatterns as site
from notifications.delivery import ledger
from notifications.models import Delivery, DeliveryEvent, NewsStop, Suppression
from notifications.transport import providers, tracking
from registrations.people import participants
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "postman:a-long-random-word"
SIGNING_KEY = "mailgun-signs-with-this"


def _urls(name: str) -> Any:
    with override_settings(EMAIL_BACKEND=f"anymail.backends.{name}.EmailBackend"):
        return include((tracking.urls(), name))


urlpatterns = [path("anymail/", _urls("postmark")), path("anymail/", _urls("mailgun")), *site]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _anymail() -> Iterator[None]:
    with override_settings(ANYMAIL={"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}):
        yield


@pytest.fixture
def sent() -> Delivery:
    return make.delivery(make.registration(), state=Delivery.State.SENT)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def postmark(delivery: Delivery, *, secret: str = SECRET, **event: Any) -> int:
    """Post one event as Postmark does, signed by the name and word in its address; return the status."""
    told = {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "ID": 42,
        "MessageID": "m-1",
        "Email": delivery.to_address,
        "BouncedAt": "2026-10-01T09:00:00Z",
        "Metadata": {"escale": providers.reference(delivery)},
        **event,
    }
    answer = Client().post(
        "/anymail/postmark/tracking/",
        json.dumps(told),
        content_type="application/json",
        headers=bearer(secret),
    )
    return answer.status_code


def mailgun(delivery: Delivery, *, key: str = SIGNING_KEY, number: str = "t1", **event: Any) -> int:
    """Post one event as Mailgun does, signed by its key; return the status."""
    stamp = "1790845200"
    signature = hmac.new(key.encode(), f"{stamp}{number}".encode(), hashlib.sha256).hexdigest()
    told = {
        "signature": {"timestamp": stamp, "token": number, "signature": signature},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "timestamp": 1790845200.5,
            "recipient": delivery.to_address,
            "user-variables": {"escale": providers.reference(delivery)},
            "message": {"headers": {"message-id": "m-1@mg"}},
            **event,
        },
    }
    answer = Client().post(
        "/anymail/mailgun/tracking/",
        json.dumps(told),
        content_type="application/json",
        headers=bearer(SECRET),
    )
    return answer.status_code


@pytest.mark.parametrize("tell", [postmark, mailgun])
def test_a_hard_bounce_is_written_down_and_stops_the_address(tell: Any, sent: Delivery) -> None:
    assert tell(sent) == 200
    assert [(event.delivery, event.type) for event in DeliveryEvent.objects.all()] == [(sent, "bounced")]
    assert ledger.is_suppressed(sent.to_address)
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCE


@pytest.mark.parametrize("tell", [postmark, mailgun])
def test_told_again_is_told_once(tell: Any, sent: Delivery) -> None:
    assert [tell(sent), tell(sent)] == [200, 200]
    assert DeliveryEvent.objects.count() == 1


def test_an_organiser_who_allowed_the_address_again_is_not_overruled_by_a_replay(sent: Delivery) -> None:
    postmark(sent)
    Suppression.objects.all().delete()
    postmark(sent)
    assert not ledger.is_suppressed(sent.to_address)


def test_a_complaint_stops_the_address_for_its_own_reason(sent: Delivery) -> None:
    assert mailgun(sent, event="complained", reason="") == 200
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_leaving_by_the_providers_link_stops_the_reminders_and_no_address(sent: Delivery) -> None:
    assert mailgun(sent, event="unsubscribed", reason="") == 200
    person = sent.participant
    assert person is not None
    person.refresh_from_db()
    assert person.reminders_stopped_at is not None
    assert [event.type for event in DeliveryEvent.objects.all()] == ["unsubscribed"]
    assert not Suppression.objects.exists()
    # Who takes the reminders up again is not overruled by the same report.
    participants.resume_reminders(person)
    mailgun(sent, event="unsubscribed", reason="")
    person.refresh_from_db()
    assert person.reminders_stopped_at is None


def test_leaving_the_news_by_the_providers_link_keeps_the_reminders(sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(kind="recap", cycle=make.cycle())
    assert mailgun(sent, event="unsubscribed", reason="") == 200
    assert NewsStop.objects.filter(participant=sent.participant).count() == 1
    assert sent.participant is not None
    sent.participant.refresh_from_db()
    assert sent.participant.reminders_stopped_at is None


def test_the_mail_of_someone_erased_is_left_by_nobody(sent: Delivery) -> None:
    Delivery.objects.filter(pk=sent.pk).update(participant=None)
    assert mailgun(sent, event="unsubscribed", reason="") == 200
    assert [event.type for event in DeliveryEvent.objects.all()] == ["unsubscribed"]


def test_a_full_mailbox_stops_nothing(sent: Delivery) -> None:
    assert mailgun(sent, severity="temporary") == 200
    assert postmark(sent, Type="SoftBounce") == 200
    assert [event.type for event in DeliveryEvent.objects.order_by("pk")] == ["deferred", "bounced"]
    assert not Suppression.objects.exists()


def test_a_forged_report_changes_nothing(sent: Delivery) -> None:
    assert postmark(sent, secret="postman:guess") == 400
    assert mailgun(sent, key="guess") == 400
    assert (
        Client().post("/anymail/postmark/tracking/", "{}", content_type="application/json").status_code == 400
    )
    assert not DeliveryEvent.objects.exists()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("reference", ["", "x", "1", "1-wrong", "99999-0", f"{10**30}-0", None, 7])
def test_mail_of_another_site_changes_nothing(sent: Delivery, reference: object) -> None:
    assert postmark(sent, Metadata={"escale": reference}) == 200
    assert postmark(sent, Metadata={}) == 200
    assert not DeliveryEvent.objects.exists()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("event", ["opened", "clicked"])
def test_who_opened_or_clicked_is_not_written_down(sent: Delivery, event: str) -> None:
    assert mailgun(sent, event=event) == 200
    assert not DeliveryEvent.objects.exists()


def test_a_report_about_a_mail_in_doubt_proves_that_it_was_taken() -> None:
    row = make.delivery(make.registration(), state=Delivery.State.UNCERTAIN, doubts=2, attempts=2)
    assert mailgun(row, event="delivered", reason="") == 200
    row.refresh_from_db()
    assert (row.state, row.sent_at is not None) == ("sent", True)


def test_a_refusal_by_the_provider_proves_nothing() -> None:
    row = make.delivery(make.registration(), state=Delivery.State.UNCERTAIN, doubts=2, attempts=2)
    assert mailgun(row, event="rejected") == 200
    row.refresh_from_db()
    assert row.state == "uncertain"


def test_a_late_bounce_stops_the_address_written_to_and_not_the_corrected_one(sent: Delivery) -> None:
    old = sent.to_address
    Delivery.objects.update(to_address="corrected@example.org")
    assert mailgun(sent, recipient=old) == 200
    assert (ledger.is_suppressed(old), ledger.is_suppressed("corrected@example.org")) == (True, False)


def test_a_report_from_a_clock_ahead_is_dated_now(sent: Delivery) -> None:
    before = timezone.now()
    assert mailgun(sent, timestamp=9_999_999_999) == 200
    assert before <= DeliveryEvent.objects.get().at <= timezone.now()


def test_smtp_has_no_webhook() -> None:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend"):
        assert tracking.urls() == []
    with override_settings(EMAIL_BACKEND="anymail.backends.brevo.EmailBackend"):
        assert [pattern.name for pattern in tracking.urls()] == ["brevo_tracking_webhook"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"null",
        b'"x"',
        b"[" * 20_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_report_is_refused_and_not_told_again(body: bytes) -> None:
    for secret, status in ((SECRET, 400), ("nobody:knows-this-secret-word", 400)):
        answer = Client(raise_request_exception=False).post(
            "/anymail/postmark/tracking/", body, content_type="application/json", headers=bearer(secret)
        )
        assert (body[:20], answer.status_code) == (body[:20], status)


def test_an_address_that_no_database_keeps_is_not_taken_from_a_report(sent: Delivery) -> None:
    assert [
        postmark(sent, ID=n, Email=email)
        for n, email in enumerate(("a\0b@example.org", "\ud800@example.org"))
    ] == [200, 200]
    assert Suppression.objects.count() == 1
