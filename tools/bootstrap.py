#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Everything that `make run` and `make test` do, with Python's standard library only.

    bootstrap.py run            set up on first use, then start the site and its worker
    bootstrap.py setup [SET]    make .venv and install requirements/SET.txt (base, dev or e2e)
    bootstrap.py exec SET CMD   set up, then run a command with .venv first on its path

Written so that an old Python can still read it and say what is wrong: no f-strings, no annotations.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

try:
    import ctypes
except ImportError:  # a Python built without it: nothing here needs it to work
    ctypes = None

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VAR = os.path.abspath(os.environ.get("ESCALE_VAR") or os.path.join(ROOT, "var"))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "bin")
NEEDED = (3, 11)
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")
SETS = ("base", "dev", "e2e")  # each holds the one before
ORGANISER = "claire@example.org"
START_SECONDS = 60
STOP_SECONDS = 75  # a worker finishes the mails in hand, for a minute at most
PORTS_TRIED = 20
# A program that ends sooner than this was never well: starting it again would not help.
WELL_AFTER_SECONDS = 15


def fail(message):
    sys.stderr.write("\n" + message + "\n")
    raise SystemExit(1)


def say(message=""):
    print(message)
    sys.stdout.flush()


def new_enough_python():
    """Return the path of a Python that is new enough: this one, or one that is found."""
    if sys.version_info >= NEEDED:
        return sys.executable
    probe = "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)"
    with open(os.devnull, "w") as nowhere:
        for name in CANDIDATES:
            path = shutil.which(name) if hasattr(shutil, "which") else None
            if path and subprocess.call([path, "-c", probe], stdout=nowhere, stderr=nowhere) == 0:
                return path
    return fail(
        "Escale needs Python 3.11 or newer; this is Python %s, and no newer one was found.\n"
        "On Debian 12 or Ubuntu 24.04: sudo apt install python3 python3-venv\n"
        "Elsewhere, name one: make PYTHON=/path/to/python3.12" % sys.version.split()[0]
    )


def stamp(name):
    """Return what must stand in .venv for a set to be installed: its lock and the Python, as a hash."""
    digest = hashlib.sha256(("%s %s" % (name, sys.version)).encode("utf-8"))
    with open(os.path.join(ROOT, "requirements", name + ".txt"), "rb") as handle:
        digest.update(handle.read())
    return digest.hexdigest()


def stamp_path(name):
    return os.path.join(VENV, ".escale-" + name)


def is_installed(name):
    """Say whether a set, or a larger one that holds it, is installed as it is locked now."""
    for larger in SETS[SETS.index(name) :]:
        if os.path.exists(stamp_path(larger)):
            with open(stamp_path(larger)) as handle:
                if handle.read() == stamp(larger):
                    return True
    return False


def make_venv():
    """Make .venv, or make it anew when it lost its Python or its pip (a half-made or outdated one)."""
    pip = [os.path.join(BIN, "python"), "-m", "pip", "--version"]
    with open(os.devnull, "w") as nowhere:
        if os.path.exists(pip[0]) and subprocess.call(pip, stdout=nowhere, stderr=nowhere) == 0:
            return
        if subprocess.call([sys.executable, "-c", "import ensurepip, venv"], stderr=nowhere) != 0:
            fail(
                "This Python (%s) cannot make a virtual environment.\n"
                "On Debian or Ubuntu: sudo apt install python3-venv" % sys.executable
            )
    say("Making .venv ...")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        fail("Could not make %s: what Python said stands above." % VENV)


def setup(name):
    """Make .venv and install a locked set by hash, only when the lock or the Python changed."""
    if name not in SETS:
        fail("There is no set of requirements named %s: take one of %s." % (name, ", ".join(SETS)))
    if os.name != "posix":
        fail("Escale runs on Linux, macOS and other Unix systems. On Windows, use WSL.")
    if sys.version_info < NEEDED:
        python = new_enough_python()
        os.execv(python, [python] + sys.argv)
    if is_installed(name):
        return
    make_venv()
    say("Installing requirements/%s.txt (about a minute) ..." % name)
    # Twice quiet: errors only. A machine's own settings of pip can name places that do not exist, and pip would warn
    # of each for each package; whatever stops the installation is an error, and is printed.
    command = [os.path.join(BIN, "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "--no-deps"]
    command += ["-r", os.path.join(ROOT, "requirements", name + ".txt")]
    if subprocess.call(command) != 0:
        fail(
            "The installation failed: what pip said stands above.\n"
            "Is the package index reachable, and is there room on the disk?"
        )
    with open(stamp_path(name), "w") as handle:
        handle.write(stamp(name))


def environment():
    """Return the environment of what runs inside .venv."""
    inside = dict(os.environ, VIRTUAL_ENV=VENV)
    inside["PATH"] = BIN + os.pathsep + inside.get("PATH", os.defpath)
    inside.pop("PYTHONHOME", None)
    return inside


def manage(*arguments):
    """Run a command of manage.py; return what it printed. Its errors go to the screen."""
    command = [os.path.join(BIN, "python"), os.path.join(ROOT, "manage.py")] + list(arguments)
    done = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, universal_newlines=True
    )
    output = done.communicate()[0].strip()
    if done.returncode != 0:
        fail("%s\n'manage.py %s' failed: what it said stands above." % (output, " ".join(arguments)))
    return output


def is_free(port):
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except (OSError, OverflowError):
        return False
    finally:
        probe.close()
    return True


def choose_port(wanted):
    """Return the port that was asked for (it must be free), or a free one from 8000 on."""
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            fail("PORT=%s is not a port: take a number from 1 to 65535." % wanted)
        if not is_free(int(wanted)):
            fail(
                "Port %s is taken by another program, or is not yours to use.\n"
                "Choose another (PORT=8123 make run), or none: a free one is then found." % wanted
            )
        return int(wanted)
    for port in range(8000, 8000 + PORTS_TRIED):
        if is_free(port):
            if port != 8000:
                say("Port 8000 is taken by another program: using %d. PORT=8123 make run chooses one." % port)
            return port
    return fail("No free port from 8000 on: choose one with PORT=8123 make run")


def prepare():
    """Make var/, the database and, on the first start, the demonstration."""
    for folder in ("", "mail", "media", "static"):
        path = os.path.join(VAR, folder)
        if not os.path.isdir(path):
            os.makedirs(path, 0o700)
    os.chmod(VAR, 0o700)
    manage("migrate", "--verbosity", "0")
    manage("createcachetable", "--verbosity", "0")
    marker = os.path.join(VAR, "demo-loaded")
    if not os.path.exists(marker) and os.environ.get("ESCALE_DEMO", "1") != "0":
        say("Loading the demonstration (ESCALE_DEMO=0 starts empty) ...")
        manage("demo", "load")
        with open(marker, "w") as handle:
            handle.write("manage.py demo remove takes it away\n")


def end_with_parent():
    """Ask Linux to end this program if the supervisor is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def supervise(commands, ready=None, well_after=WELL_AFTER_SECONDS):
    """Run programs side by side until a signal comes; return the exit code.

    A program that dies after it was well is started again; one that cannot start ends them all. `ready` is
    called again and again until it returns True. Signals are forwarded as SIGTERM: work in hand is finished.
    """
    asked = []
    running = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: asked.append(got))

    def start(name, command):
        # A session of its own: Ctrl+C reaches the supervisor only, and each program gets one signal, not two.
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            start_new_session=True,
            preexec_fn=end_with_parent if ctypes and sys.platform.startswith("linux") else None,  # noqa: PLW1509 - one thread
        )
        running[name] = (child, time.time())

    for name, command in commands:
        start(name, command)
    code = 0
    while not asked:
        time.sleep(0.1)
        if ready is not None and ready():
            ready = None
        for name, command in commands:
            child, since = running[name]
            if child.poll() is None or asked:
                continue
            if time.time() - since < well_after:
                say("%s stopped as it started (code %s): stopping the rest." % (name, child.returncode))
                code = 1
                asked.append(signal.SIGTERM)
            else:
                say("%s stopped (code %s): starting it again." % (name, child.returncode))
                start(name, command)
    stop([child for child, _since in running.values()], asked)
    return code


def stop(children, asked):
    """End programs in good order; by force after a while, or when a second signal asks for it."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    since = time.time()
    told = False
    for child in children:
        while child.poll() is None and time.time() - since < STOP_SECONDS and len(asked) < 2:
            time.sleep(0.05)
            if not told and time.time() - since > 2:
                say("Finishing the work in hand; Ctrl+C again stops at once.")
                told = True
        if child.poll() is None:
            child.kill()
            child.wait()


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def run():
    setup("base")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    port = choose_port(os.environ.get("PORT", ""))
    base = os.environ.setdefault("ESCALE_BASE_URL", "http://127.0.0.1:%d" % port)
    prepare()
    link = manage("login_link", ORGANISER, "--create", "--name", "Claire")
    sends = os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_BACKEND")

    def ready():
        if not answers(port):
            return False
        say()
        say("  Escale      %s/" % base)
        if sends:
            say("  Mail        is really sent, as EMAIL_URL or EMAIL_BACKEND says")
        else:
            say("  Mailbox     %s/mailbox/  (mails are kept here; none leaves this machine)" % base)
        say("  Organiser   %s" % link)
        say()
        say("  Ctrl+C stops everything. Data is kept in %s." % VAR)
        say()
        return True

    web = [os.path.join(BIN, "gunicorn"), "config.wsgi:application", "--bind", "127.0.0.1:%d" % port]
    web += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--no-control-socket"]
    web += ["--log-level", "warning", "--worker-tmp-dir", VAR]
    worker = [os.path.join(BIN, "python"), os.path.join(ROOT, "manage.py"), "send_due", "--loop"]
    return supervise([("The web server", web), ("The worker", worker)], ready)


def main(arguments):
    command = arguments[0] if arguments else "run"
    if command == "run" and len(arguments) < 2:
        return run()
    if command == "setup" and len(arguments) < 3:
        setup(arguments[1] if len(arguments) > 1 else "base")
        return 0
    if command == "exec" and len(arguments) > 2:
        setup(arguments[1])
        os.chdir(ROOT)
        inside = environment()
        os.execvpe(arguments[2], arguments[2:], inside)
    return fail(__doc__)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
