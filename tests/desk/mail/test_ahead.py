"""All mails to come across the cycles that one may read, and the rehearsal of a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from cycles.models import Cycle, Membership
from cycles.schedule import planning
from notifications.mail.own_texts import texts
from notifications.notices import group_messages
from notifications.plan import defaults, planner
from registrations.models import CycleRegistration
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cycles.models import Programme

pytestmark = pytest.mark.django_db
NOW = paris(2026, 11, 9, 9)
PAGE = "/en/desk/mail/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    return make.programme()


@pytest.fixture
def claire(client: Client, programme: Programme) -> Client:
    client.force_login(make.membership(programme=programme, role=Membership.Role.ORGANISER).user)
    return client


def planned(programme: Programme | None, *, slug: str, people: int, day: int = 19) -> Cycle:
    cycle = make.cycle(slug=slug, programme=programme, title={"fr": slug, "en": slug})
    defaults.default_steps(cycle)
    session = make.session(cycle=cycle, slug="escale-02", number=2, starts_at=paris(2026, 11, day))
    for _number in range(people):
        make.registration(session=session)
    planner.replan(session)
    return cycle


def shown(client: Client, address: str = PAGE) -> list[tuple[str, str, str, str, int]]:
    days = client.get(address).context["days"]
    return [
        (str(day.date), row.clock, row.cycle.slug, row.what, row.people)
        for day in days
        for row in day.rows
        if row.people
    ]


def test_what_leaves_is_listed_by_day_with_how_many_people(claire: Client, programme: Programme) -> None:
    planned(programme, slug="one", people=2)
    planned(programme, slug="three", people=3, day=20)
    # Somebody else's cycle is not theirs to read.
    planned(None, slug="elsewhere", people=5)
    assert shown(claire) == [
        ("2026-11-12", "13:00", "one", "Reminder · 7\xa0days before", 2),
        ("2026-11-13", "13:00", "three", "Reminder · 7\xa0days before", 3),
        ("2026-11-18", "13:00", "one", "Reminder · 1\xa0day before", 2),
        ("2026-11-19", "12:00", "one", "Reminder · 1\xa0hour before", 2),
        ("2026-11-19", "13:00", "three", "Reminder · 1\xa0day before", 3),
        ("2026-11-20", "12:00", "three", "Reminder · 1\xa0hour before", 3),
        (
            "2026-11-20",
            "14:30",
            "one",
            "Follow-up · 1\xa0day after · people whose attendance is not known",
            2,
        ),
        (
            "2026-11-23",
            "08:00",
            "three",
            "Follow-up · 1\xa0day after · people whose attendance is not known",
            3,
        ),
    ]
    page = claire.get(PAGE)
    assert page.context["total"] == 20
    assert "20 emails leave until Thursday 10 December 2026" in page.content.decode()
    assert {row[2] for row in shown(claire, f"{PAGE}?cycle=one")} == {"one"}
    assert claire.get(f"{PAGE}?cycle=elsewhere").status_code == 404
    later = shown(claire, f"{PAGE}?from=2026-11-20")
    assert [row[0] for row in later] == ["2026-11-20", "2026-11-20", "2026-11-23"]
    assert shown(claire, f"{PAGE}?from=99999") == shown(claire)


def test_mails_that_wait_by_themselves_are_listed_and_notices_can_be_stopped(
    claire: Client, programme: Programme
) -> None:
    cycle = planned(programme, slug="one", people=2)
    planning.move(cycle.sessions.get(), to=paris(2026, 11, 26), by=None, at=NOW)
    message = make.group_message(cycle=cycle, subjects={"fr": "Salle"})
    people = CycleRegistration.objects.filter(cycle=cycle)
    group_messages.send(message, people=people, expected=2, by=None, at=NOW)
    today = [row for row in shown(claire) if row[0] == "2026-11-09"]
    assert sorted(today) == [
        ("2026-11-09", "09:10", "one", "Salle", 2),
        ("2026-11-09", "09:10", "one", "Session moved", 2),
    ]
    page = claire.get(PAGE).content.decode()
    assert page.count("/stop/") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_cycle_and_three(
    claire: Client, programme: Programme, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        cycle = planned(programme, slug=f"cycle-{number}", people=2)
        planning.move(cycle.sessions.get(), to=paris(2026, 11, 26), by=None, at=NOW)
        make.group_message(cycle=cycle)
    with django_assert_num_queries(17):
        page = claire.get(PAGE)
    assert len({row.cycle.slug for day in page.context["days"] for row in day.rows}) == count


def test_the_rehearsal_shows_every_mail_in_its_order(claire: Client, programme: Programme) -> None:
    cycle = planned(programme, slug="one", people=2)
    words = {"fr": ("", ""), "en": ("Soon: {theme}", "See you there, {given_name}.")}
    texts.write(cycle, kind="reminder", code="j-1", texts=words, by=None, at=NOW)
    address = "/en/desk/cycles/one/rehearsal/"
    page = claire.get(address)
    assert len(page.content) <= 61_440
    moments = page.context["moments"]
    assert [moment.name for moment in moments] == [
        "When somebody registers",
        "When places are full, or become free",
        "Before the sessions, and on the day",
        "After the sessions",
        "At the moment that you choose",
        "When a date changes",
        "To those who speak",
        "News of the cycle",
    ]
    before, after = moments[2:4]
    plan = [
        (mail.name, mail.when, mail.people, mail.is_off) for each in (before, after) for mail in each.mails
    ]
    reminders = [mail for mail in plan if mail[2]]
    assert reminders == [
        ("Reminder · 7\xa0days before", "Thu 12 Nov 2026, 13:00", 2, False),
        ("Reminder · 1\xa0day before", "Wed 18 Nov 2026, 13:00", 2, False),
        ("Reminder · 1\xa0hour before", "Thu 19 Nov 2026, 12:00", 2, False),
        (
            "Follow-up · 1\xa0day after · people whose attendance is not known",
            "Fri 20 Nov 2026, 14:30",
            2,
            False,
        ),
    ]
    (eve,) = [mail for mail in before.mails if mail.name == "Reminder · 1\xa0day before"]
    assert (eve.subject, eve.body.splitlines()[0]) == (
        "Soon: A title: “the trial”",
        "See you there, Camille.",
    )
    (off,) = [mail for mail in before.mails if mail.name == "Reminder · 10\xa0minutes before"]
    assert off.is_off
    every = {mail.preview_url.split("/")[6] for moment in moments for mail in moment.mails}
    assert every == set(texts.writable())
    french = claire.get(f"{address}?language=fr").context["moments"]
    assert french[0].mails[0].subject != moments[0].mails[0].subject


def test_a_cycle_without_a_date_has_nothing_to_rehearse(claire: Client, programme: Programme) -> None:
    make.cycle(slug="bare", programme=programme)
    page = claire.get("/en/desk/cycles/bare/rehearsal/")
    assert (page.status_code, page.context["moments"]) == (200, [])
    assert claire.get(PAGE).context["days"] == []
