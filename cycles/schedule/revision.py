"""What every change of a session has in common: refusals, reasons, the lock, the clock of calendars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from cycles.models import Session

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_REASON = 1000


class PlanningError(Exception):
    """A change that cannot be made; the message tells the organiser why and what to do, in their language."""


class StaleError(PlanningError):
    """Someone else changed the row after it was shown; `row` is what it is now. Nothing was written."""

    def __init__(self, row: Any) -> None:
        super().__init__(
            _("Someone else has changed this session in the meantime: nothing of yours was saved.")
            if isinstance(row, Session)
            else _("Someone else has changed this in the meantime: nothing of yours was saved.")
        )
        self.row = row


def reason_text(reason: LazyI18nString | Mapping[str, str] | str | None) -> LazyI18nString:
    """Return a reason as it is stored. Raises PlanningError when it is too long."""
    if isinstance(reason, LazyI18nString):
        text = reason
    else:
        # A plain text is given a language: alone it would be read as JSON, and "42" as a number.
        text = LazyI18nString(
            {settings.LANGUAGE_CODE: reason} if isinstance(reason, str) else dict(reason or {})
        )
    values = text.data.values() if isinstance(text.data, dict) else [text.data or ""]
    if any(len(value) > LONGEST_REASON for value in values):
        raise PlanningError(
            _("The reason is too long: keep it under %(limit)d characters.") % {"limit": LONGEST_REASON}
        )
    return text


def required_reason(reason: LazyI18nString | Mapping[str, str] | str, missing: str) -> LazyI18nString:
    """Return a reason that says something. Raises PlanningError with the words of `missing` otherwise."""
    text = reason_text(reason)
    if not str(text).strip():
        raise PlanningError(missing)
    return text


def next_revised_at(previous: dt.datetime | None, *, at: dt.datetime) -> dt.datetime:
    """Return an instant for `revised_at`: whole seconds, and at least one second after the previous one.

    Calendar clients compare LAST-MODIFIED by the second (shared page on calendars, decision 6).
    """
    moment = at.replace(microsecond=0)
    return moment if previous is None or moment > previous else previous + dt.timedelta(seconds=1)


def locked(session: Session, *, seen: dt.datetime | None) -> Session:
    """Return the session as the database has it now, locked until the transaction ends.

    Raises StaleError when its `revised_at` is no longer the one that was `seen` (None: not asked).
    """
    row = Session.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=session.pk)
    if seen is not None and row.revised_at != seen:
        raise StaleError(row)
    return row
