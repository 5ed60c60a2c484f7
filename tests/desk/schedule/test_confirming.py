"""Confirming several dates at once: shown with what it sends, all or nothing, and only as it was shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Cycle, Membership, Session
from tests import make

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/cycles/tour/confirm/"
SAVE = f"{PAGE}save/"


@pytest.fixture
def cycle(client: Client) -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return cycle


def tentative(cycle: Cycle, number: int, **fields: Any) -> Session:
    return make.session(
        cycle=cycle,
        number=number,
        slug=f"stop-{number}",
        status=Session.Status.TENTATIVE,
        starts_at=make.paris(2027, 1, number),
        **fields,
    )


def rows(answer: Answer) -> list[tuple[str, str, bool]]:
    return [(row.session.slug, row.value, row.is_chosen) for row in answer.context["rows"]]


@pytest.mark.parametrize("count", [1, 3])
def test_all_dates_are_confirmed_by_one_button(client: Client, cycle: Cycle, count: int) -> None:
    for number in range(1, count + 1):
        tentative(cycle, number)
    make.session(cycle=cycle, number=9, slug="sure", starts_at=make.paris(2027, 2, 1))
    shown = rows(client.get(PAGE))
    assert [(slug, chosen) for slug, _value, chosen in shown] == [
        (f"stop-{number}", True) for number in range(1, count + 1)
    ]
    # Looking changed nothing.
    assert cycle.sessions.filter(status=Session.Status.TENTATIVE).count() == count
    answer = client.post(SAVE, {"session": [value for _slug, value, _chosen in shown]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/desk/cycles/tour/")
    assert cycle.sessions.filter(status=Session.Status.CONFIRMED).count() == count + 1


def test_one_is_left_unsure(client: Client, cycle: Cycle) -> None:
    for number in (1, 2):
        tentative(cycle, number)
    (_slug, first, _chosen), _second = rows(client.get(PAGE))
    client.post(SAVE, {"session": [first]})
    assert dict(cycle.sessions.values_list("slug", "status")) == {
        "stop-1": "confirmed",
        "stop-2": "tentative",
    }


def test_a_date_that_changed_meanwhile_confirms_nothing(client: Client, cycle: Cycle) -> None:
    for number in (1, 2):
        tentative(cycle, number)
    values = [value for _slug, value, _chosen in rows(client.get(PAGE))]
    Session.objects.filter(slug="stop-2").update(revised_at=make.AT + dt.timedelta(days=1))
    answer = client.post(SAVE, {"session": values})
    assert answer.status_code == 409
    assert "A date has changed since you looked at it: nothing was confirmed." in answer.content.decode()
    assert set(cycle.sessions.values_list("status", flat=True)) == {"tentative"}


@pytest.mark.parametrize("values", [[], ["stop-1"], ["stop-1@yesterday"], ["x@2027-13-01T00:00:00Z"]])
def test_nothing_chosen_says_so(client: Client, cycle: Cycle, values: list[str]) -> None:
    tentative(cycle, 1)
    answer = client.post(SAVE, {"session": values})
    assert (answer.status_code, answer.context["error"]) == (422, "Choose the dates to confirm.")
    assert cycle.sessions.get().status == "tentative"


def test_the_page_says_whom_a_confirmed_theme_tells(client: Client, cycle: Cycle) -> None:
    session = tentative(cycle, 1, has_theme=True, title={"fr": "Les berges"})
    assert client.get("/en/desk/cycles/tour/").context["tentative"] == 1
    page = client.get(PAGE).content.decode()
    assert "No email is sent." in page
    assert 'href="/en/desk/cycles/tour/confirm/"' in client.get("/en/desk/cycles/tour/").content.decode()
    assert Session.objects.get(pk=session.pk).status == "tentative"
