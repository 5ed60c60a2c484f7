"""Every response carries the strict headers, and the root looks at nothing but the address."""

from __future__ import annotations

import pytest
from django.test import Client

from registrations.calendar import feed_tokens
from registrations.links import personal_links
from speakers.people import links as speaker_links
from tests import doors, make
from tests.doors import DOORS, Kind


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fr/account/login/", "/fr/nowhere/", "/"])
def test_every_answer_is_locked_down(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"].split("; ")[0] == "default-src 'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_root_is_the_same_for_everyone(client: Client) -> None:
    for language in ("en", "fr", "de"):
        response = client.get("/", headers={"accept-language": language})
        assert (response.status_code, response.headers["Location"]) == (302, "/fr/")
        assert "Set-Cookie" not in response.headers


WITH_TOKEN = sorted(name for name, door in DOORS.items() if door.kind is Kind.LINK)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WITH_TOKEN)
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_a_page_reached_by_a_token_is_in_no_index_no_cache_and_no_referer(
    client: Client, name: str, method: str
) -> None:
    response = getattr(client, method)(doors.address(name, doors.world()))
    headers = response.headers
    assert headers["X-Robots-Tag"] == "noindex"
    assert "private" in headers["Cache-Control"]
    checks_forgeries = name in ("accounts:enter", "desk:invitation")
    assert headers["Referrer-Policy"] == ("same-origin" if checks_forgeries else "no-referrer")
    assert not response.cookies


@pytest.mark.django_db
def test_the_true_pages_behind_personal_links_say_so_too() -> None:
    client = Client(enforce_csrf_checks=True)
    seat = make.registration()
    row = seat.cycle_registration
    person = seat.participant
    feed = feed_tokens.reset(person, at=make.AT)
    slot = make.slot(seat.session)
    urls = [
        personal_links.manage(person),
        personal_links.manage(person) + "copy/",
        personal_links.manage(person) + "erase/",
        personal_links.manage(person) + "export.json",
        personal_links.join(seat, language="fr"),
        personal_links.offer(row, language="fr"),
        personal_links.confirm(row, language="fr"),
        personal_links.unsubscribe(person),
        personal_links.unsubscribe(person, cycle_id=row.cycle_id),
        speaker_links.page(make.contact(slot.contact_email), language="fr"),
        f"http://testserver/fr/link/{personal_links.mail_token(person)}/",
        f"http://testserver/fr/calendar/{feed}.ics",
    ]
    for url in urls:
        response = client.get(url.removeprefix("http://testserver"))
        results = [response.headers[name] for name in ("X-Robots-Tag", "Referrer-Policy")]
        assert (response.status_code, *results) == (200, "noindex", "no-referrer"), url
        assert ("no-store" in response.headers["Cache-Control"]) is not url.endswith(".ics")
        assert not response.cookies
    # No cookie, and none needed: the forms of these pages work for who keeps none.
    answer = client.post(personal_links.manage(person).removeprefix("http://testserver") + "reminders/stop/")
    assert answer.status_code == 302
