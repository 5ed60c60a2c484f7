"""What a search found, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something found: what it is called, what is said of it, where it opens."""

    name: str
    about: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was found of one sort, the first few; `more` are the lists that have all of it, (name, address) each.

    Where not all are counted (`is_counted`), there are more than `count`.
    """

    title: str
    hits: tuple[Hit, ...]
    count: int
    more: tuple[tuple[str, str], ...] = ()
    is_counted: bool = True

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.hits)
