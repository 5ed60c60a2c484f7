"""A database of version 0.1.0 with data, brought up to date on PostgreSQL: every row, address, link and mail is kept.

`escale-0.1.0.sql.gz` was written by `pg_dump` from the last commit before 0.2.0 was declared (bf90a09).
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psycopg
import pytest
from django.db import connection

from tests.preloaded import ROOT
from tools import services

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.django_db]

DUMP = Path(__file__).with_name("escale-0.1.0.sql.gz")
# The private calendar of p0@asso.test in that database.
FEED_TOKEN = "Kg20zXFieAeEtLIyNz_-pJ97FLqpjDlSCRrU3OHKxGA"
TABLES = (
    "accounts_user",
    "cycles_programme",
    "cycles_membership",
    "cycles_cycle",
    "cycles_session",
    "cycles_segment",
    "cycles_speakerslot",
    "registrations_participant",
    "registrations_cycleregistration",
    "registrations_registration",
    "registrations_feedtoken",
    "notifications_reminderstep",
    "notifications_occurrence",
    "notifications_delivery",
    "notifications_deliveryevent",
)
# What people, programs and mail servers hold: none of it may change.
HELD = {
    "uids": "SELECT slug, uid::text FROM cycles_session ORDER BY pk",
    "addresses": "SELECT slug FROM cycles_cycle UNION ALL SELECT slug FROM cycles_session ORDER BY 1",
    "secrets": "SELECT email, link_secret FROM registrations_participant ORDER BY email",
    "tokens": "SELECT token_hash FROM registrations_feedtoken ORDER BY 1",
    "mails": "SELECT key, state, reason, sent_at, next_at FROM notifications_delivery ORDER BY key",
    "seats": "SELECT session_id, participant_id, state FROM registrations_registration ORDER BY id",
}
LOOK = """
import json
from django.test import Client
from notifications.models import Delivery
client = Client()
print(json.dumps({
    "pages": [client.get(path).status_code for path in (
        "/fr/", "/fr/cycles/tour/", "/fr/cycles/autre/", "/fr/cycles/tour/escale-1/", "/fr/cycles/tour.ics",
        "/fr/calendar/TOKEN.ics", "/sitemap.xml", "/fr/programmes/",
    )],
    "cycles": sorted((key, slug) for key, slug in Delivery.objects.filter(key__startswith="kept:").values_list(
        "key", "cycle__slug")),
}))
"""


@pytest.fixture
def upgraded() -> Iterator[tuple[psycopg.Connection[Any], dict[str, str], dict[str, Any]]]:
    """The old database before (counts and what is held), then migrated; in a database of its own."""
    parts = connection.settings_dict
    server = f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}"
    name = f"upgrade_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            psql = [
                services.program("psql"),
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                "--dbname",
                f"{server}/{name}",
            ]
            subprocess.run(
                psql, input=gzip.decompress(DUMP.read_bytes()), check=True, stdout=subprocess.DEVNULL
            )
            environment = os.environ | {
                "DATABASE_URL": f"{server}/{name}",
                "REDIS_URL": "",
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
            }
            with psycopg.connect(f"{server}/{name}", autocommit=True) as database:
                before = look(database)
                command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
                subprocess.run(command, cwd=ROOT, env=environment, check=True)
                yield database, environment, before
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def look(database: psycopg.Connection[Any]) -> dict[str, Any]:
    """Return the number of rows of each table, and what is held outside."""
    counts = {
        table: cast("Any", database.execute(f"SELECT count(*) FROM {table}").fetchone())[0]  # noqa: S608 # type: ignore[call-overload]  # our own names
        for table in TABLES
    }
    return {"counts": counts} | {
        name: database.execute(query.replace("ORDER BY pk", "ORDER BY id")).fetchall()
        for name, query in HELD.items()
    }


@pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="a dump of PostgreSQL"
)
def test_an_upgrade_keeps_every_row_address_link_and_mail(
    upgraded: tuple[psycopg.Connection[Any], dict[str, str], dict[str, Any]],
) -> None:
    database, environment, before = upgraded
    assert before["counts"]["notifications_delivery"] > 6
    assert look(database) == before
    code = f"import django\ndjango.setup()\n{LOOK.replace('TOKEN', FEED_TOKEN)}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout) == {
        "pages": [200] * 8,
        "cycles": [[key, "tour"] for key in (*(f"kept:{n}" for n in range(6)), "kept:whole")],
    }
    # Found by the search without being saved again; and the next migration has nothing left to do.
    assert database.execute("SELECT DISTINCT search_title FROM cycles_cycle").fetchall() == [
        ("the tour in 12 stages le tour en 12 etapes",)
    ]
    check = [sys.executable, "manage.py", "migrate", "--check"]
    assert (
        subprocess.run(check, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL).returncode
        == 0
    )
