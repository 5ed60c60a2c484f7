"""The runs of modules as visitors see them: a number of queries that does not depend on how many there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from cycles.models import Cycle, Session

from . import places
from .standing import Run, dates, run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def runs_of(modules: Collection[int], *, at: dt.datetime) -> dict[int, tuple[Run, ...]]:
    """Return {module: its published runs, those ahead first and soonest first, then the past ones newest first}."""
    cycles = Cycle.objects.runs().published().filter(module__in=modules)
    result: dict[int, list[Run]] = defaultdict(list)
    for each in runs(list(cycles.select_related("programme", "host").order_by("run_number")), at=at):
        assert each.cycle.module_id is not None  # noqa: S101 - the database holds that a run has one
        result[each.cycle.module_id].append(each)
    return {pk: tuple(sorted(listed, key=_in_order)) for pk, listed in result.items()}


def runs(cycles: list[Cycle], *, at: dt.datetime) -> list[Run]:
    """Return how each of these cycles stands; three queries at most."""
    by_cycle: dict[int, list[Session]] = defaultdict(list)
    if cycles:
        for session in Session.objects.published().filter(cycle__in=cycles).select_related("host").in_order():
            by_cycle[session.cycle_id].append(session)
    counted = places.seats([c.pk for c in cycles if c.status == Cycle.Status.PUBLISHED and not c.is_external])
    return [run(cycle, by_cycle[cycle.pk], seats=counted.get(cycle.pk), at=at) for cycle in cycles]


def dates_of(cycles: Iterable[Cycle]) -> dict[int, str]:
    """Return {run: its dates in words} for the runs among some cycles, drafts too; one query, none without a run."""
    found = {cycle.pk: cycle for cycle in cycles if cycle.is_run}
    by_cycle: dict[int, list[Session]] = defaultdict(list)
    if found:
        for session in Session.objects.filter(cycle__in=found).select_related("cycle").in_order():
            by_cycle[session.cycle_id].append(session)
    return {pk: dates(cycle, by_cycle[pk]) for pk, cycle in found.items()}


def _in_order(each: Run) -> tuple[bool, int]:
    day = (each.first.local_date if each.first else None) or each.cycle.first_date or dt.date.max
    return not each.is_ahead, day.toordinal() if each.is_ahead else -day.toordinal()
