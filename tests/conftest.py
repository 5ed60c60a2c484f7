"""What every test shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.core.cache import cache
from django.utils import translation

from cycles.calendars.readers import audience, clients
from cycles.site.snapshots import store
from registrations.pages import intake

if TYPE_CHECKING:
    from collections.abc import Iterator


# No test asserts a time: machines are slow and shared.
hypothesis.settings.register_profile("escale", deadline=None)
hypothesis.settings.load_profile("escale")


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Each test begins with empty caches, nothing counted, and in the default language."""
    cache.clear()
    store.clear()
    intake.cache.clear()
    audience.discard()
    with translation.override("fr"):
        yield
    cache.clear()


@pytest.fixture
def _readers_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every reader a mark of their own: by chance, two in a few thousand share one and count as one."""
    places: dict[tuple[str, bytes], int] = {}
    monkeypatch.setattr(clients, "place", lambda who, *, key: places.setdefault((who, key), len(places)))
