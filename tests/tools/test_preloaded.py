"""A forked program is like one that Python started: its words, environment, output, exit code and end."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.preloaded import Preloaded

if TYPE_CHECKING:
    from collections.abc import Iterator

TELL = """
import os, sys, threading, __main__
print(sys.argv, os.environ["WORD"], threading.active_count(), __name__)
print("wrong", file=sys.stderr)
raise SystemExit(7)
"""


@pytest.fixture
def python() -> Iterator[Preloaded]:
    with Preloaded({"PATH": os.environ["PATH"]}, "decimal") as preloaded:
        yield preloaded


def test_what_a_program_is_told_and_what_it_says(python: Preloaded) -> None:
    programs = [python.start(["-c", TELL, "one", "two"], WORD=word) for word in ("a", "b", "c")]
    assert [program.wait() for program in programs] == [7, 7, 7]
    assert [program.stdout for program in programs] == [
        f"['-c', 'one', 'two'] {word} 1 __main__\n" for word in ("a", "b", "c")
    ]
    assert [program.stderr for program in programs] == ["wrong\n"] * 3


def test_an_error_ends_it_with_a_traceback(python: Preloaded) -> None:
    program = python.start(["-c", "1 / 0"])
    assert program.wait() == 1
    assert program.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_it_can_be_killed(python: Preloaded) -> None:
    program = python.start(["-c", "import time; time.sleep(600)"])
    assert program.poll() is None
    program.kill()
    assert (program.wait(), program.poll()) == (-signal.SIGKILL, -signal.SIGKILL)
    # Nothing is left to be killed a second time.
    program.kill()


def test_a_process_with_two_threads_is_not_forked() -> None:
    """The copy would lack one of them, whatever it was to do."""
    with (
        Preloaded(os.environ, "tests.tools.starts_a_thread") as preloaded,
        pytest.raises(ValueError, match="Expecting value"),
    ):
        preloaded.start(["-c", "pass"])
