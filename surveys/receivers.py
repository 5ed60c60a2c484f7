"""What registrations that end, and people who ask for their data, cause here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.events import receives
from registrations.events import AddressForgotten, RegistrationsForgotten
from registrations.people.data.rights import further_parts

from . import keeping

if TYPE_CHECKING:
    from collections.abc import Collection

    from registrations.models import Participant


@receives(RegistrationsForgotten)
def forget_registrations(event: RegistrationsForgotten) -> None:
    keeping.forget(list(event.ids))


@receives(AddressForgotten)
def forget_person(event: AddressForgotten) -> None:
    """Forget what somebody said who is erased and whose registration stays with a proof."""
    keeping.forget(list(event.participant.cycle_registrations.values_list("pk", flat=True)))


@further_parts.answer
def copy(participant: Participant, cycles: Collection[int] | None) -> dict[str, Any]:
    return keeping.copy(participant, cycles=cycles)
