"""What whoever keeps a sheet should know before they countersign it: hints, which decide nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import periods
from cycles.language import wording
from cycles.schedule import public_holidays

if TYPE_CHECKING:
    from cycles.models import Session
    from training.signing.queries import Trainee

SUNDAY = 6
# Signatures within one second of each other, from which on it is said.
AT_ONCE = 5
LATE = dt.timedelta(minutes=15)


def of(session: Session, people: list[Trainee], *, language: str) -> list[str]:
    """Return the hints for a sheet, in words."""
    results: list[str] = []
    if session.starts_at is None:
        return results
    day = session.starts_at.astimezone(session.zone).date()
    is_holiday = any(
        one.kind == "public" and not one.places for one in public_holidays.closures(day, language="fr")
    )
    if day.weekday() == SUNDAY or is_holiday:
        results.append(
            _("%(day)s is a Sunday or a public holiday: funders ask why a training was held on it.")
            % {"day": wording.long_date(day, language=language).capitalize()}
        )
    seconds = Counter(
        one.signature.signed_at.replace(microsecond=0) for one in people if one.signature is not None
    )
    together = max(seconds.values(), default=0)
    if together >= AT_ONCE:
        results.append(
            ngettext(
                "%(count)d person signed within one second: look whether they were there.",
                "%(count)d people signed within one second: look whether they were there.",
                together,
            )
            % {"count": together}
        )
    late = [
        one.name
        for one in people
        if one.signature is not None
        and one.note is None
        and one.signature.means in ("link", "room_code", "tablet")
        and one.signature.signed_at > session.starts_at + LATE
    ]
    if late:
        results.append(
            ngettext(
                "Signed more than %(late)s after the start, and counted from it: %(names)s.",
                "Signed more than %(late)s after the start, and counted from it: %(names)s.",
                len(late),
            )
            % {"late": periods.in_words(LATE), "names": ", ".join(late)}
        )
    return results
