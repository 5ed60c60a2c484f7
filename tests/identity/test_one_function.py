"""No module compares addresses in a way of its own."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = (
    "accounts",
    "config",
    "cycles",
    "desk",
    "notifications",
    "registrations",
    "speakers",
    "surveys",
    "training",
)
FOLDING = r"iexact|casefold\(|\.lower\(\)|\.upper\(\)|Lower\(|Upper\(|LOWER\(|UPPER\("
ADDRESS = r"e?mail|address|@|domain|username"


def lines(pattern: str) -> list[str]:
    results = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name or name == "accounts/addresses/reading.py":
                continue
            written = path.read_text().splitlines()
            results += [f"{name}: {line.strip()}" for line in written if re.search(pattern, line)]
    return results


def test_addresses_are_folded_in_one_place_only() -> None:
    folding = [line for line in lines(FOLDING) if re.search(ADDRESS, line.partition(": ")[2], re.IGNORECASE)]
    # The database's own check that accounts hold the normal form.
    check = 'models.CheckConstraint(name="user_email_normal", condition=Q(email=Lower("email"))),'
    assert folding == [f"accounts/models.py: {check}"]


def test_every_field_of_a_form_reads_addresses_alike() -> None:
    assert lines(r"forms\.EmailField\(|validate_email") == []


def test_no_address_is_looked_up_whatever_its_case() -> None:
    assert lines(r"email\w*__(iexact|istartswith)|address__(iexact|istartswith)") == []
