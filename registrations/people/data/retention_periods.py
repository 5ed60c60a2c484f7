"""How long personal data are kept: the table of docs/retention.md as dates. Months are calendar months."""

from __future__ import annotations

import calendar
import datetime as dt

from django.conf import settings


def months(moment: dt.datetime, count: int) -> dt.datetime:
    """Return the same day `count` months later (earlier if negative), the last of the month where it is missing."""
    index = moment.year * 12 + moment.month - 1 + count
    year, month = divmod(index, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def since(name: str, at: dt.datetime) -> dt.datetime:
    """Return the moment before which what the rule `name` is about is no longer kept at `at`."""
    kept = settings.ESCALE_RETENTION[name]
    if name.endswith("_days"):
        return at - dt.timedelta(days=kept)
    return months(at, -kept)


def proofs_since(at: dt.datetime) -> dt.datetime:
    return since("proofs_months", at)


def proof_until(ended_at: dt.datetime) -> dt.datetime:
    """Return until when the proof of a training that ended at `ended_at` is kept."""
    return months(ended_at, settings.ESCALE_RETENTION["proofs_months"])
