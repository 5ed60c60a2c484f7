"""Programs that start in milliseconds: forked from a process that has already imported what they need.

    with Preloaded(environment, "django", "notifications.sending") as preloaded:
        worker = preloaded.start(["-m", "tests.faults.worker", "2026-11-19T12:00:00+01:00"])

The process that is forked has one thread and no connection to a database, and runs nothing of its own. Each program
is a process like any other: it can be killed, frozen or waited for, and ends as the interpreter does. Python takes
one to two seconds to import the site, and the tests start it more than two hundred times.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import django
from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
# In the list of modules: the site itself, as its settings in the environment make it.
SITE = "the site"


class Program:
    """A started program, with what tests need of subprocess.Popen."""

    def __init__(self, preloaded: Preloaded, pid: int, output: Path, errors: Path) -> None:
        self._preloaded, self.pid = preloaded, pid
        self._output, self._errors = output, errors
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code (less the signal that ended it), or None while the program runs."""
        if self.returncode is None:
            self.returncode = self._preloaded.ask({"poll": self.pid})
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = self._preloaded.ask({"wait": self.pid})
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        # Who has ended stays a zombie until its code is asked for: the number cannot belong to another by now.
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    @property
    def stdout(self) -> str:
        """What the program has written so far."""
        return self._output.read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        return self._errors.read_text(encoding="utf-8")


class Preloaded:
    """A process with this environment that has imported `modules` (SITE: Django is set up) and waits to be forked."""

    def __init__(self, environment: Mapping[str, str], *modules: str) -> None:
        self.environment, self.modules = dict(environment), modules
        self._programs: list[Program] = []

    def __enter__(self) -> Self:
        self._life = contextlib.ExitStack()
        self._folder = Path(self._life.enter_context(tempfile.TemporaryDirectory(prefix="escale-programs-")))
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.preloaded", *self.modules],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        # A program that a failed test left behind, frozen perhaps, ends here.
        for program in self._programs:
            program.kill()
            program.wait()
        self._server.communicate()
        self._life.close()

    def start(self, words: list[str], **environment: str) -> Program:
        """Start Python with these words (`-m MODULE …` or `-c CODE …`) and this besides in its environment."""
        number = len(self._programs)
        output, errors = (self._folder / f"{number}-{name}" for name in ("output", "errors"))
        pid = self.ask({"start": words, "more": environment, "output": str(output), "errors": str(errors)})
        program = Program(self, pid, output, errors)
        self._programs.append(program)
        return program

    def ask(self, question: dict[str, Any]) -> Any:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(question), file=self._server.stdin, flush=True)
        return json.loads(self._server.stdout.readline())


def _import(modules: list[str]) -> None:
    for name in modules:
        if name == SITE:
            _load_site()
        else:
            importlib.import_module(name)


def _load_site() -> None:
    django.setup()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            # Imports every view, and works out how addresses are written.
            assert get_resolver().reverse_dict


def _check_that_it_can_be_forked() -> None:
    """A thread would be missing in the copy, and a connection would be used by two."""
    assert threading.active_count() == 1
    if settings.configured:
        databases = connections.all(initialized_only=True)
        assert [database.alias for database in databases if database.connection is not None] == []


def serve() -> list[str] | None:
    """Answer questions, one a line. In a started program, return the words it was started with; at the end, None."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        question = json.loads(line)
        answer: int | None = None
        if "start" in question:
            _check_that_it_can_be_forked()
            answer = os.fork()
            if answer == 0:
                answers.close()
                _become(question)
                return list(question["start"])
        else:
            pid = question.get("wait") or question["poll"]
            ended, status = os.waitpid(pid, 0 if "wait" in question else os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        print(json.dumps(answer), file=answers, flush=True)
    return None


def _become(question: dict[str, Any]) -> None:
    """Turn a fresh copy of the waiting process into the program that was asked for."""
    os.environ.update(question["more"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for path, number in ((os.devnull, 0), (question["output"], 1), (question["errors"], 2)):
        opened = os.open(path, flags if number else os.O_RDONLY, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _run(words: list[str]) -> None:
    """Do as `python` with these words does."""
    how, what, *arguments = words
    sys.argv = [how, *arguments]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own code


if __name__ == "__main__":
    _import(sys.argv[1:])
    words = serve()
    if words is not None:
        _run(words)
