"""Mail providers: what they are handed, and what becomes of each of their answers, over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from cycles.models import Cycle
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat, ReminderStep, Suppression
from notifications.plan import defaults, planner
from tests import make
from tests.make import paris

from . import provider
from .provider import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db
DUE = paris(2026, 11, 19, 12)
LATER = DUE + dt.timedelta(minutes=10)
STATE = ("state", "attempts", "doubts")


@pytest.fixture
def fake() -> Iterator[provider.FakeProvider]:
    with provider.running() as fake:
        yield fake


def use(settings: Settings, name: str, fake: provider.FakeProvider, **more: str) -> None:
    settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
    esp = name.upper()
    settings.ANYMAIL = {f"{esp}_API_KEY": "key", f"{esp}_API_URL": fake.url, **more}


@pytest.fixture
def resend(settings: Settings, fake: provider.FakeProvider) -> provider.FakeProvider:
    use(settings, "resend", fake)
    return fake


@pytest.fixture
def brevo(settings: Settings, fake: provider.FakeProvider) -> provider.FakeProvider:
    use(settings, "brevo", fake)
    return fake


def owed(people: int = 1) -> list[Delivery]:
    session = make.session(number=2)
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    for _ in range(people):
        make.registration(session=session)
    sending.tick(clock=DUE)
    return list(Delivery.objects.order_by("pk"))


def invited() -> Delivery:
    """Owe a mail that carries an invitation."""
    return make.delivery(make.registration(), kind="registration_confirmed", next_at=DUE)


def facts() -> list[tuple[Any, ...]]:
    return list(Delivery.objects.order_by("pk").values_list(*STATE))


def test_a_mail_carries_its_reference_and_no_tracking(
    settings: Settings, fake: provider.FakeProvider
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "key", "POSTMARK_API_URL": fake.url}
    fake.answers = [
        Answer(
            200, {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "x@example.org", "SubmittedAt": ""}
        )
    ]
    (row,) = owed()
    sending.drain(clock=DUE)
    (asked,) = fake.requests
    number = ledger.message_id(row.key).strip("<>")[:12]
    assert (asked.data["Metadata"], asked.data["TrackOpens"], asked.data["TrackLinks"]) == (
        {"escale": f"{row.pk}-{number}"},
        False,
        "None",
    )


def test_an_invitation_travels_as_a_file_where_a_provider_takes_no_third_text(
    resend: provider.FakeProvider,
) -> None:
    invited()
    sending.drain(clock=DUE)
    (asked,) = resend.requests
    assert [part["filename"] for part in asked.data["attachments"]] == ["invite.ics"]
    assert facts() == [("sent", 1, 0)]


def test_an_invitation_stays_a_text_where_a_provider_takes_it(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    invited()
    sending.drain(clock=DUE)
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert [part[1] for part in sent.alternatives] == ["text/html", "text/calendar; method=REQUEST"]


def test_429_rests_every_mail_as_long_as_the_provider_asks(resend: provider.FakeProvider) -> None:
    resend.answers = [Answer(429, {"name": "rate_limit_exceeded"}, {"Retry-After": "47"})]
    owed(2)
    sending.drain(clock=DUE)
    assert len(resend.requests) == 1
    assert Heartbeat.objects.get(name=sending.TRANSPORT).at == DUE + dt.timedelta(seconds=47)
    assert facts() == [("pending", 0, 0), ("pending", 0, 0)]
    assert sending.drain(clock=DUE + dt.timedelta(seconds=46)) == 0
    assert sending.drain(clock=DUE + dt.timedelta(seconds=48)) == 2
    assert facts() == [("sent", 1, 0), ("sent", 1, 0)]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({}, 120),
        ({"Retry-After": "soon"}, 120),
        ({"Retry-After": "99999999"}, 3600),
        ({"Retry-After": "-5"}, 120),
        ({"Retry-After": "Thu, 19 Nov 2026 11:01:30 GMT", "Date": "Thu, 19 Nov 2026 11:00:00 GMT"}, 90),
    ],
)
def test_how_long_a_provider_may_ask_to_wait(
    resend: provider.FakeProvider, asked: dict[str, str], seconds: int
) -> None:
    resend.answers = [Answer(429, {}, asked)]
    owed()
    sending.drain(clock=DUE)
    rest = Heartbeat.objects.get(name=sending.TRANSPORT).at - DUE
    assert rest == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (422, "failed"), (500, "pending"), (503, "pending")]
)
def test_a_refusal_is_final_and_a_breakdown_leaves_doubt(
    resend: provider.FakeProvider, status: int, state: str
) -> None:
    resend.answers = [Answer(status, {"name": "trouble"})]
    owed()
    sending.drain(clock=DUE, batches=1)
    assert facts() == [(state, 1, int(state == "pending"))]


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_no_mails_fault(resend: provider.FakeProvider, status: int) -> None:
    resend.answers = [Answer(status, {})]
    owed()
    sending.drain(clock=DUE)
    assert facts() == [("pending", 0, 0)]
    assert Heartbeat.objects.filter(name=sending.TRANSPORT).exists()


def test_a_provider_that_cannot_be_reached_rests_all_mail(
    settings: Settings, fake: provider.FakeProvider
) -> None:
    use(settings, "resend", fake, RESEND_API_URL="http://127.0.0.1:9/")
    owed()
    sending.drain(clock=DUE)
    assert facts() == [("pending", 0, 0)]
    assert Heartbeat.objects.get(name=sending.TRANSPORT).at == DUE + sending.PAUSE


def test_a_lost_answer_is_asked_for_again_under_the_same_key(resend: provider.FakeProvider) -> None:
    resend.answers = [Answer(0, {}, is_silent=True)]
    owed()
    sending.drain(clock=DUE, batches=1)
    assert facts() == [("pending", 1, 1)]
    sending.drain(clock=LATER)
    first, second = (asked.headers["Idempotency-Key"] for asked in resend.requests)
    assert first == second
    assert facts() == [("sent", 2, 1)]


def test_a_key_that_resend_knows_proves_that_the_first_was_taken(resend: provider.FakeProvider) -> None:
    known = Answer(409, {"statusCode": 409, "name": "invalid_idempotent_request"})
    resend.answers = [Answer(0, {}, is_silent=True), known]
    owed()
    sending.drain(clock=DUE, batches=1)
    sending.drain(clock=LATER)
    assert facts() == [("sent", 2, 1)]


def test_a_first_request_still_busy_is_waited_for(resend: provider.FakeProvider) -> None:
    resend.answers = [Answer(409, {"statusCode": 409, "name": "concurrent_idempotent_requests"})]
    owed()
    sending.drain(clock=DUE, batches=1)
    assert facts() == [("pending", 1, 0)]


def test_a_key_that_brevo_knows_proves_that_the_first_was_taken(brevo: provider.FakeProvider) -> None:
    brevo.answers = [Answer(0, {}, is_silent=True), Answer(400, {"code": "duplicate_parameter"})]
    owed()
    sending.drain(clock=DUE, batches=1)
    sending.drain(clock=LATER)
    first, second = (asked.data["headers"]["idempotencyKey"] for asked in brevo.requests)
    assert first == second
    assert facts() == [("sent", 2, 1)]


def test_a_corrected_address_or_a_second_try_has_a_key_of_its_own(resend: provider.FakeProvider) -> None:
    resend.answers = [Answer(422, {})] * 2
    (row,) = owed()
    sending.drain(clock=DUE)
    for address in (row.to_address, "other@example.org"):
        ledger.requeue(Delivery.objects.all(), address=address, at=DUE)
        sending.drain(clock=DUE)
    keys = [asked.headers["Idempotency-Key"] for asked in resend.requests]
    assert len(set(keys)) == len(keys) == 3
    assert facts()[0][0] == "sent"


def test_an_address_that_a_provider_calls_invalid_is_stopped(
    settings: Settings, fake: provider.FakeProvider
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.mandrill.EmailBackend"
    settings.ANYMAIL = {"MANDRILL_API_KEY": "key", "MANDRILL_API_URL": fake.url}
    (row,) = owed()
    listed = [{"email": row.to_address, "status": "invalid", "_id": "1"}]
    fake.answers = [Answer(200, json.loads(json.dumps(listed)))]
    sending.drain(clock=DUE)
    assert Delivery.objects.get().state == "suppressed"
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCE


def test_the_logo_travels_within_a_mail_where_a_provider_shows_it(
    settings: Settings, tmp_path: Path, resend: provider.FakeProvider
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = invited()
    make.logo(make.programme(pk=900))
    Cycle.objects.update(programme=900)
    sending.drain(clock=DUE)
    (asked,) = resend.requests
    files = [(part["filename"], part.get("content_id", "")) for part in asked.data["attachments"]]
    (source,) = re.findall(r'<img src="cid:([^"]*)"', asked.data["html"])
    assert files == [("invite.ics", ""), ("logo.png", source)]
    row.refresh_from_db()
    assert (row.state, facts()) == ("sent", [("sent", 1, 0)])


def test_the_logo_stays_behind_where_a_provider_refuses_it(
    settings: Settings, tmp_path: Path, brevo: provider.FakeProvider
) -> None:
    settings.MEDIA_ROOT = tmp_path
    invited()
    make.logo(make.programme(pk=900, accent="navy"))
    Cycle.objects.update(programme=900)
    brevo.answers = [Answer(201, {"messageId": "<1@brevo>"})]
    sending.drain(clock=DUE)
    (asked,) = brevo.requests
    html = asked.data["htmlContent"]
    assert ("<img" in html, "cid:" in html, "#1f3a7d" in html) == (False, False, True)
    assert [part["name"] for part in asked.data["attachment"]] == ["invite.ics"]
    assert facts() == [("sent", 1, 0)]
