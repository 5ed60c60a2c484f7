"""The link of a survey stands in the mail that thanks, whatever words organisers wrote, while the survey is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from notifications.mail import compose
from notifications.mail.own_texts import standard, texts
from notifications.models import Delivery
from surveys.answering import links
from surveys.asking import verbs
from tests import make
from tests.surveys import build

if TYPE_CHECKING:
    from registrations.models import Registration

pytestmark = pytest.mark.django_db
AFTER = make.paris(2026, 11, 19, 16, 30)


@pytest.fixture
def place() -> Registration:
    session = make.session()
    (place,) = build.came(session, 1)
    return place


def bodies(place: Registration) -> tuple[str, str]:
    """Return the text and the HTML of the mail that thanks somebody."""
    mail = make.delivery(place, kind="thanks")
    message = compose.message(Delivery.objects.get(pk=mail.pk), at=AFTER)
    return str(message.body), str(message.alternatives[0][0])


def write(place: Registration, body: str) -> None:
    texts.write(
        place.session.cycle, kind="thanks", texts={"fr": ("", body), "en": ("", "")}, by=None, at=make.AT
    )


def test_no_link_before_the_survey_is_open_nor_after_it_was_closed(place: Registration) -> None:
    assert ["/survey/" in body for body in bodies(place)] == [False, False]
    survey = build.opened(place.session.cycle)
    url = links.address(links.token(survey, place), language="fr")
    text, html = bodies(place)
    assert [text.count(url), html.count(f'href="{url}"')] == [1, 1]
    verbs.close(survey, by=None, at=AFTER)
    assert ["/survey/" in body for body in bodies(place)] == [False, False]


@pytest.mark.parametrize(
    "body", ["Merci {given_name}.", "Merci.\n\n{survey_link}", "Dites-le : {survey_link}."]
)
def test_the_link_stands_once_in_organisers_own_words(place: Registration, body: str) -> None:
    survey = build.opened(place.session.cycle)
    write(place, body)
    url = links.address(links.token(survey, place), language="fr")
    text, html = bodies(place)
    assert [text.count(url), html.count(f'href="{url}"')] == [1, 1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_standard_text_begins_with_the_variable(language: str) -> None:
    with translation.override(language):
        _subject, body = standard.standard("thanks", language=language)
    assert "\n\n{survey_link}\n\n" in body
