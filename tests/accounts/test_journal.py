"""The journal: what a line holds, when it is written, and that it is never changed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import journal
from accounts.models import AuditEntry
from cycles.content import editing
from cycles.schedule import planning
from registrations import tasks
from tests import doors, make

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from cycles.models import Session

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[str, int | None, int | None, str, int | None, str, int | None]]:
    rows = AuditEntry.objects.order_by("pk")
    return list(
        rows.values_list("verb", "by_id", "programme_id", "target_kind", "target_id", "detail", "count")
    )


@pytest.fixture
def claire() -> User:
    return make.user()


@pytest.fixture
def stop() -> Session:
    return make.session(cycle=make.cycle(programme=make.programme()))


def test_a_move_leaves_one_line(claire: User, stop: Session) -> None:
    planning.move(stop, to=make.paris(2026, 12, 3), by=claire, at=make.AT)
    assert lines() == [
        ("session.move", claire.pk, stop.cycle.programme_id, "cycles.session", stop.pk, "", None)
    ]
    assert AuditEntry.objects.get().at == make.AT


def test_what_fails_leaves_none(claire: User, stop: Session) -> None:
    with pytest.raises(planning.PlanningError):
        planning.move(stop, to=make.AT - dt.timedelta(days=1), by=claire, at=make.AT)
    assert lines() == []


def test_what_is_undone_takes_its_line_along(claire: User, stop: Session) -> None:
    class Crash(Exception):  # noqa: N818 - reads as what happens
        pass

    def move_and_crash() -> None:
        with transaction.atomic():
            planning.move(stop, to=make.paris(2026, 12, 3), by=claire, at=make.AT)
            raise Crash

    with pytest.raises(Crash):
        move_and_crash()
    assert lines() == []


def test_what_nobody_signed_in_did_leaves_none(stop: Session) -> None:
    planning.move(stop, to=make.paris(2026, 12, 3), by=None, at=make.AT)
    assert lines() == []


def test_saving_the_same_words_leaves_none(claire: User, stop: Session) -> None:
    editing.edit(stop, values={"capacity": stop.capacity}, by=claire, at=make.AT)
    assert lines() == []
    editing.edit(stop, values={"capacity": 12}, by=claire, at=make.AT)
    assert [line[0] for line in lines()] == ["session.edit"]


def test_a_line_costs_one_query(
    claire: User, stop: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        journal.record("account.enter", by=claire, at=make.AT, target=stop)


def test_an_act_without_a_name_is_a_mistake(claire: User) -> None:
    with pytest.raises(KeyError):
        journal.record("made.up", by=claire, at=make.AT)


def test_a_line_is_never_changed(claire: User) -> None:
    journal.record("account.enter", by=claire, at=make.AT)
    line = AuditEntry.objects.get()
    line.verb = "account.means"
    with pytest.raises(TypeError, match="only added to"):
        line.save()


@pytest.mark.parametrize(
    "wrong", [{"target_kind": "cycles.session"}, {"target_id": 7}, {"verb": ""}], ids=["kind", "id", "verb"]
)
def test_half_a_line_is_refused_by_the_database(claire: User, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(**{"at": make.AT, "by": claire, "verb": "account.enter", **wrong})


def test_a_line_outlives_who_and_what(claire: User, stop: Session) -> None:
    planning.cancel(stop, reason="Panne", by=claire, at=make.AT)
    pk, programme = stop.pk, stop.cycle.programme_id
    stop.delete()
    claire.delete()
    assert lines() == [("session.cancel", None, programme, "cycles.session", pk, "", None)]


def test_nothing_that_somebody_typed_is_kept(claire: User, stop: Session) -> None:
    planning.cancel(stop, reason="Amina Diallo est malade", by=claire, at=make.AT)
    assert "Amina" not in str(AuditEntry.objects.values_list().get())


def test_twelve_months_are_kept(claire: User) -> None:
    for days in (364, 365, 366, 800):
        journal.record("account.enter", by=claire, at=make.AT - dt.timedelta(days=days))
    assert journal.purge(at=make.AT) == 2
    assert journal.purge(at=make.AT) == 0
    assert AuditEntry.objects.count() == 2


def test_the_hourly_task_deletes_what_is_old(claire: User) -> None:
    journal.record("account.enter", by=claire, at=timezone.now() - dt.timedelta(days=400))
    journal.record("account.enter", by=claire, at=timezone.now())
    tasks.purge()
    assert AuditEntry.objects.count() == 1


def test_signing_in_is_noted_with_its_means(client: Client) -> None:
    from accounts.sign_in import login_links  # noqa: PLC0415 - this test only

    claire = make.user(email="claire@example.org")
    client.post(login_links.make(claire).removeprefix("http://testserver"))
    assert lines() == [("account.enter", claire.pk, None, "accounts.user", claire.pk, "link", None)]


def test_an_export_is_noted_with_its_size(client: Client) -> None:
    world = doors.world()
    owner = world.people["owner"]
    make.cycle_registration(cycle=world.cycle)
    client.force_login(owner)
    AuditEntry.objects.all().delete()
    client.get(reverse("desk:registrants-export", args=["tour"]))
    assert lines() == [
        ("registrants.export", owner.pk, world.programme.pk, "cycles.cycle", world.cycle.pk, "csv", 1)
    ]


def test_a_refusal_is_noted(client: Client) -> None:
    world = doors.world()
    reader = world.people["reader"]
    client.force_login(reader)
    AuditEntry.objects.all().delete()
    assert client.get(reverse("desk:registrants", args=["tour"])).status_code == 403
    assert lines() == [
        (
            "access.refused",
            reader.pk,
            world.programme.pk,
            "cycles.programme",
            world.programme.pk,
            "people",
            None,
        )
    ]
