"""The reminder plan between two pages: what was not shown stays, several sessions, another date, the last line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from cycles.models import Cycle, Membership
from notifications.delivery.run import sending
from notifications.models import ReminderStep
from notifications.plan import defaults, planner, policy
from tests import default_plan, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = make.paris(2026, 11, 11, 9)
PAGE = "/fr/desk/cycles/tour/reminders/"
LINE = {
    "count": "3",
    "unit": "days",
    "side": "before",
    "hour": "",
    "audience": "confirmed",
    "kind": "reminder",
    "opens": "08:00",
    "closes": "20:00",
    "on_uncertain": "retry",
}
LIT = sorted(default_plan.ON)
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def lit() -> list[str]:
    return sorted(ReminderStep.objects.filter(session=None, is_enabled=True).values_list("code", flat=True))


def sent_by(page: Any) -> dict[str, str]:
    """Return what a browser sends of the switches that a page shows."""
    result = {}
    for _item, switch in page.context["rows"]:
        result[switch.was.html_name] = switch.was.value()
        if switch.on.value():
            result[switch.on.html_name] = "on"
    return result


def add_sessions(cycle: Cycle, count: int) -> None:
    for number in range(1, count + 1):
        starts_at = make.paris(2026, 11, 19) + (number - 1) * WEEK
        session = make.session(cycle=cycle, number=number, starts_at=starts_at)
        planner.replan(session)
        make.registration(session=session)


def test_a_line_is_added_before_any_session_has_a_date_and_the_others_stay_on(claire: Client) -> None:
    page = claire.get(PAGE)
    assert [(item.label, item.state_word) for item, _switch in page.context["rows"]] == [
        ("J-21 · les intervenants", "actif"),
        ("J-14 · les intervenants", "actif"),
        ("J-7 · les intervenants", "actif"),
        ("J-7", "actif"),
        ("J-3 · les intervenants", "actif"),
        ("J-1", "actif"),
        ("H-1", "actif"),
        ("H-1 · les intervenants", "actif"),
        ("M-10", "en pause"),
        ("H+2 · personnes absentes", "actif"),
        ("H+2 · personnes présentes", "actif"),
        ("J+1 · personnes dont la présence n’est pas connue", "actif"),
        ("J+1 · les intervenants", "actif"),
    ]
    assert page.content.decode().count('type="checkbox" name="on_') == len(default_plan.ALL)
    assert claire.post(f"{PAGE}save/", {**sent_by(page), **LINE}).status_code == 302
    assert lit() == sorted([*LIT, "j-3"])


def test_a_line_that_a_colleague_adds_meanwhile_stays_on(claire: Client, cycle: Cycle) -> None:
    page = claire.get(PAGE)
    policy.add(cycle, timing=policy.Timing(count=2, unit="hours"), values={}, by=None, at=NOW)
    looked = claire.post(PAGE, {**sent_by(page), **LINE})
    assert looked.status_code == 200
    assert claire.post(f"{PAGE}save/", {**sent_by(looked), **LINE}).status_code == 302
    assert lit() == sorted([*LIT, "j-3", "h-2"])


def test_what_two_organisers_switch_is_both_kept(claire: Client, cycle: Cycle) -> None:
    page = sent_by(claire.get(PAGE))
    colleague = ReminderStep.objects.get(cycle=cycle, code="j-7")
    policy.switch(colleague, on=False, by=None, at=NOW)
    del page["on_h-1"]
    looked = claire.post(PAGE, page)
    assert "on_j-7" not in sent_by(looked)
    assert claire.post(f"{PAGE}save/", {**page}).status_code == 302
    assert lit() == sorted(set(LIT) - {"j-7", "h-1"})


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_change_takes_the_same_queries_for_one_session_and_twelve(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, count: int
) -> None:
    add_sessions(cycle, count)
    form = {**sent_by(claire.get(PAGE)), **LINE}
    del form["on_j-7"]
    with django_assert_num_queries(67):
        looked = claire.post(PAGE, form)
    assert (looked.context["effect"].removed, looked.context["effect"].added) == (count, count)
    with django_assert_num_queries(66):
        assert claire.post(f"{PAGE}save/", {**form}).status_code == 302


def test_a_line_for_other_people_at_the_same_hour_is_a_change(claire: Client, cycle: Cycle) -> None:
    add_sessions(cycle, 3)
    form = {**LINE, "count": "7", "audience": "cycle"}
    result = claire.post(f"{PAGE}j-7/", form).context["effect"]
    assert (result.removed, result.added) == (3, 9)


def test_a_session_close_behind_another_is_counted_with_its_own_people(claire: Client, cycle: Cycle) -> None:
    add_sessions(cycle, 2)
    row = make.registration(session=cycle.sessions.get(number=1))
    close = make.session(cycle=cycle, number=3, starts_at=make.paris(2026, 11, 19, 15))
    planner.replan(close)
    make.registration(session=close, cycle_registration=row.cycle_registration, participant=row.participant)
    make.registration(session=close)
    looked = claire.post(PAGE, {**sent_by(claire.get(PAGE)), **LINE})
    # Two at the first, one at the second, and at the third only the one who is not reminded of the first.
    assert looked.context["effect"].added == 4


def test_the_last_line_stays_and_the_default_plan_does_not_come_back(claire: Client, cycle: Cycle) -> None:
    for code in {*default_plan.ALL} - {"follow-up"}:
        assert claire.post(f"{PAGE}{code}/remove/save/", {"sure": "on"}).status_code == 302
    last = claire.post(f"{PAGE}follow-up/remove/save/", {"sure": "on"}, follow=True)
    assert "C’est le dernier rappel du plan" in last.content.decode().replace("&#x27;", "’")
    claire.post(f"{PAGE}save/", {"was_follow-up": "on", "sure": "on"})
    sending.tick(clock=NOW)
    assert list(cycle.reminder_steps.values_list("code", "is_enabled")) == [("follow-up", False)]


def test_removing_the_last_line_that_is_on_asks(claire: Client, cycle: Cycle) -> None:
    add_sessions(cycle, 1)
    cycle.reminder_steps.exclude(code="j-7").update(is_enabled=False)
    shown = claire.post(f"{PAGE}j-7/remove/")
    assert (shown.status_code, shown.context["effect"].removed) == (200, 1)
    asked = claire.post(f"{PAGE}j-7/remove/save/")
    assert asked.status_code == 409
    assert "plus personne dans ce cycle ne recevrait de rappel" in asked.content.decode()
    assert cycle.reminder_steps.filter(code="j-7").exists()
    assert claire.post(f"{PAGE}j-7/remove/save/", {"sure": "on"}).status_code == 302
    assert not cycle.reminder_steps.filter(code="j-7").exists()


def test_a_line_of_a_cycle_without_default_plan_can_be_removed(claire: Client, cycle: Cycle) -> None:
    Cycle.objects.update(is_external=True)
    cycle.reminder_steps.exclude(code="j-7").delete()
    assert claire.post(f"{PAGE}j-7/remove/save/", {"sure": "on"}).status_code == 302
    sending.tick(clock=NOW)
    assert not cycle.reminder_steps.exists()


def test_another_date_shows_what_would_leave_and_changes_nothing(claire: Client, cycle: Cycle) -> None:
    add_sessions(cycle, 1)
    before = list(ReminderStep.objects.values()), list(cycle.sessions.get().mailings.values())
    page = claire.get(PAGE, {"date": "2026-11-17", "hour": "10:00"})
    assert [
        (each.label, each.when.replace("\u202f", " "), each.people, each.is_late)
        for each in page.context["moved"]
    ] == [
        ("J-21 · les intervenants", "mar. 27 oct. 2026, 10 h 00", 0, True),
        ("J-14 · les intervenants", "mar. 3 nov. 2026, 10 h 00", 0, True),
        ("J-7 · les intervenants", "mar. 10 nov. 2026, 10 h 00", 0, True),
        ("J-7", "mar. 10 nov. 2026, 10 h 00", 0, True),
        ("J-3 · les intervenants", "sam. 14 nov. 2026, 10 h 00", 0, False),
        ("J-1", "lun. 16 nov. 2026, 10 h 00", 1, False),
        ("H-1", "mar. 17 nov. 2026, 9 h 00", 1, False),
        ("H-1 · les intervenants", "mar. 17 nov. 2026, 9 h 00", 0, False),
        ("H+2 · personnes absentes", "mar. 17 nov. 2026, 13 h 30", 0, False),
        ("H+2 · personnes présentes", "mar. 17 nov. 2026, 13 h 30", 0, False),
        (
            "J+1 · personnes dont la présence n’est pas connue",
            "mer. 18 nov. 2026, 11 h 30",
            1,
            False,
        ),
        ("J+1 · les intervenants", "mer. 18 nov. 2026, 11 h 30", 0, False),
    ]
    assert (list(ReminderStep.objects.values()), list(cycle.sessions.get().mailings.values())) == before


@pytest.mark.parametrize("date", ["demain", "0001-01-01", "9999-12-31", ""])
def test_another_date_that_is_none_is_told(claire: Client, cycle: Cycle, date: str) -> None:
    add_sessions(cycle, 1)
    wrong = claire.get(PAGE, {"date": date, "hour": "10:00"})
    assert (wrong.status_code, wrong.context["moved"]) == (200, [])
    assert list(wrong.context["other"].errors) == ["date"]


@pytest.mark.parametrize(("people", "listed"), [(1, 1), (3, 3), (53, 50)])
def test_of_many_people_the_first_fifty_are_named(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, people: int, listed: int
) -> None:
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    planner.replan(session)
    for _person in range(people):
        make.registration(session=session)
    with django_assert_num_queries(9):
        page = claire.get("/fr/desk/cycles/tour/sessions/escale-02/reminders/j-7/send/")
    assert (page.context["count"], len(page.context["people"])) == (people, listed)
    assert ("Et 3 autres" in page.content.decode()) == (people > listed)


def test_each_line_leads_to_its_text_and_sends_a_test(claire: Client, cycle: Cycle) -> None:
    add_sessions(cycle, 1)
    slug = cycle.sessions.get().slug
    page = claire.get(PAGE).content.decode()
    editor = "/fr/desk/cycles/tour/messages/thanks/"
    assert f'href="{editor}?line=thanks"' in page
    assert f'href="{editor}preview/?session={slug}&amp;line=thanks"' in page
    tested = claire.post(f"{editor}test/", {"session": slug, "line": "thanks"}, follow=True)
    assert "Un essai a été envoyé" in tested.content.decode()
