"""Rows and places by the set: one statement however many sessions and people are concerned.

Every caller is a verb of `booking`, inside its transaction, which locked first: the cycle, then the sessions
that count places in the order of their ids, then the cycle registration. So nobody waits in a ring.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Value, When

from accounts import periods
from cycles.models import Cycle, Session
from registrations.models import CycleRegistration, Registration, State

from . import seating

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

CYCLES = Cycle._meta.db_table
SESSIONS = Session._meta.db_table
PEOPLE = CycleRegistration._meta.db_table
ROWS = Registration._meta.db_table
TICK = dt.timedelta(microseconds=1)

# Where places are counted the row waits, behind everybody who came before: clocks of two processes may differ,
# the order in which they got the lock does not.
FAN_OUT = f"""
INSERT INTO {ROWS}
    (participant_id, session_id, cycle_registration_id, state, queued_at, confirmed_at, is_opt_out)
SELECT person.participant_id, session.id, person.id,
    CASE WHEN session.capacity IS NULL THEN 'confirmed' ELSE 'waitlisted' END,
    CASE WHEN session.capacity IS NULL THEN %(at)s ELSE {{greatest}}(%(at)s, COALESCE(
        (SELECT MAX(earlier.queued_at) FROM {ROWS} earlier WHERE earlier.session_id = session.id), %(at)s)) END,
    CASE WHEN session.capacity IS NULL THEN %(at)s END,
    FALSE
FROM {PEOPLE} person JOIN {SESSIONS} session ON session.cycle_id = person.cycle_id
WHERE {{people}} AND {{sessions}} AND session.status IN ('tentative', 'confirmed') AND session.ends_at > %(at)s
ORDER BY person.confirmed_at, person.id, session.id
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 - table names of our own
# The head of each queue: never more rows than there are free places.
HEADS = f"""
SELECT id, session_id, cycle_registration_id, queued_at, free, starts_at FROM (
    SELECT waiting.*, counted.starts_at,
        ROW_NUMBER() OVER (PARTITION BY waiting.session_id ORDER BY waiting.queued_at, waiting.id) AS place,
        counted.capacity - counted.taken AS free
    FROM {ROWS} waiting JOIN (
        SELECT session.id, session.capacity, session.starts_at,
            (SELECT COUNT(*) FROM {ROWS} held
             WHERE held.session_id = session.id AND held.state IN ('confirmed', 'offered')) AS taken
        FROM {SESSIONS} session WHERE session.id IN ({{ids}})
    ) counted ON counted.id = waiting.session_id
    WHERE waiting.state = 'waitlisted'
) queue WHERE free IS NULL OR place <= free ORDER BY session_id, place
"""  # noqa: S608 - table names of our own


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a cycle takes people: its own places, how long one is offered, whether an organiser decides."""

    capacity: int | None
    offer_hours: int | None
    needs_approval: bool


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A place that went to somebody who waited: theirs, or offered to them until `offer_ends_at`."""

    id: int
    cycle_registration_id: int
    offer_ends_at: dt.datetime | None


def moment(at: dt.datetime) -> Any:
    """Return an instant as a statement written by hand takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def _instant(value: dt.datetime | str) -> dt.datetime:
    """Return an instant as a statement written by hand gives it: SQLite keeps it in UTC, without saying so."""
    read = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read


def _placeholders(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def hold_cycle(cycle_id: int, *, alone: bool = False) -> Terms:
    """Keep sessions from being added to the cycle until this transaction ends; return its terms.

    A shared lock: people who confirm do not wait for each other. Without it somebody who confirms while
    sessions are being added could miss them. A cycle that counts places itself is locked for one at a time, as
    it is for whoever asks to be `alone`. SQLite has one writer at a time anyway.
    """
    statement = f"SELECT capacity, offer_hours, registration_mode FROM {CYCLES} WHERE id = %s"  # noqa: S608 - our own table
    row = None
    with connection.cursor() as cursor:
        if connection.features.has_select_for_update:
            if not alone:
                cursor.execute(f"{statement} AND capacity IS NULL FOR SHARE", [cycle_id])
                row = cursor.fetchone()
            statement += " FOR UPDATE"
        if row is None:
            cursor.execute(statement, [cycle_id])
            row = cursor.fetchone()
    capacity, offer_hours, mode = row
    return Terms(
        capacity=capacity, offer_hours=offer_hours, needs_approval=mode == Cycle.RegistrationMode.APPROVAL
    )


def lock_counted(cycle_id: int, *, at: dt.datetime) -> list[int]:
    """Lock the cycle's sessions that count places and have not ended; return their ids.

    Always in the order of their ids, so that two people never wait for each other.
    """
    counted = (
        Session.objects.select_for_update(of=("self",))
        .held()
        .filter(cycle_id=cycle_id, ends_at__gt=at, capacity__isnull=False)
        .order_by("pk")
    )
    return list(counted.values_list("pk", flat=True))


def fan_out(people: Collection[int], *, at: dt.datetime, only: Collection[int] | None = None) -> list[int]:
    """Give each of these cycle registrations a row at every session that it wants and that has not ended.

    `only` names the sessions instead, whatever was wanted. Existing rows are left as they are: an opt-out is
    never undone, and it can run any number of times. Where places are counted the row waits; `seat` decides.
    Returns the new rows.
    """
    if not people or (only is not None and not only):
        return []
    return _fan_out("person.id", people, at=at, only=only)


def fan_out_standing(cycle_id: int, *, sessions: Collection[int], at: dt.datetime) -> list[int]:
    """Give everybody who is registered for the whole cycle a row at these sessions; return the new rows.

    A row that exists is left as it is: somebody who declined the session stays out of it.
    """
    standing = "person.state = 'confirmed' AND person.scope = 'all' AND person.cycle_id"
    return _fan_out(standing, [cycle_id], at=at, only=sessions)


def _fan_out(who: str, keys: Collection[int], *, at: dt.datetime, only: Collection[int] | None) -> list[int]:
    is_postgresql = connection.vendor == "postgresql"
    ticked = (
        "person.requested_session_ids @> to_jsonb(session.id)"
        if is_postgresql
        else "EXISTS (SELECT 1 FROM json_each(person.requested_session_ids) one WHERE one.value = session.id)"
    )
    parameters: dict[str, Any] = {"at": moment(at)}
    parameters |= {f"who{n}": key for n, key in enumerate(keys)}
    people = f"{who} IN ({', '.join(f'%(who{n})s' for n in range(len(keys)))})"
    sessions = f"(person.scope = 'all' OR {ticked})"
    if only is not None:
        parameters |= {f"only{n}": key for n, key in enumerate(only)}
        sessions = f"session.id IN ({', '.join(f'%(only{n})s' for n in range(len(only)))})"
    statement = FAN_OUT.format(
        greatest="GREATEST" if is_postgresql else "MAX", people=people, sessions=sessions
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return sorted(pk for (pk,) in cursor.fetchall())


def is_undone(cancelled_at: dt.datetime | None, *, at: dt.datetime) -> bool:
    """Tell whether taking back at `at` what was given up undoes a mistake, so that the rank in a queue is kept."""
    return cancelled_at is not None and at - cancelled_at <= periods.length("grace")


def revive(rows: QuerySet[Registration], *, at: dt.datetime) -> list[int]:
    """Bring cancelled rows back; those of counted sessions wait for `seat`.

    They go to the end of the queue, except those that were given up a moment ago: a mistake that is undone keeps
    its rank. Whoever got the place meanwhile keeps it.
    """
    gone = rows.filter(
        state=State.CANCELLED,
        session__status__in=(Session.Status.TENTATIVE, Session.Status.CONFIRMED),
        session__ends_at__gt=at,
    )
    back = dict(gone.values_list("pk", "session_id"))
    if not back:
        return []
    last = Registration.objects.filter(session__in=back.values()).aggregate(last=Max("queued_at"))["last"]
    is_uncounted = Exists(Session.objects.filter(pk=OuterRef("session_id"), capacity=None))
    Registration.objects.filter(pk__in=back).update(
        state=Case(When(is_uncounted, then=Value(State.CONFIRMED)), default=Value(State.WAITLISTED)),
        queued_at=Case(
            When(cancelled_at__gte=at - periods.length("grace"), then=F("queued_at")),
            default=Value(max(at, last + TICK), output_field=DateTimeField()),
        ),
        confirmed_at=Case(
            When(is_uncounted, then=Value(at, output_field=DateTimeField())), default=F("confirmed_at")
        ),
        cancelled_at=None,
        is_opt_out=False,
    )
    return sorted(back)


def seat(
    sessions: Collection[int], *, offer_hours: int | None, at: dt.datetime, own: Iterable[int] = ()
) -> list[Passed]:
    """Give the free places of these locked sessions to those who wait longest; return who got one.

    `own` are cycle registrations that are asking just now: they need no offer, a place is theirs at once.
    """
    if not sessions:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HEADS.format(ids=_placeholders(sessions)), list(sessions))
        heads = cursor.fetchall()
    queues: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in heads:
        queues[row[1]].append(row)
    asking = set(own)
    passed = []
    for queue in queues.values():
        free, starts_at = queue[0][4], _instant(queue[0][5])
        requests = [seating.Request(id=row[0], queued_at=_instant(row[3])) for row in queue]
        seated = set(seating.allocate(free, requests).seated)
        ends_at = seating.offer_ends(at=at, hours=offer_hours, starts_at=starts_at)
        passed += [
            Passed(id=pk, cycle_registration_id=person, offer_ends_at=None if person in asking else ends_at)
            for pk, _session, person, *_ in queue
            if pk in seated
        ]
    _write(Registration.objects.all(), passed, at=at)
    return passed


def _write(rows: QuerySet[Any], passed: list[Passed], *, at: dt.datetime) -> None:
    """Write who sits and who is offered a place: one statement for each way and end of an offer."""
    by_end: dict[dt.datetime | None, list[int]] = defaultdict(list)
    for one in passed:
        by_end[one.offer_ends_at].append(one.id)
    for ends_at, ids in by_end.items():
        if ends_at is None:
            rows.filter(pk__in=ids).update(state=State.CONFIRMED, confirmed_at=at)
        else:
            rows.filter(pk__in=ids).update(state=State.OFFERED, offer_ends_at=ends_at)


def has_room(cycle_id: int, *, capacity: int) -> bool:
    """Tell whether a locked cycle has a place that nobody waits for."""
    rows = CycleRegistration.objects.filter(cycle=cycle_id)
    live = rows.filter(state__in=(State.CONFIRMED, State.OFFERED, State.WAITLISTED))
    return live.order_by().values("pk")[:capacity].count() < capacity


def last_in_queue(cycle_id: int) -> dt.datetime | None:
    """Return when the last person joined the cycle's waiting list, today's and past ones."""
    last: dt.datetime | None = CycleRegistration.objects.filter(cycle=cycle_id).aggregate(
        last=Max("queued_at")
    )["last"]
    return last


def pass_cycle_places(cycle_id: int, *, terms: Terms, at: dt.datetime) -> list[Passed]:
    """Give the free places of a locked cycle to those who wait for it longest; return who got one.

    Their sessions are for the caller: whoever has a place gets rows, whoever is offered one does not yet.
    """
    ahead = Session.objects.filter(cycle=cycle_id).upcoming(at=at)
    queue = CycleRegistration.objects.filter(cycle=cycle_id, state=State.WAITLISTED).order_by(
        "queued_at", "pk"
    )
    starts_at = ahead.order_by("-starts_at").values_list("starts_at", flat=True).first()
    if starts_at is None:
        return []
    if terms.capacity is not None:
        taken = CycleRegistration.objects.filter(
            cycle=cycle_id, state__in=(State.CONFIRMED, State.OFFERED)
        ).count()
        queue = queue[: max(terms.capacity - taken, 0)]
    ends_at = seating.offer_ends(at=at, hours=terms.offer_hours, starts_at=starts_at)
    passed = [
        Passed(id=pk, cycle_registration_id=pk, offer_ends_at=ends_at)
        for pk in queue.values_list("pk", flat=True)
    ]
    _write(CycleRegistration.objects.all(), passed, at=at)
    return passed
