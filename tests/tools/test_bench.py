"""The bare sites that the benchmarks compare with still start: the benchmarks themselves run in no test."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.preloaded import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ASK = """
import sys
from config.wsgi import application
answers = []
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": sys.argv[1], "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
environ |= {"wsgi.url_scheme": "http", "wsgi.input": sys.stdin.buffer, "REMOTE_ADDR": "127.0.0.1"}
body = b"".join(application(environ, lambda status, headers, *_: answers.append(status)))
print(answers[0], body.decode()[:15])
"""


@pytest.mark.parametrize(
    ("settings", "path", "answer"),
    [
        ("bench.bare_settings", "/bare/", "200 OK ok"),
        ("bench.floor_settings", "/floor/done/", "200 OK <!doctype html>"),
    ],
)
def test_a_bare_site_starts(tmp_path: Path, settings: str, path: str, answer: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "ESCALE_VAR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", ASK, path]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input="", capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1:] == [answer], done.stderr
