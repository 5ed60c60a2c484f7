"""A national network on one installation, made by the database itself: 2,000 cycles, a million registrations and mails.

One tenth of the cycles runs now; the others are of the nine years before, nine in ten of them archived. One cycle of
now has a third of all people. For PostgreSQL; `share` of 0.1 makes a tenth of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.management.color import no_style
from django.db import connection

from bench.crowd import copied

if TYPE_CHECKING:
    import datetime as dt

CYCLES, PEOPLE, PROGRAMMES = 2000, 300_000, 200
SESSIONS_A_CYCLE = 12
# Stops for which somebody registered: of the large cycle, and of the others.
STOPS_OF_THE_LARGE, STOPS = 4, 3
# Ids of what is made here begin after those of the rows that are copied.
FIRST = 1_000_000
LARGE = "cycle-1"


@dataclass(frozen=True)
class Size:
    """How many of each there are at a share of the whole."""

    cycles: int
    programmes: int
    people_of_the_large: int
    people_a_cycle: int

    @classmethod
    def of(cls, share: float) -> Size:
        cycles = max(int(CYCLES * share), 20)
        large = max(int(PEOPLE * share) // 3, 100)
        others = max(int(PEOPLE * share) - large, cycles) // (cycles - 1)
        return cls(cycles, max(int(PROGRAMMES * share), 2), large, max(others, STOPS))

    @property
    def sessions(self) -> int:
        return self.cycles * SESSIONS_A_CYCLE

    @property
    def people(self) -> int:
        return self.people_of_the_large + self.people_a_cycle * (self.cycles - 1)

    @property
    def registrations(self) -> int:
        return self.people_of_the_large * STOPS_OF_THE_LARGE + self.people_a_cycle * (self.cycles - 1) * STOPS


def load(*, share: float, at: dt.datetime) -> Size:
    """Fill an empty database; returns what it holds. The large cycle is `cycle-1`, of programme `programme-1`."""
    # Django must be set up before models and builders are imported.
    from notifications.models import Occurrence  # noqa: PLC0415
    from notifications.plan import defaults  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    size = Size.of(share)
    programme = make.programme(slug="copied")
    cycle = make.cycle(slug="copied", programme=programme)
    session = make.session(cycle=cycle, slug="copied", number=1, starts_at=at)
    slot = make.slot(session)
    place = make.registration(session=session)
    mail = make.delivery(place, state="sent")
    defaults.default_steps(cycle)
    step = cycle.reminder_steps.first()
    assert step is not None  # noqa: S101 - the line above made it
    mailing = Occurrence.objects.create(
        kind="reminder", step=step, session=session, revision=0, due_at=at, not_after=at, state="closed"
    )
    number = f"n + {FIRST}"
    last_first = f"{FIRST} + 1"
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    copied(
        programme,
        size.programmes,
        id=number,
        slug="'programme-' || n",
        title="""'{"fr": "Programme ' || n || '", "en": "Programme ' || n || '"}'""",
    )
    years = "(CASE WHEN (n - 1) %% 10 = 0 THEN 0 ELSE (n - 1) %% 10 END)"
    day = f"'{at:%Y-%m-%d}'::date"
    copied(
        cycle,
        size.cycles,
        id=number,
        slug="'cycle-' || n",
        programme_id=f"{FIRST} + 1 + (n - 1) %% {size.programmes}",
        title="""'{"fr": "Parcours ' || n || '", "en": "Journey ' || n || '"}'""",
        search_title="'parcours ' || n || ' journey ' || n",
        status=f"CASE WHEN {years} = 0 OR n %% 100 < 10 THEN 'published' ELSE 'archived' END",
        first_date=f"{day} - 365 * {years} - 180",
        last_date=f"{day} - 365 * {years} + 185",
    )
    cycle_of = f"(n - 1) / {SESSIONS_A_CYCLE}"
    stop_of = f"(n - 1) %% {SESSIONS_A_CYCLE}"
    start = (
        f"'{at.isoformat()}'::timestamptz + ({stop_of} - 6) * interval '30 days' + interval '3 days'"
        f" - (CASE WHEN {cycle_of} %% 10 = 0 THEN 0 ELSE {cycle_of} %% 10 END) * interval '365 days'"
        f" + ({cycle_of} %% 600) * interval '1 minute'"
    )
    copied(
        session,
        size.sessions,
        id=number,
        uid="gen_random_uuid()",
        cycle_id=f"{FIRST} + 1 + {cycle_of}",
        slug=f"'stop-' || ({stop_of} + 1)",
        number=f"{stop_of} + 1",
        title=f"""'{{"fr": "Étape ' || ({stop_of} + 1) || ' du parcours ' || ({cycle_of} + 1)
            || '", "en": "Stop ' || ({stop_of} + 1) || ' of journey ' || ({cycle_of} + 1) || '"}}'""",
        search_title=(
            f"'etape ' || ({stop_of} + 1) || ' du parcours ' || ({cycle_of} + 1)"
            f" || ' stop ' || ({stop_of} + 1) || ' of journey ' || ({cycle_of} + 1)"
        ),
        starts_at=start,
        ends_at=f"{start} + interval '90 minutes'",
        planned_date="NULL",
        shown_at="t.revised_at",
        shown_digest="'0'",
    )
    copied(slot.segment, size.sessions, id=number, session_id=number)
    copied(slot, size.sessions, id=number, segment_id=number)
    _steps(cycle.pk)
    large, others = size.people_of_the_large, size.people_a_cycle
    copied(
        place.participant,
        size.people,
        id=number,
        email="'p' || n || '@d' || (n %% 50) || '.example.org'",
        email_key="'p' || n || '@d' || (n %% 50) || '.example.org'",
        given_name="'Prénom' || (n %% 997)",
        family_name=f"'Nom' || (n * 7919::bigint %% {size.people})",
        organisation_name="'Association ' || (n %% 5003)",
        link_secret="'s' || n",  # noqa: S106 - unique, and nobody's
    )
    copied(
        place.cycle_registration,
        size.people,
        id=number,
        participant_id=number,
        cycle_id=f"CASE WHEN n <= {large} THEN {last_first} ELSE {last_first} + 1 + (n - {large} - 1) / {others} END",
        requested_at="t.requested_at + n * interval '1 second'",
    )
    # A person's stops are those in the middle of the season.
    person = (
        f"(CASE WHEN n <= {large * STOPS_OF_THE_LARGE} THEN (n - 1) %% {large} + 1"
        f" ELSE {large} + (n - {large * STOPS_OF_THE_LARGE} - 1) / {STOPS} + 1 END)"
    )
    in_cycle = (
        f"(CASE WHEN n <= {large * STOPS_OF_THE_LARGE} THEN 0"
        f" ELSE 1 + (n - {large * STOPS_OF_THE_LARGE} - 1) / {STOPS * others} END)"
    )
    stop = (
        f"(CASE WHEN n <= {large * STOPS_OF_THE_LARGE} THEN (n - 1) / {large}"
        f" ELSE (n - {large * STOPS_OF_THE_LARGE} - 1) %% {STOPS} END)"
    )
    at_session = f"{FIRST} + {in_cycle} * {SESSIONS_A_CYCLE} + 5 + {stop}"
    copied(
        place,
        size.registrations,
        id=number,
        participant_id=f"{FIRST} + {person}",
        cycle_registration_id=f"{FIRST} + {person}",
        session_id=at_session,
    )
    failed = "n %% 997 = 0"
    copied(
        mail,
        size.registrations,
        id=number,
        key="'rem:' || n",
        session_id=at_session,
        registration_id=number,
        cycle_registration_id=f"{FIRST} + {person}",
        participant_id=f"{FIRST} + {person}",
        to_address=f"'p' || {person} || '@d' || ({person} %% 50) || '.example.org'",
        domain=f"'d' || ({person} %% 50) || '.example.org'",
        state=f"CASE WHEN {failed} THEN 'failed' ELSE 'sent' END",
        sent_at=f"CASE WHEN {failed} THEN NULL ELSE t.sent_at END",
        next_at=f"'{at.isoformat()}'::timestamptz - interval '40 days' - (n %% 100000) * interval '1 minute'",
        created_at=f"'{at.isoformat()}'::timestamptz - interval '40 days' - (n %% 100000) * interval '1 minute'",
        **_cycle_of_mail(mail, in_cycle),
    )
    _mailings(mailing.pk, at=at)
    _finish()
    return size


def _cycle_of_mail(mail: object, in_cycle: str) -> dict[str, str]:
    return {"cycle_id": f"{FIRST} + 1 + {in_cycle}"} if hasattr(mail, "cycle_id") else {}


def _columns(table: str, *, without: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        result = connection.introspection.get_table_description(cursor, table)
    return [f'"{column.name}"' for column in result if column.name not in without]


def _steps(copied_cycle: int) -> None:
    """Give each cycle the reminder plan of the one that is copied."""
    names = _columns("notifications_reminderstep", without=("id", "cycle_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_reminderstep (cycle_id, {', '.join(names)}) "  # noqa: S608 - our own table
            f"SELECT c.id, {', '.join(f't.{name}' for name in names)} "
            "FROM notifications_reminderstep t, cycles_cycle c "
            "WHERE t.cycle_id = %s AND c.id > %s",
            [copied_cycle, FIRST],
        )


def _mailings(copied_mailing: int, *, at: dt.datetime) -> None:
    """Plan each line of each session: those that were due are finished."""
    own = ("id", "step_id", "session_id", "due_at", "not_after", "state", "kind")
    names = _columns("notifications_occurrence", without=own)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO notifications_occurrence
                (step_id, session_id, kind, due_at, not_after, state, {", ".join(names)})
            SELECT s.id, e.id, s.kind,
                e.starts_at + s.day_delta * interval '1 day', e.starts_at + interval '3 days',
                CASE WHEN e.starts_at < %s::timestamptz + interval '8 days' THEN 'closed' ELSE 'planned' END,
                {", ".join(f"t.{name}" for name in names)}
            FROM notifications_occurrence t, notifications_reminderstep s
            JOIN cycles_session e ON e.cycle_id = s.cycle_id
            WHERE t.id = %s AND s.is_enabled AND e.id > %s""",  # noqa: S608 - our own tables and columns
            [at, copied_mailing, FIRST],
        )


def _finish() -> None:
    """Let new rows come after these, and tell the database's planner how large the tables are."""
    from django.apps import apps  # noqa: PLC0415 - Django must be set up

    models = [
        m for m in apps.get_models() if m._meta.app_label in ("cycles", "registrations", "notifications")
    ]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
