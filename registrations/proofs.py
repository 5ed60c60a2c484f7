"""What proves something and must outlive its registration: the apps above say which rows, and until when.

A source is asked, not told: it answers for the registrations that may not be deleted or made nobody's, for the sessions
whose attendance is closed, and with what a person who is erased reads about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable

    from django.db.models import QuerySet

    from .models import Participant


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Something that an erasure leaves, in words, and until which day."""

    what: str
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class Source:
    """Each answers with primary keys, as a query: of cycle registrations, of registrations, of sessions."""

    cycle_registrations: Callable[[], QuerySet[Any, Any]]
    registrations: Callable[[], QuerySet[Any, Any]]
    closed_sessions: Callable[[], QuerySet[Any, Any]]
    kept: Callable[[Participant, Collection[int] | None, dt.datetime], list[Proof]]


SOURCES: list[Source] = []


def of_cycle_registrations() -> Q:
    """Return the condition that a cycle registration is named by a proof."""
    return _any(Q(pk__in=source.cycle_registrations()) for source in SOURCES)


def of_registrations(path: str = "pk") -> Q:
    """Return the condition that a registration carries a proof."""
    return _any(Q(**{f"{path}__in": source.registrations()}) for source in SOURCES)


def of_sessions(path: str = "pk") -> Q:
    """Return the condition that who came to a session is settled for good, unless that is undone first."""
    return _any(Q(**{f"{path}__in": source.closed_sessions()}) for source in SOURCES)


def is_closed(session_id: int) -> bool:
    return any(source.closed_sessions().filter(session=session_id).exists() for source in SOURCES)


def kept(participant: Participant, *, cycles: Collection[int] | None, at: dt.datetime) -> list[Proof]:
    """Return what of a person's proofs an erasure would leave."""
    return [proof for source in SOURCES for proof in source.kept(participant, cycles, at)]


def _any(conditions: Iterable[Q]) -> Q:
    result = Q(pk__in=[])
    for condition in conditions:
        result |= condition
    return result
