"""People who have no e-mail address, entered by an organiser (docs/decisions/0183).

They stand on every list and export, and nothing is ever sent to them: `email` is empty, and `email_key` holds a text
that is no address. Within a cycle they are known by their name and organisation.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from registrations.models import CycleRegistration, Participant
from registrations.tables.headings import plain

if TYPE_CHECKING:
    from typing import Protocol

    from cycles.models import Cycle

    class Named(Protocol):
        @property
        def given_name(self) -> str: ...
        @property
        def family_name(self) -> str: ...
        @property
        def organisation_name(self) -> str: ...


def key() -> str:
    """Return what stands in `email_key` of somebody without an address: nobody else's, and no address."""
    return f"none:{uuid.uuid4()}"


def known_as(person: Named) -> str:
    """Return what two entries of one person have in common: the names in any order, and the organisation."""
    names = sorted(plain(f"{person.given_name} {person.family_name}").split())
    return f"{' '.join(names)}|{plain(person.organisation_name)}"


def in_cycle(cycle: Cycle) -> dict[str, CycleRegistration]:
    """Return {known_as: registration} of the people of a cycle who have no address; one query."""
    rows = (
        CycleRegistration.objects.filter(
            cycle=cycle,
            participant__email="",
            participant__erased_at=None,
            participant__anonymised_at=None,
        )
        .select_related("participant")
        .order_by("-pk")
    )
    # Of two with one name the older one counts.
    return {known_as(row.person): row for row in rows}


def find(cycle: Cycle, person: Named) -> Participant | None:
    """Return who stands in a cycle under this name and organisation without an address."""
    row = in_cycle(cycle).get(known_as(person))
    return row.participant if row is not None else None
