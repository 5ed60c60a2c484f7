"""What every test shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Each test begins with an empty cache and in the default language."""
    cache.clear()
    with translation.override("fr"):
        yield
    cache.clear()
