"""Many people registered for one session, made by the database itself: for the benchmark and the chaos run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from django.db.models import Model

    from cycles.models import Session

SERIES = {
    "postgresql": "SELECT generate_series(1, %s) AS n",
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %s) SELECT n FROM s",
}


def copied(row: Model, count: int, **different: str) -> None:
    """Insert `count` copies of a row; `different` gives SQL over n for the columns that must differ."""
    table = row._meta.db_table
    columns = [str(field.column) for field in row._meta.concrete_fields]
    quote = connection.ops.quote_name
    values = [different.get(name, f"t.{quote(name)}") for name in columns]
    series = SERIES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, columns))}) "  # noqa: S608 - our own table and expressions
            f"SELECT {', '.join(values)} FROM {table} t, ({series}) AS series WHERE t.id = %s",
            [count, row.pk],
        )


def register(session: Session, people: int, *, domains: int = 50) -> None:
    """Register so many people for a session, spread over a few mail domains."""
    from tests import make  # noqa: PLC0415 - Django must be set up

    seat = make.registration(session=session)
    person, place = seat.participant, seat.cycle_registration
    number = 1000 + max(person.pk, place.pk, seat.pk)
    address = f"'p' || (n + {number}) || '@d' || (n %% {domains}) || '.example.org'"
    new: dict[str, Any] = {"id": f"n + {number}"}
    secret = f"'s' || (n + {number})"
    copied(person, people - 1, email=address, email_key=address, link_secret=secret, **new)
    copied(place, people - 1, participant_id=f"n + {number}", **new)
    copied(
        seat,
        people - 1,
        participant_id=f"n + {number}",
        cycle_registration_id=f"n + {number}",
        **new,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
