"""Who is owed the joining instructions of a run.

From seven days before its first half-day until that begins, everybody who has a place is owed them once: whoever
registers later gets them at the next tick, and nobody can stop them. Another date or place makes them new: the key
names what they say, so that a change which is taken back sends nothing, and those that wait and are no longer true go.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import CharField, DateTimeField, F, Value
from django.db.models.functions import Cast, Concat

from cycles.content.editing import fingerprint
from cycles.models import Cycle, Session
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.models import Delivery
from notifications.plan import reminders
from registrations.models import CycleRegistration, State

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "joining_instructions"
STEP = reminders.Step(moment="local_time", day_delta=-7)
# No run whose first half-day is further away can be due: the step and a day for its hours.
AHEAD = dt.timedelta(days=9)


def owe_due(*, at: dt.datetime) -> int:
    """Owe what is due at `at`; return how many emails were new. One query while no run is near."""
    near = Session.objects.held().filter(
        cycle__kind=Cycle.Kind.RUN,
        cycle__status=Cycle.Status.PUBLISHED,
        cycle__sessions__starts_at__gt=at,
        cycle__sessions__starts_at__lt=at + AHEAD,
    )
    sessions = near.distinct().select_related("cycle").order_by("cycle", "starts_at", "pk")
    return sum(
        _owe(cycle, list(listed), at=at) for cycle, listed in groupby(sessions, key=lambda each: each.cycle)
    )


def due_at(sessions: Sequence[Session]) -> dt.datetime | None:
    """Return when they are due for the held sessions of a run, soonest first: seven days before, in opening hours."""
    first = sessions[0]
    if first.starts_at is None or first.ends_at is None:
        return None
    return reminders.window(
        STEP, starts_at=first.starts_at, ends_at=first.ends_at, zone=first.cycle.timezone
    ).due_at


def _owe(cycle: Cycle, sessions: Sequence[Session], *, at: dt.datetime) -> int:
    first, due = sessions[0], due_at(sessions)
    if due is None or due > at or first.starts_at is None or first.starts_at <= at:
        return 0
    prefix = f"joining:{cycle.pk}:{saying(sessions)}:"
    waiting = Delivery.objects.filter(kind=KIND, cycle_registration__cycle=cycle)
    ledger.skip(waiting.exclude(key__startswith=prefix), reason=Delivery.Reason.SUPERSEDED)
    people = CycleRegistration.objects.filter(cycle=cycle, state=State.CONFIRMED)
    # A change of dates may be taken back as long as its own notice waits.
    settled = max(session.revised_at for session in sessions) + planning.grace()
    moved = any(session.revision for session in sessions)
    return ledger.insert(
        people,
        {
            "key": Concat(Value(prefix), Cast("pk", CharField())),
            "kind": Value(KIND),
            "cycle_registration_id": F("pk"),
            "not_after": Value(first.starts_at, output_field=DateTimeField()),
        },
        at=at,
        leaves_at=max(at, settled) if moved else at,
    )


def saying(sessions: Sequence[Session]) -> str:
    """Return a short text that differs whenever the instructions would say another date, hour or place."""
    return fingerprint([(s.pk, s.starts_at, s.ends_at, s.modality, s.place, s.access) for s in sessions])[:16]
