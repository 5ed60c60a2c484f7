"""Sessions added to a cycle: their reminders are planned, and people told, by the set.

The same number of statements for one session and a hundred, for ten people and a million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from cycles.models import Session
from cycles.schedule import planning
from notifications.delivery import ledger
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import planner
from registrations.models import CycleRegistration, Registration

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


def plan_added(session_ids: Collection[int]) -> None:
    """Plan the reminders of sessions that were just added; those that have a history are replanned."""
    sessions = list(Session.objects.filter(pk__in=session_ids).select_related("cycle"))
    fresh = [session for session in sessions if session.revision == 0 and session.is_held]
    steps = ReminderStep.objects.filter(
        cycle__in={session.cycle_id for session in fresh}, session=None, is_enabled=True
    )
    by_cycle: dict[int, list[ReminderStep]] = {}
    for step in steps:
        by_cycle.setdefault(step.cycle_id, []).append(step)
    Occurrence.objects.bulk_create(
        [
            Occurrence(
                session=session, revision=0, **planner.mailing(session, step, known_from=session.created_at)
            )
            for session in fresh
            for step in by_cycle.get(session.cycle_id, ())
        ],
        ignore_conflicts=True,
    )
    if moved := [session.pk for session in sessions if session.revision > 0]:
        planner.replan_all(moved)


def owe_added(cycle_id: int, *, session_ids: Collection[int], at: dt.datetime) -> int:
    """Owe one mail to everybody who got rows at added sessions; return how many were new.

    The mail lists what it finds as it leaves, so somebody for whom one waits already is owed no second.
    """
    joined = Registration.objects.live().filter(
        cycle_registration=OuterRef("pk"), session__in=session_ids, queued_at__gte=at
    )
    told = Delivery.objects.filter(
        kind="sessions_added", cycle_registration=OuterRef("pk"), state=Delivery.State.PENDING
    )
    people = CycleRegistration.objects.filter(Exists(joined), ~Exists(told), cycle=cycle_id)
    columns = {
        "key": Concat(Value(f"added:{int(at.timestamp())}:"), Cast("pk", CharField())),
        "kind": Value("sessions_added"),
        "cycle_registration_id": F("pk"),
    }
    return ledger.insert(people, columns, at=at, leaves_at=at + planning.grace())
