"""What training adds when registrations and sessions change: it keeps its proofs, and refuses what would break them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from cycles.schedule.planning import PlanningError
from cycles.signals import session_changed
from registrations import proofs
from registrations.signals import address_forgotten, copy_asked, registrations_forgotten

from . import kept
from .models import Signature, TraineeFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from cycles.models import SessionChange
    from registrations.models import Participant

proofs.SOURCES.append(kept.SOURCE)


@receiver(session_changed, dispatch_uid="training.keep_signed")
def keep_signed(*, change: SessionChange, **_more: Any) -> None:
    """Refuse to move, postpone or cancel a half-day for which somebody has signed."""
    if (
        change.kind != change.Kind.RESTORED
        and Signature.objects.filter(registration__session=change.session_id).exists()
    ):
        raise PlanningError(
            _("People have signed for this half-day: its date and hours stand on their signatures, and stay.")
        )


@receiver(registrations_forgotten, dispatch_uid="training.forget_registrations")
def forget_registrations(*, ids: list[int], **_more: Any) -> None:
    kept.forget(ids)


@receiver(address_forgotten, dispatch_uid="training.forget_person")
def forget_person(*, participant: Participant, **_more: Any) -> None:
    """Forget what no proof needs of somebody who is erased, whose proofs stay."""
    ids = list(participant.cycle_registrations.values_list("pk", flat=True))
    TraineeFile.objects.filter(cycle_registration__in=ids).delete()
    kept.forget(ids)


@receiver(copy_asked, dispatch_uid="training.copy")
def copy(*, participant: Participant, cycles: Collection[int] | None, **_more: Any) -> dict[str, Any]:
    return kept.copy(participant, cycles=cycles)
