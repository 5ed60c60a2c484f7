"""When a person's private calendar changed: what every write that its feed shows says of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, F, Value, When

# LAST-MODIFIED has whole seconds, and programs skip an event whose own did not rise.
ONE_SECOND = dt.timedelta(seconds=1)


def raised(*, at: dt.datetime) -> dict[str, Any]:
    """Return the columns of a participant to update: the next version, dated a second after the last one at least."""
    later = Case(
        When(feed_changed_at__gt=at - ONE_SECOND, then=F("feed_changed_at") + ONE_SECOND), default=Value(at)
    )
    return {"version": F("version") + 1, "feed_changed_at": later}
