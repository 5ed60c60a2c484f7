"""What is promised about keeping data is what the settings erase by: other terms, other words, a new version."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings as site
from django.urls import reverse
from django.utils import translation

from cycles.site.page_cache.snapshots import store
from notifications.delivery import retention
from registrations import booking, tasks
from registrations.models import Consent, ConsentText, CycleRegistration, Tally
from registrations.people.data import notices
from registrations.rate_limits import limits
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
AT = make.AT
# No two terms are alike, and none is what it is by default.
OTHER = {
    "needs_days": 17,
    "attendance_months": 5,
    "mails_months": 8,
    "registrations_months": 23,
    "replays_months": 9,
    "contacts_months": 41,
    "proofs_months": 83,
}
Purpose = ConsentText.Purpose


def terms(text: str) -> set[str]:
    """Return the lengths of time that a text promises."""
    return set(re.findall(r"\b(\d+)\s+(?:day|month|jour|mois)", re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_and_notices_say_the_terms_of_the_settings(
    client: Client, settings: Any, language: str
) -> None:
    def promised(slug: str) -> dict[str, set[str]]:
        # What was built with the other terms is kept by the process: changing a setting starts a new one.
        store.clear()
        make.session(cycle=make.cycle(slug=slug), starts_at=make.paris(2090, 1, 5))
        pages = (("cycles:privacy", ()), ("registrations:register", (slug,)))
        with translation.override(language):
            urls = {name: reverse(name, args=args) for name, args in pages}
        return {name: terms(client.get(url).content.decode()) for name, url in urls.items()}

    assert promised("tour") == {"cycles:privacy": {"30", "7", "12", "72"}, "registrations:register": {"12"}}
    settings.ESCALE_RETENTION = OTHER
    assert promised("autre") == {"cycles:privacy": {"17", "7", "23", "83"}, "registrations:register": {"23"}}


def test_another_term_is_another_version_of_the_notice(settings: Any) -> None:
    def consent(number: int) -> ConsentText:
        applicant = booking.Applicant(email=f"p{number}@example.org", given_name="A", family_name="B")
        cycle = make.cycle()
        row = booking.register(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
        booking.confirm(row, at=AT)
        return Consent.objects.get(participant=row.participant).text

    first, same = consent(1), consent(2)
    settings.ESCALE_RETENTION = OTHER
    other = consent(3)
    settings.ESCALE_RETENTION = OTHER | {"registrations_months": 1}
    single = consent(4)
    settings.ESCALE_RETENTION = OTHER
    back = consent(5)
    assert [text.version for text in (first, same, other, single, back)] == [1, 1, 2, 3, 2]
    assert ["23 months" in str(text.text.data) for text in (first, other, single)] == [False, True, False]
    assert "1 month after" in single.text.data["en"]
    # The newsletter promises no term: one version.
    assert notices.texts([Purpose.NEWSLETTER], at=AT)[Purpose.NEWSLETTER].version == 1


@pytest.mark.parametrize(("frame", "words"), [("training_action", {"12", "72"}), ("information", {"12"})])
def test_the_notice_of_a_training_says_how_long_its_proof_is_kept(
    client: Client, frame: str, words: set[str]
) -> None:
    run = make.run(module=make.module(legal_frame=frame), slug="lire-1")
    make.half_days(run, day=dt.date(2090, 1, 5))
    assert terms(client.get("/fr/register/lire-1/").content.decode()) == words
    applicant = booking.Applicant(email="a@example.org", given_name="A", family_name="B")
    row = booking.register(run, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=AT)
    booking.confirm(row, at=AT)
    told = Consent.objects.get(participant=row.participant).text
    assert terms(told.text.data["fr"]) == words


def test_a_webinar_and_a_training_have_each_their_notice() -> None:
    plain = notices.texts([Purpose.NOTICE], at=AT)[Purpose.NOTICE]
    training = notices.texts([Purpose.NOTICE], is_training=True, at=AT)[Purpose.NOTICE]
    again = notices.texts([Purpose.NOTICE], at=AT)[Purpose.NOTICE]
    assert (plain.version, training.version, again.pk) == (1, 2, plain.pk)


def test_counters_of_requests_go_every_day() -> None:
    def count() -> None:
        limit = limits.Limit(name="register", who="192.0.2.0/24", most=1, window=limits.HOUR)
        limits.passed(limit, at=AT)

    count()
    assert retention.run(at=AT + dt.timedelta(minutes=59))["counters"] == 0
    assert retention.run(at=AT + dt.timedelta(hours=1))["counters"] == 1
    count()
    with time_machine.travel(AT + dt.timedelta(hours=2), tick=False):
        tasks.purge()
    assert (Tally.objects.count(), "purge" in site.CELERY_BEAT_SCHEDULE) == (0, True)


@pytest.mark.parametrize("is_training", [False, True])
def test_the_notice_speaks_of_emails_in_the_word_of_the_site(*, is_training: bool) -> None:
    told = {
        code: notices.words(Purpose.NOTICE, language=code, is_training=is_training) for code in ("fr", "en")
    }
    assert [("messages" in text) for text in told.values()] == [False, False]
    assert ("e-mails" in told["fr"], "emails" in told["en"]) == (True, True)
