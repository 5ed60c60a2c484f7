"""A short chaos run, on PostgreSQL and on SQLite with steps that hold; `make chaos` is the long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.preloaded import ROOT


@pytest.mark.service
@pytest.mark.slow
def test_kills_freezes_and_a_hostile_server_lose_nothing() -> None:
    command = [sys.executable, "-m", "tests.faults.chaos", "--mails", "200", "--runs", "postgresql,hold"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    figures = dict(line.split(": ") for line in ended.stdout.splitlines() if not line.startswith("|"))
    figures.pop("extra")
    assert figures == dict.fromkeys(
        (
            "after_not_after",
            "extra_unexplained",
            "lost",
            "sent_but_not_accepted",
            "unsent_but_accepted",
            "waiting",
        ),
        "0",
    )
    # Nor did a step that holds give a second copy of anything.
    assert ended.returncode == 0
