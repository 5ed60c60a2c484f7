"""Paths, rule numbers and decisions that code and documentation name exist: a reader who follows one finds it."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TRACKED = subprocess.run(
    ["git", "ls-files"],  # noqa: S607 - git from the PATH, as everywhere
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.split("\n")
FOLDERS = sorted({path.split("/")[0] for path in TRACKED if "/" in path})
# A path below one of the project's folders, with an ending; `<kind>` and `*` stand for any name,
# and so do words in capitals (requirements/SET.txt).
PATH = re.compile(
    r"(?<![\w/.@-])((?:" + "|".join(map(re.escape, FOLDERS)) + r")/"
    r"[\w<>*./-]+\.(?:py|md|html|txt|typ|toml|csv|css|js|yaml|png|sh))\b"
)
RULE = re.compile(r"(?<![\w-])R(\d{1,2})(?![\w-])")
DECISION = re.compile(r"(?:docs/decisions/|decisions/|[Dd]ecisions? )(\d{4})")


def comments(path: str) -> str:
    """Return the comments and docstrings of a module, a line each."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if not (PATH.search(text) or RULE.search(text) or DECISION.search(text)):
        return ""  # most modules: finding the comments takes much longer than this
    return "\n".join(
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        or (token.type == tokenize.STRING and token.string.lstrip("rR").startswith('"""'))
    )


def sources() -> list[tuple[str, str]]:
    """Return (path, prose): all pages of documentation, the comments of all code, and what the Makefile says."""
    prose = [(path, (ROOT / path).read_text(encoding="utf-8")) for path in TRACKED if path.endswith(".md")]
    prose += [("Makefile", (ROOT / "Makefile").read_text(encoding="utf-8"))]
    prose += [(path, comments(path)) for path in TRACKED if path.endswith(".py")]
    return prose


SOURCES = sources()


def exists(path: str) -> bool:
    pattern = re.sub(r"<\w+>|\b[A-Z]+\b", "*", path)
    return any(ROOT.glob(pattern))


def test_every_path_that_is_named_exists() -> None:
    missing = [
        (source, path)
        for source, text in SOURCES
        for path in PATH.findall(text)
        if not exists(path.rstrip("."))
    ]
    assert missing == []


def test_every_rule_that_is_cited_is_written_down() -> None:
    rules = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^\| R(\d{1,2}) \|", rules, re.MULTILINE))
    assert written == {str(number) for number in range(1, 14)}
    cited = [
        (source, number) for source, text in SOURCES for number in RULE.findall(text) if number not in written
    ]
    assert cited == []


def rooms_in_the_table() -> dict[str, str]:
    """Return what docs/architecture.md says of each app in its table of rooms."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    said: dict[str, str] = {}
    app = ""
    for line in page.split("| app | room | subject |\n")[1].split("\n\n")[0].splitlines()[1:]:
        _, first, *rest = line.split("|")
        app = first.strip() or app
        said[app] = said.get(app, "") + " ".join(rest)
    return said


def test_every_room_of_an_app_stands_in_the_table_of_rooms() -> None:
    rooms = rooms_in_the_table()
    not_rooms = {"data", "locale", "management", "migrations", "models", "templatetags"}
    missing = [
        f"{app}/{room}"
        for app, room in sorted({tuple(path.split("/")[:2]) for path in TRACKED if path.count("/") > 1})
        if app in rooms and room not in not_rooms and f"{room}/" not in rooms[app]
    ]
    assert missing == []


def test_every_decision_that_is_cited_is_there() -> None:
    there = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    cited = [
        (source, number)
        for source, text in SOURCES
        for number in DECISION.findall(text)
        if number not in there
    ]
    assert cited == []
