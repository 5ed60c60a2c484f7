"""Two people edited the same thing: what the first saved, beside what the second wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Said(Protocol):
    """A form that says what is written in each of its fields."""

    def say(self, name: str) -> str: ...

    def named(self) -> list[tuple[str, str]]: ...


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that the two versions disagree on."""

    label: str
    theirs: str
    yours: str


def differences(*, saved: Said, written: Said) -> list[Difference]:
    """Return every field in which what is saved now differs from what was just written."""
    return [
        Difference(label=label, theirs=theirs, yours=yours)
        for name, label in written.named()
        if (theirs := saved.say(name).replace("\r\n", "\n").strip())
        != (yours := written.say(name).replace("\r\n", "\n").strip())
    ]
