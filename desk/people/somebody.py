"""What the pages about one person share: finding them, who wanted something so, and whether they hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cycles.models import Cycle
    from registrations.models import CycleRegistration

LONGEST_REASON = 1000


def somebody(cycle: Cycle, pk: int, **also: None) -> CycleRegistration:
    """Return a registration of the cycle. Whoever was anonymised has no page any more; the place is only counted."""
    rows = cycle.registrations.filter(participant__anonymised_at=None, **also)
    result = get_object_or_404(rows.select_related("participant", "decided_by"), pk=pk)
    result.cycle = cycle
    return result


def removal(request: HttpRequest) -> dict[str, Any]:
    """Return whether the person asked for it; if not, what the organisers write to them."""
    as_asked = request.POST.get("who") == "person"
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]
    return {"as_asked": as_asked, "reason": "" if as_asked else reason}


def told(registration: CycleRegistration, outcome: str) -> str:
    """Return what was done, and whether the person hears of it."""
    if registration.participant.lacks_address:
        return f"{outcome} {_('The person has no email address: tell them yourself.')}"
    return f"{outcome} {_('The person is told by email.')}"
