"""What other apps' changes cause here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver
from django.utils.translation import gettext

from cycles.schedule.planning import PlanningError
from cycles.signals import session_leaving, speakers_changed

from .models import SpeakerConsent
from .people import contacts

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Session


@receiver(speakers_changed, dispatch_uid="speakers.speakers_changed")
def know_contacts(*, session_id: int, at: dt.datetime, **_: Any) -> None:
    contacts.of_session(session_id, at=at)


@receiver(session_leaving, dispatch_uid="speakers.session_leaving")
def keep_proofs(*, session: Session, **_: Any) -> None:
    """Refuse to delete what somebody agreed to: it is the proof of what was shown."""
    if SpeakerConsent.objects.filter(session=session).exists():
        raise PlanningError(
            gettext(
                "Speakers decided about its recording or their slides: cancel it instead, so that the proof stays."
            )
        )
