"""What the journeys share."""

from __future__ import annotations

import pytest

from cycles.site.page_cache import snapshots


@pytest.fixture(autouse=True)
def _every_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the content version with every page: a test's transaction commits nothing that would tell the store."""
    monkeypatch.setattr(snapshots, "VERSION_SECONDS", 0)
