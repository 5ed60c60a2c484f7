"""The locks: everything by hash, nothing about where it came from, each set inside the larger one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parent.parent.parent / "requirements"
PINNED = re.compile(r"([a-z0-9-]+)==(\S+)( ; .+)? \\")


def pins(name: str) -> dict[str, str]:
    """Return what a lock holds: name to version."""
    return {
        match[1]: match[2]
        for line in (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
        if (match := PINNED.fullmatch(line))
    }


@pytest.mark.parametrize("name", ["base", "dev", "e2e"])
def test_every_line_is_a_pin_or_its_hash(name: str) -> None:
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    hashes = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not PINNED.fullmatch(line) and not hashes.fullmatch(line)] == []


@pytest.mark.parametrize(("small", "large"), [("base", "dev"), ("dev", "e2e")])
def test_a_larger_set_holds_the_smaller_one(small: str, large: str) -> None:
    assert pins(small).items() <= pins(large).items()


def asked(name: str) -> set[str]:
    """Return the packages that a set asks for by name."""
    lines = (REQUIREMENTS / f"{name}.in").read_text().splitlines()
    return {re.split(r"[\[<>=~ ]", line)[0].lower() for line in lines if line and line[0] not in "#-"}


@pytest.mark.parametrize("name", ["base", "dev", "e2e"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    assert asked(name) - set(pins(name)) == set()


def test_each_line_of_base_says_why() -> None:
    lines = (REQUIREMENTS / "base.in").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#") and "  # " not in line] == []
