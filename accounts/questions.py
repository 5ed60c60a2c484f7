"""Questions: how an app asks the apps above it, which it cannot import, for an answer.

A question stands by name in the app that asks it, and every app that has something to say answers it. It writes
nothing. What has changed is told by an event (`accounts.events`), which gets no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class Question(Generic[P, R]):
    """A question with the signature and the result that each of its answers has."""

    def __init__(self) -> None:
        self._answers: list[Callable[P, R]] = []

    def answer(self, function: Callable[P, R]) -> Callable[P, R]:
        """Register a function as one of those that answer (a decorator)."""
        self._answers.append(function)
        return function

    def ask(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Return every answer, in the order in which the apps are installed."""
        return [function(*args, **kwargs) for function in self._answers]
