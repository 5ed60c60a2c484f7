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
from tests.cycles.imports.ics.files import calendar

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
    match = re.search(r'name="checked" value="([^"]+)"', response.content.decode())
    assert match
    return match[1]


def test_looking_shows_and_writes_nothing_then_one_button_does_it(claire: Client) -> None:
    shown = look(claire)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert page.count("is created") == 2
    assert "&lt;b&gt;Savoir" in page
    assert Session.objects.count() == 0
    done = claire.post(f"{PAGE}save/", {"checked": checked(shown)}, follow=True)
    assert "2 sessions were created, 0 were changed." in done.content.decode()
    assert [str(s.title) for s in Session.objects.order_by("number")] == ["<b>Savoir</b>", "Partager"]
    assert AuditEntry.objects.filter(verb="cycle.import").count() == 1
    again = look(claire).content.decode()
    assert "There is nothing to import: everything is there already." in again
    assert "Import it" not in again


def test_a_file_of_nothing_but_wrong_events_is_refused_with_lines(claire: Client) -> None:
    refused = look(claire, FILE.replace(b"20261119T", b"20261319T").replace(b"20261217T", b"20261317T"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Line 6: DTSTART: “20261319T130000” is no date" in page
    assert "Line 12: DTSTART: “20261317T130000” is no date" in page
    assert 'name="checked"' not in page


def test_one_wrong_event_is_shown_and_the_other_imported(claire: Client) -> None:
    shown = look(claire, FILE.replace(b"20261217T130000", b"20261317T130000"))
    assert shown.status_code == 200
    assert "Line 12: DTSTART: “20261317T130000” is no date" in shown.content.decode()
    claire.post(f"{PAGE}save/", {"checked": checked(shown)})
    assert [str(s.title) for s in Session.objects.all()] == ["<b>Savoir</b>"]


def answers(response: HttpResponse) -> list[str]:
    return re.findall(r'name="(answer-[^"]+)"', response.content.decode())


def one(title: str, day: str, uid: str) -> str:
    return f"UID:{uid}\nDTSTART;TZID=Europe/Paris:{day}T130000\nDURATION:PT1H\nSUMMARY:{title}"


THREE = [one("Cours", f"202612{day}", f"a{day}") for day in ("03", "10", "17")]


def test_a_question_must_be_answered_before_anything_is_written(claire: Client) -> None:
    claire.post(f"{PAGE}save/", {"checked": checked(look(claire, calendar(*THREE)))})
    # One date of the three is another, under another UID: is it the same session?
    shown = look(claire, calendar(*THREE[:2], one("Cours", "20261222", "b")))
    page = shown.content.decode()
    assert "1 is a question for you." in page
    (name,) = answers(shown)
    refused = cast("HttpResponse", claire.post(f"{PAGE}save/", {"checked": checked(shown)}))
    assert refused.status_code == 422
    assert "Nothing was written yet: say first what these events are" in refused.content.decode()
    assert f'href="#{name}"' in refused.content.decode()
    assert Session.objects.count() == 3
    done = claire.post(f"{PAGE}save/", {"checked": checked(refused), name: "same"}, follow=True)
    assert "0 sessions were created, 1 was changed." in done.content.decode()
    days = [s.local_date for s in Session.objects.order_by("starts_at")]
    assert days == [dt.date(2026, 12, 3), dt.date(2026, 12, 10), dt.date(2026, 12, 22)]
    assert (
        "everything is there already"
        in look(claire, calendar(*THREE[:2], one("Cours", "20261222", "b"))).content.decode()
    )


@pytest.mark.parametrize(("answer", "count"), [("new", 4), ("leave", 3)])
def test_other_answers_to_a_question(claire: Client, answer: str, count: int) -> None:
    claire.post(f"{PAGE}save/", {"checked": checked(look(claire, calendar(*THREE)))})
    shown = look(claire, calendar(*THREE[:2], one("Cours", "20261222", "b")))
    claire.post(f"{PAGE}save/", {"checked": checked(shown), answers(shown)[0]: answer})
    assert Session.objects.count() == count


def test_what_is_gone_is_shown_and_kept_or_cancelled(claire: Client) -> None:
    claire.post(f"{PAGE}save/", {"checked": checked(look(claire))})
    shorter = calendar("DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT90M\nSUMMARY:<b>Savoir</b>")
    shown = look(claire, shorter)
    page = shown.content.decode()
    assert "1 is no longer in the file." in page
    assert "everything is there already" not in page
    (name,) = answers(shown)
    claire.post(f"{PAGE}save/", {"checked": checked(shown), name: "keep"})
    assert [s.status for s in Session.objects.order_by("number")] == ["confirmed", "confirmed"]
    claire.post(f"{PAGE}save/", {"checked": checked(look(claire, shorter)), name: "cancel"})
    assert [s.status for s in Session.objects.order_by("number")] == ["confirmed", "cancelled"]


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
        answer = claire.post(f"{page}save/", {"checked": value}, follow=True)
    assert "choose the file again" in answer.content.decode()
    assert Session.objects.count() == 0


def test_the_largest_file_fits_in_the_form(claire: Client) -> None:
    padding = calendar(
        "DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT90M\nSUMMARY:A\n"
        + "\n".join(f"X-PADDING:{number:>900}" for number in range(1000))
    )
    assert 900_000 < len(padding) < 1_000_000
    claire.post(f"{PAGE}save/", {"checked": checked(look(claire, padding))})
    assert Session.objects.count() == 1
