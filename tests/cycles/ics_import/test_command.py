"""The command that imports a calendar file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command

from cycles.models import Session
from tests import make

from .files import calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db

FILE = calendar("DTSTART;TZID=Europe/Paris:20261119T130000\nDURATION:PT90M\nSUMMARY:A")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    make.cycle(slug="tour")
    with time_machine.travel(make.AT, tick=False):
        yield


def run(path: Path, *options: str, cycle: str = "tour") -> list[str]:
    out = io.StringIO()
    call_command("import_calendar", cycle, str(path), "--language", "en", *options, stdout=out, stderr=out)
    return out.getvalue().splitlines()


def test_it_tells_each_event_and_the_sum(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(FILE)
    line = "4: created: Thursday 19 November 2026, 13:00–14:30 (Paris time): A"
    assert run(path, "--dry-run") == [line, "1 created, 0 changed", "Dry run: nothing was written."]
    assert Session.objects.count() == 0
    assert run(path) == [line, "1 created, 0 changed"]
    assert run(path) == [line.replace("created", "same"), "0 created, 0 changed"]


def test_what_is_wrong_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(FILE.replace(b"Europe/Paris", b"Mars/Olympus"))
    with pytest.raises(CommandError) as refused:
        run(path)
    assert str(refused.value).splitlines() == [
        "a.ics:6: VEVENT: the time zone “Mars/Olympus” is not known, and the file does not describe it",
        "Nothing was imported.",
    ]


def test_no_such_cycle_or_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no cycle “none”"):
        run(tmp_path / "a.ics", cycle="none")
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "a.ics")
