"""What mail programs and people do to a link: it opens all the same, or leads to the page that mails another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrations.calendar import feed_tokens
from registrations.links import personal_links
from registrations.people import participants
from speakers.people import links as speaker_links
from surveys.answering import links as survey_links
from surveys.asking import verbs as surveys
from tests import make
from training.signing import links as signing_links

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
# Everything that a sentence, a mail program or a chat puts behind a link.
GLUE = [*".,;:!)]}>\"'»”’…*_=\\", "\u202f", "\u200b", "&gt;", "%3E", ").", ">,", "/.", "/)", "//"]
LOST = "Ce lien n’ouvre rien"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(make.AT, tick=False):
        yield


def everything() -> dict[str, str]:
    """Return the path of a link of each kind that opens, without the slash at its end."""
    seat = make.registration()
    person, row = seat.participant, seat.cycle_registration
    participants.ask_address(person, email="new@example.org", at=make.AT)
    person.refresh_from_db()
    survey = surveys.open_survey(seat.session.cycle, moment="session", by=None, at=make.AT)
    feed = feed_tokens.reset(person, at=make.AT)
    slot = make.slot(seat.session)
    half_day = make.registration(session=make.session(legal_frame="training_action"))
    trainer = make.slot(half_day.session, contact_email="marc@example.org")
    urls = {
        "manage": personal_links.manage(person),
        "join": personal_links.join(seat, language="fr"),
        "offer": personal_links.offer(row, language="fr"),
        "confirm": personal_links.confirm(row, language="fr"),
        "email": personal_links.prove_address(person, email="new@example.org", language="fr"),
        "speak": speaker_links.page(make.contact(slot.contact_email), language="fr"),
        "sign": signing_links.sign(half_day, language="fr"),
        "teach": signing_links.teach(half_day.session, email=trainer.contact_email, language="fr"),
        "reminders": personal_links.unsubscribe(person),
        "news": personal_links.unsubscribe(person, cycle_id=row.cycle_id),
        "survey": survey_links.address(survey_links.token(survey, seat), language="fr"),
        "mail": f"/fr/link/{personal_links.mail_token(person)}/",
        "calendar": f"/fr/calendar/{feed}.ics",
    }
    return {name: url.removeprefix("http://testserver").rstrip("/") for name, url in urls.items()}


def raw(path: str) -> str:
    """Return a path as a browser asks for it; what is encoded already stays so."""
    return quote(path, safe="/%:")


def follow(path: str) -> tuple[int, str]:
    """Return where a link leads in the end, and its status."""
    response = Client().get(raw(path), follow=True)
    last = response.redirect_chain[-1][0] if response.redirect_chain else path
    return response.status_code, last.removeprefix("http://testserver")


@pytest.mark.parametrize("glue", GLUE)
def test_a_link_with_something_glued_to_it_opens(glue: str) -> None:
    result = everything()
    after_a_slash = {name: path if name == "calendar" else path + "/" for name, path in result.items()}
    assert {name: follow(path + glue) for name, path in result.items()} == {
        name: (200, path) for name, path in after_a_slash.items()
    }


@pytest.mark.thorough
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["L", "N", "Cs"], exclude_characters="\0?#%"), max_size=4))
def test_whatever_is_glued_to_it(glue: str) -> None:
    row = make.registration()
    path = personal_links.join(row, language="fr").removeprefix("http://testserver")
    status, last = follow(path.rstrip("/") + glue)
    assert (status, last.rstrip("/")) == (200, path.rstrip("/"))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_link_that_was_encoded_once_more_opens(times: int) -> None:
    for name, path in everything().items():
        encoded = path if name == "calendar" else path + "/"
        for _again in range(times):
            encoded = quote(encoded, safe="")
        response = Client().get("/" + encoded.removeprefix("%2F"), follow=True)
        assert response.status_code == 200, name


def test_words_in_capitals_around_a_whole_token_open() -> None:
    path = everything()["join"]
    token = path.rsplit("/", 1)[1]
    assert follow(f"/FR/JOIN/{token}/") == (200, path + "/")
    assert follow(f"/Join/{token}") == (200, path + "/")


def test_links_in_capitals_cut_or_of_nothing_lead_to_the_page_that_mails_another() -> None:
    for path in everything().values():
        head, token = path.rsplit("/", 1)
        for broken in (path.upper(), path[:-5], head + "/", head, f"{head}/{token[:3]}", f"{head}/x y"):
            if broken in ("/fr/link/", "/fr/link"):
                continue
            response = Client().get(raw(broken), follow=True)
            text = response.content.decode()
            assert (response.status_code, LOST in text) == (404, True), broken
            assert 'action="/fr/link/"' in text


def test_the_page_speaks_the_language_of_the_link() -> None:
    text = Client().get("/EN/JOIN/ABC/").content.decode()
    assert ('<html lang="en">' in text, "This link does not open anything" in text) == (True, True)


def test_the_rest_of_a_page_of_ones_own_leads_there_too() -> None:
    path = everything()["manage"]
    for rest in ("/cancel/x/", "/nothing-here", "/erase)"):
        assert follow(path + rest) == (200, path + "/")


def test_nothing_is_mended_for_a_form_that_is_sent() -> None:
    path = everything()["join"]
    assert Client().post(raw(path + ".)/")).status_code == 404


@pytest.mark.parametrize("rest", ["", "abc/", "abc).", "abc/Marc/", "abc/Marc/1/x", "ABC/Marc"])
def test_a_link_of_a_tablet_that_opens_nothing_says_what_to_do(rest: str) -> None:
    response = Client().get(raw(f"/fr/tablet/{rest}"), follow=True)
    text = response.content.decode()
    assert (response.status_code, LOST in text) == (404, True)
    assert "la personne qui forme rouvre la tablette" in text.replace("\u202f", " ")


@pytest.mark.parametrize(
    "path", ["/fr/nowhere/", "/fr/joint/", "/fr/my-cycle/", "/fr/calendar-of/", "/fr/cycles/x/"]
)
def test_what_is_no_personal_link_gets_the_general_page_with_the_way_to_find_ones_own(path: str) -> None:
    response = Client().get(path)
    text = response.content.decode()
    assert (response.status_code, "Cette page n’existe pas" in text) == (404, True)
    assert text.count('href="/fr/link/"') == 2


def test_an_ended_link_says_what_a_false_one_says() -> None:
    seat = make.registration()
    path = personal_links.join(seat, language="fr").removeprefix("http://testserver")
    participants.end_old_links(seat.participant, at=make.AT)
    ended, false = Client().get(path), Client().get("/fr/join/abc/")
    assert (ended.status_code, ended.content) == (404, false.content)
