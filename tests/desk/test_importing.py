"""Importing a calendar in the desk: what it would do first, then one button."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, cast

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, Session
from tests import make
from tests.cycles.ics_import.files import calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/en/desk/cycles/tour/import/"
FILE = calendar(
    "DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT90M\nSUMMARY:<b>Savoir</b>",
    "DTSTART;TZID=Europe/Paris:20261217T130000\nDURATION:PT90M\nSUMMARY:Partager",
)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(make.AT, tick=False):
        yield


@pytest.fixture
def claire(client: Client) -> Client:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def look(client: Client, data: bytes = FILE) -> HttpResponse:
    file = SimpleUploadedFile("a.ics", data, "text/calendar")
    return cast("HttpResponse", client.post(PAGE, {"file": file, "words": "fr"}))


def checked(response: HttpResponse) -> str:
    found = re.search(r'name="checked" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def test_looking_shows_and_writes_nothing_then_one_button_does_it(claire: Client) -> None:
    shown = look(claire)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert page.count("is created") == 2
    assert "&lt;b&gt;Savoir" in page
    assert Session.objects.count() == 0
    done = claire.post(PAGE, {"checked": checked(shown)}, follow=True)
    assert "2 sessions were created, 0 were changed." in done.content.decode()
    assert [str(s.title) for s in Session.objects.order_by("number")] == ["<b>Savoir</b>", "Partager"]
    assert AuditEntry.objects.filter(verb="cycle.import").count() == 1
    again = look(claire).content.decode()
    assert "There is nothing to import: everything is there already." in again
    assert "Import it" not in again


def test_a_wrong_file_is_refused_with_lines(claire: Client) -> None:
    refused = look(claire, FILE.replace(b"20261217T130000", b"20261317T130000"))
    assert refused.status_code == 422
    assert "Line 12: DTSTART: “20261317T130000” is no date" in refused.content.decode()
    assert 'name="checked"' not in refused.content.decode()


def test_no_file_and_one_that_is_too_large(claire: Client) -> None:
    assert claire.post(PAGE, {"words": "fr"}).status_code == 422
    large = look(claire, b"x" * 1_000_001)
    assert large.status_code == 422
    assert "The file is larger than 1 MB." in large.content.decode()


@pytest.mark.parametrize("trick", ["altered", "old", "other"])
def test_only_what_was_looked_at_is_imported(claire: Client, trick: str) -> None:
    value = checked(look(claire))
    page = PAGE
    if trick == "altered":
        value = ("a" if value[0] != "a" else "b") + value[1:]
    elif trick == "other":
        other = make.cycle(slug="autre", programme=Cycle.objects.get(slug="tour").programme)
        page = PAGE.replace("tour", other.slug)
    later = make.AT + dt.timedelta(hours=2 if trick == "old" else 0)
    with time_machine.travel(later, tick=False):
        answer = claire.post(page, {"checked": value}, follow=True)
    assert "choose the file again" in answer.content.decode()
    assert Session.objects.count() == 0


def test_the_largest_file_fits_in_the_form(claire: Client) -> None:
    padding = calendar(
        "DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT90M\nSUMMARY:A\n"
        + "\n".join(f"X-PADDING:{number:>900}" for number in range(1000))
    )
    assert 900_000 < len(padding) < 1_000_000
    claire.post(PAGE, {"checked": checked(look(claire, padding))})
    assert Session.objects.count() == 1
