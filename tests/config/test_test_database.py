"""The database of the tests behaves as a site's: threads have connections of their own, and wait for each other."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from cycles.models import Programme
from tests import make

# Long enough that the other has begun to wait; nothing fails when it has not.
HELD_SECONDS = 0.3


@pytest.mark.django_db(transaction=True)
def test_who_writes_waits_until_another_has_written() -> None:
    has_lock, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make.programme(slug="first")
            has_lock.set()
            may_end.wait(HELD_SECONDS)
        connection.close()

    other = threading.Thread(target=write)
    other.start()
    assert has_lock.wait(60)
    with transaction.atomic():
        make.programme(slug="second")
    other.join()
    assert set(Programme.objects.values_list("slug", flat=True)) == {"first", "second"}
