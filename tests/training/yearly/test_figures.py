"""What the yearly report reads: countersigned half-days of the year, by the clock of their place."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cycles.models import Session
from tests import make
from tests.training import build
from training.models import RunSettings, RunSyllabus, TraineeFile
from training.signing.sheet import freezing
from training.syllabus import versions
from training.yearly import engagements, figures

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
AT = make.paris(2027, 1, 15)


def year(run: build.Run, of: int = 2026) -> figures.Year:
    return figures.year([run.programme], of=of, at=AT)


def total(found: figures.Year, frame: str) -> tuple[int, int]:
    line = found.frames.total(frame)
    return line.people, line.minutes


def holes(found: figures.Year) -> dict[str, int]:
    return {hole.kind: hole.count for hole in found.holes}


def test_only_countersigned_half_days_count() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    build.all_sign(run, run.afternoon)
    build.countersign(run.morning)
    found = year(run)
    assert (total(found, "F-1"), holes(found)) == (
        (0, 0),
        {"half_days": 1, "kind": 3, "goal": 3, "speciality": 3},
    )
    for owner in run.people:
        TraineeFile.objects.create(cycle_registration=owner, kind="e")
    assert total(year(run), "F-1") == (3, 630)
    build.countersign(run.afternoon)
    assert total(year(run), "F-1") == (3, 1260)
    assert holes(year(run)) == {"goal": 3, "speciality": 3}


def test_aim_and_speciality_are_those_of_the_sheet_that_the_run_was_sold_with() -> None:
    run = build.run()
    module = run.cycle.module
    assert module is not None
    versions.save(module, values=build.SHEET, seen=None, by=None, at=make.AT)
    RunSyllabus.objects.create(
        cycle=run.cycle, syllabus=versions.publish(module, by=None, at=make.AT), kept_at=make.AT
    )
    build.finished(run)
    engagements.write(run.programme, values={"MARC  exemple": "internal"}, by=None, at=AT)
    for owner in run.people:
        TraineeFile.objects.create(cycle_registration=owner, kind="a")
    found = year(run)
    assert {line.code: line.people for line in found.frames.of("F-3") if line.people} == {"d": 3, "total": 3}
    assert {line.code: line.people for line in found.frames.of("F-4") if line.people} == {
        "343": 3,
        "total": 3,
    }
    assert found.trainers == (("Marc Exemple", "internal", 420),)
    assert (found.is_complete, found.is_remote) == (True, False)
    engagements.write(run.programme, values={"Marc Exemple": ""}, by=None, at=AT)
    assert year(run).is_complete is False


def test_a_run_across_new_year_counts_in_both_by_the_clock_of_its_place() -> None:
    run = build.run()
    # 23:30 UTC on 31 December is 1 January in Paris.
    start = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    Session.objects.filter(pk=run.afternoon.pk).update(starts_at=start, ends_at=start + dt.timedelta(hours=2))
    for session in (run.morning, run.afternoon):
        session.refresh_from_db()
        build.all_sign(run, session)
        build.countersign(session)
    for owner in run.people:
        TraineeFile.objects.create(cycle_registration=owner, kind="a")
    assert [total(year(run, of), "F-1") for of in (2025, 2026, 2027)] == [(0, 0), (3, 630), (3, 360)]
    assert figures.years([run.programme]) == [2027, 2026]


def test_information_sessions_never_count() -> None:
    run = build.run()
    build.finished(run)
    webinar = make.session(cycle=make.cycle(programme=run.programme), starts_at=make.paris(2026, 10, 8))
    make.attendance(registration=make.registration(session=webinar))
    assert holes(year(run))["kind"] == 3


def test_a_run_held_for_another_provider_is_in_frame_g() -> None:
    run = build.run()
    RunSettings.objects.create(cycle=run.cycle, is_entrusted=True)
    build.finished(run)
    found = year(run)
    assert (total(found, "G"), total(found, "F-1"), holes(found)) == ((3, 1260), (0, 0), {})


def test_whoever_countersigned_for_the_trainer_did_not_teach() -> None:
    run = build.run()
    build.all_sign(run, run.morning)
    freezing.countersign(
        run.morning,
        by=None,
        by_name="Claire",
        by_email="claire@example.org",
        reason="absent",
        language="fr",
        at=build.at(13),
    )
    assert [name for name, _engagement, _minutes in year(run).trainers] == ["Marc Exemple"]


@pytest.mark.parametrize("name", ["Marc Exemple", "MARC  exemple", "M. Exemple"])
def test_a_trainer_is_one_however_they_write_their_name(name: str) -> None:
    run = build.run()
    for session in (run.morning, run.afternoon):
        build.all_sign(run, session)
    build.countersign(run.morning)
    run.afternoon.refresh_from_db()
    freezing.countersign(
        run.afternoon, by=None, by_name=name, by_email=build.MARC, language="fr", at=build.at(18)
    )
    assert year(run).trainers == (("Marc Exemple", "", 420),)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow_with_the_people(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    run = build.run(names=build.NAMES[:count])
    build.finished(run)
    with django_assert_num_queries(9):
        year(run)
