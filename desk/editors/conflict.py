"""Two people edited the same thing: what the first saved, beside what the second wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .fields import ContentForm


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field that the two versions disagree on."""

    label: str
    theirs: str
    yours: str


def differences(*, saved: ContentForm, written: ContentForm) -> list[Difference]:
    """Return every field in which what is saved now differs from what was just written."""
    return [
        Difference(label=label, theirs=theirs, yours=yours)
        for name, label in written.named()
        if (theirs := saved.say(name).replace("\r\n", "\n").strip())
        != (yours := written.say(name).replace("\r\n", "\n").strip())
    ]
