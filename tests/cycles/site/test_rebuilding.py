"""Pages under a rain of changes: current as long as it costs little, then at most half a minute old."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import time_machine

from cycles.models import Cycle
from cycles.site.page_cache import rebuilding
from cycles.site.page_cache.snapshots import store
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/fr/cycles/tour/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    store.clear()
    with time_machine.travel(AT, tick=False):
        yield
    store.clear()


def saved(number: int) -> str:
    cycle = Cycle.objects.get(slug="tour")
    cycle.title = {"fr": f"Tour numéro {number}", "en": f"Tour number {number}"}
    cycle.save()
    # In a test no transaction commits, so nobody tells this process.
    store.recheck()
    return f"Tour numéro {number}"


def shown(client: Client) -> str:
    return client.get(PAGE).content.decode()


@pytest.fixture
def _spent(monkeypatch: pytest.MonkeyPatch) -> None:
    make.cycle(slug="tour")
    monkeypatch.setattr(rebuilding, "SHARE", 0.0)


def spend() -> None:
    with rebuilding.budget.spending():
        began = time.thread_time()
        while time.thread_time() - began < 0.02:
            pass
    rebuilding.budget._left -= rebuilding.MOST_SECONDS


@pytest.mark.usefixtures("_spent")
class TestBudget:
    def test_while_it_lasts_every_change_is_shown_at_once(self, client: Client) -> None:
        for number in range(3):
            assert saved(number) in shown(client)

    def test_once_it_is_spent_a_page_of_just_now_is_served_as_it_is(self, client: Client) -> None:
        before = saved(1)
        assert before in shown(client)
        spend()
        after = saved(2)
        assert before in shown(client)
        rebuilding.budget.fill()
        assert after in shown(client)

    def test_a_page_of_more_than_half_a_minute_ago_is_built_all_the_same(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert saved(1) in shown(client)
        spend()
        after = saved(2)
        monkeypatch.setattr(rebuilding, "OLDEST_SECONDS", -1.0)
        assert after in shown(client)

    def test_a_page_that_was_true_until_just_now_may_be_old(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock, passed = time.monotonic, [0.0]
        monkeypatch.setattr(time, "monotonic", lambda: clock() + passed[0])
        before = saved(1)
        assert before in shown(client)
        passed[0] = 3600.0
        assert before in shown(client)  # and the database says that it is still true
        spend()
        saved(2)
        assert before in shown(client)
        passed[0] += 20
        after = saved(3)
        assert before in shown(client)
        # Untrue since the second change, whatever came after it.
        passed[0] += 20
        assert after in shown(client)

    def test_what_became_untrue_while_nobody_asked_is_built(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert saved(1) in shown(client)
        clock = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: clock() + 3600)
        spend()
        assert saved(2) in shown(client)

    def test_who_is_signed_in_sees_what_was_just_saved(self, client: Client) -> None:
        assert saved(1) in shown(client)
        spend()
        after = saved(2)
        client.force_login(make.user())
        assert after in shown(client)

    def test_what_the_clock_made_untrue_is_never_served(self, client: Client) -> None:
        make.session(cycle=Cycle.objects.get(slug="tour"), title={"fr": "Le fleuve"})
        store.recheck()
        assert "Le fleuve" in shown(client)
        spend()
        with time_machine.travel(make.paris(2026, 11, 19, 13, 30), tick=False):
            assert "en cours" in shown(client)

    def test_a_page_that_was_never_built_is_built(self, client: Client) -> None:
        spend()
        assert saved(1) in shown(client)


def test_what_was_spent_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = rebuilding.Budget()
    budget._left = -1.0
    assert budget.is_spent()
    # So much a second that the next look finds it full.
    monkeypatch.setattr(rebuilding, "SHARE", 1e9)
    assert not budget.is_spent()
