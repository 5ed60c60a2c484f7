"""What a process keeps is bounded in bytes, and nothing is left of a page that came to nothing."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cycles.language import normal_form
from cycles.site.page_cache.bounded import BUDGETS, MEBIBYTE, OVERHEAD, SHARES, BoundedCache
from cycles.site.page_cache.snapshots import Store, store, stored
from registrations.pages.form import intake
from tests import make

if TYPE_CHECKING:
    from django.test import Client


def cache_of(entries: int) -> BoundedCache[bytes]:
    """Return a cache that has room for so many entries of 1024 bytes."""
    return BoundedCache(most_bytes=entries * (1024 + OVERHEAD), size=len)


def test_the_least_recently_used_goes_first() -> None:
    cache = cache_of(10)
    for number in range(10):
        cache.put(number, bytes(1024))
    assert cache.get(0) == bytes(1024)
    cache.put(10, bytes(1024))
    assert [number for number in range(11) if cache.get(number) is None] == [1]


def test_what_is_too_large_is_not_kept_and_leaves_nothing_old_behind() -> None:
    cache = cache_of(10)
    cache.put("page", b"old")
    cache.put("page", bytes(10_000))
    assert (cache.get("page"), len(cache), cache.held_bytes) == (None, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3000)), max_size=200))
def test_it_never_holds_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    cache = cache_of(10)
    for key, size in puts:
        cache.put(key, bytes(size))
        assert cache.held_bytes <= cache.most_bytes
    sizes = [len(value) for key in range(31) if (value := cache.get(key)) is not None]
    assert sum(sizes) + OVERHEAD * len(sizes) == cache.held_bytes
    cache.clear()
    assert (len(cache), cache.held_bytes) == (0, 0)


@pytest.mark.django_db
def test_pages_that_do_not_exist_leave_no_lock(client: Client) -> None:
    make.cycle(slug="tour")
    results = [client.get(f"/fr/cycles/no-such-{number}/").status_code for number in range(30)]
    assert (results, len(store._building)) == ([404] * 30, 0)
    assert client.get("/fr/cycles/tour/").status_code == 200
    assert len(store._building) == 0


def test_a_lock_that_others_wait_for_is_shared_until_the_last_is_done() -> None:
    kept = Store()
    with kept.building("/fr/"):
        assert len(kept._building) == 1
    with pytest.raises(ZeroDivisionError), kept.building("/fr/"):
        assert 1 / 0
    assert len(kept._building) == 0


def test_pages_count_both_of_their_forms() -> None:
    page = stored(b"x" * 5000, content_type="text/html", caching="", etag="", headers={})
    assert page.packed is not None
    assert page.size == 5000 + len(page.packed)


@pytest.mark.django_db
def test_the_form_is_kept_for_what_it_knows_of_a_query(client: Client) -> None:
    cycle = make.cycle(slug="tour")
    make.session(cycle=cycle, slug="escale-02", starts_at=timezone.now() + dt.timedelta(days=9))
    plain = client.get("/fr/register/tour/")
    kept = len(intake.cache)
    for number in range(30):
        again = client.get(
            f"/fr/register/tour/?x={number}&tz=Mars/{number}&src=no&stop=none&evil={'x' * 1000}"
        )
        assert (again.status_code, b"evil" in again.content) == (200, False)
        assert b'hreflang="en"' in plain.content
    assert len(intake.cache) == kept
    chosen = client.get("/fr/register/tour/?tz=Indian/Reunion&stop=escale-02&evil=1").content.decode()
    assert 'href="/en/register/tour/?stop=escale-02&amp;tz=Indian%2FReunion"' in chosen
    assert len(intake.cache) == kept + 1


@given(st.text(max_size=60))
def test_words_are_composed_as_unicode_says(written: str) -> None:
    assert normal_form.nfc(written) == unicodedata.normalize("NFC", written)


def test_a_run_of_marks_costs_its_length_and_not_the_square() -> None:
    # The square of this is an hour; the test ends all the same.
    marks = "\u0323\u0301" * 1_000_000
    composed = normal_form.nfc(f"a{marks}")
    assert [composed.count(mark) for mark in "\u0323\u0301"] == [999_999, 1_000_000]
    assert composed[0] == "\u1ea1"


def test_the_caches_share_what_a_process_may_hold() -> None:
    assert sum(SHARES.values()) == 100
    assert sum(BUDGETS.values()) <= settings.ESCALE_CACHE_MB * MEBIBYTE


def test_the_figure_is_the_one_that_operators_read() -> None:
    table = Path("docs/operating.md").read_text(encoding="utf-8")
    assert f"| `ESCALE_CACHE_MB` | {settings.ESCALE_CACHE_MB} |" in table
