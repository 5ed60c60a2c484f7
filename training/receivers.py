"""What training adds when registrations and sessions change: it keeps its proofs, and refuses what would break them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.events import receives
from cycles.events import ScheduleChanged
from cycles.questions import against_deleting_cycle
from cycles.schedule.planning import PlanningError
from registrations import proofs
from registrations.events import AddressForgotten, RegistrationChanged, RegistrationsForgotten
from registrations.people.data.rights import further_parts

from . import kept
from .models import Document, PaperScan, Signature, TraineeFile
from .syllabus import versions

if TYPE_CHECKING:
    from collections.abc import Collection

    from cycles.models import Cycle
    from registrations.models import Participant

proofs.SOURCES.append(kept.SOURCE)


@receives(ScheduleChanged)
def keep_signed(event: ScheduleChanged) -> None:
    """Refuse to move, postpone or cancel a half-day for which somebody has signed."""
    change = event.change
    if (
        change.kind != change.Kind.RESTORED
        and Signature.objects.filter(registration__session=change.session_id).exists()
    ):
        raise PlanningError(
            _("People have signed for this half-day: its date and hours stand on their signatures, and stay.")
        )


@against_deleting_cycle.answer
def papers_are_proof(cycle: Cycle) -> str:
    """What was issued, or scanned, proves something as long as it is kept."""
    if (
        Document.objects.filter(cycle=cycle).exists()
        or PaperScan.objects.filter(session__cycle=cycle).exists()
    ):
        return _("Papers were issued for it, or scanned.")
    return ""


@receives(RegistrationChanged)
def keep_sheet(event: RegistrationChanged) -> None:
    """Note with which programme sheet a run is sold."""
    if event.kind not in ("requested", "confirmed"):
        return
    cycle = event.registration.cycle
    if cycle.module_id is not None:
        versions.keep(cycle, at=event.at)


@receives(RegistrationsForgotten)
def forget_registrations(event: RegistrationsForgotten) -> None:
    kept.forget(event.ids)


@receives(AddressForgotten)
def forget_person(event: AddressForgotten) -> None:
    """Forget what no proof needs of somebody who is erased, whose proofs stay."""
    ids = list(event.participant.cycle_registrations.values_list("pk", flat=True))
    TraineeFile.objects.filter(cycle_registration__in=ids).delete()
    kept.forget(ids)


@further_parts.answer
def copy(participant: Participant, cycles: Collection[int] | None) -> dict[str, Any]:
    return kept.copy(participant, cycles=cycles)
