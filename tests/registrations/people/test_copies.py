"""A person's copy in words: no code of ours is read by anybody, whatever is held."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from notifications.mail.kinds import KINDS
from notifications.models import Delivery
from registrations.links import personal_links
from registrations.models import CycleRegistration, Question
from registrations.people import participants
from registrations.people.data import copies, rights
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from registrations.people.data.copies import Part

pytestmark = pytest.mark.django_db
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+-\d\d\b|\bNone\b|Indian/")


def words(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        yield part.title
        for word, value in part.facts:
            yield word
            yield value
        yield from words(part.items)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_held_is_read_in_words(language: str) -> None:
    row = make.registration(session=make.session(slug="escale-03", title=""))
    person = row.participant
    person.timezone = "Indian/Reunion"
    person.save(update_fields=["timezone"])
    question = make.question(
        cycle=row.session.cycle, kind=Question.Kind.YES_NO, label={"fr": "Végétarien ?", "en": "Vegetarian?"}
    )
    plain = make.question(cycle=row.session.cycle, label={"fr": "Votre structure est", "en": "You are"})
    answers = {str(question.pk): True, str(plain.pk): "association"}
    CycleRegistration.objects.update(answers=answers, source="import")
    for form in ("registration", "my-registrations", "unsubscribe"):
        participants.join_newsletter(person, form=form, at=make.AT)
        participants.leave_newsletter(person, at=make.AT)
    make.attendance(registration=row)
    reasons = [code for code, _words in Delivery.Reason.choices]
    for number, kind in enumerate(KINDS):
        make.delivery(
            row, kind=kind, state="skipped", reason=reasons[number % len(reasons)], key=f"k{number}"
        )
    with translation.override(language):
        seen = list(words(copies.parts(rights.export(person), zone="Europe/Paris")))
    assert [text for text in seen if CODE.search(text)] == []
    asked = {
        "fr": "Végétarien ? Oui · Votre structure est\u202f: association",
        "en": "Vegetarian? Yes · You are: association",
    }[language]
    assert asked in seen


@pytest.mark.parametrize(
    ("zone", "said"), [("", "09:00 (Paris time)"), ("Indian/Reunion", "11:00 (Réunion time)")]
)
def test_the_page_is_dated_in_the_hours_that_it_names(client: Client, zone: str, said: str) -> None:
    """As its instants are."""
    token = personal_links.manage_token(make.participant(timezone=zone))
    with time_machine.travel(make.paris(2026, 10, 1, 9), tick=False), translation.override("en"):
        page = client.get(reverse("registrations:my-copy", args=[token])).content.decode()
    assert f"As of Thu 1 Oct 2026, {said}." in page


def test_a_whole_day_is_the_same_day_in_every_zone() -> None:
    """Kept as the midnight of Paris, it is not read as the evening before in Tahiti."""
    starts_at = make.paris(2026, 11, 19, 0)
    session = make.session(starts_at=starts_at, ends_at=starts_at + dt.timedelta(days=1), is_all_day=True)
    person = make.registration(session=session).participant
    said = list(words(copies.parts(rights.export(person), zone="Pacific/Tahiti")))
    assert [text for text in said if "nov. 2026" in text] == ["jeu. 19 nov. 2026"]
