"""What a run and its half-days are called on papers: module, number, place. Legal papers are in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cycles.models import Cycle, Module, Session


def french(text: Any) -> str:
    """Return a text of the site in French, or in the language it has."""
    return str(text.localize("fr")) if hasattr(text, "localize") else str(text)


def module(cycle: Cycle) -> Module | None:
    """Return what a run teaches; None for a cycle that is no run of a module."""
    return cycle.module


def number(cycle: Cycle) -> int:
    """Return which run of its module a cycle is."""
    return cycle.run_number or 1


def title(cycle: Cycle) -> str:
    taught = module(cycle)
    return french(taught.title if taught else cycle.title)


def code(cycle: Cycle) -> str:
    """Return the short name of what is taught."""
    taught = module(cycle)
    return (taught.slug if taught else cycle.slug).upper()


def place(session: Session) -> str:
    return french(session.place)


def modality(session: Session) -> str:
    """Return how people take part: online, on_site or hybrid."""
    return str(session.modality)
