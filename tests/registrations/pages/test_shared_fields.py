"""Forms of registration share their fields: what one of them changes is not seen by another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict

from cycles.models import Cycle
from registrations.models import Question
from registrations.pages.form import forms, intake
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from registrations.pages.form.forms import RegistrationForm

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def form_of(cycle: Cycle, **options: Any) -> RegistrationForm:
    return forms.RegistrationForm(intake=intake.intake(cycle.slug), at=AT, **options)


def looks(form: RegistrationForm) -> dict[str, Any]:
    """What a page of the form would show of its fields."""
    return {
        name: (str(field.label), dict(field.widget.attrs), list(getattr(field, "choices", [])))
        for name, field in form.fields.items()
    }


def test_each_form_has_its_own_dates_questions_and_words() -> None:
    plain, asking = make.cycle(slug="plain"), make.cycle(slug="asking")
    daily = make.cycle(slug="daily", kind=Cycle.Kind.DAILY)
    run = make.run(slug="run")
    for cycle in (plain, asking, daily):
        make.session(cycle=cycle, starts_at=AT + 9 * DAY)
    make.half_days(run)
    make.question(cycle=asking, kind=Question.Kind.SHORT, is_required=True)
    alone = {cycle.slug: looks(form_of(cycle)) for cycle in (plain, asking, daily, run)}
    for cycle in (run, daily, asking, plain, daily, run):
        form_of(cycle, data=QueryDict("scope=chosen&tz=Asia/Tokyo")).is_valid()
        made = [form_of(each) for each in (plain, asking, daily, run)]
        assert {form.intake.cycle.slug: looks(form) for form in made} == alone
    assert set(alone["plain"]) - set(alone["asking"]) == {"colleagues"}
    assert set(alone["plain"]) - set(alone["run"]) == {"scope", "sessions"}
    assert alone["plain"]["scope"][0] != alone["daily"]["scope"][0]
    assert alone["plain"]["sessions"][2] != alone["daily"]["sessions"][2]


def test_every_field_that_people_see_names_its_notes() -> None:
    cycle = make.cycle()
    question = make.question(cycle=cycle, kind=Question.Kind.SHORT)
    make.session(cycle=cycle, starts_at=AT + 9 * DAY)
    described = {
        name: field.widget.attrs.get("aria-describedby")
        for name, field in form_of(cycle).fields.items()
        if not field.widget.is_hidden
    }
    assert described.pop("newsletter") is None
    assert described == {name: f"{name}-notes" for name in described}
    assert any(str(question.pk) in name for name in described)
