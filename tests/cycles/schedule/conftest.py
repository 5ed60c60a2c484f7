"""What planning tells the rest of the site, as the tests hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.events import ScheduleChanged, SessionsAdded
from tests.hearing import hearing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def changes() -> Iterator[list[ScheduleChanged]]:
    heard: list[ScheduleChanged] = []
    with hearing(ScheduleChanged, heard.append):
        yield heard


@pytest.fixture
def additions() -> Iterator[list[SessionsAdded]]:
    heard: list[SessionsAdded] = []
    with hearing(SessionsAdded, heard.append):
        yield heard
