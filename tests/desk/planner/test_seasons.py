"""The next season of a cycle: what is carried over, and what belongs to the season that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.models import Cycle, Membership
from notifications.mail import texts
from notifications.models import MessageText, Occurrence, ReminderStep
from notifications.plan import planner, policy
from registrations.models import SourceCode
from tests import default_plan, make
from tests.make import AT

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NEXT = "/fr/desk/cycles/tour-2026/next-season/"


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour-2026", programme=make.programme(), offer_hours=48, capacity=60)
    planner.default_steps(cycle)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def began(claire: Client) -> Cycle:
    answer = claire.post(NEXT)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/desk/cycles/tour-2027/plan/")
    return Cycle.objects.get(slug="tour-2027")


@pytest.mark.parametrize("count", [1, 3])
def test_what_was_decided_for_one_session_stays_with_it(claire: Client, cycle: Cycle, count: int) -> None:
    step = ReminderStep.objects.get(cycle=cycle, code="j-1")
    for number in range(1, count + 1):
        session = make.session(cycle=cycle, number=number)
        policy.skip(step, session=session, by=None, at=AT)
    policy.switch(ReminderStep.objects.get(cycle=cycle, code="m-10"), on=True, by=None, at=AT)
    steps = began(claire).reminder_steps
    own = steps.exclude(session=None, valid_from=None)
    codes = list(steps.order_by("code").values_list("code", flat=True))
    assert codes == sorted(default_plan.ALL)
    assert not own.exists()
    assert not Occurrence.objects.filter(session__cycle__slug="tour-2027").exists()


def test_the_organisers_words_questions_terms_and_codes_come_along(claire: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, number=1)
    own = policy.add(
        cycle, timing=policy.Timing(count=2, unit="days"), values={}, session=session, by=None, at=AT
    )
    for code in ("", "j-7", own.code):
        words = {"fr": (f"Objet {code}", "Texte"), "en": ("", "Text")}
        texts.write(cycle, kind="reminder", code=code, texts=words, by=None, at=AT)
    make.question(cycle=cycle, order=2, is_required=True)
    make.question(cycle=cycle, order=1, is_retired=True)
    SourceCode.objects.create(cycle=cycle, code="croix-rouge", label="Red Cross")
    Cycle.objects.update(
        registration_mode="approval", registration_closes_at=AT, banner={"fr": "Complet"}, color="navy"
    )
    make.registration(session=session)

    copy = began(claire)
    kept = MessageText.objects.filter(cycle=copy).order_by("code", "language")
    assert list(kept.values_list("code", "language", "subject", "body")) == [
        ("", "en", "", "Text"),
        ("", "fr", "Objet", "Texte"),
        ("j-7", "en", "", "Text"),
        ("j-7", "fr", "Objet j-7", "Texte"),
    ]
    assert list(copy.questions.values_list("order", "is_required", "is_retired")) == [(2, True, False)]
    assert list(copy.source_codes.values_list("code", "label")) == [("croix-rouge", "Red Cross")]
    terms = (copy.registration_mode, copy.capacity, copy.offer_hours, copy.registration_closes_at)
    assert (*terms, str(copy.banner), copy.color) == ("approval", 60, 48, None, "", "navy")
    assert (copy.registrations.count(), cycle.questions.count()) == (0, 2)
