"""The list of modules, the page of one, and what the page of a run adds to that of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from cycles.language import naming
from cycles.models import Module
from cycles.models.shared import DatePrecision
from cycles.site.crowds import PLACES_HOLD
from cycles.site.pages.stops import speakers_of, true_until

from . import queries, sheets, structured
from .standing import Run, State, run

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from cycles.models import Cycle, Session, Workshop
    from cycles.site.crowds import Seats
    from cycles.site.machines.json_ld import Data

    from .sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class Card:
    """A module as lists show it: its state in words, the run to go to next, and where to go for one held elsewhere."""

    module: Module
    runs: tuple[Run, ...]

    @property
    def next(self) -> Run | None:
        """Return the first run with a place, else the first with a waiting list, else the next one there is."""
        ahead = [each for each in self.runs if each.is_ahead]
        ways = sorted(ahead, key=lambda each: (each.state != State.OPEN, each.state != State.FULL))
        return ways[0] if ways else None

    @property
    def leads_elsewhere(self) -> bool:
        return bool(self.module.is_external and self.module.url)

    @property
    def state(self) -> str:
        """Say where it stands. "Open" is never said without a way in."""
        module, coming = self.module, self.next
        if coming is not None and coming.state not in (State.ANNOUNCED, State.BEGUN):
            return coming.state.label
        if module.status == Module.Status.OPEN:
            if self.leads_elsewhere:
                return State.ELSEWHERE.label
            return coming.state.label if coming else _("no date at the moment")
        return str(module.get_status_display())


@dataclass(frozen=True, kw_only=True)
class ModulePage:
    """Everything the page of a module shows."""

    card: Card
    trainers: tuple[str, ...]
    structured: Data
    sheet: Sheet | None
    # The workshops of which nothing is to be announced any more.
    over: frozenset[int]
    changes_at: dt.datetime

    @property
    def ahead(self) -> tuple[Run, ...]:
        return tuple(each for each in self.card.runs if each.is_ahead)

    @property
    def past(self) -> tuple[Run, ...]:
        return tuple(each for each in self.card.runs if not each.is_ahead)


def cards(modules: Iterable[Module], *, at: dt.datetime) -> tuple[Card, ...]:
    """Return modules with how their runs stand: four queries, however many there are. Open ones stand first."""
    listed = list(modules)
    by_module = queries.runs_of([m.pk for m in listed], at=at) if listed else {}
    results = [Card(module=module, runs=by_module.get(module.pk, ())) for module in listed]
    return tuple(
        sorted(results, key=lambda card: (not (card.next and card.next.can_register), card.module.slug))
    )


def module_page(module: Module, *, at: dt.datetime) -> ModulePage:
    """Gather the page of a module."""
    (card,) = cards([module], at=at)
    sessions = [session for each in card.runs for session in each.sessions]
    return ModulePage(
        card=card,
        trainers=trainers_of(card.next.sessions if card.next else ()),
        structured=structured.course(module, runs=card.runs),
        sheet=sheets.of(module),
        over=frozenset(
            workshop.pk
            for workshop in module.workshops.all()
            if _is_over(workshop, today=at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
        ),
        changes_at=holds_until(card.runs, sessions, at=at),
    )


def _is_over(workshop: Workshop, *, today: dt.date) -> bool:
    """Tell whether the last day on which a workshop may have been is past, as well as its date is known."""
    first = workshop.date_from
    if first is None:
        return False
    match workshop.date_precision:
        case DatePrecision.YEAR:
            return first.year < today.year
        case DatePrecision.MONTH:
            return (first.year, first.month) < (today.year, today.month)
    return (workshop.date_until or first) < today


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """What the page of a run shows beside what that of a cycle does."""

    run: Run
    trainers: tuple[str, ...]
    # None while the module is a draft: nothing of it is told.
    structured: Data | None
    sheet: Sheet | None
    changes_at: dt.datetime


def run_page(
    cycle: Cycle,
    sessions: Sequence[Session],
    *,
    trainers: tuple[str, ...],
    seats: Seats | None,
    at: dt.datetime,
) -> RunPage:
    """Gather it from the public sessions of a run of a module, and its places: a query for its sheet."""
    assert cycle.module is not None  # noqa: S101 - the database holds that a run has one
    result = run(cycle, sessions, seats=seats, at=at)
    return RunPage(
        run=result,
        trainers=trainers,
        structured=structured.course(cycle.module, runs=[result]) if cycle.module.is_published else None,
        sheet=sheets.of(cycle.module, run=cycle) if cycle.module.is_published else None,
        changes_at=holds_until([result], sessions, at=at),
    )


def trainers_of(sessions: Sequence[Session]) -> tuple[str, ...]:
    """Return who trains in sessions, each once, in the order of the agendas; one query, or none."""
    if not sessions:
        return ()
    return tuple(dict.fromkeys(naming.speaker(slot) for slot in speakers_of(sessions)))


def holds_until(runs: Iterable[Run], sessions: Iterable[Session], *, at: dt.datetime) -> dt.datetime:
    """Return when a page that tells of these runs is to be built again."""
    until = true_until(sessions, zone=ZoneInfo(settings.TIME_ZONE), at=at)
    listed = list(runs)
    moments = [
        moment
        for each in listed
        for moment in (each.cycle.registration_opens_at, each.cycle.registration_closes_at)
        if moment and moment > at
    ]
    if any(each.can_register and each.seats is not None for each in listed):
        # The form itself always knows.
        moments.append(at + PLACES_HOLD)
    return min([until, *moments])
