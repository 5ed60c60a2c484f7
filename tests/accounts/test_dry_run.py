"""A write that is only looked at: what it would do is counted, and nothing of it stays."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.dry_run import dry_run
from accounts.models import AuditEntry
from cycles.models import Session, SessionChange, Topic
from cycles.schedule import planning
from notifications.models import Occurrence
from notifications.plan import defaults, planner
from tests import make

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 2, 10)


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_verb_itself_runs_and_nothing_of_it_stays(sessions: int) -> None:
    cycle = make.cycle()
    defaults.default_steps(cycle)
    rows = [make.session(cycle=cycle, starts_at=make.paris(2026, 11, 19 + n)) for n in range(sessions)]
    for row in rows:
        make.registration(session=row)
        planner.replan(row)
    before = [
        list(model.objects.order_by("pk").values())
        for model in (Session, SessionChange, Occurrence, AuditEntry)
    ]
    by = make.user()
    result = dry_run(lambda: planning.cancel_all(cycle, reason="Grève", by=by, at=AT))
    assert [change.session for change in result.result] == rows
    assert result.created["cycles_sessionchange"] == sessions
    assert result.created["accounts_auditentry"] == sessions + 1
    assert result.changed["cycles_session"] >= sessions
    assert result.deleted.total() == 0
    assert [
        list(model.objects.order_by("pk").values())
        for model in (Session, SessionChange, Occurrence, AuditEntry)
    ] == before


def test_rows_are_counted_one_by_one_and_together() -> None:
    def write() -> str:
        Topic.objects.create(slug="a", name={"fr": "A"})
        Topic.objects.bulk_create([Topic(slug=f"t{n}", name={"fr": "T"}) for n in range(3)])
        Topic.objects.bulk_create([Topic(slug="a", name={"fr": "A"})], ignore_conflicts=True)
        Topic.objects.filter(slug__startswith="t").update(kind="x")
        Topic.objects.filter(slug="t1").delete()
        return "done"

    result = dry_run(write)
    assert result.result == "done"
    table = "cycles_topic"
    assert (result.created[table], result.changed[table], result.deleted[table]) == (4, 3, 1)
    assert not Topic.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_happens_after_it_and_what_it_raises_passes_through() -> None:
    done: list[str] = []

    def write() -> None:
        Topic.objects.create(slug="a", name={"fr": "A"})
        transaction.on_commit(lambda: done.append("committed"))

    dry_run(write)
    with transaction.atomic():
        dry_run(write)
        transaction.on_commit(lambda: done.append("around it"))
    assert done == ["around it"]

    def refuse() -> None:
        write()
        msg = "no"
        raise planning.PlanningError(msg)

    with pytest.raises(planning.PlanningError, match="no"):
        dry_run(refuse)
    assert (done, Topic.objects.count()) == (["around it"], 0)
