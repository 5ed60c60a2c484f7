"""A code with its words: programs that read a person's copy get the code, the person gets the words."""

from __future__ import annotations

from typing import Self


class Coded(str):
    """A code, as JSON and comparisons see it; `words` is what a person reads for it."""

    __slots__ = ("words",)

    words: str

    def __new__(cls, code: str, words: object) -> Self:
        made = super().__new__(cls, code)
        made.words = str(words)
        return made
