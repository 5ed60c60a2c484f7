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


def three(*days: str) -> bytes:
    return calendar(
        *(
            f"UID:u{day}\nDTSTART;TZID=Europe/Paris:202612{day}T130000\nDURATION:PT1H\nSUMMARY:Cours"
            for day in days
        )
    )


def test_what_is_gone_is_kept_unless_it_is_to_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(three("03", "10"))
    run(path)
    path.write_bytes(three("03"))
    gone = "0: gone: Thursday 10 December 2026, 13:00–14:00 (Paris time): Stop 2: Cours"
    assert run(path)[1:] == [
        f"{gone} (it is no longer in the file: it is kept)",
        "Cancel what is gone with --cancel-gone.",
        "0 created, 0 changed",
    ]
    assert run(path, "--cancel-gone")[-1] == "0 created, 1 changed"
    assert [s.status for s in Session.objects.order_by("number")] == ["confirmed", "cancelled"]


def test_a_question_stops_the_import_until_it_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_bytes(three("03", "10", "17"))
    run(path)
    path.write_bytes(three("03", "10", "22"))
    with pytest.raises(CommandError) as stopped:
        run(path)
    assert str(stopped.value).splitlines() == [
        "16: Cours: it may be “Stop 3: Cours”, Thursday 17 December 2026, 13:00–14:00 (Paris time)",
        "Say what these events are, with --unsure same, --unsure new or --unsure leave. Nothing was imported.",
    ]
    assert run(path, "--unsure", "same")[-1] == "0 created, 1 changed"
    assert Session.objects.count() == 3


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
