"""Why no mail leaves at the moment, if it does not, and how much waits: for the pages that say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifications.delivery import ledger, restored
from notifications.delivery.run import sending
from notifications.models import Heartbeat
from notifications.transport import trouble

if TYPE_CHECKING:
    import datetime as dt


def facts(*, at: dt.datetime) -> dict[str, Any]:
    """Return what `templates/desk/status/_pause.html` says: the pause in force, what is due, the server's no."""
    marks = (sending.PAUSED, sending.TRANSPORT, trouble.TROUBLE)
    beats = {beat.name: beat for beat in Heartbeat.objects.filter(name__in=marks)}
    resting = (beats.get(name) for name in (sending.PAUSED, sending.TRANSPORT))
    pause = next((beat for beat in resting if beat and beat.at > at), None)
    is_restored = pause is not None and restored.is_reason_of(pause)
    return {
        "trouble": _trouble(beats.get(trouble.TROUBLE)),
        "pause": pause,
        "is_restored": is_restored,
        "overdue": restored.overdue(at=at).count() if is_restored else 0,
    }


def is_by_hand(*, at: dt.datetime) -> bool:
    """Tell whether somebody has paused all mail, or a restored backup has."""
    return Heartbeat.objects.filter(name=sending.PAUSED, at__gt=at).exists()


def due(*, at: dt.datetime) -> int:
    """Return how many mails of the whole site would leave now."""
    return ledger.due_count(at=at)


def _trouble(beat: Heartbeat | None) -> dict[str, str] | None:
    """Return why the mail server refuses us, in words; None when nothing is known to be wrong."""
    if beat is None:
        return None
    result = trouble.read(beat)
    return {"why": trouble.ground_in_words(result.ground), "reply": result.reply}
