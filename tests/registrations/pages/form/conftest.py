"""The moment at which the forms are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.make import AT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield
