"""What goes when: texts and names with their time, figures never; and a person's copy says what is known of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from notifications.delivery import retention
from registrations.people.data import rights
from surveys.models import Answer, Guest, Survey, Turn, Urn
from tests import make
from tests.surveys import build

pytestmark = pytest.mark.django_db
# The end of the day of the run below, and of the session.
END = make.paris(2026, 10, 6, 17, 30)


def said(survey: Survey, **fields: object) -> None:
    shown = {"tallies": {"1": {"4": 5}}, "texts": {"2": ["Une chose sur moi"]}}
    Urn.objects.create(survey=survey, count=5, shown=shown, **fields)


def left(survey: Survey) -> tuple[dict[str, object], int, int, int]:
    shown = Urn.objects.get(survey=survey).shown
    return (
        shown,
        Turn.objects.filter(survey=survey).count(),
        Answer.objects.filter(survey=survey).count(),
        Guest.objects.filter(survey=survey).count(),
    )


def test_texts_after_a_session_go_with_the_registrations_and_figures_stay() -> None:
    session = make.session(
        cycle=make.cycle(last_date=END.date()), starts_at=END - dt.timedelta(hours=2), ends_at=END
    )
    survey = build.opened(session.cycle)
    (place,) = build.came(session, 1)
    said(survey, session=session)
    Turn.objects.create(survey=survey, session=session, cycle_registration=place.cycle_registration)
    figures = {"1": {"4": 5}}
    # Twelve months after the end of the cycle.
    before, then = make.paris(2027, 10, 6, 17), make.paris(2027, 10, 7, 18)
    assert retention.run(at=before, is_dry=True)["surveys"] == 0
    assert retention.run(at=then)["surveys"] == 2
    assert left(survey) == ({"tallies": figures, "texts": {}}, 0, 0, 0)
    assert retention.run(at=then)["surveys"] == 0


def test_opinions_of_a_training_are_kept_as_long_as_its_proofs() -> None:
    run = make.run(last_date=END.date())
    make.half_days(run)
    hot, employer, needs = (build.opened(run, moment) for moment in ("hot", "employer", "needs"))
    said(hot)
    guest = Guest.objects.create(survey=employer, email="rh@example.org", name="Marie")
    Answer.objects.create(survey=employer, guest=guest, answers={"1": "4"}, answered_at=END)
    row = make.cycle_registration(cycle=run)
    Answer.objects.create(survey=needs, cycle_registration=row, answers={"1": "x"}, answered_at=END)
    # Needs go after twelve months, the rest after six years.
    retention.run(at=make.paris(2027, 10, 8))
    assert [Answer.objects.filter(survey=survey).count() for survey in (needs, employer)] == [0, 1]
    assert left(hot)[0]["texts"] == {"2": ["Une chose sur moi"]}
    retention.run(at=make.paris(2032, 10, 8))
    assert [Answer.objects.count(), Guest.objects.count(), left(hot)[0]["texts"]] == [0, 0, {}]


def test_a_copy_holds_named_answers_in_words_and_an_erasure_takes_them() -> None:
    run = make.run()
    make.half_days(run)
    needs = build.opened(run, "needs")
    row = make.cycle_registration(cycle=run)
    knows = needs.questions.get(order=3)
    Answer.objects.create(survey=needs, cycle_registration=row, answers={str(knows.pk): "5"}, answered_at=END)
    with translation.override("en"):
        (copy,) = rights.export(row.participant)["surveys"]
    assert (copy["answered_at"], copy["answers"]) == (
        END,
        {"How well do you know the subject?": "5 – I know it well"},
    )
    rights.erase(row.participant, at=END)
    assert not Answer.objects.exists()


def test_every_answer_is_of_somebody_and_there_once() -> None:
    run = make.run()
    survey = build.opened(run, "employer")
    guest = Guest.objects.create(survey=survey, email="rh@example.org")
    row = make.cycle_registration(cycle=run)
    Answer.objects.create(survey=survey, guest=guest, answered_at=END)
    Answer.objects.create(survey=survey, cycle_registration=row, answered_at=END)
    wrong: tuple[dict[str, object], ...] = (
        {},
        {"guest": guest, "cycle_registration": row},
        {"guest": guest},
        {"cycle_registration": row},
    )
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Answer.objects.create(survey=survey, answered_at=END, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Guest.objects.create(survey=survey, email="RH@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.create(cycle=run, moment="employer", opened_at=END)
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.create(cycle=run, moment="other", opened_at=END)


def test_what_fewer_than_five_said_goes_when_nobody_can_answer_any_more() -> None:
    session = make.session(starts_at=END - dt.timedelta(hours=2), ends_at=END)
    survey = build.opened(session.cycle)
    few = {"tallies": {"1": {"4": 4}}, "texts": {"2": ["moi", "toi"]}}
    row = Urn.objects.create(survey=survey, session=session, count=4, waiting_count=4, waiting=few)
    for at, left_there, erased in (
        (END + dt.timedelta(days=29), few, 0),
        (END + dt.timedelta(days=30), {}, 1),
        (END + dt.timedelta(days=31), {}, 0),
    ):
        assert retention.run(at=at)["surveys"] == erased
        row.refresh_from_db()
        assert (row.waiting, row.count) == (left_there, 4)
