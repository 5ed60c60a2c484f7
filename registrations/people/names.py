"""The name under which the organisers of a cycle know somebody.

Until the person confirms in that cycle, organisers see what was typed there, by them or on the form, and nothing of
what the same person said elsewhere on the site: anybody can type anybody's address. From then on they see what the
person says of themselves. See docs/decisions/0090.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.collation import Alphabetical, alphabetical

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from registrations.models import CycleRegistration, Participant

COLUMNS = ("given_name", "family_name", "organisation_name")
# The columns of CycleRegistration that hold what was typed; all empty: the person's own are shown.
TYPED = tuple(f"typed_{name}" for name in COLUMNS)


@dataclass(frozen=True, kw_only=True)
class KnownAs:
    """Somebody as the organisers of a cycle may see them."""

    given_name: str
    family_name: str
    organisation_name: str
    email: str

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


def typed(source: Any) -> dict[str, Any]:
    """Return the columns for what was typed, from anything that has a name and an organisation."""
    return {f"typed_{name}": getattr(source, name) for name in COLUMNS}


def known_as(row: CycleRegistration) -> KnownAs:
    """Return who a registration is of, for the organisers of its cycle; its participant was fetched with it."""
    own = row.participant
    names = {
        name: getattr(row, f"typed_{name}") if row.has_typed_name else getattr(own, name) for name in COLUMNS
    }
    return KnownAs(**names, email=own.email)


def follows(path: str = "") -> Q:
    """Return the condition that the person's own name is shown; `path` leads to the cycle registration."""
    return Q(**{f"{path}typed_given_name": "", f"{path}typed_family_name": ""})


def shown(path: str = "") -> dict[str, Case | Alphabetical]:
    """Return {shown_family_name: expression, …}: the columns to order by, whatever is shown of each person.

    `shown_sort`, then `shown_given_sort`, is what lists go by: the alphabetical order of the family name, or of the
    only name that somebody gave.
    """
    columns = _shown(path)
    family = NullIf(columns["shown_family_name"], Value(""))
    given = columns["shown_given_name"]
    return columns | {
        "shown_sort": alphabetical(Coalesce(family, given)),
        "shown_given_sort": alphabetical(given),
    }


def _shown(path: str) -> dict[str, Case]:
    return {
        f"shown_{name}": Case(
            When(follows(path), then=F(f"{path}participant__{name}")), default=F(f"{path}typed_{name}")
        )
        for name in COLUMNS
    }


def own_holds(spelling: str) -> Q:
    """Return the condition on people that a text stands in their name or organisation."""
    return _any_holds(COLUMNS, spelling)


def typed_holds(spelling: str) -> Q:
    """Return the condition on cycle registrations that a text stands in what was typed there."""
    return _any_holds(TYPED, spelling)


def _any_holds(columns: tuple[str, ...], spelling: str) -> Q:
    result = Q()
    for name in columns:
        result |= Q(**{f"{name}__icontains": spelling})
    return result


def forget_typed(rows: QuerySet[CycleRegistration]) -> int:
    """Show the person's own name from now on, and return on how many registrations it was not shown.

    They confirmed there, or were told who sees it and saved it.
    """
    return rows.exclude(follows()).update(**dict.fromkeys(TYPED, ""))


def known_in(participant: Participant, *, cycles: Collection[int]) -> KnownAs:
    """Return somebody as the organisers of several cycles may see them: their own name once it is shown in one."""
    rows = list(participant.cycle_registrations.filter(cycle__in=cycles).order_by("-requested_at", "-pk"))
    for row in rows:
        row.participant = participant
    return known_as(_best(rows))


def _best(rows: Iterable[CycleRegistration]) -> CycleRegistration:
    return min(rows, key=lambda row: row.has_typed_name)
