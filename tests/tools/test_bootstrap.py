"""The one command: readable by old Pythons, honest about what is wrong, quick when nothing changed."""

from __future__ import annotations

import ast
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import bootstrap

SOURCE = Path(bootstrap.__file__)
ROOT = SOURCE.parent.parent


def wait_for(path: Path) -> str:
    """Return what a child wrote, once it has; a test that waits for ever is stopped by its runner."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.02)
    raise AssertionError(path)


def said(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the bootstrap as make does; return its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, str(SOURCE), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout + done.stderr


def test_an_old_python_can_read_it() -> None:
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 5))


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= set(sys.stdlib_module_names)


def test_an_old_python_alone_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        bootstrap.new_enough_python()
    assert "Escale needs Python 3.11 or newer" in capsys.readouterr().err


def test_an_old_python_finds_a_newer_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "python3.12").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.new_enough_python() == str(tmp_path / "python3.12")


@pytest.mark.parametrize("arguments", [("walk",), ("run", "fast"), ("exec", "dev"), ("setup", "a", "b")])
def test_an_unknown_command_is_answered_with_the_usage(arguments: tuple[str, ...]) -> None:
    code, text = said(*arguments)
    assert (code, "bootstrap.py exec SET CMD" in text) == (1, True)


def test_an_unknown_set_is_named() -> None:
    assert said("setup", "prod") == (
        1,
        "\nThere is no set of requirements named prod: take one of base, dev, e2e.\n",
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of three locks, set up nowhere yet."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv").mkdir()
    for name in bootstrap.SETS:
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    return tmp_path


def installed() -> list[str]:
    return [name for name in bootstrap.SETS if bootstrap.is_installed(name)]


def test_a_larger_set_stands_for_the_smaller_ones(home: Path) -> None:
    assert installed() == []
    (home / ".venv" / ".escale-dev").write_text(bootstrap.stamp("dev"))
    assert installed() == ["base", "dev"]


def test_a_changed_lock_or_python_is_installed_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".venv" / ".escale-e2e").write_text(bootstrap.stamp("e2e"))
    assert installed() == ["base", "dev", "e2e"]
    monkeypatch.setattr(sys, "version", "3.99")
    assert installed() == []
    monkeypatch.undo()
    monkeypatch.setattr(bootstrap, "ROOT", str(home))
    monkeypatch.setattr(bootstrap, "VENV", str(home / ".venv"))
    (home / "requirements" / "e2e.txt").write_text("changed")
    assert installed() == []


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        with pytest.raises(SystemExit):
            bootstrap.choose_port(taken)
    assert f"Port {taken} is taken by another program" in capsys.readouterr().err
    assert bootstrap.choose_port(taken) == int(taken)


@pytest.mark.parametrize("wrong", ["web", "-1", "0", "65536", "8000.5"])
def test_what_is_no_port_is_said(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bootstrap.choose_port(wrong)
    assert capsys.readouterr().err == f"\nPORT={wrong} is not a port: take a number from 1 to 65535.\n"


def test_var_is_for_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VAR", str(tmp_path / "var"))
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "manage", lambda *arguments: asked.append(arguments))
    for _start in range(2):
        bootstrap.prepare()
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == [
        "demo-loaded",
        "mail",
        "media",
        "static",
    ]
    # The demonstration is loaded once; what a person took away does not come back.
    assert [arguments[0] for arguments in asked] == [
        "migrate",
        "createcachetable",
        "demo",
        "migrate",
        "createcachetable",
    ]
    assert "Loading the demonstration" in capsys.readouterr().out


def supervisor(commands: list[tuple[str, list[str]]], well_after: float) -> subprocess.Popen[str]:
    """Start a supervisor of its own, as `make run` does."""
    code = "import sys; sys.path.insert(0, {!r}); from tools import bootstrap; "
    code += "sys.exit(bootstrap.supervise({!r}, None, {!r}))"
    return subprocess.Popen(
        [sys.executable, "-c", code.format(str(ROOT), commands, well_after)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def waiting_child(folder: Path, name: str) -> tuple[str, list[str]]:
    """Return a program that says its number, waits, and says the signal that ended it."""
    code = (
        "import os, pathlib, signal, sys, time\n"
        f"path = pathlib.Path({str(folder)!r})\n"
        "def end(number, frame):\n"
        f"    (path / {name + '.end'!r}).write_text(str(number)); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "signal.signal(signal.SIGINT, end)\n"
        f"with (path / {name + '.pids'!r}).open('a') as pids: pids.write(f'{{os.getpid()}}\\n')\n"
        "while True: time.sleep(0.05)\n"
    )
    return name, [sys.executable, "-c", code]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_forwarded_and_waited_for(tmp_path: Path, number: signal.Signals) -> None:
    master = supervisor([waiting_child(tmp_path, "web"), waiting_child(tmp_path, "worker")], 0)
    for name in ("web", "worker"):
        wait_for(tmp_path / f"{name}.pids")
    master.send_signal(number)
    output, _ = master.communicate(timeout=30)
    assert (master.returncode, output) == (0, "")
    assert [(tmp_path / f"{name}.end").read_text() for name in ("web", "worker")] == ["15", "15"]


def test_a_program_that_cannot_start_ends_the_others(tmp_path: Path) -> None:
    broken = ("The worker", [sys.executable, "-c", "raise SystemExit(3)"])
    master = supervisor([waiting_child(tmp_path, "web"), broken], 3600)
    output, _ = master.communicate(timeout=30)
    assert (master.returncode, output) == (
        1,
        "The worker stopped as it started (code 3): stopping the rest.\n",
    )


def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    master = supervisor([waiting_child(tmp_path, "worker")], 0)
    first = wait_for(tmp_path / "worker.pids")
    os.kill(int(first), signal.SIGKILL)
    assert master.stdout is not None
    assert master.stdout.readline() == "worker stopped (code -9): starting it again.\n"
    deadline = time.monotonic() + 30
    while wait_for(tmp_path / "worker.pids") == first and time.monotonic() < deadline:
        time.sleep(0.02)
    master.terminate()
    master.communicate(timeout=30)
    assert (master.returncode, (tmp_path / "worker.end").read_text()) == (0, "15")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the programs")
def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    master = supervisor([waiting_child(tmp_path, "worker")], 0)
    wait_for(tmp_path / "worker.pids")
    master.kill()
    master.communicate(timeout=30)
    assert wait_for(tmp_path / "worker.end") == "15"


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "up")
    code = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({path!r}, 'w').write('up')\n"
    master = supervisor([("worker", [sys.executable, "-c", code + "time.sleep(600)"])], 0)
    wait_for(Path(path))
    master.send_signal(signal.SIGINT)
    assert master.stdout is not None
    assert master.stdout.readline() == "Finishing the work in hand; Ctrl+C again stops at once.\n"
    master.send_signal(signal.SIGINT)
    master.communicate(timeout=30)
    assert master.returncode == 0
