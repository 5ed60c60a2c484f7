"""Nobody's data where it need not be: every public page and feed of the demonstration, read for what is private."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from cycles.models import Session
from desk import demo
from registrations.calendar import feed_tokens
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant, Registration
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

LINK = re.compile(r'(?:href|src)="(?:http://testserver)?(/[^"#?]*)')
PRIVATE_AREAS = ("/account/", "/desk/", "/admin/", "/static/")


@pytest.fixture
def secrets() -> Iterator[set[str]]:
    """Load the demonstration; return every address, name, token and room in it, as a page would write them."""
    with time_machine.travel(make.AT, tick=False):
        demo.load(at=make.AT)
        result = set()
        for session in Session.objects.all():
            session.room_url = f"https://room.example.org/secret-{session.pk}"
            session.save(update_fields=["room_url"])
            result.add(f"secret-{session.pk}")
        for person in Participant.objects.all():
            result |= {person.email, person.email.lower(), str(person), person.family_name}
            result |= {feed_tokens.reset(person, at=make.AT), personal_links.manage_token(person)}
        result |= {personal_links.join_token(row) for row in Registration.objects.all()}
        result |= {personal_links.confirm_token(row) for row in CycleRegistration.objects.all()}
        yield result


def crawl(client: Client) -> dict[str, str]:
    """Return {path: text} of everything that a stranger reaches from the two home pages, robots.txt and the sitemap."""
    waiting, read = ["/fr/", "/en/", "/robots.txt", "/sitemap.xml", "/fr/register/onze-ponts/"], {}
    while waiting:
        path = waiting.pop()
        if path in read or any(area in path for area in PRIVATE_AREAS):
            continue
        response = client.get(path)
        assert response.status_code == 200, path
        assert not response.cookies or "/register/" in path, path
        # A paper is read as the bytes it is made of.
        read[path] = response.content.decode(errors="replace")
        waiting += LINK.findall(read[path].replace("<loc>", 'href="').replace("</loc>", '"'))
    return read


def test_no_secret_on_any_public_page_or_feed(secrets: set[str]) -> None:
    read = crawl(Client())
    kinds = {path.rpartition(".")[2] if "." in path else "page" for path in read}
    assert kinds == {"page", "ics", "atom", "txt", "xml", "pdf"}
    # Each feed that has a page is read too: the crawl must not pass because it saw little.
    for path in [path for path in read if path.endswith("/subscribe/")]:
        feed = path.removesuffix("subscribe/").rstrip("/") + ".ics"
        if feed.count("/") > 2:
            read[feed] = Client().get(feed).content.decode()
    assert len([path for path in read if path.endswith(".ics")]) > 40
    assert len(secrets) > 300
    leaks = [
        (path, secret)
        for path, text in read.items()
        for secret in secrets
        if secret in text.replace("\r\n ", "")
    ]
    assert leaks == []
