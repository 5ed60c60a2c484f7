#!/usr/bin/env python3
"""Say what no page, command, task or setting uses: nothing is kept alive by its test alone.

    dead_code.py     exits with 1 when there is anything, one line each

vulture reads the sources without the tests. What it cannot see is looked up by name: words of templates, dotted
paths in strings (settings, addresses), and what Django, Celery, allauth and Anymail call by a name of theirs.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vulture import Vulture

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "accounts",
    "config",
    "cycles",
    "desk",
    "notifications",
    "registrations",
    "speakers",
    "surveys",
    "training",
    "web",
)
# Whose own code is run by hand, but which use the sources.
USERS = ("bench", "tools", "gunicorn.conf.py", "manage.py")
# vulture marks what a name alone decides with 60; attributes and variables are mostly Django's.
KINDS = ("class", "function", "method", "property", "import")
# Called by a name of theirs: by Django, Celery, allauth, Anymail, i18nfield and the standard library.
CALLED_BY_NAME = (
    "Command",
    "Meta",
    "add_arguments",
    "as_postgresql",
    "as_sql",
    "as_sqlite",
    "authenticate_by_email",
    "clean",
    "clean_*",
    "formatTime",
    "formfield_for_dbfield",
    "generate_authenticator_name",
    "get_by_natural_key",
    "get_full_name",
    "get_short_name",
    "handle",
    "is_open_for_signup",
    "latest_post_date",
    "process_view",
    "ready",
    "save",
    "send_mail",
    "to_url",
    "validate",
    "_cull",
    "*Config",
)
# Registered where they stand.
REGISTERED = ("@*.answer", "@*register*", "@receives", "@receiver", "@shared_task", "@*.connect")


def words_of_templates() -> set[str]:
    files = (path for suffix in ("html", "txt", "ics") for path in ROOT.glob(f"templates/**/*.{suffix}"))
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


def dotted_paths() -> Iterator[str]:
    """Yield the last part of every dotted path in a string, such as a middleware or a task."""
    for name in SOURCES:
        for path in (ROOT / name).glob("**/*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and re.fullmatch(r"\w+(\.\w+)+", text):
                    yield text.rpartition(".")[2]


def main() -> int:
    vulture = Vulture(ignore_names=list(CALLED_BY_NAME), ignore_decorators=list(REGISTERED))
    vulture.scavenge([str(ROOT / name) for name in (*SOURCES, *USERS)], exclude=["*/migrations/*"])
    named = words_of_templates() | set(dotted_paths())
    unused = [
        item
        for item in vulture.get_unused_code(min_confidence=60)
        if item.typ in KINDS
        and item.name not in named
        and Path(item.filename).relative_to(ROOT).parts[0] in SOURCES
    ]
    for item in unused:
        print(
            f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.typ} {item.name} is not used"
        )
    return int(bool(unused))


if __name__ == "__main__":
    sys.exit(main())
