"""Noticing that the database was put back from a backup: it does not know what was sent since.

The database keeps a mark of where it lives. After a restore it lives elsewhere: in another cluster, on another
timeline, in a table that was made again, in another file. Then all mail is paused until a person says what becomes
of the mails that fell due meanwhile. See docs/decisions/0042.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from notifications.models import Delivery, Heartbeat

from . import ledger

if TYPE_CHECKING:
    from django.db.models import QuerySet

HOME, PAUSED = "home", "paused"
# A database that no backup can bring back.
IN_MEMORY = "memory"
# What stands in a pause's detail instead of a name.
BECAUSE = "restored"
# A pause has no end of its own: a person ends it.
FOR_EVER = dt.timedelta(days=3650)
KNOWN = "SELECT detail FROM notifications_heartbeat WHERE name = 'home'"
# pg_restore makes the table again, a copy in another cluster has another number, a recovery to a point in time
# begins another timeline. Dumping, vacuuming and upgrading Escale change none of them.
PLACE = """(pg_control_system()).system_identifier || ':' || (pg_control_checkpoint()).timeline_id || ':'
    || 'notifications_delivery'::regclass::oid::bigint"""


def look(*, at: dt.datetime) -> bool:
    """Pause all mail when the database has been restored since it last looked; tell whether it has. One query."""
    known, here = _places()
    if known == here:
        return False
    has_moved = known not in (None, IN_MEMORY) and here != IN_MEMORY
    if has_moved:
        # First the pause: whoever dies between the two finds the change again.
        _beat(PAUSED, at=at + FOR_EVER, detail=BECAUSE)
    _beat(HOME, at=at, detail=here)
    return has_moved


def _beat(name: str, *, at: dt.datetime, detail: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at, "detail": detail})


def _places() -> tuple[str | None, str]:
    """Return where the database last lived, as far as it knows, and where it lives now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT ({KNOWN}), {PLACE}")
            known, here = cursor.fetchone()
            return known, here
        cursor.execute(KNOWN)
        row = cursor.fetchone()
    return row[0] if row else None, _file()


def _file() -> str:
    """Return the number of SQLite's file, which a copy put in its place does not have."""
    path = Path(str(connection.settings_dict["NAME"]))
    return str(path.stat().st_ino) if path.exists() else IN_MEMORY


def is_reason_of(pause: Heartbeat) -> bool:
    return pause.name == PAUSED and pause.detail == BECAUSE


def overdue(*, at: dt.datetime) -> QuerySet[Delivery]:
    """Return the mails that may have left before the database was restored: those that are due by now."""
    return Delivery.objects.filter(state=Delivery.State.PENDING, next_at__lte=at)


def set_aside(*, at: dt.datetime) -> int:
    """Do not send what is overdue; each mail says why, and can be sent by hand. Return how many."""
    return ledger.skip(overdue(at=at), reason=Delivery.Reason.RESTORED)
