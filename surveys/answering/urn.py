"""How answers without a name are mixed so that none can be told from the others. Pure: neither Django nor a clock.

What is said is {"tallies": {question: {value: how many}}, "texts": {question: [texts in the order of the alphabet]}}.
Answers are mixed five at a time: the first ones, and each four that follow, are held back until a fifth comes, or until
nobody can answer any more. So whoever looks again sees what five people said, never what one said since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fewer are never shown.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Heap:
    """What some people said, without who said what."""

    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Heap:
        """Return what a row holds; an empty one holds nothing."""
        return cls(
            tallies={name: dict(counts) for name, counts in said.get("tallies", {}).items()},
            texts={name: tuple(texts) for name, texts in said.get("texts", {}).items()},
        )

    @classmethod
    def of(cls, values: Mapping[str, str], texts: Mapping[str, str]) -> Heap:
        """Return what one person says, by question: what is counted, and texts."""
        return cls(
            tallies={name: {value: 1} for name, value in values.items()},
            texts={name: (text,) for name, text in texts.items()},
        )

    def plus(self, other: Heap) -> Heap:
        """Return both mixed: no order is left but that of the alphabet."""
        tallies: dict[str, dict[str, int]] = {name: dict(counts) for name, counts in self.tallies.items()}
        for name, counts in other.tallies.items():
            known = tallies.setdefault(name, {})
            for value, count in counts.items():
                known[value] = known.get(value, 0) + count
        names = self.texts.keys() | other.texts.keys()
        return Heap(
            tallies={name: dict(sorted(tallies[name].items())) for name in sorted(tallies)},
            texts={
                name: tuple(sorted((*self.texts.get(name, ()), *other.texts.get(name, ()))))
                for name in sorted(names)
            },
        )

    def written(self) -> dict[str, Any]:
        """Return it as a row holds it."""
        return {
            "tallies": {name: dict(counts) for name, counts in self.tallies.items()},
            "texts": {name: list(texts) for name, texts in self.texts.items()},
        }


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """How many have answered, what may be read of it, and what waits."""

    count: int = 0
    waiting_count: int = 0
    shown: Heap = field(default_factory=Heap)
    waiting: Heap = field(default_factory=Heap)


def add(before: Mixed, said: Heap) -> Mixed:
    """Return the urn with what one more person said in it."""
    waiting, count = before.waiting.plus(said), before.waiting_count + 1
    if count < FEWEST:
        return Mixed(count=before.count + 1, waiting_count=count, shown=before.shown, waiting=waiting)
    return Mixed(count=before.count + 1, shown=before.shown.plus(waiting))


def readable(urn: Mixed, *, is_over: bool) -> tuple[int, Heap]:
    """Return of how many people's answers what may be read is made, and it; nothing of fewer than five.

    `is_over`: nobody can answer any more, so that nothing is told by a difference.
    """
    if urn.count < FEWEST:
        return 0, Heap()
    if is_over:
        return urn.count, urn.shown.plus(urn.waiting)
    return urn.count - urn.waiting_count, urn.shown
