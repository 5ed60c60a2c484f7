"""A migration that has landed is never edited: a database that ran it would not be what the code expects."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LANDED = Path(__file__).with_name("landed_migrations.txt")


def test_every_migration_is_as_it_landed() -> None:
    """A new migration adds its line (`sha256sum */migrations/0*.py` shows it); no line ever changes."""
    lines = (line.split("  ") for line in LANDED.read_text(encoding="ascii").splitlines())
    landed = {path: digest for digest, path in lines}
    files = {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in ROOT.glob("*/migrations/0*.py")
    }
    assert files == landed
