"""The next season of a cycle: what is carried over, and what belongs to the season that was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from i18nfield.strings import LazyI18nString

from cycles.models import Cycle, Membership
from desk.ui.forms.languages import exactly
from notifications.mail.own_texts import texts
from notifications.models import Delivery, GroupMessage, MessageText, Occurrence, ReminderStep
from notifications.plan import defaults, policy
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
    defaults.default_steps(cycle)
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


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ({"fr": "Tour 2026-2027", "en": "Tour 2026"}, {"fr": "Tour 2027-2028", "en": "Tour 2027"}),
        ({"fr": "Le tour"}, {"fr": "Le tour 2027–2028"}),
        ({"fr": "Tour 12026"}, {"fr": "Tour 12026 2027–2028"}),
    ],
)
def test_the_next_season_is_not_named_like_the_last(
    claire: Client, cycle: Cycle, titles: dict[str, str], expected: dict[str, str]
) -> None:
    first, last = dt.date(2026, 10, 1), dt.date(2027, 9, 30)
    for name, value in {"title": titles, "first_date": first, "last_date": last}.items():
        setattr(cycle, name, value)
    cycle.title = LazyI18nString(titles)
    cycle.save()
    shown = dict(claire.get("/fr/desk/cycles/tour-2026/").context["season_titles"])
    assert {code: text for code, text in shown.items() if text} == expected
    assert began(claire).title.data == expected


def test_the_title_that_is_written_is_the_seasons_own(claire: Client, cycle: Cycle) -> None:
    refused = claire.post(NEXT, {f"title_{code}": exactly(cycle.title, code) for code in ("fr", "en")})
    assert refused.headers["Location"] == "/fr/desk/cycles/tour-2026/"
    assert not Cycle.objects.filter(follows=cycle).exists()
    claire.post(NEXT, {"title_fr": "  La suite ", "title_en": ""})
    assert Cycle.objects.get(follows=cycle).title.data == {"fr": "La suite"}


def test_what_was_left_out_is_left_out_again(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(
        frequency="monthly_weekday",
        nth=3,
        weekday=3,
        month_day=None,
        first_date="2026-10-01",
        last_date="2027-09-30",
    )
    # The third Thursday of August; Ascension Day of 2027 is a reason of that year alone.
    for date, reason in (("2027-08-19", "Pause d’été"), ("2027-05-06", "Ascension")):
        cycle.exceptions.create(planned_date=date, kind="skipped", reason={"fr": reason})
    copy = began(claire)
    left = [(str(each.planned_date), each.reason.data) for each in copy.exceptions.all()]
    assert left == [("2028-08-17", {"fr": "Pause d’été"})]


def test_last_seasons_people_get_a_message_that_somebody_reads_first(claire: Client, cycle: Cycle) -> None:
    copy = began(claire)
    back = f"/fr/desk/cycles/{copy.slug}/invite-back/"
    assert claire.post(back).headers["Location"] == f"/fr/desk/cycles/{copy.slug}/"
    assert not GroupMessage.objects.exists()
    Cycle.objects.filter(pk=copy.pk).update(status="published", title=LazyI18nString({"fr": "La suite {x}"}))
    answer = claire.post(back)
    message = GroupMessage.objects.get()
    assert answer.headers["Location"] == f"/fr/desk/cycles/tour-2026/group-messages/{message.pk}/"
    assert (message.cycle, message.about, message.sent_at) == (cycle, "news", None)
    assert message.subjects["fr"].replace("\u202f", " ") == "Les inscriptions sont ouvertes : La suite (x)"
    assert f"/fr/cycles/{copy.slug}/" in message.bodies["fr"]
    assert f"/en/cycles/{copy.slug}/" in message.bodies["en"]
    assert not Delivery.objects.exists()
    assert claire.get(answer.headers["Location"]).status_code == 200
