"""What rooms and apps above add to the evidence of a run: they answer, and are not known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.questions import Question

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from cycles.models import Cycle


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something that a run lacks: a sentence, whom it is about, and where it is seen to (a path; empty: nowhere)."""

    words: str
    names: tuple[str, ...] = ()
    url: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the archive. `content` gives its bytes when it is asked, piece by piece: never all files at once.

    `name` is a path of ASCII letters, figures, ".", "-", "_" and "/", 100 signs at most.
    """

    name: str
    about: str
    content: Callable[[], Iterable[bytes]]


# What does a run lack at a moment?
further_needs: Question[[Cycle, dt.datetime], list[Need]] = Question()
# Which files prove it besides its sheets, papers and lists?
further_parts: Question[[Cycle], list[Part]] = Question()
