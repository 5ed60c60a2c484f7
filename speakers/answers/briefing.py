"""Writing the practical notes of a session, and its rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from i18nfield.strings import LazyI18nString

from accounts import journal
from cycles.models import Session
from speakers.models import Briefing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User

LONGEST_NOTES = 3000
USUAL_MINUTES = 30


def write(
    session: Session,
    *,
    notes: Mapping[str, str],
    rehearsal_starts_at: dt.datetime | None,
    rehearsal_minutes: int,
    by: User | None,
    at: dt.datetime,
) -> Briefing:
    """Keep notes by language, and when the rehearsal is (an aware instant, or None)."""
    with journal.entry("speaker.brief", session, by=by, at=at):
        Session.objects.select_for_update().get(pk=session.pk)
        row = Briefing.objects.filter(session=session).first() or Briefing(session=session)
        before = (row.rehearsal_starts_at, row.rehearsal_minutes)
        row.notes = LazyI18nString(dict(notes)) if notes else ""
        row.rehearsal_starts_at, row.rehearsal_minutes = rehearsal_starts_at, rehearsal_minutes
        if row.pk is not None and before != (rehearsal_starts_at, rehearsal_minutes):
            row.revision += 1
        row.revised_at = at
        row.save()
        return row
