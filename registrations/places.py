"""Rows and seats by the set: one statement however many sessions and people are concerned.

Every caller is a verb of `booking`, inside its transaction, with the sessions that count places locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, Value, When

from cycles.models import Cycle, Session

from . import seating
from .models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet

COLUMNS = (
    "participant_id",
    "session_id",
    "cycle_registration_id",
    "state",
    "queued_at",
    "confirmed_at",
    "is_opt_out",
)


def hold_cycle(cycle_id: int) -> None:
    """Keep sessions from being added to the cycle until this transaction ends; wait for one that adds some.

    A shared lock: people who confirm do not wait for each other. Without it somebody who confirms while
    sessions are being added could miss them. SQLite has one writer at a time anyway.
    """
    if connection.features.has_select_for_update:
        table = connection.ops.quote_name(Cycle._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR SHARE", [cycle_id])  # noqa: S608 - no input


def lock_counted(cycle_id: int, *, at: dt.datetime) -> dict[int, int]:
    """Lock the cycle's sessions that count places and have not ended; return {session id: places}.

    Always in the order of their ids, so that two people never wait for each other.
    """
    counted = (
        Session.objects.select_for_update(of=("self",))
        .held()
        .filter(cycle_id=cycle_id, ends_at__gt=at, capacity__isnull=False)
        .order_by("pk")
    )
    return {session.pk: session.capacity or 0 for session in counted.only("pk", "capacity")}


def fan_out(
    registrations: QuerySet[CycleRegistration], *, at: dt.datetime, only: Collection[int] | None
) -> None:
    """Give each cycle registration a row for every held session that has not ended (or `only` these).

    Existing rows are left as they are: an opt-out is never undone, and it can run any number of times.
    Where places are counted the row waits; `seat` then decides.
    """
    if only is not None and not only:
        return
    uncounted = Q(cycle__sessions__capacity=None)
    wanted = Q(
        cycle__sessions__status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED),
        cycle__sessions__ends_at__gt=at,
    )
    if only is not None:
        wanted &= Q(cycle__sessions__in=list(only))
    rows = (
        registrations.filter(wanted)
        .annotate(
            row_state=Case(When(uncounted, then=Value(State.CONFIRMED)), default=Value(State.WAITLISTED)),
            row_queued_at=Value(at, output_field=DateTimeField()),
            row_confirmed_at=Case(
                When(uncounted, then=Value(at, output_field=DateTimeField())),
                default=None,
                output_field=DateTimeField(),
            ),
            row_is_opt_out=Value(value=False),
        )
        .order_by("confirmed_at", "pk", "cycle__sessions__pk")
        .values_list(
            "participant_id",
            "cycle__sessions__pk",
            "pk",
            "row_state",
            "row_queued_at",
            "row_confirmed_at",
            "row_is_opt_out",
        )
    )
    select, parameters = rows.query.sql_with_params()
    quoted = connection.ops.quote_name
    table = quoted(Registration._meta.db_table)
    columns = ", ".join(quoted(column) for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) {select} ON CONFLICT DO NOTHING",
            parameters,
        )


def revive(rows: QuerySet[Registration], *, at: dt.datetime) -> None:
    """Bring cancelled rows back, at the end of the queue; those of counted sessions wait for `seat`."""
    uncounted = Exists(Session.objects.filter(pk=OuterRef("session_id"), capacity=None))
    rows.filter(
        state=State.CANCELLED,
        session__status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED),
        session__ends_at__gt=at,
    ).update(
        state=Case(When(uncounted, then=Value(State.CONFIRMED)), default=Value(State.WAITLISTED)),
        queued_at=at,
        confirmed_at=Case(
            When(uncounted, then=Value(at, output_field=DateTimeField())), default=F("confirmed_at")
        ),
        cancelled_at=None,
        is_opt_out=False,
    )


def seat(counted: dict[int, int], *, at: dt.datetime) -> list[Registration]:
    """Give the free places of the locked sessions to those who wait longest; return the rows promoted."""
    if not counted:
        return []
    taken = dict(
        Registration.objects.seated()
        .filter(session__in=counted)
        .order_by()
        .values_list("session_id")
        .annotate(Count("pk"))
    )
    free = {pk: places - taken.get(pk, 0) for pk, places in counted.items()}
    with_room = [pk for pk, places in free.items() if places > 0]
    if not with_room:
        return []
    waiting = Registration.objects.filter(session__in=with_room, state=State.WAITLISTED)
    queues: dict[int, dict[int, Registration]] = {pk: {} for pk in with_room}
    for row in waiting:
        queues[row.session_id][row.pk] = row
    promoted = []
    for session_id, queue in queues.items():
        requests = [seating.Request(id=row.pk, queued_at=row.queued_at) for row in queue.values()]
        promoted += [queue[pk] for pk in seating.allocate(free[session_id], requests).seated]
    if promoted:
        Registration.objects.filter(pk__in=[row.pk for row in promoted]).update(
            state=State.CONFIRMED, confirmed_at=at
        )
    return promoted
