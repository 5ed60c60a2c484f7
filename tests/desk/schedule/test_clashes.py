"""Dates that would be held at the same time: told, never refused; and what moving several takes as a move."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.http import QueryDict

from cycles.models import Cycle, Membership, Session
from desk.planner import proposal
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 2, 10)
HERE = "/en/desk/cycles/tour/"
MOVE = f"{HERE}move/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(
        slug="tour", programme=make.programme(), short_title={"fr": "Le tour", "en": "The tour"}
    )


@pytest.fixture
def second(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, slug="escale-02", number=2, starts_at=make.paris(2026, 11, 19))


@pytest.fixture
def third(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, slug="escale-03", number=3, starts_at=make.paris(2026, 12, 17))


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def told(warnings: Any) -> list[str]:
    return [text.replace("\xa0", " ") for text in warnings if text.startswith("At the same time")]


def moves(*sessions: Session, **fields: str) -> dict[str, str]:
    """Return what the page of several moves sends when nothing but `fields` was written."""
    form = {"reason_fr": "", "reason_en": ""}
    for session in sessions:
        form |= {
            f"{session.slug}-seen": session.revised_at.isoformat(),
            f"{session.slug}-date": "",
            f"{session.slug}-hour": "13:00",
            f"initial-{session.slug}-hour": "13:00",
        }
    return form | fields


def test_one_session_moved_onto_another_is_told(claire: Client, second: Session, third: Session) -> None:
    form = {"minutes": "90", "seen": second.revised_at.isoformat()}
    address = f"{HERE}sessions/{second.slug}/move/"
    for date, hour, warnings in (
        ("2026-12-17", "14:00", ["At the same time: Stop 3 (The tour)"]),
        ("2026-12-17", "14:30", []),
        # Half an hour later it overlaps with its own place only, which it leaves.
        ("2026-11-19", "13:30", []),
    ):
        checked = claire.post(address, {**form, "date": date, "hour": hour})
        assert told(checked.context["warnings"]) == warnings
    saved = claire.post(f"{address}save/", {**form, "date": "2026-12-17", "hour": "14:00"})
    assert saved.status_code == 302
    assert third.starts_at == make.paris(2026, 12, 17)


def test_two_sessions_moved_to_one_hour_are_told_of_each_other(
    claire: Client, second: Session, third: Session
) -> None:
    form = moves(second, third, **{"escale-02-date": "2027-01-07", "escale-03-date": "2027-01-07"})
    checked = claire.post(MOVE, form).context["checked"]
    assert [told(move.warnings) for move in checked] == [
        ["At the same time: Stop 3"],
        ["At the same time: Stop 2"],
    ]
    assert claire.post(f"{MOVE}save/", form).status_code == 302


def test_an_hour_alone_is_a_move_and_keeps_the_day(claire: Client, second: Session, third: Session) -> None:
    claire.post(f"{MOVE}save/", moves(second, third, **{"escale-02-hour": "15:30"}))
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.starts_at, second.ends_at) == (
        make.paris(2026, 11, 19, 15, 30),
        make.paris(2026, 11, 19, 17),
    )
    assert third.revision == 0


def test_an_hour_that_was_only_shown_moves_nothing(claire: Client, second: Session, third: Session) -> None:
    form = moves(second, third, **{"escale-03-date": "2027-01-07"})
    # Meanwhile somebody moved the other one to another hour.
    Session.objects.filter(pk=second.pk).update(
        starts_at=make.paris(2026, 11, 19, 9), ends_at=make.paris(2026, 11, 19, 10), revision=1
    )
    page = claire.get(MOVE).content.decode()
    assert 'name="initial-escale-03-hour" value="13:00' in page
    assert claire.post(f"{MOVE}save/", form).status_code == 302
    third.refresh_from_db()
    assert third.starts_at == make.paris(2027, 1, 7)


def test_a_session_added_meanwhile_is_left_alone(claire: Client, second: Session, third: Session) -> None:
    form = moves(second, **{"escale-02-date": "2026-11-26"})
    assert claire.post(f"{MOVE}save/", form).status_code == 302
    third.refresh_from_db()
    assert third.revision == 0


def test_dates_of_one_plan_are_told_of_each_other(cycle: Cycle) -> None:
    rule = cycle.rule
    assert rule is not None
    first, other = (f"{day:%Y%m%d}" for day in (dt.date(2026, 12, 17), dt.date(2027, 1, 21)))
    data = QueryDict(mutable=True)
    data.setlist("date", ["2026-12-17", "2027-01-21"])
    data.update({f"{first}-choice": "move", f"{first}-to": "2027-01-21", f"{other}-choice": "keep"})

    def notes() -> dict[str, list[str]]:
        rows = proposal.propose(cycle, rule, planned_count=None, at=AT, among=Cycle.objects.all(), data=data)
        return {
            f"{row.date:%Y%m%d}": [note for when in (row.when, row.moved) if when for note in when.notes]
            for row in rows.rows
        }

    before = "En même temps\u202f: une autre date de ce plan, "
    found = notes()
    assert [note for note in found[first] if note.startswith(before)] == [f"{before}jeudi 21 janvier 2027"]
    assert [note for note in found[other] if note.startswith(before)] == [f"{before}jeudi 21 janvier 2027"]
    # Left out, it is in nobody's way.
    data.setlist(f"{other}-choice", ["skip"])
    data.setlist(f"{other}-reason_fr", ["Vacances"])
    assert [note for note in notes()[first] if note.startswith(before)] == []
