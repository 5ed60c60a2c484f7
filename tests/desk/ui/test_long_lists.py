"""Tables of any length: the same rows on the same pages as Django's paginator, from whichever end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.paginator import Paginator

from cycles.models import Topic
from desk.ui.tables import long_lists
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("near", [0, 5, 1000])
@pytest.mark.parametrize("count", [0, 1, 3, 10, 23])
def test_every_page_is_the_one_of_django(monkeypatch: pytest.MonkeyPatch, near: int, count: int) -> None:
    monkeypatch.setattr(long_lists, "NEAR", near)
    for number in range(count):
        make.topic(slug=f"t{number:02d}")
    rows = Topic.objects.order_by("-slug")
    ours, theirs = long_lists.LongList(rows, 5), Paginator(rows, 5)
    assert ours.num_pages == theirs.num_pages
    for number in theirs.page_range:
        assert list(ours.page(number)) == list(theirs.page(number))
    assert ours.get_page("9999").number == theirs.get_page("9999").number
    assert ours.get_page("x").number == 1


def test_the_last_page_passes_over_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(23):
        make.topic(slug=f"t{number:02d}")
    pages = long_lists.LongList(Topic.objects.order_by("slug"), 5)
    with django_assert_num_queries(2) as captured:
        assert [topic.slug for topic in pages.page(5)] == ["t20", "t21", "t22"]
    assert "OFFSET" not in captured.captured_queries[-1]["sql"]
