"""The crash table of the sending design, line by line: a worker killed, frozen or cut off at each named place.

Workers are processes of their own that die by os._exit, as in a power cut; the mail server is real, the
database is a file (or PostgreSQL, where DATABASE_URL names one). What is then left is looked at, and a second
worker, a lease later, has to make it good.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from notifications.delivery import ledger
from notifications.delivery.run import failpoints, leases
from notifications.models import Batch, Delivery, Occurrence, ReminderStep
from notifications.plan import defaults, planner
from tests import make
from tests.make import paris

from .site import Site, preloaded_workers, thaw, wait_until_frozen
from .smtp_sink import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.preloaded import Preloaded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DUE = paris(2026, 11, 19, 12)
LATER = DUE + leases.LEASE
PEOPLE = 3


@pytest.fixture(scope="module")
def workers(django_db_setup: None) -> Iterator[Preloaded]:  # noqa: ARG001 - names the database
    with preloaded_workers() as preloaded:
        yield preloaded


@pytest.fixture
def site(workers: Preloaded) -> Iterator[Site]:
    """Three people registered for a session whose one-hour reminder is due at DUE."""
    session = make.session()
    defaults.default_steps(session.cycle)
    ReminderStep.objects.exclude(code="h-1").delete()
    planner.replan(session)
    for _ in range(PEOPLE):
        make.registration(session=session)
    with Sink() as sink:
        yield Site(sink, workers)


def states() -> list[str]:
    return sorted(Delivery.objects.values_list("state", flat=True))


def everyone_has_it(site: Site, *, copies: int) -> None:
    """All are sent, the server took so many, and each mail bears its one number in all its copies."""
    assert states() == ["sent"] * PEOPLE
    numbers = {ledger.message_id(key) for key in Delivery.objects.values_list("key", flat=True)}
    assert (len(site.sink.accepted), set(site.sink.accepted)) == (copies, numbers)


@pytest.mark.parametrize(
    ("place", "left", "copies"),
    [
        # In fan-out: the chunk in hand is not written, its mails are not owed yet.
        ("before-fan-out", [], 3),
        ("in-chunk", [], 3),
        ("after-chunk", ["pending"] * 3, 3),
        # After the claim, before `sending`: exact.
        ("after-claim", ["claimed"] * 3, 3),
        # After `sending`, before the dot: exact.
        ("after-reserve", ["claimed", "claimed", "sending"], 3),
        ("after-reserve:2", ["claimed", "sending", "sent"], 3),
        ("before-dot", ["claimed", "claimed", "sending"], 3),
        ("before-dot:3", ["sending", "sent", "sent"], 3),
        # After the answer, before it is written down: one mail twice, with one number.
        ("after-hand-over", ["claimed", "claimed", "sending"], 4),
        ("after-hand-over:3", ["sending", "sent", "sent"], 4),
        # After `sent`: exact.
        ("after-settle", ["sent"] * 3, 3),
    ],
)
def test_nothing_is_lost_and_a_crash_costs_one_copy_at_most(
    site: Site, place: str, left: list[str], copies: int
) -> None:
    assert site.work(at=DUE, failpoint=place) == [failpoints.KILLED]
    assert states() == left
    assert site.work(at=LATER) == [0]
    everyone_has_it(site, copies=copies)
    assert not Batch.objects.exists()


def test_killed_before_the_replan_commits(site: Site) -> None:
    Occurrence.objects.all().delete()
    assert site.work(at=DUE, failpoint="in-replan") == [failpoints.KILLED]
    assert not Occurrence.objects.exists()
    assert site.work(at=DUE) == [0]
    everyone_has_it(site, copies=3)


def test_killed_between_chunks_the_cursor_goes_on(site: Site) -> None:
    assert site.work(at=DUE, failpoint="after-chunk:2", TEST_CHUNK="1") == [failpoints.KILLED]
    (cursor,) = Occurrence.objects.filter(state="open").values_list("cursor", flat=True)
    assert (states(), cursor) == (["pending"] * 2, Delivery.objects.latest("pk").registration_id)
    assert site.work(at=DUE, failpoint="in-chunk", TEST_CHUNK="1") == [failpoints.KILLED]
    assert states() == ["pending"] * 2
    assert site.work(at=DUE) == [0]
    everyone_has_it(site, copies=3)


def test_killed_while_it_waits_for_the_answer(site: Site) -> None:
    assert site.work(at=DUE, failpoint="after-dot") == [failpoints.KILLED]
    assert states() == ["claimed", "claimed", "sending"]
    assert site.work(at=LATER) == [0]
    # Whether the server had read the dot before the connection ended is its own affair: this is RFC 1047.
    everyone_has_it(site, copies=len(site.sink.accepted))
    assert len(site.sink.accepted) in (3, 4)


def test_killed_while_it_reaps(site: Site) -> None:
    assert site.work(at=DUE, failpoint="after-hand-over") == [failpoints.KILLED]
    assert site.work(at=LATER, failpoint="in-reap") == [failpoints.KILLED]
    assert states() == ["claimed", "claimed", "sending"]
    assert site.work(at=LATER) == [0]
    everyone_has_it(site, copies=4)


@pytest.mark.parametrize("place", ["after-reserve", "before-dot", "after-hand-over"])
def test_a_step_that_holds_gives_no_second_copy(site: Site, place: str) -> None:
    ReminderStep.objects.update(on_uncertain="hold")
    assert site.work(at=DUE, failpoint=place) == [failpoints.KILLED]
    assert site.work(at=LATER) == [0]
    assert states() == ["sent", "sent", "uncertain"]
    assert len(site.sink.accepted) == len(set(site.sink.accepted)) == (3 if place == "after-hand-over" else 2)


def test_a_connection_cut_after_the_dot_is_tried_once_more(site: Site) -> None:
    site.sink.modes = ["drop-accepted", "accept"]
    assert site.work(at=DUE) == [0]
    everyone_has_it(site, copies=4)


def test_a_connection_cut_after_the_dot_is_held_when_the_step_says_so(site: Site) -> None:
    ReminderStep.objects.update(on_uncertain="hold")
    site.sink.modes = ["drop-accepted", "accept"]
    assert site.work(at=DUE) == [0]
    assert states() == ["sent", "sent", "uncertain"]
    assert len(site.sink.accepted) == len(set(site.sink.accepted)) == 3


@pytest.mark.parametrize(
    ("place", "copies"),
    [
        ("after-claim", 3),
        ("after-reserve", 4),
        ("before-dot", 4),
        ("after-hand-over", 4),
        ("after-settle", 3),
    ],
)
def test_frozen_past_its_lease_a_worker_sends_one_mail_more_at_most(
    site: Site, place: str, copies: int
) -> None:
    frozen = site.start(at=DUE, failpoint=f"{place}=freeze")
    wait_until_frozen(frozen)
    assert site.work(at=LATER) == [0]
    assert thaw(frozen) == 0
    everyone_has_it(site, copies=copies)
    assert not Batch.objects.exists()


def test_the_word_of_a_thawed_worker_spares_the_second_copy(site: Site) -> None:
    """It froze holding the server's "accepted"; it wakes before the mail has left a second time."""
    frozen = site.start(at=DUE, failpoint="after-hand-over=freeze")
    wait_until_frozen(frozen)
    assert site.work(at=LATER, failpoint="after-claim") == [failpoints.KILLED]
    assert thaw(frozen) == 0
    assert site.work(at=LATER + leases.LEASE) == [0]
    everyone_has_it(site, copies=3)


def test_without_its_database_a_worker_stops(site: Site) -> None:
    """PostgreSQL ends its connection; SQLite's file stays locked for longer than it waits."""
    with contextlib.ExitStack() as stack:
        cut = site.start(
            at=DUE, failpoint="after-hand-over=freeze", TEST_BUSY_SECONDS="0.2", PGAPPNAME="escale-cut"
        )
        wait_until_frozen(cut)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'escale-cut'"
                )
        else:
            lock = stack.enter_context(
                contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None))
            )
            lock.execute("BEGIN IMMEDIATE")
        assert thaw(cut) == 1
    assert states() == ["claimed", "claimed", "sending"]
    assert len(site.sink.accepted) == 1
    assert site.work(at=LATER) == [0]
    everyone_has_it(site, copies=4)


@pytest.mark.parametrize("place", ["after-claim", "before-fan-out", "after-chunk"])
def test_down_over_the_start_nothing_leaves_late_and_each_row_says_so(site: Site, place: str) -> None:
    assert site.work(at=DUE, failpoint=place) == [failpoints.KILLED]
    assert site.work(at=paris(2026, 11, 19, 13, 10)) == [0]
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "too_late")] * PEOPLE
    assert site.sink.accepted == []


def test_two_workers_at_once_send_each_mail_once(site: Site) -> None:
    assert site.work(at=DUE, workers=2) == [0, 0]
    everyone_has_it(site, copies=3)
