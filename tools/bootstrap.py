#!/usr/bin/env python3
"""Everything that `make run`, `make test` and `make check` do, with Python's standard library only.

    bootstrap.py run            set up on first use, then start the site and its worker
    bootstrap.py setup [SET]    make .venv and install requirements/SET.txt (base, dev or e2e)
    bootstrap.py exec SET CMD…  set up, then run a command of .venv

Written so that an old Python can still read it and say what is wrong: no f-strings, no annotations.
"""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VAR = os.environ.get("ESCALE_VAR") or os.path.join(ROOT, "var")
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "bin")
NEEDED = (3, 11)
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")
ORGANISER = "claire@example.org"
STOP_SECONDS = 20


def fail(message):
    sys.stderr.write("\n" + message + "\n")
    raise SystemExit(1)


def say(message):
    print(message)
    sys.stdout.flush()


def good_python():
    """Return the path of a Python that is new enough, this one if it is."""
    if sys.version_info >= NEEDED:
        return sys.executable
    for name in CANDIDATES:
        path = shutil.which(name) if hasattr(shutil, "which") else None
        if not path:
            continue
        probe = "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)"
        if subprocess.call([path, "-c", probe]) == 0:
            return path
    fail(
        "Escale needs Python 3.11 or newer; this is %s.\n"
        "On Debian 12 or Ubuntu 24.04: sudo apt install python3 python3-venv" % sys.version.split()[0]
    )
    return None


def requirements_stamp(name):
    """Return what the installed set must match: every lock that it was made from, and the Python."""
    digest = hashlib.sha256(sys.version.encode())
    with open(os.path.join(ROOT, "requirements", name + ".txt"), "rb") as handle:
        digest.update(handle.read())
    return digest.hexdigest()


def setup(name):
    """Make .venv and install a locked set by hash, only when the lock changed."""
    python = good_python()
    if sys.version_info < NEEDED:
        os.execv(python, [python] + sys.argv)
    if not os.path.exists(os.path.join(BIN, "python")):
        if subprocess.call([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) != 0:
            fail(
                "This Python cannot make a virtual environment.\n"
                "On Debian or Ubuntu: sudo apt install python3-venv"
            )
        say("Making .venv …")
        subprocess.check_call([python, "-m", "venv", VENV])
    stamp_path = os.path.join(VENV, ".escale-" + name)
    stamp = requirements_stamp(name)
    if os.path.exists(stamp_path):
        with open(stamp_path) as handle:
            if handle.read() == stamp:
                return
    say("Installing requirements/%s.txt …" % name)
    code = subprocess.call(
        [
            os.path.join(BIN, "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--no-deps",
            "-r",
            os.path.join(ROOT, "requirements", name + ".txt"),
        ]
    )
    if code != 0:
        fail("The installation failed: is the package index reachable? What pip said stands above.")
    with open(stamp_path, "w") as handle:
        handle.write(stamp)


def manage(*arguments, **options):
    command = [os.path.join(BIN, "python"), os.path.join(ROOT, "manage.py")] + list(arguments)
    if options.get("output"):
        return subprocess.check_output(command, cwd=ROOT, universal_newlines=True).strip()
    if subprocess.call(command, cwd=ROOT) != 0:
        fail("«manage.py %s» failed; what it said stands above." % " ".join(arguments))
    return None


def free_port(wanted):
    """Return the wanted port, or the next free one of the following twenty."""
    for port in range(wanted, wanted + 20):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            probe.close()
        if port != wanted:
            say(
                "Port %d is taken by another program: using %d. PORT=… make run chooses one." % (wanted, port)
            )
        return port
    fail("No free port from %d on: choose one with PORT=… make run" % wanted)
    return None


def prepare():
    """Make var/, the database and, on the first start, the demonstration."""
    for folder in ("", "broker", os.path.join("broker", "control"), "mail", "media"):
        path = os.path.join(VAR, folder)
        if not os.path.isdir(path):
            os.makedirs(path, 0o700)
    os.chmod(VAR, 0o700)
    manage("migrate", "--verbosity", "0")
    manage("createcachetable", "--verbosity", "0")
    marker = os.path.join(VAR, "demo-loaded")
    if not os.path.exists(marker) and os.environ.get("ESCALE_DEMO", "1") != "0":
        say("Loading the demonstration (ESCALE_DEMO=0 starts empty) …")
        manage("demo", "load")
        with open(marker, "w") as handle:
            handle.write("manage.py demo remove takes it away\n")


def supervise(commands):
    """Run programs side by side; the end of one, or a signal, ends them all in good order."""
    children = [(name, subprocess.Popen(command, cwd=ROOT)) for name, command in commands]
    asked = []

    def stop(number, _frame):
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    ended = None
    while not asked and ended is None:
        time.sleep(0.2)
        ended = next(((name, child) for name, child in children if child.poll() is not None), None)
    if ended and not asked:
        say("%s stopped with code %s: stopping the rest." % (ended[0], ended[1].returncode))
    for _name, child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.time() + STOP_SECONDS
    for _name, child in children:
        while child.poll() is None and time.time() < deadline:
            time.sleep(0.1)
        if child.poll() is None:
            child.kill()
            child.wait()
    return 0 if asked else (ended[1].returncode or 1)


def run():
    setup("base")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    port = free_port(int(os.environ.get("PORT", "8000")))
    base = os.environ.setdefault("ESCALE_BASE_URL", "http://127.0.0.1:%d" % port)
    prepare()
    link = manage("login_link", ORGANISER, "--create", "--name", "Claire", output=True)
    say("")
    say("  Escale            %s/" % base)
    say("  Mailbox           %s/mailbox/   (mails are kept here, none leaves this machine)" % base)
    say("  Organiser         %s" % link)
    say("")
    say("  Ctrl+C stops everything. Data is kept in %s." % os.path.relpath(VAR, os.getcwd()))
    say("")
    gunicorn = [
        os.path.join(BIN, "gunicorn"),
        "config.wsgi:application",
        "--bind",
        "127.0.0.1:%d" % port,
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "8",
        "--no-control-socket",
        "--log-level",
        "warning",
        "--worker-tmp-dir",
        VAR,
    ]
    celery = [
        os.path.join(BIN, "celery"),
        "-A",
        "config",
        "worker",
        "-B",
        "--pool=threads",
        "--concurrency=2",
        "--loglevel",
        "warning",
        "--schedule",
        os.path.join(VAR, "beat"),
        "--without-gossip",
        "--without-mingle",
    ]
    return supervise([("The web server", gunicorn), ("The worker", celery)])


def main(arguments):
    command = arguments[0] if arguments else "run"
    if command == "run":
        return run()
    if command == "setup":
        setup(arguments[1] if len(arguments) > 1 else "base")
        return 0
    if command == "exec" and len(arguments) > 2:  # noqa: PLR2004 - exec SET CMD
        setup(arguments[1])
        program = os.path.join(BIN, arguments[2])
        return subprocess.call([program] + arguments[3:], cwd=ROOT)
    fail(__doc__)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
