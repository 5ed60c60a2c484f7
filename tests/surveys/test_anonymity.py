"""Whoever reads the whole database, or looks at the results as often as they like, learns nothing of who said what."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import translation

from registrations.people.data import rights
from surveys import results
from surveys.answering import links
from surveys.answering import verbs as answering
from surveys.asking import standing, verbs
from surveys.models import Survey, Turn, Urn
from tests import make
from tests.surveys import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
AFTER = make.paris(2026, 11, 19, 16, 30)
TEXTS = ("trop long", "un micro", "rien", "des exemples", "du temps", "la suite")


@pytest.fixture
def survey() -> Survey:
    return build.opened(make.cycle())


@pytest.fixture
def places(survey: Survey) -> list[Registration]:
    return build.came(make.session(cycle=survey.cycle), 6)


def answer(survey: Survey, place: Registration, mark: str, text: str) -> None:
    first, second = survey.questions.order_by("order")
    asked = links.find(links.token(survey, place))
    assert asked is not None
    said = answering.Said(values={str(first.pk): mark}, texts={str(second.pk): text})
    answering.answer(asked, said, at=AFTER)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return everything in the database, table by table; numbers that a sequence gives say nothing of an answer."""
    found = {}
    for model in apps.get_models():
        listed = list(model._default_manager.order_by("pk").values())
        if model in (Turn, Urn):
            listed = [{name: value for name, value in row.items() if name != "id"} for row in listed]
        found[model._meta.label] = listed
    return found


def after(survey: Survey, said: Iterable[tuple[Registration, tuple[str, str]]]) -> dict[str, Any]:
    """Return the whole database as it is after these answers, and take them back."""
    with transaction.atomic():
        for place, (mark, text) in said:
            answer(survey, place, mark, text)
        result = rows()
        transaction.set_rollback(True)
    return result


def test_the_database_is_the_same_whoever_said_what(survey: Survey, places: Sequence[Registration]) -> None:
    said = [(str(number % 5 + 1), text) for number, text in enumerate(TEXTS)]
    # Five at once, and four of them that still wait.
    for count in (5, 4):
        mine, theirs = said[:count], [*said[1:count], said[0]]
        assert sorted(mine) == sorted(theirs)
        one = after(survey, zip(places, mine, strict=False))
        assert one["surveys.Turn"] != []
        assert one == after(survey, zip(places, theirs, strict=False))


def test_neither_table_has_a_moment_or_leads_to_the_other() -> None:
    kinds = {
        model.__name__: {
            field.name: field.related_model.__name__
            if field.is_relation and field.related_model
            else field.get_internal_type()
            for field in model._meta.concrete_fields
        }
        for model in (Turn, Urn)
    }
    assert kinds == {
        "Turn": {
            "id": "BigAutoField",
            "survey": "Survey",
            "session": "Session",
            "cycle_registration": "CycleRegistration",
        },
        "Urn": {
            "id": "BigAutoField",
            "survey": "Survey",
            "session": "Session",
            "count": "PositiveIntegerField",
            "waiting_count": "PositiveSmallIntegerField",
            "shown": "JSONField",
            "waiting": "JSONField",
        },
    }
    assert not any(isinstance(field, models.DateField) for field in (*Turn._meta.fields, *Urn._meta.fields))


def test_looking_after_each_answer_never_shows_what_one_person_said(
    survey: Survey, places: Sequence[Registration]
) -> None:
    session = places[0].session
    seen = []
    for place, text in zip(places, TEXTS, strict=True):
        answer(survey, place, "4", text)
        of_one = results.of_session(survey, session, at=AFTER, language="fr")
        of_all = results.of_survey(survey, at=AFTER, language="fr")
        assert [of_one.read, of_one.questions] == [of_all.read, of_all.questions]
        seen.append((of_one.read, of_one.questions[1].texts))
    assert [read for read, _texts in seen] == [0, 0, 0, 0, 5, 5]
    grown = [set(later) - set(sooner) for (_a, sooner), (_b, later) in pairwise(seen)]
    assert [len(new) for new in grown] == [0, 0, 0, 5, 0]
    # Nor does closing it by hand, which can be taken back.
    verbs.close(survey, by=None, at=AFTER)
    survey.refresh_from_db()
    assert results.of_session(survey, session, at=AFTER, language="fr").read == 5
    over = standing.window_of(survey, session)
    assert over is not None
    assert results.of_session(survey, session, at=over.closes_at, language="fr").read == 6


def test_sessions_with_few_answers_are_not_in_the_sum(survey: Survey) -> None:
    for number, count in ((1, 5), (2, 3)):
        session = make.session(cycle=survey.cycle, number=number)
        for place in build.came(session, count, name=f"s{number}-"):
            answer(survey, place, "5", f"dit {number}")
    whole = results.of_survey(survey, at=AFTER, language="fr")
    assert (whole.count, whole.read, whole.hidden_sessions) == (8, 5, 1)
    assert set(whole.questions[1].texts) == {"dit 1"}


def test_an_erasure_takes_the_turn_and_leaves_what_nobody_can_find(
    survey: Survey, places: Sequence[Registration]
) -> None:
    answer(survey, places[0], "4", "un micro")
    person = places[0].participant
    with translation.override("fr"):
        copy = rights.export(person)["surveys"]
    assert [row["survey"] for row in copy] == ["après chaque séance"]
    assert "micro" not in str(rights.export(person))
    rights.erase(person, at=AFTER)
    assert [Turn.objects.count(), Urn.objects.get().count] == [0, 1]


def test_the_database_takes_one_turn_a_person_and_one_urn_a_session(
    survey: Survey, places: Sequence[Registration]
) -> None:
    row, session = places[0].cycle_registration, places[0].session
    for fields in (
        {"survey": survey, "session": session, "cycle_registration": row},
        {"survey": survey, "session": None, "cycle_registration": row},
    ):
        Turn.objects.create(**fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Turn.objects.create(**fields)
    for of in (session, None):
        Urn.objects.create(survey=survey, session=of)
        with pytest.raises(IntegrityError), transaction.atomic():
            Urn.objects.create(survey=survey, session=of)
    for wrong in ({"waiting_count": 5, "count": 9}, {"waiting_count": 2, "count": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Urn.objects.filter(session=session).update(**wrong)
