"""The real programme is imported once for all tests that only look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from tests.cycles.imports.programme.files import real

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="module")
def shifted(
    django_db_setup: None,  # noqa: ARG001 - makes the test database
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The programme shifted by six years; each test has its own savepoint within this transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        real()
        yield
        transaction.set_rollback(True)
