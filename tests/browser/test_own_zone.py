"""The form as somebody in La Réunion fills it in: the zone of the device is offered once, and used from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registrations.models import CycleRegistration

from .checks import HEIGHT, all_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demonstration"),
]
FORM = "/en/register/onze-ponts/"


@pytest.fixture
def in_reunion(site: LiveServer, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": 390, "height": HEIGHT},
        color_scheme="dark",
        locale="en-GB",
        timezone_id="Indian/Reunion",
    )
    yield context
    context.close()


def test_the_zone_of_the_device_is_offered_and_used(visit: Visits, in_reunion: BrowserContext) -> None:
    seen = visit(FORM, context=in_reunion)
    page = seen.page
    offer = page.locator("[data-zone] button")
    assert offer.inner_text() == "Use the time of this device: Réunion"
    # Nothing is chosen for anybody.
    assert page.input_value("#id_tz") == ""
    page.check("input[name=scope][value=chosen]")
    assert page.locator("[data-own]").first.inner_text() == ""
    offer.click()
    assert page.input_value("#id_tz") == "Indian/Reunion"
    assert "For you: " in page.locator("[data-own]").first.inner_text()
    assert not offer.is_visible()
    assert all_complaints(seen) == []
    page.fill("#id_given_name", "Hoarau")
    page.fill("#id_email", "hoarau@example.org")
    page.check("#id_sessions input >> nth=0")
    page.wait_for_timeout(2100)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/sent/")
    assert "hoarau@example.org" in page.locator("main [role=status]").inner_text()
    asked = CycleRegistration.objects.get(participant__email_key="hoarau@example.org")
    assert (asked.participant.timezone, len(asked.requested_session_ids)) == ("Indian/Reunion", 1)


def test_whoever_lives_in_the_zone_of_the_cycle_is_offered_nothing(visit: Visits) -> None:
    page = visit(FORM).page
    assert not page.locator("[data-zone] button").is_visible()
    # Dates are chosen where somebody chooses them.
    boxes = page.locator("#id_sessions")
    assert not boxes.is_visible()
    page.check("input[name=scope][value=chosen]")
    assert boxes.is_visible()
